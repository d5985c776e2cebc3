"""An HTTP API with a JWT authorizer, made with boto3, with the AWS CLI and with awsemu's own commands."""

import json
import os
import subprocess
import sys

import boto3
from botocore.config import Config

BASE = sys.argv[1]
ISSUER = f"{BASE}/us-east-1_Abcdefghi"
ENVIRONMENT = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_PAGER": "",
    "NO_PROXY": "localhost,127.0.0.1",
}


def by_boto3():
    client = boto3.client(
        "apigatewayv2",
        endpoint_url=BASE,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )

    def call(operation, **members):
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)
        return getattr(client, name.lstrip("_"))(**members)

    return call


def by_command(*program):
    def call(operation, **members):
        kebab = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in operation)
        words = [*program, "apigatewayv2", kebab.lstrip("-"), "--endpoint-url", BASE, "--output", "json"]
        words += ["--cli-input-json", json.dumps(members)]
        done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    return call


def walk(call, name):
    api = call("CreateApi", Name=name, ProtocolType="HTTP", Tags={"made": name})
    one = {"ApiId": api["ApiId"]}
    assert api["ApiEndpoint"].startswith(f"http://{api['ApiId']}.execute-api.us-east-1.localhost:"), api
    authorizer = call(
        "CreateAuthorizer",
        **one,
        Name="jwt",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": ISSUER, "Audience": ["client"]},
    )
    integration = call(
        "CreateIntegration",
        **one,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri="http://localhost:1/{proxy}",
        PayloadFormatVersion="1.0",
    )
    route = call(
        "CreateRoute",
        **one,
        RouteKey="ANY /{proxy+}",
        AuthorizationType="JWT",
        AuthorizerId=authorizer["AuthorizerId"],
        AuthorizationScopes=["a/b"],
        Target=f"integrations/{integration['IntegrationId']}",
    )
    assert route["AuthorizationScopes"] == ["a/b"], route
    call("CreateStage", **one, StageName="$default", AutoDeploy=True)
    call("CreateStage", **one, StageName="test")
    deployment = call("CreateDeployment", **one, StageName="test")
    assert deployment["DeploymentStatus"] == "DEPLOYED", deployment
    stage = call("GetStage", **one, StageName="test")
    assert stage["DeploymentId"] == deployment["DeploymentId"], stage
    stages = call("GetStages", **one)["Items"]
    assert [stage["StageName"] for stage in stages] == ["$default", "test"], stages
    renamed = call("UpdateRoute", **one, RouteId=route["RouteId"], RouteKey="GET /a/{id}")
    assert renamed["AuthorizerId"] == authorizer["AuthorizerId"], renamed
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api['ApiId']}"
    call("TagResource", ResourceArn=arn, Tags={"more": "x y"})
    call("UntagResource", ResourceArn=arn, TagKeys=["made"])
    assert call("GetTags", ResourceArn=arn)["Tags"] == {"more": "x y"}
    call("UpdateApi", **one, CorsConfiguration={"AllowOrigins": ["*"], "AllowMethods": ["GET"]})
    call("DeleteCorsConfiguration", **one)
    found = call("GetApi", **one)
    assert "CorsConfiguration" not in found and found["Name"] == name, found
    call("DeleteRoute", **one, RouteId=route["RouteId"])
    call("DeleteIntegration", **one, IntegrationId=integration["IntegrationId"])
    call("DeleteAuthorizer", **one, AuthorizerId=authorizer["AuthorizerId"])
    call("DeleteApi", **one)
    assert api["ApiId"] not in [api["ApiId"] for api in call("GetApis").get("Items", [])]


walk(by_boto3(), "boto3")
walk(by_command(os.environ["AWS_PROGRAM"]), "aws")
walk(by_command(os.environ["AWSEMU_PROGRAM"]), "awsemu")
