"""Threat protection with boto3: the risk configuration, what it refuses, the events of users, what they say of them, and
where they are logged."""

import json
import urllib.error
import urllib.parse
import urllib.request

import jwt
from botocore import UNSIGNED
from service import BASE, client, refused

PASSWORD = "Perm-Passw0rd!"
COMPROMISED = "Password1!"
SES = "arn:aws:ses:us-east-1:000000000000:identity/example.com"

idp, unsigned = client(), client(signature_version=UNSIGNED)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def sign_in(pool, app, username, password, ip):
    """As a server does it for a user at an address."""
    return idp.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=app,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
        ContextData={"IpAddress": ip, "ServerName": "s", "ServerPath": "/", "HttpHeaders": []},
    )


def configuration(pool, app):
    """What Terraform does: set, read, set anew, read by client, and take away."""
    refused(idp.describe_risk_configuration, "ResourceNotFoundException", UserPoolId=pool)
    first = {"BlockedIPRangeList": ["192.0.2.0/24"]}
    idp.set_risk_configuration(UserPoolId=pool, RiskExceptionConfiguration=first)
    read = idp.describe_risk_configuration(UserPoolId=pool, ClientId=app)["RiskConfiguration"]
    assert read["RiskExceptionConfiguration"] == first and "ClientId" not in read, read
    own = {"Actions": {"EventAction": "NO_ACTION"}}
    idp.set_risk_configuration(
        UserPoolId=pool, ClientId=app, CompromisedCredentialsRiskConfiguration=own
    )
    read = idp.describe_risk_configuration(UserPoolId=pool, ClientId=app)["RiskConfiguration"]
    assert read["ClientId"] == app and "RiskExceptionConfiguration" not in read, read
    assert len(read["CompromisedCredentialsRiskConfiguration"]["EventFilter"]) == 3, read
    idp.set_risk_configuration(UserPoolId=pool, ClientId=app)
    idp.set_risk_configuration(UserPoolId=pool)
    of_client = {"UserPoolId": pool, "ClientId": app}
    refused(idp.describe_risk_configuration, "ResourceNotFoundException", **of_client)


def log_delivery(pool):
    """What Terraform does: set, read, set anew, and take away."""
    of_pool = {"UserPoolId": pool}
    read = idp.get_log_delivery_configuration(**of_pool)["LogDeliveryConfiguration"]
    assert read == {**of_pool, "LogConfigurations": []}, read
    group = {"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:pool"}
    messages = {"EventSource": "userNotification", "LogLevel": "ERROR"}
    activity = {"EventSource": "userAuthEvents", "LogLevel": "INFO"}
    to_group = {"CloudWatchLogsConfiguration": group}
    to_bucket = {"S3Configuration": {"BucketArn": "arn:aws:s3:::pool"}}
    for listed in ([{**messages, **to_group}, {**activity, **to_bucket}], []):
        expected = {**of_pool, "LogConfigurations": listed}
        for answer in (
            idp.set_log_delivery_configuration(**expected),
            idp.get_log_delivery_configuration(**of_pool),
        ):
            assert answer["LogDeliveryConfiguration"] == expected, answer
    for listed in ([messages], [{**activity, **to_group, **to_bucket}], [{**messages, **to_bucket}]):
        refuse = {**of_pool, "LogConfigurations": listed}
        refused(idp.set_log_delivery_configuration, "InvalidParameterException", **refuse)
    plain = idp.create_user_pool(PoolName="plain")["UserPool"]["Id"]
    refuse = {"UserPoolId": plain, "LogConfigurations": [{**activity, **to_group}]}
    refused(idp.set_log_delivery_configuration, "FeatureUnavailableInTierException", **refuse)


def enforce(pool):
    mail = {"Subject": "Stopped", "HtmlBody": "{one-click-link-invalid}"}
    idp.set_risk_configuration(
        UserPoolId=pool,
        CompromisedCredentialsRiskConfiguration={"Actions": {"EventAction": "BLOCK"}},
        AccountTakeoverRiskConfiguration={
            "NotifyConfiguration": {"SourceArn": SES, "BlockEmail": mail},
            "Actions": {"HighAction": {"Notify": True, "EventAction": "BLOCK"}},
        },
        RiskExceptionConfiguration={"BlockedIPRangeList": ["192.0.2.0/24"]},
    )


