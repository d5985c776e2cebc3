//! Tokens: refresh with rotation, revocation, sign-out everywhere, tokens of clients, exchange.

mod admin_user_global_sign_out;
mod get_client_token;
mod get_derived_token;
mod get_tokens_from_refresh_token;
mod global_sign_out;
mod revoke_token;

use crate::table::operations;

operations! {
    AdminUserGlobalSignOut => admin_user_global_sign_out,
    GetClientToken => get_client_token,
    GetDerivedToken => get_derived_token,
    GetTokensFromRefreshToken => get_tokens_from_refresh_token,
    GlobalSignOut => global_sign_out,
    RevokeToken => revoke_token,
}
