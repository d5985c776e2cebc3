//! The secondary replica of a pool: the same pool in one other Region, where users sign in and nothing else is changed.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-multi-region.html>

use std::collections::BTreeMap;

use cognito_api::model::{Auth, Operation};
use cognito_api::wire;
use serde::{Deserialize, Serialize};

use super::{Feature, Pool, Settings, TagError, without_control_tags};
use crate::ids;
use crate::time::Time;

/// A secondary replica. Users, settings and keys are the pool's own; this is what the Region has beside them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replica {
    /// Its Region.
    pub region: String,
    /// Whether users may sign in there.
    pub status: wire::UpdateReplicaStatusType,
    /// Its tags, which the primary does not share.
    pub tags: BTreeMap<String, String>,
    /// When it was made.
    pub created: Time,
}

/// Why a replica is not made, changed or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplicaError {
    /// The pool's tier has no replicas.
    #[error("the tier has no replicas")]
    Tier,
    /// The pool is not encrypted with a multi-Region key of the customer.
    #[error("no multi-Region key")]
    Key,
    /// The name is not that of a Region.
    #[error("not a Region")]
    NotARegion,
    /// The Region is that of the primary, which is neither made, switched nor deleted.
    #[error("the Region of the primary")]
    Primary,
    /// There is one already.
    #[error("there is one already")]
    Exists,
    /// There is none in the Region.
    #[error("there is none")]
    Missing,
    /// Users may still sign in there.
    #[error("active")]
    Active,
    /// The tags are refused.
    #[error(transparent)]
    Tags(#[from] TagError),
}

/// Why a secondary replica does not take an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEnabled {
    /// Only the primary does.
    #[error("only for the primary")]
    PrimaryOnly,
    /// It is not active.
    #[error("inactive")]
    Inactive,
}

/// What signs in and out, beside what reads.
const SIGN_IN: [&str; 12] = [
    "AdminInitiateAuth",
    "AdminRespondToAuthChallenge",
    "AdminRevokeUserSession",
    "AdminUserGlobalSignOut",
    "GetClientToken",
    "GetDerivedToken",
    "GetTokensFromRefreshToken",
    "GlobalSignOut",
    "InitiateAuth",
    "RespondToAuthChallenge",
    "RevokeToken",
    "RevokeUserSession",
];
/// The beginnings of the names of operations that only read.
const READING: [&str; 5] = ["Describe", "Get", "List", "AdminGet", "AdminList"];
/// The one that is named like them and changes something: it sends a code for a new address.
const NOT_READING: &str = "GetUserAttributeVerificationCode";

impl Replica {
    /// Checks that an operation on the pool may be called in its Region. Administrators may always read, and switch the
    /// replica; users may read and sign in, administrators sign them in, while it is active. AWS lets a secondary have
    /// its own senders, triggers and log delivery too; here they are the primary's, so what changes them is for the
    /// primary only.
    ///
    /// # Errors
    /// [`NotEnabled`]
    pub fn check_enabled(&self, operation: &Operation) -> Result<(), NotEnabled> {
        let name = operation.name.as_str();
        let signs_in = SIGN_IN.contains(&name);
        let reads = name != NOT_READING && READING.iter().any(|beginning| name.starts_with(beginning));
        if !signs_in && !reads && name != "UpdateUserPoolReplica" {
            return Err(NotEnabled::PrimaryOnly);
        }
        let for_users = signs_in || operation.auth != Auth::Iam;
        if for_users && self.status == wire::UpdateReplicaStatusType::Inactive {
            return Err(NotEnabled::Inactive);
        }
        Ok(())
    }
}

impl Settings {
    /// Checks that a pool with these settings can have a replica.
    ///
    /// # Errors
    /// [`ReplicaError::Tier`], [`ReplicaError::Key`]
    pub fn check_replicable(&self) -> Result<(), ReplicaError> {
        if !self.has(Feature::Replication) {
            return Err(ReplicaError::Tier);
        }
        if self.key_configuration.as_ref().is_some_and(is_multi_region) {
            Ok(())
        } else {
            Err(ReplicaError::Key)
        }
    }
}

