//! Tokens: refresh with rotation, revocation, sign-out everywhere.

mod admin_user_global_sign_out;
mod get_tokens_from_refresh_token;
mod global_sign_out;
mod revoke_token;

use crate::table::operations;

operations! {
    AdminUserGlobalSignOut => admin_user_global_sign_out,
    GetTokensFromRefreshToken => get_tokens_from_refresh_token,
    GlobalSignOut => global_sign_out,
    RevokeToken => revoke_token,
}
