//! CreateIdentityProvider: lets a pool trust an identity provider.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html>

use cognito_core::Kind;
use cognito_core::identity_provider::{BY_NAME, IdentityProvider, MAX_PROVIDERS, ProviderSettings};
use cognito_core::pool::Pool;
use cognito_store::{IndexRange, Txn};

use super::look_up::look_up;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateIdentityProviderRequest,
) -> Reply<wire::CreateIdentityProviderResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    let settings = ProviderSettings {
        mapping: input.attribute_mapping,
        identifiers: input.idp_identifiers,
        acr: input.acr_mapping,
    };
    let (name, kind) = (&input.provider_name, input.provider_type);
    let mut provider = IdentityProvider::new(&pool, name, kind, input.provider_details, settings, ctx.now())?;
    if ctx.read().provider_if_any(&pool, name).await?.is_some() {
        return Err(errors::provider_exists(name, &pool.id));
    }
    look_up(ctx, &pool, &mut provider).await?;
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        if txn.provider_if_any(&pool, name).await?.is_some() {
            return Err(errors::provider_exists(name, &pool.id));
        }
        let all = IndexRange::prefix(Kind::IdentityProvider, BY_NAME, format!("{}/", pool.id));
        if txn.scan::<IdentityProvider>(all, MAX_PROVIDERS).await?.0.len() >= MAX_PROVIDERS {
            return Err(errors::limit_exceeded(
                "The user pool has reached its number of identity providers.",
            ));
        }
        check_identifiers(txn, &pool, &provider).await?;
        txn.save(&provider);
        Ok(())
    })
    .await?;
    Ok(wire::CreateIdentityProviderResponse { identity_provider: views::identity_provider(&provider) })
}