impl Pool {
    /// Makes the replica, inactive.
    ///
    /// # Errors
    /// [`ReplicaError`]
    pub fn replicate(
        &mut self,
        region: &str,
        tags: BTreeMap<String, String>,
        now: Time,
    ) -> Result<Replica, ReplicaError> {
        self.settings.check_replicable()?;
        if !ids::is_region(region) {
            return Err(ReplicaError::NotARegion);
        }
        self.check_secondary(region)?;
        if self.replica.is_some() {
            return Err(ReplicaError::Exists);
        }
        let tags = without_control_tags(tags)?;
        let status = wire::UpdateReplicaStatusType::Inactive;
        Ok(self.replica.insert(Replica { region: region.to_owned(), status, tags, created: now }).clone())
    }

    /// Lets users sign in at the replica of a Region, or no more.
    ///
    /// # Errors
    /// [`ReplicaError::Primary`], [`ReplicaError::Missing`]
    pub fn switch_replica(
        &mut self,
        region: &str,
        status: wire::UpdateReplicaStatusType,
    ) -> Result<Replica, ReplicaError> {
        self.check_secondary(region)?;
        let replica = self.replica.as_mut().filter(|replica| replica.region == region);
        let replica = replica.ok_or(ReplicaError::Missing)?;
        replica.status = status;
        Ok(replica.clone())
    }

    /// Deletes the replica of a Region, and gives back what it was.
    ///
    /// # Errors
    /// [`ReplicaError::Primary`], [`ReplicaError::Missing`], [`ReplicaError::Active`]
    pub fn delete_replica(&mut self, region: &str) -> Result<Replica, ReplicaError> {
        self.check_secondary(region)?;
        let replica = self.replica_in(region).cloned().ok_or(ReplicaError::Missing)?;
        if replica.status == wire::UpdateReplicaStatusType::Active {
            return Err(ReplicaError::Active);
        }
        self.replica = None;
        Ok(replica)
    }

    /// Checks that its replica can stay with its settings.
    ///
    /// # Errors
    /// [`ReplicaError::Tier`], [`ReplicaError::Key`]
    pub fn check_replica(&self) -> Result<(), ReplicaError> {
        if self.replica.is_some() { self.settings.check_replicable() } else { Ok(()) }
    }

    /// The replica, if it is in that Region.
    pub fn replica_in(&self, region: &str) -> Option<&Replica> {
        self.replica.as_ref().filter(|replica| replica.region == region)
    }

    /// The ARN that it has in a Region.
    pub fn arn_in(&self, region: &str) -> String {
        ids::pool_arn(region, &self.account, &self.id)
    }

    /// The tags of what the ARN names: the primary or the secondary.
    pub fn tags_of(&self, arn: &str) -> Option<&BTreeMap<String, String>> {
        if arn == self.arn() {
            return Some(&self.tags);
        }
        self.replica
            .as_ref()
            .filter(|replica| arn == self.arn_in(&replica.region))
            .map(|replica| &replica.tags)
    }

    /// As [`tags_of`](Pool::tags_of), to change them.
    pub fn tags_of_mut(&mut self, arn: &str) -> Option<&mut BTreeMap<String, String>> {
        if arn == self.arn() {
            return Some(&mut self.tags);
        }
        let (account, id) = (&self.account, &self.id);
        let replica =
            self.replica.as_mut().filter(|replica| arn == ids::pool_arn(&replica.region, account, id));
        replica.map(|replica| &mut replica.tags)
    }

    fn check_secondary(&self, region: &str) -> Result<(), ReplicaError> {
        if region == self.region { Err(ReplicaError::Primary) } else { Ok(()) }
    }
}

/// Whether it is a key of the customer whose id says that it can be in several Regions.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html>
fn is_multi_region(key: &wire::KeyConfigurationType) -> bool {
    let id = key.kms_key_arn.as_deref().and_then(|arn| arn.rsplit_once(":key/"));
    key.key_type == Some(wire::EncryptionKeyType::CustomerManagedKey)
        && id.is_some_and(|(_, id)| id.starts_with("mrk-"))
}

#[cfg(test)]
mod tests {
    use cognito_api::model::Model;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing;
    use wire::UpdateReplicaStatusType::{Active, Inactive};

