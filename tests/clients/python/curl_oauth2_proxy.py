"""The code flow with curl, as oauth2-proxy goes through it: discovery, sign-in, token by basic authentication, ID token.

oauth2-proxy itself is a program in Go; what it reads of the discovery document and of the tokens is checked here.
Argument: URL of awsemu.
"""

import base64
import hashlib
import json
import re
import secrets
import subprocess
import sys
import tempfile
from html import unescape
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import boto3
import jwt
from botocore.config import Config

BASE = sys.argv[1]
CALLBACK = "http://localhost:4180/oauth2/callback"
PASSWORD = "Perm-Passw0rd!"

jar = tempfile.NamedTemporaryFile(suffix=".txt")


def curl(url, *options, data=None):
    """The status, the place that a redirect leads to, and the body."""
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--cookie", jar.name, "--cookie-jar", jar.name]
    command += ["--write-out", "\n%{http_code} %{redirect_url}", *options, url]
    if data is not None:
        command += ["--data", urlencode(data)]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)
    body, _, last = answer.stdout.rpartition("\n")
    status, _, location = last.partition(" ")
    return int(status), location, body


def signed_in(url):
    """Follows the redirects to the login page, fills in its form, and gives the URL of the app."""
    status, location, body = curl(url)
    for _ in range(6):
        if location.startswith(CALLBACK):
            return location
        if status in (302, 303):
            url = location
            status, location, body = curl(url)
            continue
        assert status == 200 and "_csrf" in body, (status, body)
        inputs = re.findall(r"<input\b[^>]*>", body)
        attribute = lambda tag, name: unescape((re.findall(rf'\b{name}="([^"]*)"', tag) or [""])[0])
        fields = {attribute(tag, "name"): attribute(tag, "value") for tag in inputs if attribute(tag, "name")}
        fields["username"] = "jane"
        if "password" in fields:
            fields["password"] = PASSWORD
        action = unescape((re.findall(r'<form\b[^>]*\baction="([^"]*)"', body) or [""])[0])
        status, location, body = curl(urljoin(url, action), data=fields)
    raise AssertionError(body)


keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
idp = boto3.client(
    "cognito-idp", endpoint_url=BASE, region_name="us-east-1", config=Config(proxies={}), **keys
)
pool = idp.create_user_pool(PoolName="proxy")["UserPool"]["Id"]
app = idp.create_user_pool_client(
    UserPoolId=pool,
    ClientName="proxy",
    GenerateSecret=True,
    AllowedOAuthFlowsUserPoolClient=True,
    AllowedOAuthFlows=["code"],
    AllowedOAuthScopes=["openid", "email"],
    CallbackURLs=[CALLBACK],
    SupportedIdentityProviders=["COGNITO"],
)["UserPoolClient"]
attributes = [{"Name": "email", "Value": "jane@example.com"}, {"Name": "email_verified", "Value": "true"}]
jane = {"UserPoolId": pool, "Username": "jane"}
idp.admin_create_user(**jane, UserAttributes=attributes, MessageAction="SUPPRESS")
idp.admin_set_user_password(**jane, Password=PASSWORD, Permanent=True)

issuer = f"{BASE}/{pool}"
status, _, body = curl(f"{issuer}/.well-known/openid-configuration")
document = json.loads(body)
assert (status, document["issuer"]) == (200, issuer), document
assert "S256" in document["code_challenge_methods_supported"], document
assert "RS256" in document["id_token_signing_alg_values_supported"], document

verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
query = {
    "approval_prompt": "force",
    "client_id": app["ClientId"],
    "code_challenge": challenge,
    "code_challenge_method": "S256",
    "nonce": nonce,
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid email",
    "state": state,
}
back = parse_qs(urlsplit(signed_in(f"{document['authorization_endpoint']}?{urlencode(query)}")).query)
assert back["state"] == [state], back
grant = {
    "grant_type": "authorization_code",
    "code": back["code"][0],
    "redirect_uri": CALLBACK,
    "code_verifier": verifier,
}
basic = ("--user", f"{app['ClientId']}:{app['ClientSecret']}")
status, _, body = curl(document["token_endpoint"], *basic, data=grant)
tokens = json.loads(body)
assert status == 200 and tokens["token_type"] == "Bearer" and tokens["expires_in"] == 3600, body
assert json.loads(curl(document["token_endpoint"], *basic, data=grant)[2]) == {"error": "invalid_grant"}

status, _, body = curl(document["token_endpoint"], *basic, data={**grant, "grant_type": "password"})
assert (status, json.loads(body)["error"]) == (400, "unsupported_grant_type"), body

key_set = jwt.PyJWKSet.from_json(curl(document["jwks_uri"])[2])
key = key_set[jwt.get_unverified_header(tokens["id_token"])["kid"]]
claims = jwt.decode(tokens["id_token"], key.key, ["RS256"], audience=app["ClientId"], issuer=issuer)
assert claims["nonce"] == nonce and claims["email"] == "jane@example.com", claims
# It lets nobody in whose address is not verified, and reads a truth value.
assert claims["email_verified"] is True, claims
# A second browser tab is signed in by the cookie alone.
again = signed_in(f"{document['authorization_endpoint']}?{urlencode({**query, 'prompt': 'none'})}")
code = parse_qs(urlsplit(again).query)["code"][0]
fresh = json.loads(curl(document["token_endpoint"], *basic, data={**grant, "code": code})[2])
status, _, body = curl(document["userinfo_endpoint"], "--header", f"Authorization: Bearer {fresh['access_token']}")
assert status == 200 and json.loads(body)["email"] == "jane@example.com", body