/// Checks that no other provider has one of the identifiers.
pub(super) async fn check_identifiers(txn: &mut Txn, pool: &Pool, provider: &IdentityProvider) -> Reply<()> {
    for identifier in provider.identifiers.iter().flatten() {
        let owner = txn.provider_by_identifier(pool, identifier).await?;
        if owner.is_some_and(|owner| owner.name != provider.name) {
            return Err(errors::identifier_taken(identifier));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn request(pool: &str, kind: &str, details: Value) -> Value {
        json!({ "UserPoolId": pool, "ProviderName": kind, "ProviderType": kind, "ProviderDetails": details })
    }

    fn secrets() -> Value {
        json!({ "client_id": "id", "client_secret": "secret", "authorize_scopes": "email" })
    }

    fn oidc(pool: &str, name: &str, more: Value) -> Value {
        let details = merged(
            secrets(),
            json!({
                "attributes_request_method": "GET", "oidc_issuer": "https://idp.example.com",
                "authorize_url": "https://idp.example.com/auth", "token_url": "https://idp.example.com/token",
                "attributes_url": "https://idp.example.com/me", "jwks_uri": "https://idp.example.com/jwks",
            }),
        );
        let base = merged(request(pool, "OIDC", details), json!({ "ProviderName": name }));
        merged(base, more)
    }

    #[tokio::test]
    async fn what_is_set_is_read_back_with_what_is_added() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let now = world.now().seconds();
        let check = async |input: Value, added: Value| {
            let created = world.ok("CreateIdentityProvider", input.clone()).await;
            let details = merged(input["ProviderDetails"].clone(), added["details"].clone());
            let mut expected = merged(input.clone(), json!({ "CreationDate": now, "LastModifiedDate": now }));
            if let Some(mapping) = added.get("mapping") {
                expected["AttributeMapping"] = mapping.clone();
            }
            expected["ProviderDetails"] = details;
            if let Some(details) = expected["ProviderDetails"].as_object_mut() {
                details.remove("private_key");
            }
            assert_eq!(created, json!({ "IdentityProvider": expected }));
            let which = json!({ "UserPoolId": pool, "ProviderName": input["ProviderName"] });
            assert_eq!(world.ok("DescribeIdentityProvider", which).await, created);
        };
        let added = json!({ "mapping": { "username": "sub" }, "details": {
            "attributes_url": "https://people.googleapis.com/v1/people/me?personFields=",
            "attributes_url_add_attributes": "true",
            "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
            "oidc_issuer": "https://accounts.google.com", "token_request_method": "POST",
            "token_url": "https://www.googleapis.com/oauth2/v4/token",
        } });
        check(request(&pool, "Google", secrets()), added).await;
        let added = json!({ "mapping": { "username": "user_id" }, "details": {
            "attributes_url": "https://api.amazon.com/user/profile", "attributes_url_add_attributes": "false",
            "authorize_url": "https://www.amazon.com/ap/oa", "token_request_method": "POST",
            "token_url": "https://api.amazon.com/auth/o2/token",
        } });
        check(request(&pool, "LoginWithAmazon", secrets()), added).await;
        let apple = json!({
            "client_id": "id", "team_id": "team", "key_id": "key", "private_key": "secret",
            "authorize_scopes": "email name",
        });
        let added = json!({ "mapping": { "username": "sub" }, "details": {
            "attributes_url_add_attributes": "false",
            "authorize_url": "https://appleid.apple.com/auth/authorize",
            "oidc_issuer": "https://appleid.apple.com", "token_request_method": "POST",
            "token_url": "https://appleid.apple.com/auth/token",
        } });
        check(request(&pool, "SignInWithApple", apple), added).await;
        let whole = json!({
            "AttributeMapping": { "email": "email", "username": "sub" }, "IdpIdentifiers": ["example.com", "me"],
            "AcrMapping": { "Level2": "urn:mfa" },
        });
        check(oidc(&pool, "Okta", whole), json!({ "details": { "attributes_url_add_attributes": "false" } }))
            .await;
    }

    #[tokio::test]
    async fn discovery_is_fetched_when_urls_are_left_out() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let mut input = oidc(&pool, "Okta", json!({}));
        let details = input["ProviderDetails"].as_object_mut().unwrap();
        for name in ["authorize_url", "token_url", "attributes_url", "jwks_uri"] {
            details.remove(name);
        }
        let unreachable = "InvalidParameterException: Unable to contact well-known endpoint";
        assert_eq!(world.fails("CreateIdentityProvider", input.clone()).await, unreachable);
        let url = "https://idp.example.com/.well-known/openid-configuration";
        let asked: Vec<_> = world.idps.requests().into_iter().map(|request| request.url).collect();
        assert_eq!(asked, [url]);
        let mut document = json!({
            "issuer": "https://other.example.com", "authorization_endpoint": "https://idp.example.com/auth",
            "token_endpoint": "https://idp.example.com/token", "jwks_uri": "https://idp.example.com/jwks",
        });
        world.idps.answer(url, 200, &document);
        assert_eq!(world.fails("CreateIdentityProvider", input.clone()).await, unreachable);
        document["issuer"] = json!("https://idp.example.com");
        world.idps.answer(url, 404, &document);
        assert_eq!(world.fails("CreateIdentityProvider", input.clone()).await, unreachable);
        world.idps.answer(url, 200, &document);
        let created = world.ok("CreateIdentityProvider", input).await;
        assert_eq!(created["IdentityProvider"]["ProviderDetails"].get("token_url"), None);
    }

    #[tokio::test]
    async fn saml_metadata_are_read() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let xml = cognito_saml::testing::IdentityProvider::new("https://saml.example.com")
            .unwrap()
            .metadata("https://saml.example.com");
        let saml =
            |details: Value| merged(request(&pool, "SAML", details), json!({ "ProviderName": "Corp" }));
        let url = "https://saml.example.com/metadata";
        let by_url = saml(json!({ "MetadataURL": url, "EncryptedResponses": "true" }));
        assert_eq!(
            world.fails("CreateIdentityProvider", by_url.clone()).await,
            "InvalidParameterException: Unable to retrieve the SAML metadata from MetadataURL."
        );
        let broken = world.fails("CreateIdentityProvider", saml(json!({ "MetadataFile": "<x/>" }))).await;
        assert!(
            broken.starts_with("InvalidParameterException: The SAML metadata cannot be used: "),
            "{broken}"
        );
        world.idps.answer_text(url, 200, &xml);
        let created = world.ok("CreateIdentityProvider", by_url).await;
        let details = &created["IdentityProvider"]["ProviderDetails"];
        assert_eq!(details.get("MetadataFile"), None);
        assert!(details["SSORedirectBindingURI"].as_str().unwrap().starts_with("http"), "{details}");
        let certificate = world.ok("GetSigningCertificate", json!({ "UserPoolId": pool })).await;
        assert_eq!(details["ActiveEncryptionCertificate"], certificate["Certificate"]);
        assert_eq!(created["IdentityProvider"].get("AttributeMapping"), None);
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let identified = json!({ "IdpIdentifiers": ["example.com"] });
        world.ok("CreateIdentityProvider", oidc(&pool, "Okta", identified.clone())).await;
        let check = async |input: Value, expected: &str| {
            assert_eq!(world.fails("CreateIdentityProvider", input).await, expected);
        };
        let exists = format!("DuplicateProviderException: Okta already exists in user pool {pool}");
        check(oidc(&pool, "Okta", json!({})), &exists).await;
        check(
            oidc(&pool, "Google", json!({})),
            "InvalidParameterException: Provider Google cannot be of type OIDC.",
        )
        .await;
        check(
            oidc(&pool, "Other", identified),
            "InvalidParameterException: The identifier example.com is already in use in the user pool.",
        )
        .await;
        check(
            oidc(&pool, "Other", json!({ "AttributeMapping": { "custom:none": "x" } })),
            "InvalidParameterException: The attribute custom:none of the attribute mapping does not exist in the \
             user pool.",
        )
        .await;
        check(
            request(&pool, "Google", json!({ "client_id": "x" })),
            "InvalidParameterException: Missing required provider detail: client_secret.",
        )
        .await;
        check(
            oidc("us-east-1_none", "Okta", json!({})),
            "ResourceNotFoundException: User pool us-east-1_none does not exist.",
        )
        .await;
        let other = world.pool(json!({})).await;
        world
            .ok("CreateIdentityProvider", oidc(&other, "Okta", json!({ "IdpIdentifiers": ["example.com"] })))
            .await;
    }

    #[tokio::test]
    async fn one_of_two_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let answers = world.at_once("CreateIdentityProvider", vec![oidc(&pool, "Okta", json!({})); 2]);
        let failures: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].code, "DuplicateProviderException");
    }

    #[tokio::test]
    async fn clients_may_name_it() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.ok("CreateIdentityProvider", oidc(&pool, "Okta", json!({}))).await;
        let named = json!({ "SupportedIdentityProviders": ["COGNITO", "Okta"] });
        let client = world.client(&pool, named.clone()).await;
        let update = merged(json!({ "UserPoolId": pool, "ClientId": client }), named);
        world.ok("UpdateUserPoolClient", update.clone()).await;
        world.ok("DeleteIdentityProvider", json!({ "UserPoolId": pool, "ProviderName": "Okta" })).await;
        assert_eq!(
            world.fails("UpdateUserPoolClient", update).await,
            format!("InvalidParameterException: The provider Okta does not exist for User Pool {pool}.")
        );
        let which = json!({ "UserPoolId": pool, "ClientId": client });
        let described = world.ok("DescribeUserPoolClient", which).await;
        assert_eq!(described["UserPoolClient"]["SupportedIdentityProviders"], json!(["COGNITO", "Okta"]));
    }
}