    fn key(id: &str) -> Value {
        let arn = format!("arn:aws:kms:us-east-1:000000000000:key/{id}");
        json!({ "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": arn } })
    }

    fn replicated() -> Pool {
        let mut pool = testing::pool(key("mrk-1"));
        pool.replicate("eu-west-1", BTreeMap::new(), Time(5)).unwrap();
        pool
    }

    #[test]
    fn making() {
        let check = |settings: Value, region: &str, expected: Result<(), ReplicaError>| {
            let mut pool = testing::pool(settings.clone());
            let made = pool.replicate(region, BTreeMap::new(), Time(5));
            assert_eq!(made.clone().map(|_| ()), expected, "{settings} {region}");
            assert_eq!(pool.replica, made.ok());
        };
        check(key("mrk-1"), "eu-west-1", Ok(()));
        check(key("mrk-1"), "us-gov-west-1", Ok(()));
        check(key("mrk-1"), "us-east-1", Err(ReplicaError::Primary));
        check(key("mrk-1"), "nowhere", Err(ReplicaError::NotARegion));
        check(key("1234"), "eu-west-1", Err(ReplicaError::Key));
        check(json!({}), "eu-west-1", Err(ReplicaError::Key));
        let mut owned = key("mrk-1");
        owned["KeyConfiguration"]["KeyType"] = json!("AWS_OWNED_KEY");
        check(owned, "eu-west-1", Err(ReplicaError::Key));
        let mut lite = key("mrk-1");
        lite["UserPoolTier"] = json!("LITE");
        check(lite, "eu-west-1", Err(ReplicaError::Tier));

        let mut pool = replicated();
        for region in ["eu-west-1", "eu-west-2"] {
            assert_eq!(pool.replicate(region, BTreeMap::new(), Time(6)), Err(ReplicaError::Exists));
        }
        assert_eq!(pool.replica_in("eu-west-1").map(|replica| replica.created), Some(Time(5)));
        assert_eq!(pool.replica_in("eu-west-2"), None);
        let mut pool = testing::pool(key("mrk-1"));
        let reserved = BTreeMap::from([("aws:x".to_owned(), String::new())]);
        let refused = pool.replicate("eu-west-1", reserved, Time(5));
        assert_eq!(refused, Err(ReplicaError::Tags(TagError::Reserved)));
    }

    #[test]
    fn switching_and_deleting() {
        let mut pool = replicated();
        assert_eq!(pool.switch_replica("us-east-1", Active), Err(ReplicaError::Primary));
        assert_eq!(pool.switch_replica("eu-west-2", Active), Err(ReplicaError::Missing));
        for status in [Active, Active, Inactive, Active] {
            assert_eq!(pool.switch_replica("eu-west-1", status).map(|replica| replica.status), Ok(status));
        }
        let before = pool.clone();
        assert_eq!(pool.delete_replica("us-east-1"), Err(ReplicaError::Primary));
        assert_eq!(pool.delete_replica("eu-west-2"), Err(ReplicaError::Missing));
        assert_eq!(pool.delete_replica("eu-west-1"), Err(ReplicaError::Active));
        assert_eq!(pool, before);
        let mut pool = replicated();
        assert_eq!(
            pool.delete_replica("eu-west-1").map(|replica| replica.region),
            Ok("eu-west-1".to_owned())
        );
        assert_eq!(pool.delete_replica("eu-west-1"), Err(ReplicaError::Missing));
    }

    #[test]
    fn what_a_secondary_takes() {
        let check = |operation: &str, inactive: Result<(), NotEnabled>, active: Result<(), NotEnabled>| {
            let operation = Model::cognito_idp().operation(operation).unwrap();
            for (status, expected) in [(Inactive, inactive), (Active, active)] {
                let replica = replicated().switch_replica("eu-west-1", status).unwrap();
                assert_eq!(replica.check_enabled(operation), expected, "{} {status:?}", operation.name);
            }
        };
        for operation in ["DescribeUserPool", "ListUsers", "AdminGetUser", "AdminListDevices", "GetGroup"] {
            check(operation, Ok(()), Ok(()));
        }
        check("UpdateUserPoolReplica", Ok(()), Ok(()));
        let inactive = Err(NotEnabled::Inactive);
        for operation in SIGN_IN {
            check(operation, inactive, Ok(()));
        }
        for operation in ["GetUser", "ListDevices", "GetUserAuthFactors"] {
            check(operation, inactive, Ok(()));
        }
        let primary = Err(NotEnabled::PrimaryOnly);
        for operation in [
            "AdminCreateUser",
            "AdminSetUserPassword",
            "UpdateUserPool",
            "DeleteUserPoolReplica",
            "SignUp",
            "ForgotPassword",
            "UpdateUserAttributes",
            NOT_READING,
        ] {
            check(operation, primary, primary);
        }
    }
}
