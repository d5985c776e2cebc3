//! The operations that are offered: one table an area, and the look-up by name.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

use cognito_api::Operation;
use serde_json::Value;

use crate::ctx::Ctx;
use crate::errors::{ApiError, Reply};
use crate::{
    auth, clients, devices, federation, groups, imports, limits, login, mfa, passwords, pools, replicas,
    sessions, signup, threat, tokens, users, webauthn,
};

/// Not `Send`: the compiler cannot see it of a closure over a transaction (`docs/decisions/0003`). A call is awaited on
/// the thread that made it, as actix-web and `block_on` do.
type Answer<'a> = Pin<Box<dyn Future<Output = Reply<Vec<u8>>> + 'a>>;

/// An operation that is offered.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) handler: for<'a> fn(Ctx<'a>, Value) -> Answer<'a>,
}

/// Registers the operations of an area: `operations! { AdminGetUser => admin_get_user, ... }`.
macro_rules! operations {
    ($($operation:ident => $module:ident,)*) => {
        pub(crate) const OPERATIONS: &[crate::table::Entry] = &[$(
            crate::table::Entry {
                name: <cognito_api::ops::$operation as cognito_api::Operation>::NAME,
                handler: |ctx, input| Box::pin(async move {
                    let input = crate::table::read::<cognito_api::ops::$operation>(input)?;
                    let output = $module::handle(&ctx, input).await?;
                    crate::table::written::<cognito_api::ops::$operation>(&output)
                }),
            },
        )*];
    };
}
pub(crate) use operations;

const AREAS: [&[Entry]; 18] = [
    pools::OPERATIONS,
    clients::OPERATIONS,
    users::OPERATIONS,
    imports::OPERATIONS,
    groups::OPERATIONS,
    signup::OPERATIONS,
    auth::OPERATIONS,
    passwords::OPERATIONS,
    mfa::OPERATIONS,
    tokens::OPERATIONS,
    webauthn::OPERATIONS,
    devices::OPERATIONS,
    sessions::OPERATIONS,
    federation::OPERATIONS,
    login::OPERATIONS,
    threat::OPERATIONS,
    replicas::OPERATIONS,
    limits::OPERATIONS,
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Entry>> =
    LazyLock::new(|| AREAS.into_iter().flatten().map(|entry| (entry.name, entry)).collect());

/// The operation of that name, if it is offered.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    BY_NAME.get(name).copied()
}

/// The names of the operations that are offered, sorted.
pub fn offered() -> Vec<&'static str> {
    let mut names: Vec<_> = BY_NAME.keys().copied().collect();
    names.sort_unstable();
    names
}

/// The input from JSON that was validated.
pub(crate) fn read<O: Operation>(input: Value) -> Reply<O::Input> {
    serde_json::from_value(input).map_err(|error| {
        ApiError::serialization("The request body does not have the form of the operation's input.")
            .because(error)
    })
}

/// Most answers have no more bytes, but for tokens.
const TYPICAL: usize = 1024;

/// The body of the answer.
pub(crate) fn written<O: Operation>(output: &O::Output) -> Reply<Vec<u8>> {
    if !O::HAS_OUTPUT {
        return Ok(Vec::new());
    }
    let mut body = Vec::with_capacity(TYPICAL);
    serde_json::to_writer(&mut body, output).map_err(|error| ApiError::internal().because(error))?;
    Ok(body)
}
