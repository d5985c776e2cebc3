"""The operations of identity providers and of linked users, as boto3 calls them."""

import base64
import sys

import boto3
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
aws = boto3.client(
    "cognito-idp",
    endpoint_url=ENDPOINT,
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
pool = aws.create_user_pool(PoolName="federation")["UserPool"]["Id"]


def refused(name, operation, **arguments):
    try:
        operation(UserPoolId=pool, **arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == name, error
    else:
        raise AssertionError(f"{name} was not raised")


google = {"client_id": "id", "client_secret": "secret", "authorize_scopes": "openid email"}
created = aws.create_identity_provider(
    UserPoolId=pool,
    ProviderName="Google",
    ProviderType="Google",
    ProviderDetails=google,
    AttributeMapping={"email": "email"},
    IdpIdentifiers=["example.com"],
)["IdentityProvider"]
assert created["ProviderDetails"].items() >= google.items(), created
assert created["AttributeMapping"] == {"email": "email"}, created

described = aws.describe_identity_provider(UserPoolId=pool, ProviderName="Google")["IdentityProvider"]
assert described == created
found = aws.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier="example.com")
assert found["IdentityProvider"] == created

refused(
    "DuplicateProviderException",
    aws.create_identity_provider,
    ProviderName="Google",
    ProviderType="Google",
    ProviderDetails=google,
)
refused("UnsupportedIdentityProviderException", aws.delete_identity_provider, ProviderName="COGNITO")

aws.create_identity_provider(
    UserPoolId=pool, ProviderName="Facebook", ProviderType="Facebook", ProviderDetails=google
)
pages = aws.get_paginator("list_identity_providers").paginate(
    UserPoolId=pool, PaginationConfig={"PageSize": 1}
)
names = [provider["ProviderName"] for page in pages for provider in page["Providers"]]
assert names == ["Facebook", "Google"], names

updated = aws.update_identity_provider(
    UserPoolId=pool, ProviderName="Google", AttributeMapping={"name": "name"}
)["IdentityProvider"]
assert updated["AttributeMapping"] == {"name": "name"}
assert updated["IdpIdentifiers"] == ["example.com"]
assert updated["ProviderDetails"] == created["ProviderDetails"]

aws.admin_create_user(UserPoolId=pool, Username="alice", MessageAction="SUPPRESS")
source = {
    "ProviderName": "Google",
    "ProviderAttributeName": "Cognito_Subject",
    "ProviderAttributeValue": "7",
}
link = {
    "DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "alice"},
    "SourceUser": source,
}
aws.admin_link_provider_for_user(UserPoolId=pool, **link)
refused("InvalidParameterException", aws.admin_link_provider_for_user, **link)
aws.admin_disable_provider_for_user(UserPoolId=pool, User=source)
refused("UserNotFoundException", aws.admin_disable_provider_for_user, User=source)

certificate = aws.get_signing_certificate(UserPoolId=pool)["Certificate"]
assert base64.b64decode(certificate, validate=True)[0] == 0x30

aws.delete_identity_provider(UserPoolId=pool, ProviderName="Google")
refused("ResourceNotFoundException", aws.describe_identity_provider, ProviderName="Google")
