"""User import with boto3: a job, its file, the users, and how one of them comes to a password.

Argument: URL of awsemu.
"""

import base64
import hashlib
import time

import requests
from service import BASE, client, refused

ROLE = "arn:aws:iam::000000000000:role/logs"
KMS = {"x-amz-server-side-encryption": "aws:kms"}
PASSWORD = "Perm-Passw0rd!"
OVER = {"Stopped", "Succeeded", "Failed"}

idp = client()
http = requests.Session()
http.trust_env = False


def csv(pool, users, *more):
    """A file with these users, and more columns; what they leave out is empty."""
    columns = idp.get_csv_header(UserPoolId=pool)["CSVHeader"] + list(more)
    rows = [",".join(user.get(column, "") for column in columns) for user in users]
    return "\n".join([",".join(columns), *rows, ""]).encode()


def user(username, **more):
    verified = {"email": f"{username}@example.com", "email_verified": "TRUE"}
    return {"cognito:username": username, **verified, **more}


def created(pool, file, **more):
    """A job with a file."""
    job = {"JobName": "job", "UserPoolId": pool, "CloudWatchLogsRoleArn": ROLE, **more}
    job = idp.create_user_import_job(**job)["UserImportJob"]
    assert job["Status"] == "Created", job
    answer = http.put(job["PreSignedUrl"], data=file, headers=KMS)
    assert (answer.status_code, answer.text) == (200, ""), answer.text
    return job


def ended(pool, job):
    """The job, once it is over."""
    for _ in range(600):
        job = idp.describe_user_import_job(UserPoolId=pool, JobId=job["JobId"])["UserImportJob"]
        if job["Status"] in OVER:
            return job
        time.sleep(0.05)
    raise AssertionError(f"never over: {job}")


def counts(job):
    return job["Status"], job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]


def three(pool, app):
    """Three users; one resets the password with the code that is sent, and signs in."""
    file = csv(pool, [user("alice", address="1 Main St\\, Town"), user("bob"), user("carol", name="Käte")])
    job = created(pool, file)
    ids = {"UserPoolId": pool, "JobId": job["JobId"]}
    assert idp.start_user_import_job(**ids)["UserImportJob"]["Status"] == "Pending"
    job = ended(pool, job)
    assert counts(job) == ("Succeeded", 3, 0, 0), job
    refused(idp.start_user_import_job, "PreconditionNotMetException", **ids)
    denied = http.put(job["PreSignedUrl"], data=file)
    assert (denied.status_code, denied.json()["__type"]) == (403, "AccessDenied"), denied.text

    alice = idp.admin_get_user(UserPoolId=pool, Username="alice")
    assert alice["UserStatus"] == "RESET_REQUIRED", alice
    assert {"Name": "address", "Value": "1 Main St, Town"} in alice["UserAttributes"], alice
    sign_in = {"ClientId": app, "AuthFlow": "USER_PASSWORD_AUTH"}
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    refused(idp.initiate_auth, "PasswordResetRequiredException", **sign_in, AuthParameters=parameters)
    idp.forgot_password(ClientId=app, Username="alice")
    query = {"user_pool_id": pool, "username": "alice", "wait": "10s"}
    code = http.get(f"{BASE}/_awsemu/messages", params=query).json()[0]["code"]
    reset = {"ClientId": app, "Username": "alice", "ConfirmationCode": code, "Password": PASSWORD}
    idp.confirm_forgot_password(**reset)
    assert "AccessToken" in idp.initiate_auth(**sign_in, AuthParameters=parameters)["AuthenticationResult"]

    job = created(pool, file)
    idp.start_user_import_job(UserPoolId=pool, JobId=job["JobId"])
    assert counts(ended(pool, job)) == ("Failed", 0, 3, 0)
    pages = idp.list_user_import_jobs(UserPoolId=pool, MaxResults=1)
    assert [listed["JobId"] for listed in pages["UserImportJobs"]] == [job["JobId"]], pages


def hashed(pool, app):
    """Users with hashes of the greatest parameters sign in with the passwords that they had."""
    salt = b"sixteen bytes...".hex()
    cost = {"n": 65536, "r": 8, "p": 1, "maxmem": 1 << 27, "dklen": 32}
    scrypt = hashlib.scrypt(PASSWORD.encode(), salt=bytes.fromhex(salt), **cost).hex()
    text = base64.b64encode(bytes.fromhex(salt)).decode().rstrip("=")
    pbkdf2 = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), bytes.fromhex(salt), 600_000)
    pbkdf2 = base64.b64encode(pbkdf2).decode().rstrip("=").replace("+", ".")
    for name, algorithm, text in [
        ("sam", "SCRYPT", f"65536$8$1${salt}${scrypt}"),
        ("pam", "PBKDF2_SHA256", f"$pbkdf2-sha256$600000${text}${pbkdf2}"),
    ]:
        file = csv(pool, [user(name, password_hash=text)], "password_hash")
        job = created(pool, file, PasswordHashingAlgorithm=algorithm)
        idp.start_user_import_job(UserPoolId=pool, JobId=job["JobId"])
        assert counts(ended(pool, job)) == ("Succeeded", 1, 0, 0)
        assert idp.admin_get_user(UserPoolId=pool, Username=name)["UserStatus"] == "CONFIRMED"
        sign_in = {"ClientId": app, "AuthFlow": "USER_PASSWORD_AUTH"}
        wrong = {"USERNAME": name, "PASSWORD": PASSWORD + "?"}
        refused(idp.initiate_auth, "NotAuthorizedException", **sign_in, AuthParameters=wrong)
        for _ in range(2):
            answer = idp.initiate_auth(**sign_in, AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD})
            assert "AccessToken" in answer["AuthenticationResult"], answer


def stopped(pool):
    """A file of so many users that the pool is busy for a while."""
    job = created(pool, csv(pool, (user(f"user{number}") for number in range(20_000))))
    ids = {"UserPoolId": pool, "JobId": job["JobId"]}
    idp.start_user_import_job(**ids)
    attribute = [{"Name": "level", "AttributeDataType": "String"}]
    refused(idp.add_custom_attributes, "UserImportInProgressException", UserPoolId=pool, CustomAttributes=attribute)
    assert idp.stop_user_import_job(**ids)["UserImportJob"]["Status"] == "Stopping"
    status, imported, skipped, failed = counts(ended(pool, job))
    assert status == "Stopped" and imported < 20_000 and skipped == failed == 0, imported
    pool = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert pool["EstimatedNumberOfUsers"] == 5 + imported, pool


pool = idp.create_user_pool(PoolName="import", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
app = idp.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=flows)
app = app["UserPoolClient"]["ClientId"]
three(pool, app)
hashed(pool, app)
stopped(pool)
