"""A pool and its replica in another Region with boto3: one client for each Region."""

import jwt
from service import BASE, client, refused

PASSWORD = "Perm-Passw0rd!"
PRIMARY, SECONDARY = "us-east-1", "eu-west-1"
KEY = f"arn:aws:kms:{PRIMARY}:000000000000:key/mrk-1234abcd12ab34cd56ef1234567890ab"


def endpoint(region):
    """A client that calls the server by the name of a Region's endpoint, which users' requests are known by."""
    idp = client(region)

    def name(request, **_):
        request.headers["Host"] = f"cognito-idp.{region}.localhost"

    idp.meta.events.register("before-send.cognito-identity-provider", name)
    return idp


here, there = client(PRIMARY), client(SECONDARY)


def statuses(pool):
    """The replicas, which both Regions must list alike, as Region, role and status."""
    lists = [idp.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"] for idp in (here, there)]
    assert lists[0] == lists[1], lists
    return [(replica["RegionName"], replica["Role"], replica["Status"]) for replica in lists[0]]


def pools(idp):
    return {pool["Id"]: pool.get("ReplicaRegions") for pool in idp.list_user_pools(MaxResults=60)["UserPools"]}


def sign_in(idp, pool, app):
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    answer = idp.admin_initiate_auth(
        UserPoolId=pool, ClientId=app, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters
    )
    return answer["AuthenticationResult"]


def replicate(pool):
    made = here.create_user_pool_replica(UserPoolId=pool, RegionName=SECONDARY, UserPoolTags={"for": "failover"})
    assert made["UserPoolReplica"]["Status"] == "CREATING", made
    primary = (PRIMARY, "PRIMARY", "ACTIVE")
    assert statuses(pool) == [primary, (SECONDARY, "SECONDARY", "INACTIVE")]
    assert pools(there) == {pool: [PRIMARY, SECONDARY]} == pools(here)
    described = there.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["Arn"] == made["UserPoolReplica"]["UserPoolArn"], described
    assert f":{SECONDARY}:" in described["Arn"] and described["Id"] == pool, described
    tags = there.list_tags_for_resource(ResourceArn=described["Arn"])["Tags"]
    assert tags == described["UserPoolTags"] == {"for": "failover"}, tags


def fail_over(pool, app):
    """Users sign in at the secondary while it is active; tokens are good in both Regions."""
    arguments = {"UserPoolId": pool, "RegionName": SECONDARY}

    def sign_in_there():
        return sign_in(there, pool, app)

    refused(sign_in_there, "OperationNotEnabledException")
    there.update_user_pool_replica(**arguments, Status="ACTIVE")
    assert statuses(pool)[1][2] == "ACTIVE"
    tokens = sign_in_there()
    issuer = f"{BASE}/{pool}"
    key = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json").get_signing_key_from_jwt(tokens["IdToken"])
    jwt.decode(tokens["IdToken"], key.key, ["RS256"], issuer=issuer, audience=app)
    for idp in (here, there):
        idp.get_user(AccessToken=tokens["AccessToken"])
        idp.get_tokens_from_refresh_token(ClientId=app, RefreshToken=tokens["RefreshToken"])
    assert there.admin_get_user(UserPoolId=pool, Username="alice")["UserStatus"] == "CONFIRMED"
    refused(there.admin_create_user, "OperationNotEnabledException", UserPoolId=pool, Username="bob")
    refused(there.delete_user_pool_replica, "OperationNotEnabledException", **arguments)
    refused(here.delete_user_pool_replica, "InvalidParameterException", **arguments)
    here.update_user_pool_replica(**arguments, Status="INACTIVE")
    refused(sign_in_there, "OperationNotEnabledException")


def users(pool, app):
    """What users call is not signed: the name of the endpoint says the Region."""
    idp = endpoint(SECONDARY)
    alice = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    by_password = {"ClientId": app, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": alice}
    refused(idp.initiate_auth, "OperationNotEnabledException", **by_password)
    arguments = {"UserPoolId": pool, "RegionName": SECONDARY}
    idp.update_user_pool_replica(**arguments, Status="ACTIVE")
    token = idp.initiate_auth(**by_password)["AuthenticationResult"]["AccessToken"]
    assert idp.get_user(AccessToken=token)["Username"] == "alice"
    bob = {"ClientId": app, "Username": "bob", "Password": PASSWORD}
    refused(idp.sign_up, "OperationNotEnabledException", **bob)
    name = {"AccessToken": token, "UserAttributes": [{"Name": "name", "Value": "A"}]}
    refused(idp.update_user_attributes, "OperationNotEnabledException", **name)
    endpoint(PRIMARY).sign_up(**bob)
    idp.update_user_pool_replica(**arguments, Status="INACTIVE")


def main():
    pool = here.create_user_pool(PoolName="replicated")["UserPool"]["Id"]
    arguments = {"UserPoolId": pool, "RegionName": SECONDARY}
    refused(here.create_user_pool_replica, "InvalidParameterException", **arguments)
    key = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY}
    here.update_user_pool(UserPoolId=pool, KeyConfiguration=key)
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
    app = here.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=flows)
    here.admin_create_user(UserPoolId=pool, Username="alice", MessageAction="SUPPRESS")
    here.admin_set_user_password(UserPoolId=pool, Username="alice", Password=PASSWORD, Permanent=True)
    replicate(pool)
    fail_over(pool, app["UserPoolClient"]["ClientId"])
    users(pool, app["UserPoolClient"]["ClientId"])
    refused(here.delete_user_pool, "InvalidParameterException", UserPoolId=pool)
    gone = here.delete_user_pool_replica(**arguments)["UserPoolReplica"]
    assert gone["Status"] == "DELETING", gone
    assert statuses(pool) == [(PRIMARY, "PRIMARY", "ACTIVE")]
    assert pools(there) == {}
    here.delete_user_pool(UserPoolId=pool)


main()
