//! The areas of the API and the operations of each: the folders of `cognito-ops/src`.

use crate::operations::snake_case;
use crate::workspace::root;

/// Each area in the order of the coverage page, with its operations, sorted.
const AREAS: [(&str, &[&str]); 18] = [
    (
        "pools",
        &[
            "AddCustomAttributes",
            "CreateUserPool",
            "DeleteUserPool",
            "DescribeUserPool",
            "GetLogDeliveryConfiguration",
            "GetSigningCertificate",
            "GetUserPoolMfaConfig",
            "ListTagsForResource",
            "ListUserPools",
            "SetLogDeliveryConfiguration",
            "SetUserPoolMfaConfig",
            "TagResource",
            "UntagResource",
            "UpdateUserPool",
        ],
    ),
    (
        "clients",
        &[
            "AddUserPoolClientSecret",
            "CreateResourceServer",
            "CreateUserPoolClient",
            "DeleteResourceServer",
            "DeleteUserPoolClient",
            "DeleteUserPoolClientSecret",
            "DescribeResourceServer",
            "DescribeUserPoolClient",
            "ListResourceServers",
            "ListUserPoolClientSecrets",
            "ListUserPoolClients",
            "UpdateResourceServer",
            "UpdateUserPoolClient",
        ],
    ),
    (
        "users",
        &[
            "AdminCreateUser",
            "AdminDeleteUser",
            "AdminDeleteUserAttributes",
            "AdminDisableUser",
            "AdminEnableUser",
            "AdminGetUser",
            "AdminSetUserSettings",
            "AdminUpdateUserAttributes",
            "DeleteUser",
            "DeleteUserAttributes",
            "GetUser",
            "GetUserAttributeVerificationCode",
            "ListUsers",
            "SetUserSettings",
            "UpdateUserAttributes",
            "VerifyUserAttribute",
        ],
    ),
    (
        "imports",
        &[
            "CreateUserImportJob",
            "DescribeUserImportJob",
            "GetCSVHeader",
            "ListUserImportJobs",
            "StartUserImportJob",
            "StopUserImportJob",
        ],
    ),
    (
        "groups",
        &[
            "AdminAddUserToGroup",
            "AdminListGroupsForUser",
            "AdminRemoveUserFromGroup",
            "CreateGroup",
            "DeleteGroup",
            "GetGroup",
            "ListGroups",
            "ListUsersInGroup",
            "UpdateGroup",
        ],
    ),
    ("signup", &["AdminConfirmSignUp", "ConfirmSignUp", "ResendConfirmationCode", "SignUp"]),
    ("auth", &["AdminInitiateAuth", "AdminRespondToAuthChallenge", "InitiateAuth", "RespondToAuthChallenge"]),
    (
        "passwords",
        &[
            "AdminResetUserPassword",
            "AdminSetUserPassword",
            "ChangePassword",
            "ConfirmForgotPassword",
            "ForgotPassword",
        ],
    ),
    (
        "mfa",
        &[
            "AdminDeleteSoftwareToken",
            "AdminGetUserAuthFactors",
            "AdminSetUserMFAPreference",
            "AssociateSoftwareToken",
            "GetUserAuthFactors",
            "SetUserMFAPreference",
            "VerifySoftwareToken",
        ],
    ),
    (
        "webauthn",
        &[
            "CompleteWebAuthnRegistration",
            "DeleteWebAuthnCredential",
            "ListWebAuthnCredentials",
            "StartWebAuthnRegistration",
        ],
    ),
    (
        "devices",
        &[
            "AdminForgetDevice",
            "AdminGetDevice",
            "AdminListDevices",
            "AdminUpdateDeviceStatus",
            "ConfirmDevice",
            "ForgetDevice",
            "GetDevice",
            "ListDevices",
            "UpdateDeviceStatus",
        ],
    ),
    (
        "tokens",
        &[
            "AdminUserGlobalSignOut",
            "GetClientToken",
            "GetDerivedToken",
            "GetTokensFromRefreshToken",
            "GlobalSignOut",
            "RevokeToken",
        ],
    ),
    (
        "sessions",
        &[
            "AdminListUserSessions",
            "AdminRevokeUserSession",
            "GetUserPoolClientSessionConfiguration",
            "GetUserPoolSessionConfiguration",
            "ListUserSessions",
            "RevokeUserSession",
            "SetUserPoolClientSessionConfiguration",
            "SetUserPoolSessionConfiguration",
        ],
    ),
    (
        "federation",
        &[
            "AdminDisableProviderForUser",
            "AdminLinkProviderForUser",
            "CreateIdentityProvider",
            "DeleteIdentityProvider",
            "DescribeIdentityProvider",
            "GetIdentityProviderByIdentifier",
            "ListIdentityProviders",
            "UpdateIdentityProvider",
        ],
    ),
    (
        "login",
        &[
            "CreateManagedLoginBranding",
            "CreateTerms",
            "CreateUserPoolDomain",
            "DeleteManagedLoginBranding",
            "DeleteTerms",
            "DeleteUserPoolDomain",
            "DescribeManagedLoginBranding",
            "DescribeManagedLoginBrandingByClient",
            "DescribeTerms",
            "DescribeTermsByClient",
            "DescribeUserPoolDomain",
            "GetUICustomization",
            "ListTerms",
            "SetUICustomization",
            "UpdateManagedLoginBranding",
            "UpdateTerms",
            "UpdateUserPoolDomain",
        ],
    ),
    (
        "threat",
        &[
            "AdminListUserAuthEvents",
            "AdminUpdateAuthEventFeedback",
            "DescribeRiskConfiguration",
            "SetRiskConfiguration",
            "UpdateAuthEventFeedback",
        ],
    ),
    ("limits", &["GetProvisionedLimit", "UpdateProvisionedLimit"]),
    (
        "replicas",
        &["CreateUserPoolReplica", "DeleteUserPoolReplica", "ListUserPoolReplicas", "UpdateUserPoolReplica"],
    ),
];

/// The names of the areas.
pub fn areas() -> impl Iterator<Item = &'static str> {
    AREAS.iter().map(|(area, _)| *area)
}

/// The area of an operation: where its file is or, before there is one, where it will be.
pub fn area_of(operation: &str) -> Option<&'static str> {
    let file = format!("{}.rs", snake_case(operation));
    let has_file = |area: &&str| root().join("crates/cognito-ops/src").join(area).join(&file).is_file();
    areas().find(has_file).or_else(|| planned(operation))
}

fn planned(operation: &str) -> Option<&'static str> {
    AREAS.iter().find(|(_, operations)| operations.contains(&operation)).map(|(area, _)| *area)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_has_one_area() {
        let listed: Vec<&str> = AREAS.iter().flat_map(|(_, operations)| operations.iter().copied()).collect();
        let unique: BTreeSet<&str> = listed.iter().copied().collect();
        assert_eq!(listed.len(), unique.len());
        let operations = crate::operations::operations().unwrap();
        assert_eq!(unique, operations.iter().map(|operation| operation.name.as_str()).collect());
    }
}
