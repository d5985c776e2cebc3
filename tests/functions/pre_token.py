"""PreTokenGeneration V2_0: adds a claim to both tokens."""


def lambda_handler(event, context):
    claims = {"claimsToAddOrOverride": {"tenant": "tenant of " + event["userName"]}}
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "idTokenGeneration": claims,
        "accessTokenGeneration": claims,
    }
    return event
