//! /signup: registers a user.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-managed-login.html>

use std::collections::BTreeSet;

use cognito_api::ops;
use cognito_core::oauth::Parameters;
use cognito_core::oauth::interaction::Step;

use crate::oauth::authorize::Place;
use crate::oauth::{Answer, Visit};
use crate::prelude::*;
use crate::service::secret_hash;

use super::challenge::{self, ATTRIBUTES};
use super::language::Language;
use super::page::{Field, Notice, SignUp, View};
use super::stage::{self, Arrival, Lobby};
use super::{refusal, sign_in, terms};

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let (lobby, form) = match stage::arrive(ctx, visit).await? {
        Arrival::Refused(refused) => return Ok(refused),
        Arrival::Opened(lobby) => (lobby, None),
        Arrival::Posted(lobby, form) => (lobby, Some(form)),
    };
    if !lobby.place.pool.allows_sign_up() {
        let refused = refusal::notice(errors::sign_up_not_permitted())?;
        return sign_in::show(ctx, &lobby, Some(refused), "").await;
    }
    match form {
        Some(form) => register(ctx, &lobby, form).await,
        None => {
            let username = lobby.place.request.login_hint.as_deref().unwrap_or_default();
            show(ctx, &lobby, &Parameters::default().with("username", username), None).await
        }
    }
}

async fn register(ctx: &Ctx<'_>, lobby: &Lobby<'_>, form: &Parameters) -> Reply<Answer> {
    let place = &lobby.place;
    let username = form.field("username").unwrap_or_default();
    let password = form.field("password").filter(|password| !password.is_empty());
    let attributes = form.below(ATTRIBUTES).filter(|(_, value)| !value.is_empty());
    let attributes = attributes.map(|(name, value)| wire::AttributeType {
        name: name.to_owned(),
        value: Some(value.to_owned().into()),
    });
    let input = wire::SignUpRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username).map(Into::into),
        username: username.to_owned().into(),
        password: password.map(|password| password.to_owned().into()),
        user_attributes: Some(attributes.collect()),
        ..Default::default()
    };
    let registered = match stage::call::<ops::SignUp>(ctx, &input).await {
        Ok(registered) => registered,
        Err(error) => return show(ctx, lobby, form, Some(refusal::notice(error)?)).await,
    };
    if !registered.user_confirmed {
        let to = registered.code_delivery_details.and_then(|details| details.destination);
        let sent = to.map(|to| Notice::CodeSent(Some(to)));
        return stage::lead(ctx, place, Step::Confirm, username, sent).await;
    }
    sign_in::begin(ctx, lobby, username, password).await
}

/// The registration. What was typed is in the answer to a form that is refused, and kept nowhere.
async fn show(ctx: &Ctx<'_>, lobby: &Lobby<'_>, typed: &Parameters, notice: Option<Notice>) -> Reply<Answer> {
    let Place { visit, pool, client, .. } = &lobby.place;
    let view = SignUp {
        names: stage::names(pool),
        username: typed.field("username").unwrap_or_default().to_owned(),
        policy: pool.password_policy(),
        needs_password: !(lobby.is_managed() && pool.allows_passwordless()),
        fields: fields(&lobby.place, typed),
        terms: terms::links(&mut ctx.read(), client, Language::of(visit, Some(pool))).await?,
    };
    stage::show(ctx, lobby, notice, View::SignUp(view))
}

/// The attributes that users need, and those that get a code; without one that is the name already.
fn fields(place: &Place<'_>, typed: &Parameters) -> Vec<Field> {
    let pool = &place.pool;
    let names = stage::names(pool);
    let is_name = |attribute: &str| {
        !names.username
            && match attribute {
                "email" => names.email,
                "phone_number" => names.phone_number,
                _ => false,
            }
    };
    let both = names.email && names.phone_number;
    let sent_to = ["email", "phone_number"].into_iter().filter(|name| pool.auto_verifies(name));
    let wanted: BTreeSet<&str> =
        pool.schema.required().chain(sent_to.filter(|name| !is_name(name))).collect();
    let wanted = pool.schema.0.iter().filter(|attribute| wanted.contains(attribute.name.as_str()));
    let wanted = wanted.filter(|attribute| both || !is_name(&attribute.name));
    let value =
        |name: &str| typed.below(ATTRIBUTES).find(|(found, _)| *found == name).map(|(_, value)| value);
    wanted
        .filter_map(|attribute| {
            let name = &attribute.name;
            challenge::field(place, name, value(name).unwrap_or_default())
        })
        .collect()
}
