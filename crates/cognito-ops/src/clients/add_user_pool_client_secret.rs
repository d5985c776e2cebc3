//! AddUserPoolClientSecret: adds a second secret to a confidential client.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html>

use cognito_core::ids;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AddUserPoolClientSecretRequest,
) -> Reply<wire::AddUserPoolClientSecretResponse> {
    let generated = match input.client_secret {
        Some(_) => None,
        None => Some(ids::client_secret(&ctx.words())),
    };
    let value = generated.as_deref().or(input.client_secret.as_deref()).unwrap_or_default();
    let mut descriptor = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut client = (*txn.client(&pool, &input.client_id).await?).clone();
            let descriptor = views::client_secret(client.add_secret(value.to_owned(), ctx.now())?);
            txn.save(&client);
            Ok(descriptor)
        })
        .await?;
    // Who gave the secret knows it.
    descriptor.client_secret_value = generated.map(wire::Sensitive::new);
    Ok(wire::AddUserPoolClientSecretResponse { client_secret_descriptor: Some(descriptor) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use cognito_core::secret::secret_hash;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, text};

    async fn sign_in(world: &World, client: &str, secret: &str) -> Result<Value, String> {
        let hash = secret_hash("alice", client, secret);
        let parameters = json!({ "USERNAME": "alice", "PASSWORD": "Abcdef1!", "SECRET_HASH": hash });
        let request =
            json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
        world.call("InitiateAuth", request).await.map_err(|failure| failure.message)
    }

    #[tokio::test]
    async fn one_takes_over_from_the_other() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({ "GenerateSecret": true })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let which = json!({ "UserPoolId": pool, "ClientId": client });
        let first =
            text(&world.ok("DescribeUserPoolClient", which.clone()).await["UserPoolClient"]["ClientSecret"]);
        assert_eq!(first.len(), 52);

        world.advance(Span::seconds(1));
        let added = world.ok("AddUserPoolClientSecret", which.clone()).await;
        let descriptor = &added["ClientSecretDescriptor"];
        let second = text(&descriptor["ClientSecretValue"]);
        assert_eq!(
            *descriptor,
            json!({
                "ClientSecretId": format!("{client}--1767776888"), "ClientSecretValue": second,
                "ClientSecretCreateDate": 1_767_776_888
            })
        );
        let shown = |second: i64| {
            json!({
                "ClientSecretId": format!("{client}--{second}"), "ClientSecretCreateDate": second
            })
        };
        assert_eq!(
            world.ok("ListUserPoolClientSecrets", which.clone()).await,
            json!({ "ClientSecrets": [shown(1_767_776_887), shown(1_767_776_888)] })
        );
        assert!(sign_in(&world, &client, &first).await.is_ok());
        assert!(sign_in(&world, &client, &second).await.is_ok());
        assert_eq!(
            world.fails("AddUserPoolClientSecret", which.clone()).await,
            "LimitExceededException: A client cannot have more than 2 secrets."
        );

        let delete =
            |second: i64| merged(which.clone(), json!({ "ClientSecretId": format!("{client}--{second}") }));
        assert_eq!(world.ok("DeleteUserPoolClientSecret", delete(1_767_776_887)).await, json!({}));
        assert!(sign_in(&world, &client, &second).await.is_ok());
        let wrong = format!("Unable to verify secret hash for client {client}");
        assert_eq!(sign_in(&world, &client, &first).await, Err(wrong));
        assert_eq!(
            world.fails("DeleteUserPoolClientSecret", delete(1_767_776_887)).await,
            "ResourceNotFoundException: Client secret does not exist."
        );
        assert_eq!(
            world.fails("DeleteUserPoolClientSecret", delete(1_767_776_888)).await,
            "InvalidParameterException: The last secret of a client cannot be deleted."
        );
        let described = world.ok("DescribeUserPoolClient", which).await;
        assert_eq!(described["UserPoolClient"]["ClientSecret"], second);
    }

    #[tokio::test]
    async fn given_secrets_and_public_clients() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let secret = "a".repeat(24);
        let client = world.client(&pool, json!({ "ClientSecret": secret })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let add = |client: &str, secret: &str| {
            let which = json!({ "UserPoolId": pool, "ClientId": client });
            merged(which, json!({ "ClientSecret": secret }))
        };
        assert_eq!(
            world.fails("AddUserPoolClientSecret", add(&client, &secret)).await,
            "InvalidParameterException: The client already has this secret."
        );
        // Added in the same second as the first, so its id is of the next one.
        let other = "b".repeat(24);
        let added = world.ok("AddUserPoolClientSecret", add(&client, &other)).await;
        let expected = json!({ "ClientSecretDescriptor": {
            "ClientSecretId": format!("{client}--1767776888"), "ClientSecretCreateDate": 1_767_776_887
        } });
        assert_eq!(added, expected);
        assert!(sign_in(&world, &client, &other).await.is_ok());

        let public = world.client(&pool, json!({})).await;
        assert_eq!(
            world.fails("AddUserPoolClientSecret", add(&public, &other)).await,
            "InvalidParameterException: The client was created without a secret."
        );
        let list =
            world.ok("ListUserPoolClientSecrets", json!({ "UserPoolId": pool, "ClientId": public })).await;
        assert_eq!(list, json!({ "ClientSecrets": [] }));
        assert_eq!(
            world.fails("ListUserPoolClientSecrets", json!({ "UserPoolId": pool, "ClientId": "none" })).await,
            "ResourceNotFoundException: User pool client none does not exist."
        );
        let paged = json!({ "UserPoolId": pool, "ClientId": public, "NextToken": "x" });
        assert_eq!(
            world.fails("ListUserPoolClientSecrets", paged).await,
            "InvalidParameterException: Invalid pagination token."
        );
    }

    #[tokio::test]
    async fn two_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({ "GenerateSecret": true })).await;
        let which = json!({ "UserPoolId": pool, "ClientId": client });
        let add = || world.call("AddUserPoolClientSecret", which.clone());
        let (one, two) = tokio::join!(add(), add());
        assert_eq!(one.and(two).unwrap_err().code, "LimitExceededException");
        let list = world.ok("ListUserPoolClientSecrets", which).await;
        assert_eq!(list["ClientSecrets"].as_array().unwrap().len(), 2);
    }
}
