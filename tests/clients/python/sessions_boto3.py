"""User sessions, tokens of machines, exchanged tokens and provisioned limits with boto3; PyJWT verifies the tokens by the
JWKS."""

import jwt
from botocore import UNSIGNED
from service import BASE, client, refused

ADMIN = "aws.cognito.signin.user.admin"
PASSWORD = "Perm-Passw0rd!"

idp, unsigned = client(), client(signature_version=UNSIGNED)


def verified(pool, token, audience=None):
    issuer = f"{BASE}/{pool}"
    key = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    options = {"verify_aud": audience is not None}
    return jwt.decode(token, key.key, ["RS256"], options=options, issuer=issuer, audience=audience)


def make_client(pool, flows, **more):
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName="c", ExplicitAuthFlows=flows, **more)
    return made["UserPoolClient"]


def sign_in(app):
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    answer = idp.initiate_auth(ClientId=app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    return answer["AuthenticationResult"]


def machines(pool):
    """The token of a machine, which is good for its resource server and for nothing of the user pool."""
    scopes = [{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write")]
    idp.create_resource_server(UserPoolId=pool, Identifier="orders", Name="Orders", Scopes=scopes)
    machine = make_client(
        pool,
        ["ALLOW_CLIENT_TOKEN_AUTH"],
        GenerateSecret=True,
        AllowedOAuthScopes=["orders/read", "orders/write"],
    )
    by_secret = {"ClientId": machine["ClientId"], "Secret": machine["ClientSecret"]}
    result = unsigned.get_client_token(**by_secret, Scopes=["orders/read"])["ClientAuthenticationResult"]
    claims = verified(pool, result["AccessToken"])
    assert claims["sub"] == claims["client_id"] == machine["ClientId"], claims
    assert claims["scope"] == "orders/read" and claims["version"] == 2, claims
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer"), result
    refused(idp.get_user, "NotAuthorizedException", AccessToken=result["AccessToken"])
    refused(idp.get_client_token, "InvalidParameterException", **by_secret, Scopes=["openid"])
    return machine["ClientId"], result["AccessToken"]


def sessions(pool, app):
    """Of three sign-ins where two are allowed, the one that was used least recently ends."""
    idp.set_user_pool_session_configuration(
        UserPoolId=pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 2}
    )
    first, second = sign_in(app), sign_in(app)
    idp.get_tokens_from_refresh_token(ClientId=app, RefreshToken=first["RefreshToken"])
    third = sign_in(app)
    refused(idp.get_user, "NotAuthorizedException", AccessToken=second["AccessToken"])
    listed = idp.list_user_sessions(AccessToken=third["AccessToken"])["Sessions"]
    assert {session["IsCurrentSession"] for session in listed} == {True, False}, listed
    assert all("Boto3" in session["DeviceType"] for session in listed), listed
    other = next(session["SessionId"] for session in listed if not session["IsCurrentSession"])
    idp.revoke_user_session(AccessToken=third["AccessToken"], SessionId=other)
    refused(idp.get_user, "NotAuthorizedException", AccessToken=first["AccessToken"])
    left = idp.admin_list_user_sessions(UserPoolId=pool, Username="alice")["Sessions"]
    for session in left:
        idp.admin_revoke_user_session(UserPoolId=pool, Username="alice", SessionId=session["SessionId"])
    assert len(left) == 1, left
    refused(idp.get_user, "NotAuthorizedException", AccessToken=third["AccessToken"])


def exchange(pool, app, machine, actor):
    """A gateway's tokens on behalf of a user: they verify, say who acts, and end with the user's sign-in."""
    flows = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]
    gateway = make_client(pool, flows, GenerateSecret=True, AllowedOAuthScopes=[ADMIN])
    tokens = sign_in(app)
    subject = {
        "ClientId": gateway["ClientId"],
        "SubjectToken": tokens["AccessToken"],
        "SubjectTokenType": "ACCESS_TOKEN",
    }
    refused(unsigned.get_derived_token, "NotAuthorizedException", **subject)
    plain = idp.get_derived_token(**subject)["IssuedToken"]
    assert "act" not in verified(pool, plain)
    idp.get_user(AccessToken=plain)

    subject["ClientSecret"] = gateway["ClientSecret"]
    acting = {"ActorToken": actor, "ActorTokenType": "ACCESS_TOKEN"}
    answer = unsigned.get_derived_token(**subject, **acting, Resources=["orders"], Scopes=[ADMIN, "openid"])
    claims = verified(pool, answer["IssuedToken"], "orders")
    assert claims["act"] == {"sub": machine} and claims["scope"] == ADMIN, claims
    assert claims["origin_jti"] == verified(pool, tokens["AccessToken"])["origin_jti"], claims
    about = unsigned.get_derived_token(**subject, RequestedTokenType="ID_TOKEN", Audiences=["billing"])
    assert about["TokenType"] == "N_A", about
    assert verified(pool, about["IssuedToken"], "billing")["cognito:username"] == "alice"
    narrow = unsigned.get_derived_token(**subject, Scopes=["openid"])["IssuedToken"]
    refused(idp.get_user, "NotAuthorizedException", AccessToken=narrow)

    idp.revoke_token(ClientId=app, Token=tokens["RefreshToken"], RevokeAssociatedSessions="LINKED")
    for token in (plain, answer["IssuedToken"]):
        refused(idp.get_user, "NotAuthorizedException", AccessToken=token)
    refused(idp.get_derived_token, "NotAuthorizedException", **subject)


def limits():
    creation = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserCreation"}}
    for rate in (80, 50):
        idp.update_provisioned_limit(LimitDefinition=creation, RequestedLimitValue=rate)
        limit = idp.get_provisioned_limit(LimitDefinition=creation)["Limit"]
        expected = {"LimitDefinition": creation, "ProvisionedLimitValue": rate, "FreeLimitValue": 50}
        assert limit == expected, limit
    much = {"LimitDefinition": creation, "RequestedLimitValue": 1_000_000}
    refused(idp.update_provisioned_limit, "ServiceQuotaExceededException", **much)


def main():
    limits()
    pool = idp.create_user_pool(PoolName="sessions")["UserPool"]["Id"]
    app = make_client(pool, ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["ClientId"]
    idp.admin_create_user(UserPoolId=pool, Username="alice", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="alice", Password=PASSWORD, Permanent=True)
    sessions(pool, app)
    exchange(pool, app, *machines(pool))


main()
