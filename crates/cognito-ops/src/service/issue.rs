//! Issuing tokens: the family inside the write, the signatures outside it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_api::wire;
use cognito_core::Entity as _;
use cognito_core::auth::Method;
use cognito_core::client::Client;
use cognito_core::device::Device;
use cognito_core::family::Family;
use cognito_core::group::Group;
use cognito_core::oauth::{BrowserSession, Granted};
use cognito_core::pool::Pool;
use cognito_core::secret::sha256;
use cognito_core::tracking::giving_way;
use cognito_core::user::User;
use cognito_core::{Time, claims, ids};
use cognito_store::Txn;

use crate::app::Inner;
use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};
use crate::service::keys;
use crate::triggers::pre_token_generation::{self, Source};
use crate::triggers::{About, Metadata};
use crate::views;

/// The header of a refresh token: that of a JWE, as AWS's look (RFC 7516, section 3.1). Nobody decrypts it.
const REFRESH_HEADER: &str = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ";

/// A token family just begun, and its refresh token if it has one.
pub(crate) struct Begun {
    pub(crate) family: Family,
    pub(crate) refresh_token: Option<String>,
    pub(crate) groups: Vec<Group>,
}

/// The device that a sign-in comes from. Source: `auth-flows` 4.5 of the specification.
pub(crate) enum Tracking {
    /// The pool does not track devices, or the door does not.
    Off,
    /// One that the user confirmed before.
    Known(Arc<Device>),
    /// Any other: the sign-in is offered a new one.
    New,
}

/// A sign-in that has come to its end.
pub(crate) struct Beginning<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client: &'a Client,
    pub(crate) user: &'a User,
    pub(crate) tracking: Tracking,
    /// What the user proved.
    pub(crate) methods: &'a [Method],
    /// The id of the event that the sign-in was recorded as, if it was.
    pub(crate) event: Option<String>,
    /// The `acr`, if a level was asked for.
    pub(crate) acr: Option<String>,
    /// What was granted at the OAuth endpoints.
    pub(crate) granted: Option<Granted>,
    /// When the user signed in: now, unless a code or a session of the browser was made then.
    pub(crate) auth_time: Time,
    /// Whether it has a refresh token: the implicit flow never has.
    pub(crate) refreshes: bool,
    /// The session of the browser that it comes through.
    pub(crate) origin: Option<&'a str>,
}

/// Begins a token family for a user who has signed in: to be called inside the write. Where the pool tracks sessions,
/// those over the limit give way to it.
pub(crate) async fn begin(ctx: &Ctx<'_>, txn: &mut Txn, beginning: Beginning<'_>) -> Reply<Begun> {
    let Beginning {
        pool,
        client,
        user,
        tracking,
        methods,
        event,
        acr,
        granted,
        auth_time,
        refreshes,
        origin,
    } = beginning;
    if pool.tracks_sessions() {
        // Of two sign-ins at once both may fit; the next one brings the user back within the limit.
        for session in giving_way(txn.active_families(user).await?, pool.session_tracking) {
            txn.save(&session.ended());
        }
    }
    let groups = txn.groups_of(user).await?;
    let event = event.unwrap_or_else(|| ctx.uuid());
    let id = family_of_event(ctx.app(), &event);
    let mut family = Family::new(&user.pool_id, ids::uuid(id), event, &client.id, user, ctx.now());
    let refresh_token = refreshes.then(|| refresh_token(ctx, id));
    if let Some(token) = &refresh_token {
        family = family.with_refresh(refresh_hash(token), ctx.now() + client.refresh_validity());
    }
    // The tokens of the last refresh outlive the refresh token.
    family.ends = family.expires + client.access_validity().max(client.id_validity());
    if !refreshes {
        family.expires = family.ends;
    }
    family.last = ctx.activity();
    family.methods = methods.to_vec();
    family.acr = acr;
    family.granted = granted;
    family.auth_time = auth_time;
    family.origin = origin.map(str::to_owned);
    touch_origin(ctx, txn, pool, &family).await?;
    match tracking {
        Tracking::Off => {}
        Tracking::Known(device) => {
            let mut device = Device::clone(&device);
            device.signed_in(ctx.source_ip(), ctx.now());
            txn.save(&device);
            family.device_key = Some(device.key);
        }
        Tracking::New => {
            let region = ids::region_of(&user.pool_id).ok_or_else(ApiError::internal)?;
            family.device_key = Some(ids::device_key(region, ctx.bytes()));
            family.device_offer = Some(ids::device_group_key(&ctx.words()));
        }
    }
    txn.save(&family);
    Ok(Begun { family, refresh_token, groups })
}

/// The id of the family whose tokens have this `event_id`: a secret function of it, so that tokens without `origin_jti`
/// lead to their family, too.
pub(crate) fn family_of_event(app: &Inner, event_id: &str) -> [u8; 16] {
    let hash = app.installation.derive("family", &[event_id]);
    std::array::from_fn(|index| hash[index])
}