def events(pool, username):
    pages = idp.get_paginator("admin_list_user_auth_events")
    pages = pages.paginate(UserPoolId=pool, Username=username, PaginationConfig={"PageSize": 1})
    return [event for page in pages for event in page["AuthEvents"]]


def notice(pool):
    query = urllib.parse.urlencode({"user_pool_id": pool, "username": "alice"})
    with opener.open(f"{BASE}/_awsemu/messages?{query}") as answer:
        return json.load(answer)[0]["body"].replace("&amp;", "&")


def main():
    add_ons = {"AdvancedSecurityMode": "ENFORCED"}
    pool = idp.create_user_pool(PoolName="threat", UserPoolAddOns=add_ons)["UserPool"]["Id"]
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName="c", ExplicitAuthFlows=flows)
    app = made["UserPoolClient"]["ClientId"]
    for username, password in (("alice", PASSWORD), ("bob", COMPROMISED)):
        email = [{"Name": "email", "Value": f"{username}@example.com"}]
        idp.admin_create_user(
            UserPoolId=pool, Username=username, UserAttributes=email, MessageAction="SUPPRESS"
        )
        idp.admin_set_user_password(UserPoolId=pool, Username=username, Password=password, Permanent=True)
    configuration(pool, app)
    log_delivery(pool)
    enforce(pool)

    tokens = sign_in(pool, app, "alice", PASSWORD, "198.51.100.1")["AuthenticationResult"]
    event_id = jwt.decode(tokens["AccessToken"], options={"verify_signature": False})["event_id"]
    for username, password, ip in (
        ("alice", PASSWORD, "192.0.2.7"),
        ("bob", COMPROMISED, "198.51.100.1"),
        ("alice", PASSWORD, "203.0.113.7"),
    ):
        where = {"pool": pool, "app": app, "username": username, "password": password, "ip": ip}
        refused(sign_in, "NotAuthorizedException", **where)
    refused(
        unsigned.sign_up,
        "InvalidPasswordException",
        ClientId=app,
        Username="carol",
        Password=COMPROMISED,
    )

    risky, blocked, first = events(pool, "alice")
    assert first["EventId"] == event_id and first["EventResponse"] == "Pass", first
    assert blocked["EventRisk"]["RiskDecision"] == risky["EventRisk"]["RiskDecision"] == "Block"
    assert risky["EventRisk"]["RiskLevel"] == "High", risky
    assert risky["EventContextData"]["IpAddress"] == "203.0.113.7", risky
    assert events(pool, "bob")[0]["EventRisk"]["CompromisedCredentialsDetected"] is True

    link = notice(pool)
    said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))
    assert said["event_id"] == risky["EventId"], said
    by_token = {
        "UserPoolId": pool,
        "Username": "alice",
        "EventId": risky["EventId"],
        "FeedbackToken": said["feedback_token"],
    }
    valid = {**by_token, "FeedbackValue": "Valid"}
    refused(unsigned.update_auth_event_feedback, "NotAuthorizedException", **valid)
    unsigned.update_auth_event_feedback(**by_token, FeedbackValue="Invalid")
    idp.admin_update_auth_event_feedback(
        UserPoolId=pool, Username="alice", EventId=event_id, FeedbackValue="Valid"
    )
    with opener.open(link) as answer:
        assert answer.status == 200
    risky, _, first = events(pool, "alice")
    said = [event["EventFeedback"] for event in (risky, first)]
    given = [(feedback["Provider"], feedback["FeedbackValue"]) for feedback in said]
    assert given == [("User", "Invalid"), ("Admin", "Valid")], given

    off = idp.create_user_pool(PoolName="off")["UserPool"]["Id"]
    alice = {"UserPoolId": off, "Username": "alice"}
    refused(idp.admin_list_user_auth_events, "UserPoolAddOnNotEnabledException", **alice)


main()
