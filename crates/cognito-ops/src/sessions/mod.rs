//! User sessions: whether a pool tracks them, which a user has, and their end.

mod admin_list_user_sessions;
mod admin_revoke_user_session;
mod get_user_pool_client_session_configuration;
mod get_user_pool_session_configuration;
mod list_user_sessions;
mod revoke_user_session;
mod set_user_pool_client_session_configuration;
mod set_user_pool_session_configuration;
mod tracked;

use crate::table::operations;

operations! {
    AdminListUserSessions => admin_list_user_sessions,
    AdminRevokeUserSession => admin_revoke_user_session,
    GetUserPoolClientSessionConfiguration => get_user_pool_client_session_configuration,
    GetUserPoolSessionConfiguration => get_user_pool_session_configuration,
    ListUserSessions => list_user_sessions,
    RevokeUserSession => revoke_user_session,
    SetUserPoolClientSessionConfiguration => set_user_pool_client_session_configuration,
    SetUserPoolSessionConfiguration => set_user_pool_session_configuration,
}
