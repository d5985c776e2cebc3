//! Page tokens: the place where a list goes on, opaque, authenticated and bound to the list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_core::secret;
use cognito_core::{Span, Time};
use cognito_store::Cursor;
use serde::{Deserialize, Serialize};

use crate::app::Inner;
use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};

/// How long a token is good.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html>
const GOOD: Span = Span::hours(1);
/// How many bytes of the HMAC a token carries.
const TAG: usize = 16;

#[derive(Serialize, Deserialize)]
struct Token {
    value: String,
    tie: String,
    until: Time,
}

/// The token for the page after a cursor. `list` names the list with all that it depends on, such as operation,
/// pool and filter.
pub(crate) fn token(ctx: &Ctx<'_>, list: &[&str], cursor: Option<Cursor>) -> Reply<Option<String>> {
    sealed(ctx.app(), list, ctx.now(), cursor)
}

/// The cursor of a token.
pub(crate) fn cursor(ctx: &Ctx<'_>, list: &[&str], token: Option<&str>) -> Reply<Option<Cursor>> {
    opened(ctx.app(), list, ctx.now(), token)
}

/// As [`token`], without a call of an operation.
pub(crate) fn sealed(app: &Inner, list: &[&str], now: Time, cursor: Option<Cursor>) -> Reply<Option<String>> {
    let Some(Cursor { value, tie }) = cursor else { return Ok(None) };
    let token = Token { value, tie, until: now + GOOD };
    let mut bytes = serde_json::to_vec(&token).map_err(|error| ApiError::internal().because(error))?;
    let tag = tag(app, list, &bytes);
    bytes.extend_from_slice(&tag);
    Ok(Some(URL_SAFE_NO_PAD.encode(bytes)))
}

/// As [`cursor`], without a call of an operation.
pub(crate) fn opened(app: &Inner, list: &[&str], now: Time, token: Option<&str>) -> Reply<Option<Cursor>> {
    let Some(token) = token else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| errors::invalid_page_token())?;
    let (body, sent) = bytes.split_last_chunk::<TAG>().ok_or_else(errors::invalid_page_token)?;
    if !secret::equal(sent, &tag(app, list, body)) {
        return Err(errors::invalid_page_token());
    }
    let token: Token = serde_json::from_slice(body).map_err(|_| errors::invalid_page_token())?;
    if now >= token.until {
        return Err(errors::invalid_page_token());
    }
    Ok(Some(Cursor { value: token.value, tie: token.tie }))
}

fn tag(app: &Inner, list: &[&str], body: &[u8]) -> [u8; TAG] {
    let body = URL_SAFE_NO_PAD.encode(body);
    let parts: Vec<&str> = list.iter().copied().chain([body.as_str()]).collect();
    let mac = app.installation.derive("page", &parts);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&mac[..TAG]);
    tag
}

/// The size of a page: absent and zero mean `most`.
pub(crate) fn size(limit: Option<i32>, most: usize) -> usize {
    limit.and_then(|limit| usize::try_from(limit).ok()).filter(|&limit| limit > 0).unwrap_or(most).min(most)
}
