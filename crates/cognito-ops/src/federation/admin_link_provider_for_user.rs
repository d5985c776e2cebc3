//! AdminLinkProviderForUser: lets who signs in at an identity provider be a user of the pool.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminLinkProviderForUser.html>

use std::sync::Arc;

use cognito_core::identity::{Identity, MAX_LINKS, MAX_VALUE, SUBJECT};
use cognito_core::identity_provider::{IdentityProvider, POOL_ITSELF};
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;

use crate::prelude::*;
use crate::service::identities;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminLinkProviderForUserRequest,
) -> Reply<wire::AdminLinkProviderForUserResponse> {
    let source = Named::read(&input.source_user)?;
    if source.is_local() {
        return Err(errors::source_is_local());
    }
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let provider = txn.provider(&pool, source.provider).await?;
        let attribute = source.attribute.unwrap_or_default();
        check_attribute(&provider, attribute)?;
        let mut user = (*destination(txn, &pool, &input.destination_user).await?).clone();
        if let Some(present) = txn.identity(&provider, attribute, source.value).await? {
            return Err(match (present.sub == user.sub, present.primary) {
                (true, _) => errors::already_linked(),
                (false, true) => errors::source_has_signed_up(),
                (false, false) => errors::linked_to_another(),
            });
        }
        let linked = txn.identities_of(&user).await?.iter().filter(|identity| !identity.primary).count();
        if linked >= MAX_LINKS {
            return Err(errors::limit_exceeded("The user has reached the number of linked identities."));
        }
        let identity = Identity::new(&provider, attribute, source.value, &user, false, ctx.now());
        identities::put(txn, &mut user, None, &identity).await?;
        user.modified = ctx.now();
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminLinkProviderForUserResponse {})
}

/// A ProviderUserIdentifierType whose provider and value are there.
pub(super) struct Named<'a> {
    pub(super) provider: &'a str,
    pub(super) attribute: Option<&'a str>,
    pub(super) value: &'a str,
}

impl<'a> Named<'a> {
    pub(super) fn read(sent: &'a wire::ProviderUserIdentifierType) -> Reply<Self> {
        let given = |value: &'a Option<String>, name: &str| {
            let value = value.as_deref().filter(|value| (1..=MAX_VALUE).contains(&value.len()));
            value.ok_or_else(|| errors::identity_member_missing(name))
        };
        Ok(Self {
            provider: given(&sent.provider_name, "ProviderName")?,
            attribute: sent.provider_attribute_name.as_deref(),
            value: given(&sent.provider_attribute_value, "ProviderAttributeValue")?,
        })
    }

    /// Whether it names a user of the pool itself.
    pub(super) fn is_local(&self) -> bool {
        self.provider.eq_ignore_ascii_case(POOL_ITSELF)
    }
}

/// A social provider's user is named by the subject, others' also by an attribute that is mapped.
fn check_attribute(provider: &IdentityProvider, attribute: &str) -> Reply<()> {
    use wire::IdentityProviderTypeType as Type;
    match provider.kind {
        _ if attribute == SUBJECT => Ok(()),
        Type::Oidc | Type::Saml if provider.mapped().any(|(name, _)| name == attribute) => Ok(()),
        Type::Oidc | Type::Saml => Err(errors::source_attribute_not_mapped(attribute)),
        _ => Err(errors::source_needs_subject(&provider.name)),
    }
}

