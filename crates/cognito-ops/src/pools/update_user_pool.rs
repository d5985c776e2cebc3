//! UpdateUserPool: replaces the settings of a pool; what is left out goes back to its default, but for
//! SmsConfiguration and DcrConfiguration, which stay.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html>

use cognito_core::Kind;
use cognito_core::client::{AllowedFlow, BY_CREATION, Client};
use cognito_core::domain::LoginPages;
use cognito_core::pool::{Feature, Pool, Settings, without_control_tags};
use cognito_store::{IndexRange, Txn};

use crate::imports::work;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateUserPoolRequest,
) -> Reply<wire::UpdateUserPoolResponse> {
    let tags = without_control_tags(input.user_pool_tags.clone().unwrap_or_default())?;
    ctx.write(async |txn| {
        let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
        work::check_idle(txn, &pool).await?;
        let settings = Settings::new(pool.settings.name.clone(), input.clone())?;
        if !settings.has(Feature::ManagedLogin) && managed_login(txn, &pool).await? {
            return Err(errors::tier_with_managed_login());
        }
        if pool.settings.has(Feature::ChoiceBasedSignIn) && !settings.has(Feature::ChoiceBasedSignIn) {
            check_clients(txn, &pool).await?;
        }
        pool.replace_settings(settings)?;
        pool.check_replica()?;
        pool.tags = tags.clone();
        pool.modified = ctx.now();
        txn.save(&pool);
        Ok(())
    })
    .await?;
    Ok(wire::UpdateUserPoolResponse {})
}

/// Refuses if a client has what the tier LITE has not.
async fn check_clients(txn: &mut Txn, pool: &Pool) -> Reply<()> {
    let all = IndexRange::prefix(Kind::Client, BY_CREATION, format!("{}/", pool.id));
    let clients = txn.all::<Client>(all).await?;
    match clients.iter().find(|client| client.allows(AllowedFlow::UserAuth)) {
        Some(client) => Err(errors::tier_with_choice_based_sign_in(&client.id)),
        None => Ok(()),
    }
}

