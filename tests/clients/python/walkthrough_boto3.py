"""The walkthrough with boto3."""

import boto3
from botocore.config import Config

from checks import main


class Boto3:
    def __init__(self, base):
        self.client = boto3.client(
            "cognito-idp",
            endpoint_url=base,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    def create_user_pool(self, name):
        return self.client.create_user_pool(PoolName=name)

    def describe_user_pool(self, pool):
        return self.client.describe_user_pool(UserPoolId=pool)

    def create_user_pool_client(self, pool, name, flows):
        return self.client.create_user_pool_client(UserPoolId=pool, ClientName=name, ExplicitAuthFlows=flows)

    def admin_create_user(self, pool, username, email):
        return self.client.admin_create_user(
            UserPoolId=pool,
            Username=username,
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )

    def admin_get_user(self, pool, username):
        return self.client.admin_get_user(UserPoolId=pool, Username=username)

    def admin_set_user_password(self, pool, username, password):
        return self.client.admin_set_user_password(
            UserPoolId=pool, Username=username, Password=password, Permanent=True
        )

    def create_group(self, pool, name):
        return self.client.create_group(UserPoolId=pool, GroupName=name)

    def admin_add_user_to_group(self, pool, username, group):
        return self.client.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=group)

    def admin_initiate_auth(self, pool, app, flow, parameters):
        return self.client.admin_initiate_auth(
            UserPoolId=pool, ClientId=app, AuthFlow=flow, AuthParameters=parameters
        )


main(Boto3)
