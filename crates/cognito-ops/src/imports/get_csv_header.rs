//! GetCSVHeader: the columns of the file that users of a pool are imported from.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetCSVHeader.html>

use cognito_core::import;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetCSVHeaderRequest,
) -> Reply<wire::GetCSVHeaderResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    Ok(wire::GetCSVHeaderResponse {
        user_pool_id: Some(pool.id.clone()),
        csv_header: Some(import::header(&pool.schema).map(str::to_owned).collect()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn attributes_in_the_order_of_the_schema() {
        let world = World::new().await;
        let pool = world.pool(json!({ "Schema": [{ "Name": "level" }] })).await;
        let added = json!([{ "Name": "note", "DeveloperOnlyAttribute": true }]);
        world.ok("AddCustomAttributes", json!({ "UserPoolId": pool, "CustomAttributes": added })).await;
        // The sample of the developer guide, and the attributes of the pool's own.
        let header = [
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "email",
            "email_verified",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "phone_number",
            "phone_number_verified",
            "address",
            "updated_at",
            "custom:level",
            "dev:custom:note",
            "cognito:mfa_enabled",
            "cognito:username",
        ];
        let answer = world.ok("GetCSVHeader", json!({ "UserPoolId": pool })).await;
        assert_eq!(answer, json!({ "UserPoolId": pool, "CSVHeader": header }));
    }

    #[tokio::test]
    async fn a_pool_that_is_not_there() {
        let world = World::new().await;
        assert_eq!(
            world.fails("GetCSVHeader", json!({ "UserPoolId": "us-east-1_none" })).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
