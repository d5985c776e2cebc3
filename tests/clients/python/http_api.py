"""HTTP APIs as they are called: the right tokens reach the integration, and its counter shows that nothing else does."""

import base64
import hashlib
import hmac
import http.client
import json
import sys
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import boto3
import jwt
import requests
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

BASE = sys.argv[1]
PASSWORD = "Perm-Passw0rd!"
SCOPES = ["orders/read", "orders/admin"]
SEGMENTS = "token contains an invalid number of segments"
MALFORMED = "the token is malformed"
UNKNOWN = "the token is signed with an unknown key"
SIGNATURE = "the token does not have a valid signature"
ALGORITHM = "the token does not have a valid algorithm"
AUDIENCE = "the token does not have a valid audience"
NO_KEYS = "the keys of the issuer cannot be had"
EXPIRED = "the token has expired"


def client(service):
    return boto3.client(
        service,
        endpoint_url=BASE,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )


idp, gateway = client("cognito-idp"), client("apigatewayv2")


class Site:
    """A web server of our own on loopback, which keeps what it was asked."""

    def __init__(self, answer):
        site = self
        self.seen = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = [(name.lower(), value) for name, value in self.headers.items()]
                site.seen.append({"method": self.command, "path": self.path, "headers": headers, "body": body})
                content = json.dumps(answer(site, self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.send_header("X-Echo", "yes")
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = handle_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Issuer(Site):
    """An issuer elsewhere with one key."""

    def __init__(self, kid="k1"):
        self.kid, self.key = kid, rsa.generate_private_key(public_exponent=65537, key_size=2048)
        super().__init__(Issuer.document)

    def document(self, path):
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{"kty": "RSA", "n": public["n"], "e": public["e"], "kid": self.kid, "use": "sig"}]}

    def token(self, key=None, alg="RS256", **claims):
        now = service_time()
        claims = {"iss": self.url, "aud": "app", "sub": "u", "iat": now, "exp": now + 600} | claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, key or self.key, alg, headers={"kid": self.kid})


echo = Site(lambda site, path: {"path": path})


def service_time():
    shown = requests.get(f"{BASE}/_awsemu/clock", timeout=10).json()["now"]
    return int(datetime.fromisoformat(shown).timestamp())


def ask(url, *headers, method="GET", body=b""):
    """One request, with the headers as they are given. Names below localhost are loopback, whatever a resolver says."""
    netloc, target = urlsplit(url).netloc, url.split("/", 3)[3]
    connection = http.client.HTTPConnection(urlsplit(BASE).hostname, urlsplit(BASE).port, timeout=20)
    connection.putrequest(method, f"/{target}", skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", netloc)
    for name, value in headers:
        connection.putheader(name, value)
    if body:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body or None)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.headers["apigw-requestid"], (url, answer.headers)
    return answer.status, answer.headers, content


def bearer(token):
    return "Authorization", f"Bearer {token}"


def reaches(url, *headers, **options):
    """The call reaches the integration, once; gives what that saw."""
    before = len(echo.seen)
    status, answered, content = ask(url, *headers, **options)
    assert status == 200, (url, status, dict(answered), content)
    assert answered["x-echo"] == "yes" and answered["www-authenticate"] is None, dict(answered)
    assert len(echo.seen) == before + 1, (url, echo.seen[before:])
    assert json.loads(content) == {"path": echo.seen[-1]["path"]}, content
    return echo.seen[-1]


def refused(url, *headers, status=401, challenge=None, **options):
    """The call is answered by the gateway alone."""
    before = len(echo.seen)
    found, answered, content = ask(url, *headers, **options)
    message = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}[status]
    expected = (status, challenge, "application/json", f'{{"message":"{message}"}}'.encode())
    assert (found, answered["www-authenticate"], answered["content-type"], content) == expected, (
        url, headers, found, dict(answered), content,
    )
    assert len(echo.seen) == before, ("the integration was reached", url, headers)


def invalid(url, token, description, scopes=""):
    challenge = f'Bearer scope="{scopes}" error="invalid_token" error_description="{description}"'
    refused(url, ("Authorization", token), challenge=challenge)


