"""pycognito with boto3: SRP, new password, an authenticator app, a remembered device. Argument: URL of awsemu."""

import base64
import hashlib
import hmac
import struct
import sys
import time

import boto3
import jwt
from botocore.config import Config
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP, generate_hash_device
from pycognito.exceptions import (
    ForceChangePasswordException,
    SoftwareTokenMFAChallengeException,
    TokenVerificationException,
)

BASE = sys.argv[1]
TEMPORARY = "Temp-Passw0rd!"
PASSWORD = "Perm-Passw0rd!"
OTHER_PASSWORD = "Other-Passw0rd!"
USERNAME = "jane"
SETTINGS = {
    "endpoint_url": BASE,
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
    "config": Config(retries={"total_max_attempts": 1}, proxies={}),
}

admin = boto3.client("cognito-idp", **SETTINGS)


def main():
    sign_in()
    remember_device()


def sign_in():
    """Passwords, tokens, an authenticator app and the end of it all."""
    pool, client = make_pool()
    app = new_app(pool, client)

    # The temporary password only leads to a new one.
    fails(lambda: app.authenticate(password=TEMPORARY), ForceChangePasswordException)
    fails(lambda: app.authenticate(password=PASSWORD), app.client.exceptions.NotAuthorizedException)
    app.new_password_challenge(TEMPORARY, PASSWORD)
    check_tokens(app, pool, client)

    app.update_profile({"nickname": "Jay"})
    user = app.get_user()
    assert user.nickname == "Jay" and user.email_verified is True, user._data
    app.change_password(PASSWORD, OTHER_PASSWORD)
    app = new_app(pool, client)
    fails(lambda: app.authenticate(password=PASSWORD), app.client.exceptions.NotAuthorizedException)
    app.authenticate(password=OTHER_PASSWORD)

    before = app.access_token
    app.renew_access_token()
    assert app.access_token != before
    check_tokens(app, pool, client)

    seed = register_authenticator(app)
    app = new_app(pool, client)
    fails(lambda: app.authenticate(password=OTHER_PASSWORD), SoftwareTokenMFAChallengeException)
    mismatch = app.client.exceptions.CodeMismatchException
    fails(lambda: app.respond_to_software_token_mfa_challenge("000000"), mismatch)
    app.respond_to_software_token_mfa_challenge(totp(seed, later=1))
    check_tokens(app, pool, client)

    access_token, refresh_token = app.access_token, app.refresh_token
    app.logout()
    app.access_token, app.refresh_token = access_token, refresh_token
    fails(app.get_user, app.client.exceptions.NotAuthorizedException)
    fails(app.renew_access_token, app.client.exceptions.NotAuthorizedException)


def remember_device():
    """A device that was confirmed stands for the authenticator app."""
    pool, client = make_pool(
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
    )
    admin.admin_set_user_password(UserPoolId=pool, Username=USERNAME, Password=PASSWORD, Permanent=True)
    app = new_app(pool, client)
    app.authenticate(password=PASSWORD)
    seed = register_authenticator(app)

    def srp(**device):
        return AWSSRP(USERNAME, PASSWORD, pool, client, client=app.client, **device)

    challenge = fails(srp().authenticate_user, SoftwareTokenMFAChallengeException).get_tokens()
    result = app.client.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": USERNAME, "SOFTWARE_TOKEN_MFA_CODE": totp(seed, later=1)},
    )["AuthenticationResult"]
    offer = result["NewDeviceMetadata"]
    # pycognito's own calls for devices always go to AWS.
    password, verifier = generate_hash_device(offer["DeviceGroupKey"], offer["DeviceKey"])
    own = {"AccessToken": result["AccessToken"], "DeviceKey": offer["DeviceKey"]}
    confirmed = app.client.confirm_device(**own, DeviceName="laptop", DeviceSecretVerifierConfig=verifier)
    assert confirmed["UserConfirmationNecessary"] is True, confirmed

    keys = {"device_key": offer["DeviceKey"], "device_group_key": offer["DeviceGroupKey"]}
    fails(srp(**keys, device_password=password).authenticate_user, SoftwareTokenMFAChallengeException)
    app.client.update_device_status(**own, DeviceRememberedStatus="remembered")
    tokens = srp(**keys, device_password=password).authenticate_user()["AuthenticationResult"]
    assert "NewDeviceMetadata" not in tokens, tokens
    app.verify_token(tokens["AccessToken"], "access_token", "access")
    assert app.access_claims["device_key"] == offer["DeviceKey"], app.access_claims
    not_authorized = app.client.exceptions.NotAuthorizedException
    fails(srp(**keys, device_password="wrong").authenticate_user, not_authorized)


def register_authenticator(app):
    seed = app.associate_software_token()
    assert app.verify_software_token(totp(seed), "phone")
    app.set_user_mfa_preference(sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN")
    return seed


def make_pool(**settings):
    """A pool that takes authenticator apps, with a client and a user who has a temporary password."""
    pool = admin.create_user_pool(PoolName="pycognito", **settings)["UserPool"]["Id"]
    admin.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = admin.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=flows)
    email = [{"Name": "email", "Value": "jane@example.com"}, {"Name": "email_verified", "Value": "true"}]
    admin.admin_create_user(
        UserPoolId=pool,
        Username=USERNAME,
        UserAttributes=email,
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
    )
    return pool, client["UserPoolClient"]["ClientId"]


def new_app(pool, client):
    return Cognito(pool, client, username=USERNAME, boto3_client_kwargs=dict(SETTINGS))


def check_tokens(app, pool, client):
    """pycognito has verified them; here is what it has found."""
    app.verify_tokens()
    assert app.id_claims["iss"] == f"{BASE}/{pool}", app.id_claims
    assert app.id_claims["aud"] == client, app.id_claims
    assert app.access_claims["client_id"] == client, app.access_claims
    header, payload, _ = app.access_token.split(".")
    forged = f"{header}.{payload}.{'A' * 342}"
    fails(lambda: app.verify_token(forged, "access_token", "access"), TokenVerificationException)


def fails(call, error):
    """Calls what must fail, and gives the error."""
    try:
        call()
    except error as caught:
        return caught
    raise AssertionError(f"no {error.__name__}")


def totp(secret, later=0):
    """What an authenticator app shows, or will show some steps of 30 seconds later."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


main()
