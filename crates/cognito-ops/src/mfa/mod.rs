//! Second factors: registering and preferring them. Asking them is in `auth`.

mod admin_delete_software_token;
mod admin_get_user_auth_factors;
mod admin_set_user_mfa_preference;
mod associate_software_token;
mod factors;
mod get_user_auth_factors;
mod preference;
mod set_user_mfa_preference;
mod verify_software_token;

use crate::table::operations;

operations! {
    AdminDeleteSoftwareToken => admin_delete_software_token,
    AdminGetUserAuthFactors => admin_get_user_auth_factors,
    AdminSetUserMFAPreference => admin_set_user_mfa_preference,
    AssociateSoftwareToken => associate_software_token,
    GetUserAuthFactors => get_user_auth_factors,
    SetUserMFAPreference => set_user_mfa_preference,
    VerifySoftwareToken => verify_software_token,
}
