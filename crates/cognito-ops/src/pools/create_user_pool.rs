//! CreateUserPool: makes a pool with two signing keys of its own.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html>

use cognito_core::ids;
use cognito_core::pool::{self, MAX_POOLS, Pool};

use crate::prelude::*;
use crate::service::keys;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateUserPoolRequest,
) -> Reply<wire::CreateUserPoolResponse> {
    let scope = ctx.scope();
    let region = ids::pool_region(&scope.region);
    let id = match pool::custom_id(input.user_pool_tags.as_ref(), region)? {
        Some(id) => id,
        None => ids::pool_id(region, &ctx.words()),
    };
    let mut pool = Pool::new(id, scope.account.clone(), region.to_owned(), input, ctx.now())?;
    let counter = Pool::pool_counter(&scope.account, region);
    if ctx.store().counter(&counter).await? >= MAX_POOLS {
        return Err(errors::limit_exceeded("The account has reached the number of user pools of a region."));
    }
    let keys = keys::new_keys(ctx, &mut pool).await?;
    ctx.write(async |txn| {
        if txn.get::<Pool>(&pool.id).await?.is_some() {
            return Err(errors::pool_id_taken(&pool.id));
        }
        txn.save(&pool);
        txn.save(&keys);
        txn.add(counter.as_str(), 1);
        Ok(())
    })
    .await?;
    Ok(wire::CreateUserPoolResponse { user_pool: Some(views::pool(&pool, 0)) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    async fn created(world: &World, request: Value) -> Value {
        let answer =
            world.ok("CreateUserPool", testkit::world::merged(json!({ "PoolName": "pool" }), request)).await;
        answer["UserPool"].clone()
    }

    async fn refused(request: Value, expected: &str) {
        let world = World::new().await;
        let request = testkit::world::merged(json!({ "PoolName": "pool" }), request);
        assert_eq!(world.fails("CreateUserPool", request).await, expected);
        let pools = world.ok("ListUserPools", json!({ "MaxResults": 1 })).await;
        assert_eq!(pools, json!({ "UserPools": [] }));
    }

    #[tokio::test]
    async fn a_name_is_enough() {
        let world = World::new().await;
        let pool = created(&world, json!({ "PoolName": "My pool" })).await;
        let id = testkit::world::text(&pool["Id"]);
        assert!(cognito_core::ids::is_pool_id(&id) && id.starts_with("us-east-1_") && id.len() == 19, "{id}");
        let mut shown = pool.clone();
        let attributes = shown.as_object_mut().unwrap().remove("SchemaAttributes").unwrap();
        let recovery = json!([
            { "Priority": 1, "Name": "verified_phone_number" }, { "Priority": 2, "Name": "verified_email" }
        ]);
        let expected = json!({
            "Id": id,
            "Name": "My pool",
            "Arn": format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{id}"),
            "CreationDate": 1_767_776_887,
            "LastModifiedDate": 1_767_776_887,
            "Policies": {
                "PasswordPolicy": {
                    "MinimumLength": 8, "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true,
                    "RequireSymbols": true, "TemporaryPasswordValidityDays": 7
                },
                "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] },
            },
            "DeletionProtection": "INACTIVE",
            "LambdaConfig": {},
            "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_CODE" },
            "MfaConfiguration": "OFF",
            "EstimatedNumberOfUsers": 0,
            "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
            "UserPoolTags": {},
            "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7 },
            "AccountRecoverySetting": { "RecoveryMechanisms": recovery },
            "UserPoolTier": "ESSENTIALS",
        });
        assert_eq!(shown, expected);
        assert_eq!(
            world.ok("DescribeUserPool", json!({ "UserPoolId": id })).await,
            json!({ "UserPool": pool })
        );
        check_standard_attributes(attributes.as_array().unwrap());
    }

    fn check_standard_attributes(attributes: &[Value]) {
        let names: Vec<_> = attributes.iter().map(|attribute| attribute["Name"].as_str().unwrap()).collect();
        assert_eq!(
            names.join(" "),
            "sub name given_name family_name middle_name nickname preferred_username profile picture website email \
             email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at"
        );
        let attribute = |name: &str, data_type: &str, mutable: bool, required: bool| {
            json!({
                "Name": name, "AttributeDataType": data_type, "DeveloperOnlyAttribute": false,
                "Mutable": mutable, "Required": required
            })
        };
        let with = |mut attribute: Value, member: &str, limits: Value| {
            attribute[member] = limits;
            attribute
        };
        let string = "StringAttributeConstraints";
        let limits = |min: &str, max: &str| json!({ "MinLength": min, "MaxLength": max });
        assert_eq!(attributes[0], with(attribute("sub", "String", false, true), string, limits("1", "2048")));
        assert_eq!(
            attributes[10],
            with(attribute("email", "String", true, false), string, limits("0", "2048"))
        );
        assert_eq!(attributes[11], attribute("email_verified", "Boolean", true, false));
        assert_eq!(
            attributes[13],
            with(attribute("birthdate", "String", true, false), string, limits("10", "10"))
        );
        let number = with(
            attribute("updated_at", "Number", true, false),
            "NumberAttributeConstraints",
            json!({ "MinValue": "0" }),
        );
        assert_eq!(attributes[19], number);
    }

    #[tokio::test]
    async fn what_is_set_is_read_back() {
        let world = World::new().await;
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let request = json!({
            "Policies": {
                "PasswordPolicy": {
                    "MinimumLength": 10, "RequireUppercase": false, "RequireLowercase": true, "RequireNumbers": false,
                    "RequireSymbols": false, "PasswordHistorySize": 3, "TemporaryPasswordValidityDays": 30
                },
                "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] },
            },
            "DeletionProtection": "ACTIVE",
            "LambdaConfig": {
                "PreSignUp": arn, "PreTokenGeneration": arn, "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/k",
                "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": arn },
                "CustomEmailSender": { "LambdaVersion": "V1_0", "LambdaArn": arn },
            },
            "AutoVerifiedAttributes": ["email", "phone_number"],
            "UsernameAttributes": ["phone_number", "email"],
            "VerificationMessageTemplate": {
                "DefaultEmailOption": "CONFIRM_WITH_LINK", "EmailMessage": "Code {####}", "EmailSubject": "A subject",
                "EmailMessageByLink": "{##Click##}", "EmailSubjectByLink": "Link", "SmsMessage": "Code {####}"
            },
            "SmsAuthenticationMessage": "MFA {####}",
            "MfaConfiguration": "ON",
            "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
            "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false },
            "EmailConfiguration": {
                "EmailSendingAccount": "DEVELOPER", "From": "a@example.com",
                "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"
            },
            "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x" },
            "UserPoolTags": { "team": "a" },
            "AdminCreateUserConfig": {
                "AllowAdminCreateUserOnly": true,
                "InviteMessageTemplate": { "EmailMessage": "{username} {####}", "EmailSubject": "Hello" }
            },
            "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
            "UsernameConfiguration": { "CaseSensitive": false },
            "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "admin_only" }] },
            "UserPoolTier": "PLUS",
            "KeyConfiguration": { "KeyType": "AWS_OWNED_KEY" },
            "IssuerConfiguration": { "Type": "ORIGINAL" },
        });
        let pool = created(&world, request.clone()).await;
        for (member, value) in request.as_object().unwrap() {
            match member.as_str() {
                "AdminCreateUserConfig" => {
                    let mut expected = value.clone();
                    expected["UnusedAccountValidityDays"] = json!(30);
                    assert_eq!(pool[member], expected);
                }
                _ => assert_eq!(&pool[member], value, "{member}"),
            }
        }
        assert_eq!(pool["EmailVerificationMessage"], "Code {####}");
        assert_eq!(pool["EmailVerificationSubject"], "A subject");
        assert_eq!(pool["SmsVerificationMessage"], "Code {####}");
        assert_eq!(pool.get("AliasAttributes"), None);
    }

    #[tokio::test]
    async fn schema() {
        let world = World::new().await;
        let request = json!({ "Schema": [
            { "Name": "email", "AttributeDataType": "String", "Required": true, "Mutable": true },
            { "Name": "role", "AttributeDataType": "String", "Mutable": false,
              "StringAttributeConstraints": { "MinLength": "1", "MaxLength": "16" } },
        ] });
        let pool = created(&world, request).await;
        let attributes = pool["SchemaAttributes"].as_array().unwrap();
        assert_eq!(attributes.len(), 21);
        assert_eq!(attributes[10]["Required"], true);
        assert_eq!(
            attributes[10]["StringAttributeConstraints"],
            json!({ "MinLength": "0", "MaxLength": "2048" })
        );
        assert_eq!(attributes[20]["Name"], "custom:role");
        assert_eq!(
            attributes[20]["StringAttributeConstraints"],
            json!({ "MinLength": "1", "MaxLength": "16" })
        );
        let aliases = created(&world, json!({ "AliasAttributes": ["email", "preferred_username"] })).await;
        assert_eq!(aliases["AliasAttributes"], json!(["email", "preferred_username"]));
        assert_eq!(aliases.get("UsernameAttributes"), None);

        refused(
            json!({ "Schema": [{ "Name": "email", "AttributeDataType": "Number" }] }),
            "InvalidParameterException: You can not change AttributeDataType or set developerOnlyAttribute for \
             standard schema attribute email",
        )
        .await;
        refused(
            json!({ "AliasAttributes": ["email"], "UsernameAttributes": ["email"] }),
            "InvalidParameterException: Only one of the aliasAttributes or usernameAttributes can be set in a \
             user pool.",
        )
        .await;
        refused(
            json!({
                "AliasAttributes": ["preferred_username"],
                "Schema": [{ "Name": "preferred_username", "Required": true }]
            }),
            "InvalidParameterException: preferred_username cannot be required, since user pool is configured for \
             preferred_username alias.",
        )
        .await;
    }

    #[tokio::test]
    async fn settings_that_contradict() {
        refused(
            json!({ "MfaConfiguration": "OPTIONAL" }),
            "InvalidParameterException: SMS configuration and Auto verification for phone_number are required when \
             MFA is required/optional",
        )
        .await;
        refused(
            json!({ "UserPoolTier": "ESSENTIALS", "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" } }),
            "FeatureUnavailableInTierException: Threat protection needs the PLUS tier.",
        )
        .await;
        refused(
            json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [
                { "Priority": 1, "Name": "admin_only" }, { "Priority": 2, "Name": "verified_email" }
            ] } }),
            "InvalidParameterException: admin_only cannot be combined with other account recovery mechanisms.",
        )
        .await;
        refused(
            json!({ "UserPoolTags": { "_custom_id_": "no good" } }),
            "InvalidParameterException: The value of the tag _custom_id_ must be <region>_<name> with the region of \
             the caller, or the name alone; the name has only letters and digits.",
        )
        .await;
    }

    #[tokio::test]
    async fn custom_ids() {
        let world = World::new().await;
        let tagged =
            |id: &str| json!({ "PoolName": "pool", "UserPoolTags": { "_custom_id_": id, "a": "b" } });
        let pool = created(&world, tagged("MyPool01")).await;
        assert_eq!(pool["Id"], "us-east-1_MyPool01");
        assert_eq!(pool["UserPoolTags"], json!({ "a": "b" }));
        let taken = "InvalidParameterException: A user pool with the ID us-east-1_MyPool01 already exists.";
        assert_eq!(world.fails("CreateUserPool", tagged("us-east-1_MyPool01")).await, taken);

        let create = || world.call("CreateUserPool", tagged("us-east-1_Race"));
        let (one, two) = tokio::join!(create(), create());
        assert_ne!(one.is_ok(), two.is_ok());
        let loser = one.and(two).unwrap_err();
        assert_eq!(loser.message, "A user pool with the ID us-east-1_Race already exists.");
        let pools = world.ok("ListUserPools", json!({ "MaxResults": 60 })).await;
        assert_eq!(pools["UserPools"].as_array().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_thousand_in_a_region() {
        let world = World::new().await;
        let mut pool = String::new();
        for _ in 0..1_000 {
            pool = world.pool(json!({})).await;
        }
        assert_eq!(
            world.fails("CreateUserPool", json!({ "PoolName": "one more" })).await,
            "LimitExceededException: The account has reached the number of user pools of a region."
        );
        world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
        world.pool(json!({})).await;
    }

    #[tokio::test]
    async fn every_pool_has_keys() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let jwks = world.app.jwks(&pool).await.unwrap().unwrap();
        let jwks: Value = serde_json::from_str(&jwks).unwrap();
        assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    }
}
