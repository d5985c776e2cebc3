//! GetUICustomization: the looks of the classic login pages of an app client, or those of all clients.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUICustomization.html>

use cognito_core::ui_customization::ALL_CLIENTS;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetUICustomizationRequest,
) -> Reply<wire::GetUICustomizationResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    if !pool.has_domain() {
        return Err(errors::looks_need_domain());
    }
    let mut looks = None;
    if let Some(client_id) = input.client_id.as_deref().filter(|id| *id != ALL_CLIENTS) {
        let client = txn.client(&pool, client_id).await?;
        looks = txn.looks_if_any(&pool, &client.id).await?;
    }
    if looks.is_none() {
        looks = txn.looks_if_any(&pool, ALL_CLIENTS).await?;
    }
    let ui_customization = looks.map(|looks| views::ui_customization(&looks)).unwrap_or_default();
    Ok(wire::GetUICustomizationResponse { ui_customization })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    #[tokio::test]
    async fn falls_back_to_those_of_all_clients() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let second = world.client(&pool, json!({})).await;
        world.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "shop" })).await;
        let of = |client: &str| json!({ "UserPoolId": pool, "ClientId": client });
        let get = async |input: Value| world.ok("GetUICustomization", input).await;
        let css = |color: &str| json!({ "CSS": format!(".label-customizable {{ color: {color} }}") });

        let nothing = json!({ "UICustomization": {} });
        for input in [of(&client), of("ALL"), json!({ "UserPoolId": pool })] {
            assert_eq!(get(input).await, nothing);
        }
        let own = world.ok("SetUICustomization", merged(of(&client), css("red"))).await;
        assert_eq!((get(of(&client)).await, get(of(&second)).await), (own.clone(), nothing));
        let all = world.ok("SetUICustomization", merged(of("ALL"), css("blue"))).await;
        assert_eq!((get(of(&client)).await, get(of(&second)).await), (own, all.clone()));
        assert_eq!(
            (get(of("ALL")).await, get(json!({ "UserPoolId": pool })).await),
            (all.clone(), all.clone())
        );
        for client in [&client, &second] {
            world.ok("SetUICustomization", of(client)).await;
        }
        assert_eq!(get(of(&client)).await, all, "without a sheet and a logo a client has no looks");
        assert_eq!(
            world.fails("GetUICustomization", of("none")).await,
            "ResourceNotFoundException: User pool client none does not exist."
        );
    }

    #[tokio::test]
    async fn needs_a_domain() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        assert_eq!(
            world.fails("GetUICustomization", json!({ "UserPoolId": pool })).await,
            "InvalidParameterException: There has to be an existing domain associated with this user pool"
        );
    }

    #[tokio::test]
    async fn looks_go_with_their_client() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let app = json!({ "ClientName": "_custom_id_:app" });
        let client = json!({ "UserPoolId": pool, "ClientId": world.client(&pool, app.clone()).await });
        world.ok("CreateUserPoolDomain", json!({ "UserPoolId": pool, "Domain": "shop" })).await;
        let css = json!({ "CSS": ".label-customizable {}" });
        world.ok("SetUICustomization", merged(client.clone(), css)).await;
        world.ok("DeleteUserPoolClient", client.clone()).await;
        world.client(&pool, app).await;
        assert_eq!(world.ok("GetUICustomization", client).await, json!({ "UICustomization": {} }));
    }
}
