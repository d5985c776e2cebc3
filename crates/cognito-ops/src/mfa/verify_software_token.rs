//! VerifySoftwareToken: registers an authenticator app by a code of it.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifySoftwareToken.html>

use cognito_core::session::Material;
use cognito_core::totp::SoftwareToken;

use super::associate_software_token::check_offered;
use crate::auth::sessions;
use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::VerifySoftwareTokenRequest,
) -> Reply<wire::VerifySoftwareTokenResponse> {
    let session = match (&input.access_token, &input.session) {
        (Some(access_token), None) => {
            by_access_token(ctx, access_token, &input).await?;
            None
        }
        (None, Some(session)) => Some(by_session(ctx, session, &input).await?),
        _ => return Err(errors::token_or_session()),
    };
    Ok(wire::VerifySoftwareTokenResponse {
        status: Some(wire::VerifySoftwareTokenResponseType::Success),
        session: session.map(Into::into),
    })
}

/// Whether the user is asked for its codes is for SetUserMFAPreference to say.
async fn by_access_token(
    ctx: &Ctx<'_>,
    access_token: &str,
    input: &wire::VerifySoftwareTokenRequest,
) -> Reply<()> {
    let verified = access::verify(ctx, access_token).await?;
    ctx.write(async |txn| {
        let signed = access::signed(txn, &verified).await?;
        check_offered(&signed.pool)?;
        let mut user = (*signed.user).clone();
        let token = user.mfa.pending.take().ok_or_else(errors::software_token_missing)?;
        user.mfa.software_token = Some(redeem(ctx, token, input)?);
        user.modified = txn.now();
        txn.save(&user);
        Ok(())
    })
    .await
}

/// In the middle of a sign-in: the user is asked for its codes from now on, also if MFA_SETUP is never answered.
async fn by_session(ctx: &Ctx<'_>, session: &str, input: &wire::VerifySoftwareTokenRequest) -> Reply<String> {
    ctx.write(async |txn| {
        let (_, mut user, session) = sessions::find_set_up(txn, session).await?;
        let Material::Token { token, .. } = &session.material else { return Err(errors::invalid_session()) };
        let token = redeem(ctx, token.clone(), input)?;
        user.mfa.enrol(token.clone());
        user.modified = txn.now();
        txn.save(&user);
        Ok(sessions::renew(ctx, txn, &session, Material::Token { token, verified: true }))
    })
    .await
}

fn redeem(
    ctx: &Ctx<'_>,
    mut token: SoftwareToken,
    input: &wire::VerifySoftwareTokenRequest,
) -> Reply<SoftwareToken> {
    let redeemed = token.redeem(input.user_code.as_str(), ctx.client_now());
    redeemed.map_err(|_| errors::software_token_not_verified())?;
    token.name = input.friendly_device_name.clone().filter(|name| !name.is_empty());
    Ok(token)
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::password_auth;

    const WRONG: &str = "EnableSoftwareTokenMFAException: Code mismatch and fail enable Software Token MFA";

    #[tokio::test]
    async fn a_wrong_code_registers_nothing() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let verify = |code: &str| json!({ "AccessToken": tokens["AccessToken"], "UserCode": code });
        assert_eq!(
            world.fails("VerifySoftwareToken", verify("000000")).await,
            "SoftwareTokenMFANotFoundException: The user has no software token that waits for verification."
        );
        let token = world.associate(json!({ "AccessToken": tokens["AccessToken"] })).await.0;
        let right = token.code(world.now());
        let wrong = if right == "000000" { "000001" } else { "000000" };
        assert_eq!(world.fails("VerifySoftwareToken", verify(wrong)).await, WRONG);
        let answer = world.ok("VerifySoftwareToken", verify(&right)).await;
        assert_eq!(answer, json!({ "Status": "SUCCESS" }));
    }

    /// [CAP-moto]
    #[tokio::test]
    async fn a_sign_in_that_must_set_up_mfa() {
        let world = World::new().await;
        let pool = world.mfa_pool("ON").await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let sign_in = || password_auth(&client, "alice", "Abcdef1!");
        let asked = world.ok("InitiateAuth", sign_in()).await;
        assert_eq!(asked["ChallengeName"], "MFA_SETUP");
        assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_SETUP"], r#"["SOFTWARE_TOKEN_MFA","EMAIL_OTP"]"#);
        let respond = |session: &Value| {
            json!({
                "ClientId": client, "ChallengeName": "MFA_SETUP", "Session": session,
                "ChallengeResponses": { "USERNAME": "alice" },
            })
        };
        let not_yet = "NotAuthorizedException: No second factor was set up with the session.";
        assert_eq!(world.fails("RespondToAuthChallenge", respond(&asked["Session"])).await, not_yet);
        let (token, session) = world.associate(json!({ "Session": asked["Session"] })).await;
        assert_ne!(session, asked["Session"]);
        assert_eq!(world.fails("RespondToAuthChallenge", respond(&session)).await, not_yet);
        let verify =
            json!({ "Session": session, "UserCode": token.code(world.now()), "FriendlyDeviceName": "phone" });
        let verified = world.ok("VerifySoftwareToken", verify.clone()).await;
        assert_eq!(
            world.fails("VerifySoftwareToken", verify).await,
            "NotAuthorizedException: Invalid session for the user, session can only be used once."
        );
        let answer = world.ok("RespondToAuthChallenge", respond(&verified["Session"])).await;
        assert!(answer["AuthenticationResult"]["AccessToken"].is_string(), "{answer}");

        let asked = world.ok("InitiateAuth", sign_in()).await;
        assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        assert_eq!(asked["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"], "phone");
        let code = |code: String| {
            json!({
                "ClientId": client, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": asked["Session"],
                "ChallengeResponses": { "USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code },
            })
        };
        assert_eq!(
            world.fails("RespondToAuthChallenge", code(token.code(world.now()))).await,
            "ExpiredCodeException: Your software token has already been used once."
        );
        world.advance(Span::seconds(30));
        let answer = world.ok("RespondToAuthChallenge", code(token.code(world.now()))).await;
        assert!(answer["AuthenticationResult"]["AccessToken"].is_string(), "{answer}");
    }
}
