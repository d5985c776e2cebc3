//! Where a sign-in begins: which flow, whether it is allowed, and who asks.

use std::sync::Arc;

use cognito_core::client::{AllowedFlow, Client};
use cognito_core::pool::Pool;
use cognito_store::Txn;

use super::answer::Answer;
use super::parameters::Parameters;
use super::{password, refresh};
use crate::prelude::*;

/// The door through which a sign-in goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door<'a> {
    /// The operations for apps: the pool is found by the client.
    Client,
    /// The operations for servers, which name the pool.
    Admin {
        /// The pool.
        pool_id: &'a str,
    },
}

impl Door<'_> {
    /// The pool and the client.
    pub(super) async fn find(self, txn: &mut Txn, client_id: &str) -> Reply<(Arc<Pool>, Arc<Client>)> {
        match self {
            Door::Client => Ok(txn.client_by_id(client_id).await?),
            Door::Admin { pool_id } => {
                let pool = txn.pool(pool_id).await?;
                let client = txn.client(&pool, client_id).await?;
                Ok((pool, client))
            }
        }
    }

    pub(super) fn is_admin(self) -> bool {
        matches!(self, Door::Admin { .. })
    }
}

/// The beginning of a sign-in.
pub(super) struct Start<'a> {
    pub(super) door: Door<'a>,
    pub(super) client_id: &'a str,
    pub(super) flow: wire::AuthFlowType,
    pub(super) parameters: Parameters,
}

/// Begins a sign-in.
pub(super) async fn start(ctx: &Ctx<'_>, start: Start<'_>) -> Reply<Answer> {
    let (pool, client) = start.door.find(&mut ctx.read(), start.client_id).await?;
    let allowed = flow_for(start.door, start.flow)?;
    if !client.allows(allowed) {
        return Err(match start.door {
            Door::Admin { .. } => errors::admin_flow_not_enabled(),
            Door::Client => errors::flow_not_enabled(start.flow.as_str()),
        });
    }
    match allowed {
        AllowedFlow::UserPassword | AllowedFlow::AdminUserPassword => {
            password::sign_in(ctx, &pool, &client, &start).await
        }
        AllowedFlow::RefreshToken => refresh::refresh(ctx, &pool, &client, &start.parameters).await,
        AllowedFlow::UserSrp | AllowedFlow::Custom | AllowedFlow::UserAuth => {
            Err(ApiError::not_implemented(start.flow.as_str()))
        }
    }
}

/// What a flow needs to be allowed, if the door offers it at all.
fn flow_for(door: Door<'_>, flow: wire::AuthFlowType) -> Reply<AllowedFlow> {
    use wire::AuthFlowType as Flow;
    match (flow, door.is_admin()) {
        (Flow::UserPasswordAuth, false) => Ok(AllowedFlow::UserPassword),
        (Flow::AdminUserPasswordAuth | Flow::AdminNoSrpAuth, true) => Ok(AllowedFlow::AdminUserPassword),
        (Flow::UserPasswordAuth | Flow::AdminUserPasswordAuth | Flow::AdminNoSrpAuth, _) => {
            Err(errors::initiate_auth_not_supported())
        }
        (Flow::RefreshToken | Flow::RefreshTokenAuth, _) => Ok(AllowedFlow::RefreshToken),
        (Flow::UserSrpAuth, _) => Ok(AllowedFlow::UserSrp),
        (Flow::CustomAuth, _) => Ok(AllowedFlow::Custom),
        (Flow::UserAuth, _) => Ok(AllowedFlow::UserAuth),
    }
}
