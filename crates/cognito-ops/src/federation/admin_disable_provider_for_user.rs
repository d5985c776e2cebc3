//! AdminDisableProviderForUser: ends a link, or keeps a user from signing in in one way.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDisableProviderForUser.html>

use cognito_core::identity::SUBJECT;
use cognito_core::user::User;

use super::admin_link_provider_for_user::Named;
use crate::prelude::*;
use crate::service::identities;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminDisableProviderForUserRequest,
) -> Reply<wire::AdminDisableProviderForUserResponse> {
    let named = Named::read(&input.user)?;
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        if named.is_local() {
            if named.attribute != Some(SUBJECT) {
                return Err(errors::local_user_by_subject());
            }
            let mut user = (*txn.user(&pool, named.value).await?).clone();
            user.password = None;
            user.imported = None;
            user.modified = ctx.now();
            txn.save(&user);
            return Ok(());
        }
        let provider = txn.provider(&pool, named.provider).await?;
        let attribute = named.attribute.unwrap_or_default();
        let identity = txn.identity(&provider, attribute, named.value).await?;
        let identity = identity.ok_or_else(errors::user_not_found)?;
        let user = txn.get::<User>(&identity.user).await?;
        let mut user = (*user.ok_or_else(errors::user_not_found)?).clone();
        if identity.primary {
            // The provider made the user, who has no other way in.
            user.enable(false, ctx.now());
        } else {
            identities::remove(txn, &mut user, &identity).await?;
            user.modified = ctx.now();
        }
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminDisableProviderForUserResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_map, password_auth};

    fn disable(pool: &str, provider: &str, attribute: &str, value: &str) -> Value {
        json!({ "UserPoolId": pool, "User": {
            "ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value,
        } })
    }

    #[tokio::test]
    async fn a_link_ends() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let details = json!({ "client_id": "id", "client_secret": "s", "authorize_scopes": "email" });
        let google = json!({
            "UserPoolId": pool, "ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": details,
        });
        world.ok("CreateIdentityProvider", google).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let link = json!({
            "UserPoolId": pool,
            "DestinationUser": { "ProviderName": "Cognito", "ProviderAttributeValue": "alice" },
            "SourceUser": {
                "ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "7",
            },
        });
        world.ok("AdminLinkProviderForUser", link.clone()).await;
        let google = disable(&pool, "Google", "Cognito_Subject", "7");
        world.ok("AdminDisableProviderForUser", google.clone()).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(attribute_map(&user["UserAttributes"]).get("identities"), None);
        assert_eq!(
            world.fails("AdminDisableProviderForUser", google).await,
            "UserNotFoundException: User does not exist."
        );
        world.ok("AdminLinkProviderForUser", link).await;
    }

    #[tokio::test]
    async fn a_local_user_has_no_password_any_more() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        assert_eq!(
            world.fails("AdminDisableProviderForUser", disable(&pool, "Cognito", "username", "alice")).await,
            "InvalidParameterException: ProviderAttributeName must be Cognito_Subject for users of the user pool."
        );
        world.ok("AdminDisableProviderForUser", disable(&pool, "Cognito", "Cognito_Subject", "alice")).await;
        assert_eq!(
            world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await,
            "NotAuthorizedException: Incorrect username or password."
        );
        assert_eq!(
            world
                .fails("AdminDisableProviderForUser", disable(&pool, "Cognito", "Cognito_Subject", "nobody"))
                .await,
            "UserNotFoundException: User does not exist."
        );
    }
}