def lacks_scope(url, token):
    scopes = " ".join(SCOPES)
    challenge = f'Bearer scope="{scopes}" error="insufficient_scope" error_description="expected scopes: [{scopes}]"'
    refused(url, bearer(token), status=403, challenge=challenge)


def make_pool(name):
    """A pool with jane in two groups, an app for users and one for each of three scopes. Gives ids and tokens."""
    pool = idp.create_user_pool(PoolName=name)["UserPool"]["Id"]
    scopes = [{"ScopeName": scope, "ScopeDescription": "A scope"} for scope in ("read", "readwrite", "other")]
    idp.create_resource_server(UserPoolId=pool, Identifier="orders", Name="Orders", Scopes=scopes)
    app = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    machine = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["orders/read", "orders/readwrite", "orders/other"],
    )["UserPoolClient"]
    idp.admin_create_user(UserPoolId=pool, Username="jane", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="jane", Password=PASSWORD, Permanent=True)
    for group in ("staff", "admins"):
        idp.create_group(UserPoolId=pool, GroupName=group)
        idp.admin_add_user_to_group(UserPoolId=pool, Username="jane", GroupName=group)
    signed_in = idp.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=app,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "jane", "PASSWORD": PASSWORD},
    )["AuthenticationResult"]

    def with_scope(scope):
        # At the plain host the id of the app says which pool is meant.
        form = {"grant_type": "client_credentials", "scope": scope}
        who = (machine["ClientId"], machine["ClientSecret"])
        answer = requests.post(f"{BASE}/oauth2/token", data=form, auth=who, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    return {
        "pool": pool,
        "issuer": f"{BASE}/{pool}",
        "audience": [app, machine["ClientId"]],
        "access": signed_in["AccessToken"],
        "id": signed_in["IdToken"],
        "with_scope": with_scope,
    }


def make_authorizer(api, issuer, audience, source="$request.header.Authorization"):
    return gateway.create_authorizer(
        ApiId=api,
        Name=source.rsplit(".", 1)[1],
        AuthorizerType="JWT",
        IdentitySource=[source],
        JwtConfiguration={"Issuer": issuer, "Audience": audience},
    )["AuthorizerId"]


def make_route(api, key, path, authorizer=None, scopes=None, parameters=None):
    integration = gateway.create_integration(
        ApiId=api,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri=f"{echo.url}{path}",
        PayloadFormatVersion="1.0",
        RequestParameters=parameters or {},
    )["IntegrationId"]
    rule = {"AuthorizationType": "JWT", "AuthorizerId": authorizer} if authorizer else {}
    if scopes:
        rule["AuthorizationScopes"] = scopes
    target = f"integrations/{integration}"
    return gateway.create_route(ApiId=api, RouteKey=key, Target=target, **rule)["RouteId"]


def make_api(user):
    """Gives the ids, and the URLs of both stages by host and by path."""
    api = gateway.create_api(Name="calls", ProtocolType="HTTP")
    made = {"id": api["ApiId"], "endpoint": api["ApiEndpoint"]}
    authorizer = make_authorizer(made["id"], user["issuer"], user["audience"])
    by_query = make_authorizer(made["id"], user["issuer"], user["audience"], "$request.querystring.token")
    claims = {"x-sub": "sub", "x-scope": "scope", "x-expires": "exp"}
    mapped = {f"overwrite:header.{name}": f"$context.authorizer.claims.{claim}" for name, claim in claims.items()}
    routes = [
        make_route(made["id"], "ANY /secret/{proxy+}", "/in/{proxy}", authorizer, parameters=mapped),
        make_route(made["id"], "GET /scoped", "/scoped", authorizer, SCOPES),
        make_route(made["id"], "GET /query", "/query", by_query),
    ]
    make_route(made["id"], "GET /open", "/open")
    make_route(made["id"], "$default", "/default")
    gateway.create_stage(ApiId=made["id"], StageName="$default", AutoDeploy=True)
    gateway.create_stage(ApiId=made["id"], StageName="v1")
    gateway.create_deployment(ApiId=made["id"], StageName="v1")
    by_path = f"{BASE}/_aws/execute-api/{made['id']}"
    hosts = [made["endpoint"], f"{made['endpoint']}/v1", by_path, f"{by_path}/v1"]
    return made | {"routes": routes, "authorizers": [authorizer, by_query], "places": hosts}


def segments(token):
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def segment(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def right_tokens(place, api, user):
    sub = segments(user["access"])[1]["sub"]
    for name in ("access", "id"):
        headers = [bearer(user[name]), ("X-Sub", "evil"), ("X-Twice", "1"), ("X-Twice", "2")]
        spoofed = [("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "for=10.0.0.1"), ("X-Amzn-Oidc-Data", "evil")]
        body = b"\x00\xff{}" * 40_000
        url = f"{place}/secret/a%2Fb/c?x=%20&x=2"
        seen = reaches(url, *headers, *spoofed, method="POST", body=body)
        assert (seen["method"], seen["path"]) == ("POST", "/in/a%2Fb/c?x=%20&x=2"), seen["path"]
        assert seen["body"] == body
        claims = segments(user[name])[1]
        values = {}
        for header, value in seen["headers"]:
            values.setdefault(header, []).append(value)
        assert values["authorization"] == [f"Bearer {user[name]}"], values
        assert values["x-sub"] == [sub] and values["x-expires"] == [str(claims["exp"])], values
        assert values.get("x-scope", []) == ([claims["scope"]] if "scope" in claims else []), values
        assert values["x-twice"] == ["1", "2"], values
        assert values["host"] == [urlsplit(echo.url).netloc], values
        assert "evil" not in str(values) and "10.0.0.1" not in str(values), values
    # The sessions of login pages, which by path come along, stay here.
    session = f"cognito-{user['pool']}=secret"
    seen = reaches(f"{place}/open", ("Cookie", f"a=1; {session}; b=2"), ("Cookie", session))
    assert [value for name, value in seen["headers"] if name == "cookie"] == ["a=1; b=2"], seen
    # The token alone, and the scheme in another case.
    reaches(f"{place}/secret/x", ("authorization", user["access"]))
    reaches(f"{place}/secret/x", ("Authorization", f"bearer  {user['access']}"))
    seen = reaches(f"{place}/scoped", bearer(user["with_scope"]("orders/read")))
    assert seen["path"] == "/scoped", seen
    reaches(f"{place}/scoped", bearer(user["with_scope"]("orders/other orders/read")))
    assert reaches(f"{place}/query?token={user['access']}")["path"] == f"/query?token={user['access']}"
    assert reaches(f"{place}/open")["path"] == "/open"
    assert reaches(f"{place}/open", bearer("x.e30"))["path"] == "/open"
    assert reaches(f"{place}/elsewhere", method="PUT")["path"] == "/default"
    sandboxed = ask(f"{place}/open")[1]["content-security-policy"]
    assert (sandboxed is None) == place.startswith(api["endpoint"]), (place, sandboxed)


def wrong_tokens(place, user, other):
    secret, scoped = f"{place}/secret/x", f"{place}/scoped"
    for url in (secret, scoped, f"{place}/query"):
        refused(url, challenge="Bearer")
        refused(url, ("Authorization", "Bearer "), challenge="Bearer")
    for token in ("x.e30", "Bearer x.e30", "Bearer x", "Basic amFuZTpwdw=="):
        invalid(secret, token, SEGMENTS)
        invalid(scoped, token, SEGMENTS, scopes=" ".join(SCOPES))
    invalid(secret, f"Basic {user['access']}", MALFORMED)
    # Two tokens, of which the integration may believe the other one.
    refused(secret, bearer(user["access"]), bearer(user["access"]), challenge="Bearer")
    refused(secret, bearer("x.e30"), bearer(user["access"]), challenge="Bearer")
    invalid(secret, f"Bearer {user['access']}, Bearer {user['access']}", SEGMENTS)
    # Only the identity source counts.
    refused(f"{secret}?token={user['access']}", challenge="Bearer")
    refused(f"{place}/query", bearer(user["access"]), challenge="Bearer")
    refused(f"{place}/query?token={user['access']}&%74oken=x", challenge="Bearer")
    invalid(secret, f"Bearer {other['access']}", UNKNOWN)
    for token in (user["access"], user["id"], user["with_scope"]("orders/readwrite")):
        lacks_scope(scoped, token)


def forged_tokens(place, user):
    """T1 to T4 of the misuse cases: nothing but the pool's own signature counts."""
    url = f"{place}/secret/x"
    header, claims = segments(user["access"])
    payload, signature = user["access"].split(".")[1:]
    for alg in ("none", "None", "NONE", "HS256"):
        bare = f"{segment(header | {'alg': alg})}.{payload}."
        invalid(url, f"Bearer {bare}", ALGORITHM)
        invalid(url, f"Bearer {bare}{signature}", ALGORITHM)
    keys = requests.get(f"{user['issuer']}/.well-known/jwks.json", timeout=10).json()["keys"]
    public = next(key for key in keys if key["kid"] == header["kid"])
    for secret in (json.dumps(public).encode(), base64.urlsafe_b64decode(public["n"] + "==")):
        signed = f"{segment(header | {'alg': 'HS256'})}.{payload}"
        mac = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), hashlib.sha256)).rstrip(b"=").decode()
        invalid(url, f"Bearer {signed}.{mac}", ALGORITHM)
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = RSAAlgorithm.to_jwk(forger.public_key(), as_dict=True)
    for extra in ({}, {"jwk": jwk}, {"jku": f"{echo.url}/keys"}, {"x5u": f"{echo.url}/cert"}):
        token = jwt.encode(claims, forger, "RS256", headers={"kid": header["kid"], **extra})
        invalid(url, f"Bearer {token}", SIGNATURE)
    invalid(url, f"Bearer {jwt.encode(claims, forger, 'RS256', headers={'kid': 'other'})}", UNKNOWN)
    longer = segment(claims | {"exp": claims["exp"] + 3600})
    invalid(url, f"Bearer {user['access'].split('.')[0]}.{longer}.{signature}", SIGNATURE)


def confused_paths(place, user):
    """A route that wants a token is not gone round, and one that refuses leads to no other (G6)."""
    for path in ("/secret/../open", "/open/%2e%2e/secret/x", "/secret/.%2E/x"):
        refused(f"{place}{path}", bearer(user["access"]), status=400)
    for path in ("/%73ecret/x", "/secret//x", "/secret/%2F"):
        refused(f"{place}{path}", challenge="Bearer")
    for method in ("get", "TRACE"):
        refused(f"{place}/secret/x", bearer(user["access"]), method=method, status=404)
    # Other paths than the routes': the open $default has them, and its integration does not see which.
    for path in ("/Secret/x", "/secret%2Fx", "//secret/x"):
        assert reaches(f"{place}{path}")["path"] == "/default", path


def other_audience(user):
    api = gateway.create_api(Name="audience", ProtocolType="HTTP")
    make_route(api["ApiId"], "GET /x", "/x", make_authorizer(api["ApiId"], user["issuer"], ["another"]))
    gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
    for name in ("access", "id"):
        invalid(f"{api['ApiEndpoint']}/x", f"Bearer {user[name]}", AUDIENCE)
    refused(f"{api['ApiEndpoint']}/y", status=404)
    refused(f"{BASE}/_aws/execute-api/nosuchapi1/x", status=404)
    gateway.update_api(ApiId=api["ApiId"], DisableExecuteApiEndpoint=True)
    refused(f"{api['ApiEndpoint']}/x", bearer(user["access"]), status=404)


def issuers_elsewhere(user):
    issuer, attacker = Issuer(), Issuer()
    api = gateway.create_api(Name="elsewhere", ProtocolType="HTTP")
    authorizer = make_authorizer(api["ApiId"], issuer.url, ["app", "second"])
    make_route(api["ApiId"], "GET /x", "/x", authorizer)
    make_route(api["ApiId"], "GET /scoped", "/scoped", authorizer, SCOPES)
    gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
    url, scoped = (f"{api['ApiEndpoint']}/{name}" for name in ("x", "scoped"))
    for claims in ({}, {"aud": ["third", "second"]}, {"aud": None, "client_id": "app"}):
        reaches(url, bearer(issuer.token(**claims)))
    for alg in ("RS384", "RS512"):
        reaches(url, bearer(issuer.token(alg=alg)))
    assert [asked["path"] for asked in issuer.seen] == ["/.well-known/openid-configuration", "/keys"]
    invalid(url, f"Bearer {issuer.token(key=attacker.key)}", SIGNATURE)
    invalid(url, f"Bearer {issuer.token(alg='PS256')}", ALGORITHM)
    invalid(url, f"Bearer {attacker.token(key=issuer.key)}", "the token does not have a valid issuer")
    invalid(url, f"Bearer {issuer.token(iss=issuer.url + '/')}", "the token does not have a valid issuer")
    invalid(url, f"Bearer {issuer.token(exp=None)}", EXPIRED)
    invalid(url, f"Bearer {issuer.token(nbf=service_time() + 60)}", "the token is not valid yet")
    # Where there is an audience, it decides (G2).
    for audience in ("third", ["third"], [], ""):
        invalid(url, f"Bearer {issuer.token(aud=audience, client_id='app')}", AUDIENCE)
    # Scopes are matched whole, and a list goes before a text (G3).
    for claims in ({"scp": ["x", "orders/read"]}, {"scp": "x orders/admin"}, {"scope": "orders/read"}):
        reaches(scoped, bearer(issuer.token(**claims)))
    for claims in ({}, {"scope": "orders/readwrite"}, {"scp": ["orders/read x"]}, {"scp": [], "scope": "orders/read"}):
        lacks_scope(scoped, issuer.token(**claims))
    # Tokens of our own pools have other keys.
    invalid(url, f"Bearer {user['access']}", UNKNOWN)
    # The attacker's keys count once the authorizer names him, and then only his (G7).
    invalid(url, f"Bearer {attacker.token()}", SIGNATURE)
    change = {"Issuer": attacker.url, "Audience": ["app"]}
    gateway.update_authorizer(ApiId=api["ApiId"], AuthorizerId=authorizer, JwtConfiguration=change)
    reaches(url, bearer(attacker.token()))
    invalid(url, f"Bearer {issuer.token()}", SIGNATURE)
    # An issuer that nobody can reach lets nobody in.
    gone = Issuer()
    gone.stop()
    change = {"Issuer": gone.url, "Audience": ["app"]}
    gateway.update_authorizer(ApiId=api["ApiId"], AuthorizerId=authorizer, JwtConfiguration=change)
    invalid(url, f"Bearer {gone.token()}", NO_KEYS)
    assert not gone.seen


def after_an_hour(place, user):
    reaches(f"{place}/secret/x", bearer(user["access"]))
    moved = requests.post(f"{BASE}/_awsemu/clock", json={"advance_seconds": 3601}, timeout=10)
    assert moved.status_code == 200, moved.text
    for name in ("access", "id"):
        invalid(f"{place}/secret/x", f"Bearer {user[name]}", EXPIRED)
    fresh = user["with_scope"]("orders/read")
    reaches(f"{place}/scoped", bearer(fresh))
    back = requests.post(f"{BASE}/_awsemu/clock", json={"reset": True}, timeout=10)
    assert back.status_code == 200, back.text
    challenge = "the token was issued in the future"
    invalid(f"{place}/secret/x", f"Bearer {fresh}", challenge)


def without_authorizer(api, user):
    """The named stage still has the route, whose authorizer is gone."""
    for route in api["routes"]:
        gateway.delete_route(ApiId=api["id"], RouteId=route)
    stage = f"{api['endpoint']}/v1/secret/x"
    reaches(stage, bearer(user["access"]))
    for authorizer in api["authorizers"]:
        gateway.delete_authorizer(ApiId=api["id"], AuthorizerId=authorizer)
    refused(stage, bearer(user["access"]), challenge="Bearer")
    assert reaches(f"{api['endpoint']}/v1/open")["path"] == "/open"
    gateway.delete_api(ApiId=api["id"])
    for place in api["places"]:
        refused(f"{place}/open", status=404)


def main():
    user, other = make_pool("api"), make_pool("other")
    api = make_api(user)
    for place in api["places"]:
        right_tokens(place, api, user)
        wrong_tokens(place, user, other)
        forged_tokens(place, user)
        confused_paths(place, user)
    other_audience(user)
    issuers_elsewhere(user)
    after_an_hour(api["endpoint"], user)
    without_authorizer(api, user)


main()
