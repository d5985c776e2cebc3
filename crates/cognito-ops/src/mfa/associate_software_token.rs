//! AssociateSoftwareToken: gives a fresh secret for an authenticator app.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html>

use cognito_core::mfa::Factor;
use cognito_core::pool::Pool;
use cognito_core::session::Material;
use cognito_core::totp::SoftwareToken;

use crate::auth::sessions;
use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AssociateSoftwareTokenRequest,
) -> Reply<wire::AssociateSoftwareTokenResponse> {
    let token = SoftwareToken::new(ctx.bytes());
    let session = match (&input.access_token, &input.session) {
        (Some(access_token), None) => {
            by_access_token(ctx, access_token, &token).await?;
            None
        }
        (None, Some(session)) => Some(by_session(ctx, session, &token).await?),
        _ => return Err(errors::token_or_session()),
    };
    Ok(wire::AssociateSoftwareTokenResponse {
        secret_code: Some(token.secret_code().into()),
        session: session.map(Into::into),
    })
}

async fn by_access_token(ctx: &Ctx<'_>, access_token: &str, token: &SoftwareToken) -> Reply<()> {
    let verified = access::verify(ctx, access_token).await?;
    ctx.write(async |txn| {
        let signed = access::signed(txn, &verified).await.map_err(access::gone_is_revoked)?;
        check_offered(&signed.pool)?;
        let mut user = (*signed.user).clone();
        user.mfa.pending = Some(token.clone());
        txn.save(&user);
        Ok(())
    })
    .await
}

/// The session of MFA_SETUP is used up; the new one knows the secret.
async fn by_session(ctx: &Ctx<'_>, session: &str, token: &SoftwareToken) -> Reply<String> {
    ctx.write(async |txn| {
        let (pool, _, session) = sessions::find_set_up(txn, session).await?;
        check_offered(&pool)?;
        let material = Material::Token { token: token.clone(), verified: false };
        Ok(sessions::renew(ctx, txn, &session, material))
    })
    .await
}

/// Refuses where the pool does not offer authenticator apps.
pub(super) fn check_offered(pool: &Pool) -> Reply<()> {
    if pool.offers(Factor::SoftwareToken) { Ok(()) } else { Err(errors::software_token_not_enabled()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::text;

    const NOT_ENABLED: &str =
        "SoftwareTokenMFANotFoundException: Software Token MFA has not been enabled by the userPool";

    #[tokio::test]
    async fn each_call_gives_another_secret() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let input = json!({ "AccessToken": tokens["AccessToken"] });
        let first = world.ok("AssociateSoftwareToken", input.clone()).await;
        let second = world.ok("AssociateSoftwareToken", input).await;
        assert_eq!(text(&first["SecretCode"]).len(), 52);
        assert_ne!(first["SecretCode"], second["SecretCode"]);
        assert_eq!(first.get("Session"), None);
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let access = json!({ "AccessToken": tokens["AccessToken"] });
        assert_eq!(world.fails("AssociateSoftwareToken", access).await, NOT_ENABLED);
        let either = "InvalidParameterException: Exactly one of AccessToken and Session must be given.";
        assert_eq!(world.fails("AssociateSoftwareToken", json!({})).await, either);
        let session = json!({ "Session": "0123456789012345678901234567890123456789" });
        assert_eq!(
            world.fails("AssociateSoftwareToken", session).await,
            "NotAuthorizedException: Invalid session for the user."
        );
    }
}