/// The user of the pool, by username, or by the subject at the provider that made the user.
async fn destination(
    txn: &mut Txn,
    pool: &Pool,
    sent: &wire::ProviderUserIdentifierType,
) -> Reply<Arc<User>> {
    let named = Named::read(sent)?;
    if named.is_local() {
        return Ok(txn.user(pool, named.value).await?);
    }
    let provider = txn.provider(pool, named.provider).await?;
    let identity = txn.identity(&provider, SUBJECT, named.value).await?;
    let identity = identity.ok_or_else(errors::user_not_found)?;
    // A user of the same name who was made later is not this one.
    let user = txn.get::<User>(&identity.user).await?.filter(|user| user.sub == identity.sub);
    user.ok_or_else(errors::user_not_found)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_map, claims, merged};

    /// A pool with a user `alice`, Google, and `Okta`, whose e-mail address is mapped.
    async fn world() -> (World, String) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let secrets = json!({ "client_id": "id", "client_secret": "s", "authorize_scopes": "email" });
        let google = json!({
            "UserPoolId": pool, "ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": secrets,
        });
        world.ok("CreateIdentityProvider", google).await;
        let url = "https://idp.example.com";
        let details = merged(
            secrets,
            json!({
                "attributes_request_method": "GET", "oidc_issuer": url, "authorize_url": url, "token_url": url,
                "attributes_url": url, "jwks_uri": url,
            }),
        );
        let okta = json!({
            "UserPoolId": pool, "ProviderName": "Okta", "ProviderType": "OIDC", "ProviderDetails": details,
            "AttributeMapping": { "email": "mail" },
        });
        world.ok("CreateIdentityProvider", okta).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        (world, pool)
    }

    fn link(pool: &str, user: &str, provider: &str, attribute: &str, value: &str) -> Value {
        json!({
            "UserPoolId": pool,
            "DestinationUser": { "ProviderName": "Cognito", "ProviderAttributeValue": user },
            "SourceUser": {
                "ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value,
            },
        })
    }

    #[tokio::test]
    async fn identities_are_told() {
        let (world, pool) = world().await;
        world.ok("AdminLinkProviderForUser", link(&pool, "alice", "Google", "Cognito_Subject", "7")).await;
        world.ok("AdminLinkProviderForUser", link(&pool, "alice", "Okta", "email", "a@example.com")).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        let attributes = attribute_map(&user["UserAttributes"]);
        let identities: Value = serde_json::from_str(attributes["identities"].as_str().unwrap()).unwrap();
        let expected = json!([{
            "userId": "7", "providerName": "Google", "providerType": "Google", "issuer": null, "primary": false,
            "dateCreated": world.now().0,
        }]);
        assert_eq!(identities, expected);
        let client = world.client(&pool, json!({})).await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let claim = &claims(&tokens["IdToken"])["identities"][0];
        assert_eq!((&claim["primary"], &claim["userId"]), (&json!("false"), &json!("7")));
        assert_eq!(claim["dateCreated"], json!(world.now().0.to_string()));
    }

    #[tokio::test]
    async fn refusals() {
        let (world, pool) = world().await;
        world.user(&pool, "bob", "Abcdef1!").await;
        world.ok("AdminLinkProviderForUser", link(&pool, "alice", "Google", "Cognito_Subject", "7")).await;
        for (user, provider, attribute, value, expected) in [
            (
                "alice",
                "Google",
                "Cognito_Subject",
                "7",
                "InvalidParameterException: SourceUser is already linked to DestinationUser",
            ),
            (
                "bob",
                "Google",
                "Cognito_Subject",
                "7",
                "AliasExistsException: SourceUser is already linked to another user",
            ),
            (
                "alice",
                "Cognito",
                "Cognito_Subject",
                "bob",
                "InvalidParameterException: Invalid SourceUser: Cognito users with a username/password may not be passed \
                 in as a SourceUser, only as a DestinationUser",
            ),
            (
                "alice",
                "Google",
                "email",
                "a@example.com",
                "InvalidParameterException: ProviderAttributeName must be Cognito_Subject for Google.",
            ),
            (
                "alice",
                "Okta",
                "name",
                "Alice",
                "InvalidParameterException: name is not mapped from an attribute of the identity provider.",
            ),
            (
                "alice",
                "Google",
                "Cognito_Subject",
                "",
                "InvalidParameterException: ProviderAttributeValue is missing, empty or too long.",
            ),
            ("nobody", "Google", "Cognito_Subject", "8", "UserNotFoundException: User does not exist."),
            (
                "alice",
                "Facebook",
                "Cognito_Subject",
                "8",
                "ResourceNotFoundException: Identity provider Facebook does not exist.",
            ),
        ] {
            let input = link(&pool, user, provider, attribute, value);
            assert_eq!(world.fails("AdminLinkProviderForUser", input).await, expected);
        }
    }

    #[tokio::test]
    async fn five_at_most_and_free_with_the_user() {
        let (world, pool) = world().await;
        for n in 0..5 {
            let input = link(&pool, "alice", "Google", "Cognito_Subject", &n.to_string());
            world.ok("AdminLinkProviderForUser", input).await;
        }
        let sixth = link(&pool, "alice", "Google", "Cognito_Subject", "5");
        assert_eq!(
            world.fails("AdminLinkProviderForUser", sixth).await,
            "LimitExceededException: The user has reached the number of linked identities."
        );
        world.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        world.user(&pool, "bob", "Abcdef1!").await;
        world.ok("AdminLinkProviderForUser", link(&pool, "bob", "Google", "Cognito_Subject", "0")).await;
    }
}
