"""The service as boto3 calls it, and what it refuses: for the scripts that check operations."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

BASE = sys.argv[1]


def client(region="us-east-1", **more):
    """A client that tries once and goes around proxies; `more` is of its configuration."""
    return boto3.client(
        "cognito-idp",
        endpoint_url=BASE,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, proxies={}, **more),
    )


def refused(call, code, **arguments):
    """The call fails with this code."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"not refused: {answer}")