/// Whether a domain of the pool shows managed login.
async fn managed_login(txn: &mut Txn, pool: &Pool) -> Reply<bool> {
    for name in [&pool.domain, &pool.custom_domain].into_iter().flatten() {
        if txn.domain(&pool.id, name).await?.1.pages == LoginPages::Managed {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    async fn described(world: &World, pool: &str) -> Value {
        world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"].clone()
    }

    fn sms() -> Value {
        json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x", "SnsRegion": "us-east-1" })
    }

    #[tokio::test]
    async fn what_is_left_out_goes_back_to_its_default() {
        let world = World::new().await;
        let fresh = world.pool(json!({ "PoolName": "pool" })).await;
        let pool = world
            .pool(json!({
                "Policies": { "PasswordPolicy": { "MinimumLength": 12 } },
                "DeletionProtection": "ACTIVE",
                "LambdaConfig": { "PreSignUp": "arn:aws:lambda:us-east-1:000000000000:function:f" },
                "AutoVerifiedAttributes": ["email"],
                "EmailVerificationSubject": "Subject",
                "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
                "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true },
                "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true },
                "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
                "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "admin_only" }] },
                "UserPoolTags": { "team": "a" },
            }))
            .await;
        world.advance(Span::seconds(5));
        assert_eq!(world.ok("UpdateUserPool", json!({ "UserPoolId": pool })).await, json!({}));
        let (mut expected, mut found) = (described(&world, &fresh).await, described(&world, &pool).await);
        assert_eq!(found["LastModifiedDate"], json!(1_767_776_892));
        assert_eq!(found["CreationDate"], json!(1_767_776_887));
        for described in [&mut expected, &mut found] {
            for member in ["Id", "Arn", "LastModifiedDate"] {
                described[member].take();
            }
        }
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn everything_else_is_replaced() {
        let world = World::new().await;
        let pool = world.pool(json!({ "AliasAttributes": ["email"] })).await;
        let request = json!({
            "UserPoolId": pool, "PoolName": "renamed", "UserPoolTier": "PLUS",
            "UserPoolTags": { "team": "b", "_custom_id_": "ignored" },
            "VerificationMessageTemplate": { "EmailMessage": "{####}!!", "SmsMessage": "{####}??" },
            "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" },
        });
        world.ok("UpdateUserPool", request).await;
        let found = described(&world, &pool).await;
        assert_eq!(found["Name"], "renamed");
        assert_eq!(found["UserPoolTier"], "PLUS");
        assert_eq!(found["UserPoolTags"], json!({ "team": "b" }));
        assert_eq!(found["EmailVerificationMessage"], "{####}!!");
        assert_eq!(found["SmsVerificationMessage"], "{####}??");
        assert_eq!(found["UserPoolAddOns"], json!({ "AdvancedSecurityMode": "ENFORCED" }));
        assert_eq!(found["AliasAttributes"], json!(["email"]));
    }

    #[tokio::test]
    async fn mfa_goes_off_and_not_on() {
        let world = World::new().await;
        let pool = world.pool(json!({ "MfaConfiguration": "OPTIONAL", "SmsConfiguration": sms() })).await;
        let factors = json!({
            "UserPoolId": pool, "MfaConfiguration": "OPTIONAL",
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
        });
        world.ok("SetUserPoolMfaConfig", factors).await;
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "MfaConfiguration": "OPTIONAL" })).await;
        let mfa = async || world.ok("GetUserPoolMfaConfig", json!({ "UserPoolId": pool })).await;
        assert_eq!(mfa().await["SoftwareTokenMfaConfiguration"], json!({ "Enabled": true }));
        assert_eq!(
            world.fails("UpdateUserPool", json!({ "UserPoolId": pool, "MfaConfiguration": "ON" })).await,
            "InvalidParameterException: Cannot turn MFA functionality ON, once the user pool has been created."
        );

        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "MfaConfiguration": "OFF" })).await;
        let off = json!({ "MfaConfiguration": "OFF", "SmsMfaConfiguration": { "SmsConfiguration": sms() } });
        assert_eq!(mfa().await, off);
        assert_eq!(described(&world, &pool).await["SmsConfiguration"], sms());

        let bare = world.pool(json!({})).await;
        assert_eq!(
            world
                .fails("UpdateUserPool", json!({ "UserPoolId": bare, "MfaConfiguration": "OPTIONAL" }))
                .await,
            "InvalidParameterException: SMS configuration and Auto verification for phone_number are required when \
             MFA is required/optional"
        );
    }

    #[tokio::test]
    async fn refusals_change_nothing() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let before = described(&world, &pool).await;
        world.advance(Span::seconds(1));
        let both = json!({
            "UserPoolId": pool, "PoolName": "renamed",
            "Policies": { "PasswordPolicy": { "TemporaryPasswordValidityDays": 3 } },
            "AdminCreateUserConfig": { "UnusedAccountValidityDays": 3 },
        });
        assert_eq!(
            world.fails("UpdateUserPool", both).await,
            "InvalidParameterException: Please use TemporaryPasswordValidityDays in PasswordPolicy instead of \
             UnusedAccountValidityDays"
        );
        let history = json!({ "PasswordPolicy": { "PasswordHistorySize": 2 } });
        assert_eq!(
            world
                .fails(
                    "UpdateUserPool",
                    json!({ "UserPoolId": pool, "UserPoolTier": "LITE", "Policies": history })
                )
                .await,
            "FeatureUnavailableInTierException: Password history needs the ESSENTIALS tier."
        );
        assert_eq!(
            world.fails("UpdateUserPool", json!({ "UserPoolId": "us-east-1_none" })).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
        assert_eq!(described(&world, &pool).await, before);
    }

    #[tokio::test]
    async fn clients_hold_the_tier() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.client(&pool, json!({})).await;
        let client = world.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH"] })).await;
        let lite = json!({ "UserPoolId": pool, "UserPoolTier": "LITE" });
        assert_eq!(
            world.fails("UpdateUserPool", lite.clone()).await,
            format!(
                "TierChangeNotAllowedException: The tier cannot change to LITE while the app client {client} has \
                 choice-based sign-in."
            )
        );
        world.ok("UpdateUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
        world.ok("UpdateUserPool", lite).await;
        assert_eq!(described(&world, &pool).await["UserPoolTier"], "LITE");
    }

    #[tokio::test]
    async fn managed_login_holds_the_tier() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let (shop, lite) = (
            json!({ "UserPoolId": pool, "Domain": "shop" }),
            json!({ "UserPoolId": pool, "UserPoolTier": "LITE" }),
        );
        world.ok("CreateUserPoolDomain", merged(shop.clone(), json!({ "ManagedLoginVersion": 2 }))).await;
        assert_eq!(
            world.fails("UpdateUserPool", lite.clone()).await,
            "TierChangeNotAllowedException: The tier cannot change to LITE while a domain of the user pool has managed \
             login."
        );
        assert_eq!(described(&world, &pool).await["UserPoolTier"], "ESSENTIALS");
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "UserPoolTier": "PLUS" })).await;
        world.ok("UpdateUserPoolDomain", merged(shop, json!({ "ManagedLoginVersion": 1 }))).await;
        world.ok("UpdateUserPool", lite).await;
        assert_eq!(described(&world, &pool).await["UserPoolTier"], "LITE");
    }

    #[tokio::test]
    async fn registration_stays() {
        let world = World::new().await;
        let pool = world.pool(json!({ "DcrConfiguration": { "OpenDcrEnabled": true } })).await;
        let update = |more: Value| merged(json!({ "UserPoolId": pool }), more);
        let lite = json!({ "UserPoolTier": "LITE" });
        let found = async || described(&world, &pool).await["DcrConfiguration"].clone();
        world.ok("UpdateUserPool", update(json!({}))).await;
        assert_eq!(found().await, json!({ "OpenDcrEnabled": true }));
        assert_eq!(
            world.fails("UpdateUserPool", update(lite.clone())).await,
            "FeatureUnavailableInTierException: Dynamic client registration needs the ESSENTIALS tier."
        );
        let off = json!({ "DcrConfiguration": { "EnableStatus": "Disabled" } });
        world.ok("UpdateUserPool", update(merged(lite, off))).await;
        assert_eq!(found().await, json!({ "EnableStatus": "Disabled" }));
    }
}
