"""A client that runs a command with the AWS CLI's arguments: `aws` or `awsemu`."""

import json
import os
import subprocess

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class Command:
    def __init__(self, program, base):
        self.program = program
        self.base = base
        # Settings of the person who runs the tests stay outside.
        own = {name: value for name, value in os.environ.items() if not name.upper().startswith("AWS_")}
        self.environment = own | CREDENTIALS | {"AWS_CONFIG_FILE": os.devnull, "NO_PROXY": "*"}
        self.environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

    def run(self, operation, *arguments):
        command = [self.program, "cognito-idp", operation, "--endpoint-url", self.base, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr)
        # In a pipe both commands write JSON, and nothing for an empty output.
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def create_user_pool(self, name):
        return self.run("create-user-pool", "--pool-name", name)

    def describe_user_pool(self, pool):
        return self.run("describe-user-pool", "--user-pool-id", pool)

    def create_user_pool_client(self, pool, name, flows):
        return self.run(
            *("create-user-pool-client", "--user-pool-id", pool, "--client-name", name),
            *("--explicit-auth-flows", *flows),
        )

    def admin_create_user(self, pool, username, email):
        return self.run(
            *("admin-create-user", "--user-pool-id", pool, "--username", username, "--user-attributes"),
            *(f"Name=email,Value={email}", "Name=email_verified,Value=true"),
        )

    def admin_get_user(self, pool, username):
        return self.run("admin-get-user", "--user-pool-id", pool, "--username", username)

    def admin_set_user_password(self, pool, username, password):
        return self.run(
            *("admin-set-user-password", "--user-pool-id", pool, "--username", username),
            *("--password", password, "--permanent"),
        )

    def create_group(self, pool, name):
        return self.run("create-group", "--user-pool-id", pool, "--group-name", name)

    def admin_add_user_to_group(self, pool, username, group):
        return self.run(
            *("admin-add-user-to-group", "--user-pool-id", pool, "--username", username, "--group-name", group)
        )

    def admin_initiate_auth(self, pool, app, flow, parameters):
        pairs = ",".join(f"{name}={value}" for name, value in parameters.items())
        return self.run(
            *("admin-initiate-auth", "--user-pool-id", pool, "--client-id", app, "--auth-flow", flow),
            *("--auth-parameters", pairs),
        )
