//! Where a sign-in begins: which flow, whether it is allowed, and who asks.

use std::sync::Arc;

use cognito_core::auth::Journey;
use cognito_core::client::{AllowedFlow, Client};
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;

use super::answer::Answer;
use super::parameters::Parameters;
use super::turn::{self, Room};
use super::{choice, custom, password, refresh, srp, watch};
use crate::prelude::*;
use crate::service::auth_events::Told;
use crate::service::secret_hash;
use crate::triggers::Metadata;
use crate::triggers::user_migration::{self, Attempt};

/// The door through which a sign-in goes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Door<'a> {
    /// The operations for apps: the pool is found by the client.
    Client {
        /// What the app tells of where its user is.
        told: Option<&'a wire::UserContextDataType>,
    },
    /// The operations for servers, which name the pool.
    Admin {
        /// The pool.
        pool_id: &'a str,
        /// What the server tells of where its user is.
        told: Option<&'a wire::ContextDataType>,
    },
    /// The login pages. They need no SECRET_HASH and no ExplicitAuthFlows, and end with a signed-in browser.
    Login,
}

impl<'a> Door<'a> {
    /// The pool and the client.
    pub(super) async fn find(self, txn: &mut Txn, client_id: &str) -> Reply<(Arc<Pool>, Arc<Client>)> {
        match self {
            Door::Client { .. } | Door::Login => Ok(txn.client_by_id(client_id).await?),
            Door::Admin { pool_id, .. } => {
                let pool = txn.pool(pool_id).await?;
                let client = txn.client(&pool, client_id).await?;
                Ok((pool, client))
            }
        }
    }

    /// Checks the SECRET_HASH of a name as typed, where callers could know the secret.
    pub(super) fn check_secret_hash(self, client: &Client, name: &str, parameters: &Parameters) -> Reply<()> {
        match self {
            Door::Login => Ok(()),
            Door::Client { .. } | Door::Admin { .. } => {
                secret_hash::check(client, name, parameters.get("SECRET_HASH"))
            }
        }
    }

    /// What is told through it of where the user is.
    pub(super) fn told(self) -> Told<'a> {
        match self {
            Door::Client { told } => Told::App(told),
            Door::Admin { told, .. } => Told::Server(told),
            Door::Login => Told::App(None),
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
    /// The Session of ConfirmSignUp.
    pub(super) session: Option<&'a str>,
    /// ClientMetadata: for PreAuthentication and UserMigration only.
    pub(super) metadata: Option<&'a Metadata>,
}

impl Start<'_> {
    /// The name as typed, its SECRET_HASH checked.
    pub(super) fn name(&self, client: &Client) -> Reply<&str> {
        let name = self.parameters.require("USERNAME")?;
        self.door.check_secret_hash(client, name, &self.parameters)?;
        Ok(name)
    }

    /// [`turn::name_device`] with what the client says at the beginning.
    pub(super) async fn name_device(
        &self,
        ctx: &Ctx<'_>,
        room: &Room<'_>,
        user: Option<&User>,
        journey: &mut Journey,
    ) -> Reply<()> {
        turn::name_device(&mut ctx.read(), room.pool, self.door, &self.parameters, user, journey).await
    }
}

/// Begins a sign-in.
pub(super) async fn start(ctx: &Ctx<'_>, start: Start<'_>) -> Reply<Answer> {
    let (pool, client) = start.door.find(&mut ctx.read(), start.client_id).await?;
    let allowed = flow_for(start.door, start.flow)?;
    if start.door != Door::Login && !client.allows(allowed) {
        return Err(match start.door {
            Door::Admin { .. } => errors::admin_flow_not_enabled(),
            Door::Client { .. } | Door::Login => errors::flow_not_enabled(start.flow.as_str()),
        });
    }
    let room = Room { door: start.door, pool: &pool, client: &client, metadata: None };
    if pool.is_protected() {
        watch::admit(ctx, &room, &start.parameters).await?;
    }
    match allowed {
        AllowedFlow::UserPassword | AllowedFlow::AdminUserPassword => {
            password::sign_in(ctx, &room, &start).await
        }
        AllowedFlow::UserSrp => srp::begin(ctx, &room, &start).await,
        AllowedFlow::UserAuth => choice::begin(ctx, &room, &start).await,
        AllowedFlow::Custom => custom::begin(ctx, &room, &start).await,
        AllowedFlow::RefreshToken => refresh::refresh(ctx, &pool, &client, &start.parameters).await,
    }
}

/// The user of a name. One who is not there is nobody where that is hidden, else an error.
pub(super) async fn find_user(ctx: &Ctx<'_>, room: &Room<'_>, name: &str) -> Reply<Option<Arc<User>>> {
    match ctx.read().user_if_any(room.pool, name).await? {
        None if !room.client.hides_users() => Err(errors::user_not_found()),
        user => Ok(user),
    }
}

/// As [`find_user`], where a password is in hand: UserMigration may know one who is not there.
pub(super) async fn find_or_migrate(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    name: &str,
    typed: &str,
    metadata: Option<&Metadata>,
) -> Reply<Option<Arc<User>>> {
    if let Some(user) = ctx.read().user_if_any(room.pool, name).await? {
        return Ok(Some(user));
    }
    // Nor are passwords guessed with the help of the function.
    password::check_lock(ctx, room, None, name).await?;
    let attempt = Attempt::SignIn { password: typed };
    match user_migration::call(ctx, room.pool, room.client, name, attempt, metadata).await? {
        None if !room.client.hides_users() => Err(errors::user_not_found()),
        user => Ok(user),
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