/// Records a grant of tokens as the latest use of the browser's session that they come through, where the pool tracks
/// sessions. To be called inside the write.
pub(crate) async fn touch_origin(ctx: &Ctx<'_>, txn: &mut Txn, pool: &Pool, family: &Family) -> Reply<()> {
    let Some(origin) = family.origin.as_deref().filter(|_| pool.tracks_sessions()) else { return Ok(()) };
    if let Some(session) = txn.get::<BrowserSession>(&BrowserSession::key_of(&pool.id, origin)).await? {
        let mut session = (*session).clone();
        session.last = ctx.activity();
        txn.save(&session);
    }
    Ok(())
}

/// Takes a family back whose tokens were never given out.
pub(crate) async fn withdraw(ctx: &Ctx<'_>, family: &Family) -> Reply<()> {
    ctx.write(async |txn| {
        if let Some(family) = txn.get::<Family>(&family.key()).await? {
            txn.delete(&*family);
        }
        Ok(())
    })
    .await
}

/// A new refresh token of a family: five parts that look like a JWE. Its second part begins with the family's id.
pub(crate) fn refresh_token(ctx: &Ctx<'_>, family: [u8; 16]) -> String {
    /// The lengths of key, nonce, body and tag.
    const PARTS: [usize; 4] = [256, 12, 480, 16];
    let mut random: [u8; PARTS[0] + PARTS[1] + PARTS[2] + PARTS[3]] = ctx.bytes();
    // The bits that `ids::uuid` fixes are fixed in the id; they are made from it again.
    random[..16].copy_from_slice(&family);
    let mut token = REFRESH_HEADER.to_owned();
    let mut rest = &random[..];
    for length in PARTS {
        let (part, after) = rest.split_at(length);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(part, &mut token);
        rest = after;
    }
    token
}

/// The id of the family that a refresh token names, as bytes. Whether it is right, its hash says.
pub(crate) fn family_of(refresh_token: &str) -> Option<[u8; 16]> {
    if refresh_token.len() > 4096 {
        return None;
    }
    let mut parts = refresh_token.split('.');
    let (header, key) = (parts.next()?, parts.next()?);
    if header != REFRESH_HEADER || parts.count() != 3 {
        return None;
    }
    let key = URL_SAFE_NO_PAD.decode(key).ok()?;
    key.first_chunk::<16>().copied()
}

/// What is stored of a refresh token.
pub(crate) fn refresh_hash(refresh_token: &str) -> [u8; 32] {
    sha256(refresh_token.as_bytes())
}

/// What tokens are made of.
pub(crate) struct Grant<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client: &'a Client,
    pub(crate) user: &'a User,
    pub(crate) groups: &'a [Group],
    pub(crate) family: &'a Family,
    /// What PreTokenGeneration is told of the occasion.
    pub(crate) source: Source,
    /// The ClientMetadata that PreTokenGeneration gets.
    pub(crate) metadata: Option<&'a Metadata>,
    /// The `nonce` of the authorization request, which only the first ID token has.
    pub(crate) nonce: Option<&'a str>,
}

/// Signs the tokens of a sign-in, outside any write. They come with the device that it was offered, if it was.
pub(crate) async fn sign_first(
    ctx: &Ctx<'_>,
    grant: &Grant<'_>,
    refresh_token: Option<String>,
) -> Reply<wire::AuthenticationResultType> {
    let mut result = sign(ctx, grant, refresh_token).await?;
    result.new_device_metadata = views::new_device(grant.family);
    Ok(result)
}

/// Signs an access token and, unless `openid` was not granted, an ID token, outside any write. `refresh_token` goes
/// along as it is.
pub(crate) async fn sign(
    ctx: &Ctx<'_>,
    grant: &Grant<'_>,
    refresh_token: Option<String>,
) -> Reply<wire::AuthenticationResultType> {
    let Grant { pool, client, user, groups, family, source, metadata, nonce } = *grant;
    let scopes = family.scopes();
    let about = About::user(pool, Some(client), user);
    let overrides = pre_token_generation::call(ctx, about, source, groups, &scopes, metadata).await?;
    let keys = ctx.app().keys_of(pool, ctx.now()).await?.ok_or_else(|| errors::pool_not_found(&pool.id))?;
    let issuer = ctx.issuer(&pool.id);
    let input = claims::Input { issuer: &issuer, client, user, groups, family, now: ctx.now() };
    let mut access = claims::access(input, &scopes.join(" "), &ctx.uuid());
    overrides.change_access(&mut access, &client.id);
    let access = keys::sign(&keys.access, &access).await?;
    let id = if family.has_id_token() {
        let mut id = claims::id(input, &ctx.uuid());
        overrides.change_id(&mut id);
        if family.granted.is_some() {
            claims::bind_id(&mut id, nonce, &access);
        }
        Some(keys::sign(&keys.id, &id).await?)
    } else {
        None
    };
    Ok(wire::AuthenticationResultType {
        access_token: Some(access.into()),
        id_token: id.map(Into::into),
        refresh_token: refresh_token.map(Into::into),
        expires_in: i32::try_from(client.access_validity().as_seconds()).ok(),
        token_type: Some("Bearer".to_owned()),
        new_device_metadata: None,
    })
}
