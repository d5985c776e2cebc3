//! SELECT_MFA_TYPE and MFA_SETUP: which second factor, and one that is new.

use cognito_core::auth::Event;
use cognito_core::mfa::Factor;
use cognito_core::schema;
use cognito_core::session::Material;
use cognito_store::Txn;

use super::answer::Answer;
use super::respond::Respond;
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;

/// Takes the answer to SELECT_MFA_TYPE.
pub(super) async fn select(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let name = answer.responses.require("ANSWER")?;
    let factor = Factor::named(name).ok_or_else(|| errors::challenge_not_offered(name))?;
    take(ctx, room, answer, async |_, _| Ok(Ok(Event::Factor(factor)))).await
}

/// Takes the answer to MFA_SETUP: a session that VerifySoftwareToken gave, or an address for codes.
pub(super) async fn set_up(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    if let Some(address) = answer.responses.get("EMAIL") {
        if !schema::is_email(address) {
            return Err(errors::invalid_email());
        }
        return take(ctx, room, answer, async |_, _| Ok(Ok(Event::Email(address.to_owned())))).await;
    }
    take(ctx, room, answer, async |_, turn| match turn.session.as_ref().map(|session| &session.material) {
        // The app may have been forgotten since VerifySoftwareToken.
        Some(Material::Token { token, verified: true })
            if turn.user.mfa.software_token.as_ref().is_some_and(|own| own.is(token)) =>
        {
            Ok(Ok(Event::Enrolled))
        }
        _ => Err(errors::factor_not_set_up()),
    })
    .await
}

async fn take<D>(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>, decide: D) -> Reply<Answer>
where
    D: AsyncFn(&mut Txn, &mut Turn) -> Reply<turn::Result<Event>>,
{
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    turn::take(ctx, room, &Provisions::default(), load, decide).await
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::auth::testing::{PASSWORD, Scene, is_signed_in};

    async fn asked(scene: &Scene) -> Value {
        scene.initiate("USER_PASSWORD_AUTH", json!({ "USERNAME": "alice", "PASSWORD": PASSWORD })).await
    }

    #[tokio::test]
    async fn one_of_several_is_chosen() {
        let scene = Scene::with_mfa("OPTIONAL").await;
        scene.attributes(json!({ "email": "a@example.com", "phone_number": "+12065550100" })).await;
        let both = json!({ "SMSMfaSettings": { "Enabled": true }, "EmailMfaSettings": { "Enabled": true } });
        scene.admin("AdminSetUserMFAPreference", both).await;
        let first = asked(&scene).await;
        assert_eq!(first["ChallengeName"], "SELECT_MFA_TYPE");
        assert_eq!(first["ChallengeParameters"]["MFAS_CAN_CHOOSE"], r#"["SMS_MFA","EMAIL_OTP"]"#);
        for wrong in ["SOFTWARE_TOKEN_MFA", "COFFEE"] {
            let refused = scene.refuses(&first, json!({ "ANSWER": wrong })).await;
            assert!(
                !refused.is_empty() && scene.world.messages(&scene.pool, "alice").await.is_empty(),
                "{refused}"
            );
        }
        let next = scene.respond(&first, json!({ "ANSWER": "EMAIL_OTP" })).await;
        assert_eq!(next["ChallengeName"], "EMAIL_OTP");
        let code = scene.code().await;
        assert!(is_signed_in(&scene.respond(&next, json!({ "EMAIL_OTP_CODE": code })).await));
    }

    /// [AMP]
    #[tokio::test]
    async fn an_address_is_set_up_with_a_code() {
        let scene = Scene::with_mfa("ON").await;
        let first = asked(&scene).await;
        assert_eq!(first["ChallengeName"], "MFA_SETUP");
        assert_eq!(
            scene.refuses(&first, json!({ "EMAIL": "nowhere" })).await,
            "InvalidParameterException: Invalid email address format."
        );
        let next = scene.respond(&first, json!({ "EMAIL": "new@example.com" })).await;
        assert_eq!(next["ChallengeName"], "EMAIL_OTP");
        assert_eq!(next["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"], "n***@e***");
        let user = scene.admin("AdminGetUser", json!({})).await;
        assert_eq!(user["UserAttributes"].as_array().unwrap().len(), 1, "nothing before the code");
        let code = scene.code().await;
        assert!(is_signed_in(&scene.respond(&next, json!({ "EMAIL_OTP_CODE": code })).await));
        let user = scene.admin("AdminGetUser", json!({})).await;
        assert_eq!(user["UserMFASettingList"], json!(["EMAIL_OTP"]));
        assert_eq!(asked(&scene).await["ChallengeName"], "EMAIL_OTP");
    }
}
