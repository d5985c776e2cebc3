//! The events of users in pools with threat protection. Other pools know none of this.

use std::sync::Arc;

use cognito_api::wire;
use cognito_core::client::Client;
use cognito_core::pool::Pool;
use cognito_core::threat::{AuthEvent, BY_USER, Fingerprint, KEPT_EVENTS, Protection, Sight, shortened};
use cognito_core::user::User;
use cognito_core::{Kind, Time};
use cognito_store::{IndexRange, Txn};

use crate::ctx::Ctx;
use crate::errors::{self, Reply};
use crate::service::decoys;
use crate::service::log_delivery::Activity;

/// What a request tells of where its user is.
#[derive(Clone, Copy)]
pub(crate) enum Told<'a> {
    /// By an app, or a browser at the login pages: the address that calls is the user's.
    App(Option<&'a wire::UserContextDataType>),
    /// By a server, whose own address says nothing.
    Server(Option<&'a wire::ContextDataType>),
}

impl<'a> Told<'a> {
    /// The address of the user. Only of a client that may propagate such data an app's word is taken.
    pub(crate) fn address(self, ctx: &Ctx<'a>, client: &Client) -> Option<&'a str> {
        match self {
            Self::App(data) => data
                .filter(|_| client.settings.enable_propagate_additional_user_context_data)
                .and_then(|data| data.ip_address.as_deref())
                .or_else(|| ctx.source_ip()),
            Self::Server(data) => data.map(|data| data.ip_address.as_str()),
        }
    }

    /// Where an event comes from. Nothing here knows cities and countries.
    pub(crate) fn context(self, ctx: &Ctx<'a>, client: &Client) -> wire::EventContextDataType {
        let encoded = match self {
            Self::App(data) => data.and_then(|data| data.encoded_data.as_deref()),
            Self::Server(data) => data.and_then(|data| data.encoded_data.as_deref()),
        };
        let Fingerprint { device, timezone } = encoded.map(Fingerprint::read).unwrap_or_default();
        wire::EventContextDataType {
            ip_address: self.address(ctx, client).map(shortened),
            device_name: device.or_else(|| self.browser(ctx).map(shortened)),
            timezone,
            city: None,
            country: None,
        }
    }

    /// Whether the caller said anything.
    pub(crate) fn has_data(self) -> bool {
        match self {
            Self::App(data) => data.is_some(),
            Self::Server(data) => data.is_some(),
        }
    }

    fn browser(self, ctx: &Ctx<'a>) -> Option<&'a str> {
        match self {
            Self::App(_) => ctx.caller().user_agent.as_deref(),
            Self::Server(data) => data?.http_headers.iter().find_map(|header| {
                let named = header.header_name.as_deref()?.eq_ignore_ascii_case("user-agent");
                header.header_value.as_deref().filter(|_| named)
            }),
        }
    }
}

/// What is seen of a request, in a pool with threat protection.
pub(crate) async fn sight<'a>(ctx: &Ctx<'a>, client: &Client, told: Told<'a>) -> Reply<Sight<'a>> {
    let configuration = ctx.read().risk_configuration_for(client).await?;
    let address = told.address(ctx, client).and_then(|address| address.parse().ok());
    Ok(Sight { knowledge: &ctx.app().settings.threat, configuration, address })
}

/// Something that somebody does by a user's name.
pub(crate) struct Deed<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client: &'a Client,
    pub(crate) name: &'a str,
    pub(crate) kind: wire::EventType,
    pub(crate) told: Told<'a>,
    /// The new password.
    pub(crate) password: Option<&'a str>,
}

impl Deed<'_> {
    /// Does it; in a pool with threat protection only what is not refused, and all of it is recorded.
    pub(crate) async fn watch<T>(&self, ctx: &Ctx<'_>, work: impl Future<Output = Reply<T>>) -> Reply<T> {
        let enforced = match self.pool.protection() {
            Protection::Off => return work.await,
            Protection::Audit => false,
            Protection::Enforced => true,
        };
        let sight = sight(ctx, self.client, self.told).await?;
        let blocked = sight.is_blocked() && enforced;
        let filter = match self.kind {
            wire::EventType::SignUp => wire::EventFilterType::SignUp,
            _ => wire::EventFilterType::PasswordChange,
        };
        let compromised = self.password.is_some_and(|password| sight.sees_compromised(password, filter));
        let answer = if blocked {
            Err(errors::request_not_allowed())
        } else if compromised && enforced && sight.refuses_compromised() {
            Err(errors::password_compromised())
        } else {
            work.await
        };
        let (mut event, user) = self.event(ctx).await?;
        if blocked {
            event.block();
        }
        if compromised {
            event.compromise();
        }
        event.response = match answer {
            Ok(_) => wire::EventResponseType::Pass,
            Err(_) => wire::EventResponseType::Fail,
        };
        self.record(ctx, &event, user.as_deref()).await?;
        answer
    }

    /// Records that it was refused, with what is to be said of it besides.
    pub(crate) async fn record_refusal(&self, ctx: &Ctx<'_>, mark: impl FnOnce(&mut AuthEvent)) -> Reply<()> {
        let (mut event, user) = self.event(ctx).await?;
        mark(&mut event);
        event.response = wire::EventResponseType::Fail;
        self.record(ctx, &event, user.as_deref()).await
    }

    async fn record(&self, ctx: &Ctx<'_>, event: &AuthEvent, user: Option<&User>) -> Reply<()> {
        ctx.write(async |txn| save(txn, event).await).await?;
        let Self { pool, client, told, .. } = *self;
        if let Some(line) = (Activity { pool, client, event, user, told }).line(ctx) {
            line.write();
        }
        Ok(())
    }

    /// The event, and its user. A commit that is not made can be noticed by the clock: of nobody something is written that
    /// has expired.
    async fn event(&self, ctx: &Ctx<'_>) -> Reply<(AuthEvent, Option<Arc<User>>)> {
        let Self { pool, client, name, kind, told, .. } = self;
        let user = ctx.read().user_if_any(pool, name).await?;
        let (sub, time) = match &user {
            Some(user) => (user.sub.clone(), ctx.now()),
            None => (decoys::sub(ctx, pool, name), Time(0)),
        };
        let event = AuthEvent::new(&pool.id, &sub, ctx.uuid(), *kind, told.context(ctx, client), time);
        Ok((event, user))
    }
}

/// Saves an event. Now and then the oldest of its user make room.
pub(crate) async fn save(txn: &mut Txn, event: &AuthEvent) -> Reply<()> {
    txn.save(event);
    // One id in sixteen ends so.
    if event.id.ends_with('0') {
        let prefix = AuthEvent::user_prefix(&event.pool_id, &event.sub);
        let range = IndexRange::prefix(Kind::AuthEvent, BY_USER, prefix).descending();
        let (_, next) = txn.scan::<AuthEvent>(range.clone(), KEPT_EVENTS).await?;
        if next.is_some() {
            let (surplus, _) = txn.scan::<AuthEvent>(range.after(next), KEPT_EVENTS).await?;
            surplus.iter().for_each(|event| txn.delete(&**event));
        }
    }
    Ok(())
}
