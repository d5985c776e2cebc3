"""The OAuth endpoints with Authlib, as a web app and a machine use them; the browser is requests with its cookies."""

import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import boto3
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken
from botocore.config import Config

BASE = sys.argv[1]
CALLBACK = "http://localhost:9999/callback"
GOODBYE = "http://localhost:9999/goodbye"
ORDERS = "https://orders.example.com"
PASSWORD = "Perm-Passw0rd!"

idp = boto3.client(
    "cognito-idp",
    endpoint_url=BASE,
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"total_max_attempts": 1}, proxies={}),
)


class Form(HTMLParser):
    """The fields of the forms of a page."""

    def __init__(self, html):
        super().__init__()
        self.fields = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input" and attrs.get("name"):
            self.fields.setdefault(attrs["name"], attrs.get("value") or "")


def prepare():
    pool = idp.create_user_pool(PoolName="oauth")["UserPool"]["Id"]
    scopes = [{"ScopeName": name, "ScopeDescription": "A scope"} for name in ("read", "write")]
    idp.create_resource_server(UserPoolId=pool, Identifier=ORDERS, Name="Orders", Scopes=scopes)
    idp.create_user_pool_domain(UserPoolId=pool, Domain="oauth-test")
    email = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=email, MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    web = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="web",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email", f"{ORDERS}/read"],
        CallbackURLs=[CALLBACK],
        LogoutURLs=[GOODBYE],
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]
    machine = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=[f"{ORDERS}/read", f"{ORDERS}/write"],
    )["UserPoolClient"]
    return pool, web, machine


def sign_in(browser, url, password=PASSWORD):
    """Follows the browser through the sign-in page; gives the address that it is sent to."""
    page = browser.get(url)
    assert urlsplit(page.url).path == "/login" and page.status_code == 200, page.url
    fields = Form(page.text).fields
    assert {"_csrf", "username", "password"} <= fields.keys(), fields
    fields |= {"username": "ann", "password": password}
    return browser.post(page.url, data=fields, allow_redirects=False)


def session(client, metadata, method):
    return OAuth2Session(
        client["ClientId"],
        client["ClientSecret"],
        redirect_uri=CALLBACK,
        scope=f"openid email {ORDERS}/read",
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        token_endpoint=metadata["token_endpoint"],
    )


def refused(call, code):
    try:
        answer = call()
    except OAuthError as error:
        assert error.error == code, error
        return
    raise AssertionError(f"not refused: {answer}")


def web_app(pool, web, metadata, browser, method):
    app = session(web, metadata, method)
    verifier = "v" * 64
    url, state = app.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce="n-1"
    )
    wrong = sign_in(browser, url, "wrong")
    # Back to the page, which says why.
    assert wrong.status_code in (302, 303), (wrong.status_code, wrong.text)
    again = browser.get(urljoin(wrong.url, wrong.headers["Location"]), timeout=10)
    assert again.status_code == 200 and urlsplit(again.url).path == "/login", (again.status_code, again.url)
    assert "Incorrect username or password." in again.text, again.text
    back = sign_in(browser, url)
    assert back.status_code in (302, 303), (back.status_code, back.text)
    location = back.headers["Location"]
    assert location.startswith(f"{CALLBACK}?code="), location
    assert parse_qs(urlsplit(location).query)["state"] == [state]
    refused(lambda: session(web, metadata, method).fetch_token(
        authorization_response=location, state=state, code_verifier="w" * 64), "invalid_grant")
    token = app.fetch_token(authorization_response=location, state=state, code_verifier=verifier)

    keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    claims = jwt.decode(
        token["id_token"],
        keys,
        claims_cls=CodeIDToken,
        claims_options={"iss": {"value": metadata["issuer"]}, "aud": {"value": web["ClientId"]}},
        claims_params={"nonce": "n-1", "access_token": token["access_token"]},
    )
    claims.validate(leeway=60)
    assert claims["email"] == "ann@example.com" and claims["email_verified"] is True, claims
    access = jwt.decode(token["access_token"], keys)
    assert set(access["scope"].split()) == {"openid", "email", f"{ORDERS}/read"}, access

    info = app.get(metadata["userinfo_endpoint"])
    assert info.status_code == 200, info.headers
    assert info.json() == {
        "sub": claims["sub"], "username": "ann", "email": "ann@example.com", "email_verified": "true",
    }, info.text

    old = token["access_token"]
    new = app.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert new["access_token"] != old
    again = browser.get(url, allow_redirects=False).headers["Location"]
    assert again.startswith(f"{CALLBACK}?code="), "the browser is signed in"

    gone = app.revoke_token(metadata["revocation_endpoint"], token=token["refresh_token"])
    assert gone.status_code == 200 and gone.content == b"", gone.text
    refused(lambda: app.refresh_token(
        metadata["token_endpoint"], refresh_token=token["refresh_token"]), "invalid_grant")
    bearer = {"Authorization": f"Bearer {new['access_token']}"}
    info = requests.get(metadata["userinfo_endpoint"], headers=bearer, timeout=10)
    assert info.status_code == 401 and 'error="invalid_token"' in info.headers["WWW-Authenticate"]

    out = {"client_id": web["ClientId"], "logout_uri": GOODBYE}
    bye = browser.get(metadata["end_session_endpoint"], params=out, allow_redirects=False)
    assert bye.headers["Location"] == GOODBYE
    assert urlsplit(browser.get(url).url).path == "/login"


def machine_app(machine, metadata):
    app = OAuth2Session(
        machine["ClientId"], machine["ClientSecret"], scope=f"{ORDERS}/write",
        token_endpoint_auth_method="client_secret_basic",
    )
    token = app.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    assert token["token_type"] == "Bearer" and "refresh_token" not in token, token
    refused(lambda: app.fetch_token(
        metadata["token_endpoint"], grant_type="client_credentials", scope="openid"), "invalid_scope")


def domain(pool, web):
    """The pages of a pool's domain, by the name that the browser calls. The address is that of the plain host."""
    port = urlsplit(BASE).port
    host = {"Host": f"oauth-test.auth.us-east-1.localhost:{port}"}
    query = {"response_type": "code", "client_id": web["ClientId"], "redirect_uri": CALLBACK}
    answer = requests.get(f"{BASE}/oauth2/authorize", params=query, headers=host, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    page = requests.get(urljoin(answer.url, answer.headers["Location"]), headers=host, timeout=10)
    assert page.status_code == 200 and "_csrf" in Form(page.text).fields
    other = idp.create_user_pool(PoolName="other")["UserPool"]["Id"]
    idp.create_user_pool_domain(UserPoolId=other, Domain="oauth-other")
    host = {"Host": f"oauth-other.auth.us-east-1.localhost:{port}"}
    foreign = requests.get(f"{BASE}/oauth2/authorize", params=query, headers=host, timeout=10)
    assert foreign.status_code == 400 and urlsplit(foreign.url).path == "/error", foreign.url


def main():
    pool, web, machine = prepare()
    metadata = requests.get(f"{BASE}/{pool}/.well-known/openid-configuration", timeout=10).json()
    for method in ("client_secret_basic", "client_secret_post"):
        web_app(pool, web, metadata, requests.Session(), method)
    machine_app(machine, metadata)
    domain(pool, web)


main()
