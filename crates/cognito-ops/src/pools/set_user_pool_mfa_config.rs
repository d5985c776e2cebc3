//! SetUserPoolMfaConfig: replaces the MFA settings of a pool; factors that are left out are switched off.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html>

use cognito_core::pool::MfaRequest;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetUserPoolMfaConfigRequest,
) -> Reply<wire::SetUserPoolMfaConfigResponse> {
    let request = MfaRequest {
        mfa: input.mfa_configuration,
        sms: input.sms_mfa_configuration,
        software_token: input.software_token_mfa_configuration,
        email: input.email_mfa_configuration,
        web_authn: input.web_authn_configuration,
    };
    let pool = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            pool.set_mfa(request.clone())?;
            pool.modified = ctx.now();
            txn.save(&pool);
            Ok(pool)
        })
        .await?;
    let mfa = views::mfa(&pool);
    Ok(wire::SetUserPoolMfaConfigResponse {
        sms_mfa_configuration: mfa.sms_mfa_configuration,
        software_token_mfa_configuration: mfa.software_token_mfa_configuration,
        email_mfa_configuration: mfa.email_mfa_configuration,
        mfa_configuration: mfa.mfa_configuration,
        web_authn_configuration: mfa.web_authn_configuration,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn sms() -> Value {
        json!({
            "SmsAuthenticationMessage": "Code {####}",
            "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x" },
        })
    }

    async fn set(world: &World, pool: &str, request: Value) -> Result<Value, String> {
        let request = merged(json!({ "UserPoolId": pool }), request);
        world.call("SetUserPoolMfaConfig", request).await.map_err(|failure| failure.message)
    }

    #[tokio::test]
    async fn what_is_set_is_read_back() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        for request in [
            json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true } }),
            json!({
                "MfaConfiguration": "ON",
                "EmailMfaConfiguration": { "Message": "Code {####}", "Subject": "Code" },
                "SoftwareTokenMfaConfiguration": { "Enabled": false },
                "WebAuthnConfiguration": { "RelyingPartyId": "example.com", "UserVerification": "preferred" },
            }),
            json!({ "MfaConfiguration": "OFF", "WebAuthnConfiguration": { "RelyingPartyId": "example.com" } }),
            json!({ "MfaConfiguration": "ON", "SmsMfaConfiguration": sms() }),
        ] {
            assert_eq!(set(&world, &pool, request.clone()).await, Ok(request.clone()));
            assert_eq!(world.ok("GetUserPoolMfaConfig", json!({ "UserPoolId": pool })).await, request);
        }
        let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(described["UserPool"]["MfaConfiguration"], "ON");
        assert_eq!(described["UserPool"]["SmsConfiguration"], sms()["SmsConfiguration"]);
        assert_eq!(described["UserPool"]["SmsAuthenticationMessage"], "Code {####}");

        // The SMS configuration outlives MFA, the software token does not.
        let off = json!({ "MfaConfiguration": "OFF", "SmsMfaConfiguration": sms() });
        assert_eq!(set(&world, &pool, json!({ "MfaConfiguration": "OFF" })).await, Ok(off));
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let check = async |request: Value, expected: &str| {
            assert_eq!(set(&world, &pool, request.clone()).await, Err(expected.to_owned()), "{request}");
        };
        let none = "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
        check(json!({ "MfaConfiguration": "ON" }), none).await;
        let disabled = json!({ "Enabled": false });
        check(json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": disabled }), none)
            .await;
        let off = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
        check(
            json!({ "MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": { "Enabled": true } }),
            off,
        )
        .await;
        check(json!({ "MfaConfiguration": "OFF", "SmsMfaConfiguration": sms() }), off).await;
        check(json!({ "EmailMfaConfiguration": {} }), off).await;
        let request = json!({ "MfaConfiguration": "ON", "SmsMfaConfiguration": {} });
        check(request, "SMS configuration is required for SMS MFA.").await;
        let answer = world.ok("GetUserPoolMfaConfig", json!({ "UserPoolId": pool })).await;
        assert_eq!(answer, json!({ "MfaConfiguration": "OFF" }));
    }

    #[tokio::test]
    async fn what_the_pool_does_not_allow() {
        let world = World::new().await;
        let email = json!({ "MfaConfiguration": "ON", "EmailMfaConfiguration": {} });
        let lite = world.pool(json!({ "UserPoolTier": "LITE" })).await;
        assert_eq!(
            world.fails("SetUserPoolMfaConfig", merged(json!({ "UserPoolId": lite }), email.clone())).await,
            "FeatureUnavailableInTierException: Email MFA needs the ESSENTIALS tier."
        );
        let recovery = json!({ "RecoveryMechanisms": [{ "Priority": 1, "Name": "verified_email" }] });
        let pool = world.pool(json!({ "AccountRecoverySetting": recovery })).await;
        let text = "Email MFA cannot be used while account recovery is by email only.";
        assert_eq!(set(&world, &pool, email.clone()).await, Err(text.to_owned()));
        let factors = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
        let pool = world.pool(json!({ "Policies": factors })).await;
        let text =
            "EMAIL_OTP and SMS_OTP cannot be allowed first authentication factors while MFA is required.";
        assert_eq!(set(&world, &pool, email).await, Err(text.to_owned()));
        assert_eq!(
            world.fails("SetUserPoolMfaConfig", json!({ "UserPoolId": "us-east-1_none" })).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
