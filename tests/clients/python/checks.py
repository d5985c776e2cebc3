"""The walkthrough and its checks, whichever client runs it.

A client is an object with the methods that `before` and `after` call; each returns the operation's output as
a dictionary. Tokens are verified as an application would: PyJWT and requests against the issuer.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import jwt
import requests

USERNAME = "testuser"
EMAIL = "testuser@example.com"
PASSWORD = "Perm-Passw0rd!"
GROUP = "admins"

DISCOVERY = {
    "issuer",
    "jwks_uri",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
    "revocation_endpoint",
    "id_token_signing_alg_values_supported",
    "response_types_supported",
    "scopes_supported",
    "subject_types_supported",
    "token_endpoint_auth_methods_supported",
    "code_challenge_methods_supported",
    "claims_supported",
}


def main(make_client):
    """`before|after URL NOTES`: the walkthrough, or what has to hold after the server was killed."""
    step, base, notes = sys.argv[1:]
    run = {"before": before, "after": after}[step]
    run(make_client(base), base, Path(notes))


def before(client, base, notes):
    pool = client.create_user_pool("walkthrough")["UserPool"]
    assert pool["Name"] == "walkthrough", pool
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    app = client.create_user_pool_client(pool["Id"], "app", flows)["UserPoolClient"]
    assert sorted(app["ExplicitAuthFlows"]) == flows, app
    assert "ClientSecret" not in app, app

    user = client.admin_create_user(pool["Id"], USERNAME, EMAIL)["User"]
    assert user["UserStatus"] == "FORCE_CHANGE_PASSWORD", user
    client.admin_set_user_password(pool["Id"], USERNAME, PASSWORD)
    group = client.create_group(pool["Id"], GROUP)["Group"]
    assert group["GroupName"] == GROUP, group
    client.admin_add_user_to_group(pool["Id"], USERNAME, GROUP)
    user = client.admin_get_user(pool["Id"], USERNAME)
    assert user["UserStatus"] == "CONFIRMED" and user["Enabled"] is True, user

    result = sign_in(client, pool["Id"], app["ClientId"])
    assert result["RefreshToken"], "no refresh token"
    tokens = verify(base, pool["Id"], app["ClientId"], result)
    subject = {item["Name"]: item["Value"] for item in user["UserAttributes"]}["sub"]
    assert tokens["id"]["sub"] == subject, tokens
    refreshed = refresh(client, base, pool["Id"], app["ClientId"], result["RefreshToken"], tokens)

    notes.write_text(
        json.dumps(
            {
                "pool": pool["Id"],
                "app": app["ClientId"],
                "sub": subject,
                "result": result,
                "refreshed": refreshed,
                "tokens": tokens,
                "keys": key_set(base, pool["Id"]),
            }
        )
    )


def after(client, base, notes):
    noted = json.loads(notes.read_text())
    pool, app = noted["pool"], noted["app"]
    described = client.describe_user_pool(pool)["UserPool"]
    assert (described["Id"], described["Name"]) == (pool, "walkthrough"), described
    assert key_set(base, pool) == noted["keys"], "the keys changed"

    # The tokens of before still verify, and are the same.
    assert verify(base, pool, app, noted["result"]) == noted["tokens"]
    verify(base, pool, app, noted["refreshed"])
    refresh(client, base, pool, app, noted["result"]["RefreshToken"], noted["tokens"])

    fresh = verify(base, pool, app, sign_in(client, pool, app))
    assert fresh["id"]["sub"] == noted["sub"], fresh
    assert fresh["kids"] == noted["tokens"]["kids"], fresh


def sign_in(client, pool, app):
    answer = client.admin_initiate_auth(
        pool, app, "ADMIN_USER_PASSWORD_AUTH", {"USERNAME": USERNAME, "PASSWORD": PASSWORD}
    )
    assert "ChallengeName" not in answer, answer
    return answer["AuthenticationResult"]


def refresh(client, base, pool, app, token, original):
    """Refreshes and compares the new tokens with the ones of the sign-in."""
    answer = client.admin_initiate_auth(pool, app, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": token})
    result = answer["AuthenticationResult"]
    assert "RefreshToken" not in result, "a refresh without rotation gives no new refresh token"
    tokens = verify(base, pool, app, result)
    for use in ("id", "access"):
        for claim in ("sub", "origin_jti", "auth_time"):
            assert tokens[use][claim] == original[use][claim], (use, claim, tokens, original)
        assert tokens[use]["jti"] != original[use]["jti"], (use, tokens, original)
    return result


def verify(base, pool, app, result):
    """Verifies both tokens of a sign-in against the issuer; returns their claims and the names of their keys."""
    issuer = f"{base}/{pool}"
    discovery = fetch(f"{issuer}/.well-known/openid-configuration")
    assert discovery["issuer"] == issuer, discovery
    assert DISCOVERY <= discovery.keys(), DISCOVERY - discovery.keys()
    assert "RS256" in discovery["id_token_signing_alg_values_supported"], discovery
    keys = jwt.PyJWKSet.from_dict(fetch(discovery["jwks_uri"]))

    assert result["TokenType"] == "Bearer", result
    ident, ident_kid = decode(result["IdToken"], keys, issuer, audience=app)
    access, access_kid = decode(result["AccessToken"], keys, issuer, audience=None)
    assert ident_kid != access_kid, "both tokens have the same key"
    assert {ident_kid, access_kid} == {key.key_id for key in keys.keys}, "the tokens' keys are not the published ones"

    assert (ident["token_use"], access["token_use"]) == ("id", "access")
    assert "aud" not in access and access["client_id"] == app, access
    assert ident["email"] == EMAIL and ident["email_verified"] is True, ident
    assert "email" not in access, access
    assert (ident["cognito:username"], access["username"]) == (USERNAME, USERNAME)
    assert access["scope"] == "aws.cognito.signin.user.admin", access
    for claims in (ident, access):
        assert claims["cognito:groups"] == [GROUP], claims
        assert claims["exp"] - claims["iat"] == 3600 == result["ExpiresIn"], claims
        assert abs(claims["iat"] - time.time()) < 600, claims
        for claim in ("exp", "iat", "auth_time"):
            assert type(claims[claim]) is int, (claim, claims)
        for claim in ("jti", "origin_jti", "event_id"):
            assert claims[claim], (claim, claims)
    for claim in ("sub", "origin_jti", "event_id", "auth_time"):
        assert ident[claim] == access[claim], (claim, ident, access)
    return {"id": ident, "access": access, "kids": [ident_kid, access_kid]}


def decode(token, keys, issuer, audience):
    header = jwt.get_unverified_header(token)
    assert header.keys() == {"kid", "alg"} and header["alg"] == "RS256", header
    claims = jwt.decode(
        token,
        keys[header["kid"]].key,
        algorithms=["RS256"],
        issuer=issuer,
        audience=audience,
        options={"require": ["exp", "iat", "iss", "sub"], "verify_aud": audience is not None},
    )
    tampered = token[:-8] + ("A" * 8 if token[-8:] != "A" * 8 else "B" * 8)
    try:
        jwt.decode(tampered, keys[header["kid"]].key, algorithms=["RS256"], options={"verify_aud": False})
    except jwt.InvalidSignatureError:
        return claims, header["kid"]
    raise AssertionError("the check of the signature accepts everything")


def key_set(base, pool):
    keys = fetch(f"{base}/{pool}/.well-known/jwks.json")
    assert len(keys["keys"]) == 2, keys
    for key in keys["keys"]:
        assert key.keys() == {"alg", "e", "kid", "kty", "n", "use"}, key
        assert (key["alg"], key["e"], key["kty"], key["use"]) == ("RS256", "AQAB", "RSA", "sig"), key
        assert len(key["kid"]) == 44, key
    return keys


def fetch(url):
    """The JSON document at a URL, by requests and by curl, which must agree."""
    session = requests.Session()
    # A proxy of the machine does not lead to the server under test.
    session.trust_env = False
    answer = session.get(url, timeout=10)
    assert answer.status_code == 200, (url, answer.status_code, answer.text)
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    assert "Cache-Control" in answer.headers, answer.headers
    curl = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", url], capture_output=True, check=True
    )
    assert json.loads(curl.stdout) == answer.json()
    return answer.json()
