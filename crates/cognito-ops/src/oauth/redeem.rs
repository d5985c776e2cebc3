//! `authorization_code`: the tokens of a sign-in at the pages. The token family begins here.

use cognito_core::client::Client;
use cognito_core::family::Family;
use cognito_core::oauth::code::{Claim, CodeError};
use cognito_core::oauth::token::TokenError;
use cognito_core::oauth::{AuthorizationCode, Granted};
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;
use serde_json::Value;

use super::caller::Refused;
use super::{browser, token};
use crate::prelude::*;
use crate::service::issue::{self, Beginning, Begun, Grant, Tracking};
use crate::triggers::pre_token_generation::Source;

/// What a code was redeemed for.
struct Redeemed {
    begun: Begun,
    user: User,
    nonce: Option<String>,
}

/// Redeems a code.
pub(super) async fn code(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    code: &str,
    redirect_uri: &str,
    verifier: Option<&str>,
) -> Result<Value, Refused> {
    let key = AuthorizationCode::key_of(&pool.id, &browser::hash(code));
    let claim = Claim { client_id: &client.id, redirect_uri, verifier };
    let redeemed = ctx.write(async |txn| redeem(ctx, txn, pool, client, &key, claim).await).await?;
    let Redeemed { begun, user, nonce } = redeemed?;
    let Begun { family, refresh_token, groups } = begun;
    let grant = Grant {
        pool,
        client,
        user: &user,
        groups: &groups,
        family: &family,
        source: Source::HostedAuth,
        metadata: None,
        nonce: nonce.as_deref(),
    };
    match issue::sign(ctx, &grant, refresh_token).await {
        Ok(tokens) => Ok(token::body(&tokens)),
        Err(refusal) => {
            issue::withdraw(ctx, &family).await?;
            Err(refusal.into())
        }
    }
}

/// Uses the code up and begins the family. A second use by who could have been the first ends what that began; this is
/// committed, and so the refusal is given inside `Ok`.
async fn redeem(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    client: &Client,
    key: &str,
    claim: Claim<'_>,
) -> Reply<Result<Redeemed, TokenError>> {
    let refused = Ok(Err(TokenError::InvalidGrant));
    let Some(code) = txn.get::<AuthorizationCode>(key).await? else { return refused };
    match code.check(claim, ctx.now()) {
        Ok(()) => {}
        Err(CodeError::Used(family)) => {
            revoke(txn, &pool.id, &family).await?;
            return refused;
        }
        Err(CodeError::Expired | CodeError::Foreign) => return refused,
    }
    let user = txn.get::<User>(&code.owner.key).await?.filter(|user| code.owner.is(user) && user.enabled);
    let Some(user) = user else { return refused };
    if !can_read(client, &code.granted) {
        return refused;
    }
    let beginning = Beginning {
        pool,
        client,
        user: &user,
        tracking: Tracking::Off,
        methods: &code.methods,
        event: code.event.clone(),
        acr: code.acr.clone(),
        granted: Some(code.granted.clone()),
        auth_time: code.auth_time,
        refreshes: true,
        origin: Some(&code.session),
    };
    let begun = issue::begin(ctx, txn, beginning).await?;
    let mut used = (*code).clone();
    used.family = Some(begun.family.id.clone());
    txn.save(&used);
    Ok(Ok(Redeemed { begun, user: (*user).clone(), nonce: code.nonce.clone() }))
}

async fn revoke(txn: &mut Txn, pool_id: &str, family: &str) -> Reply<()> {
    if let Some(family) = txn.get::<Family>(&Family::key_of(pool_id, family)).await? {
        txn.save(&family.ended());
    }
    Ok(())
}

/// A scope that is about an attribute that the client may not read is refused here, not at the authorization endpoint.
fn can_read(client: &Client, granted: &Granted) -> bool {
    [("email", "email"), ("phone", "phone_number")]
        .into_iter()
        .all(|(scope, attribute)| !granted.has(scope) || client.can_read(attribute))
}
