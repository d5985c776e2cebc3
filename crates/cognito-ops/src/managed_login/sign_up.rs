//! /signup: registers a user.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-managed-login.html>

use std::collections::BTreeSet;

use cognito_api::ops;
use cognito_core::oauth::Parameters;

use crate::oauth::authorize::{self, Place};
use crate::oauth::{Answer, Visit};
use crate::prelude::*;
use crate::service::secret_hash;

use super::challenge::{self, ATTRIBUTES};
use super::language::Language;
use super::page::{Field, Notice, SignUp, View};
use super::stage::{self, Posted};
use super::{confirm, refusal, sign_in, terms};

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let place = match authorize::place(ctx, visit).await? {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    if !place.pool.allows_sign_up() {
        let refused = refusal::notice(errors::sign_up_not_permitted())?;
        return sign_in::show(ctx, &place, Some(refused), "").await;
    }
    match stage::posted(ctx, &place)? {
        Posted::Nothing => {
            let username = place.request.login_hint.clone().unwrap_or_default();
            show(ctx, &place, &Parameters::default().with("username", &username), None).await
        }
        Posted::Foreign => Ok(stage::foreign()),
        Posted::Form(form) => register(ctx, &place, form).await,
    }
}

async fn register(ctx: &Ctx<'_>, place: &Place<'_>, form: &Parameters) -> Reply<Answer> {
    let username = form.field("username").unwrap_or_default();
    let password = form.field("password").filter(|password| !password.is_empty());
    let attributes = form.below(ATTRIBUTES).filter(|(_, value)| !value.is_empty());
    let attributes = attributes.map(|(name, value)| wire::AttributeType {
        name: name.to_owned(),
        value: Some(value.to_owned().into()),
    });
    let input = wire::SignUpRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username)?.map(Into::into),
        username: username.to_owned().into(),
        password: password.map(|password| password.to_owned().into()),
        user_attributes: Some(attributes.collect()),
        ..Default::default()
    };
    let registered = match stage::call::<ops::SignUp>(ctx, &input).await {
        Ok(registered) => registered,
        Err(error) => return show(ctx, place, form, Some(refusal::notice(error)?)).await,
    };
    if !registered.user_confirmed {
        let to = registered.code_delivery_details.and_then(|details| details.destination);
        return confirm::show(ctx, place, username, to.map(|to| Notice::CodeSent(Some(to)))).await;
    }
    sign_in::begin(ctx, place, username, password).await
}

async fn show(ctx: &Ctx<'_>, place: &Place<'_>, typed: &Parameters, notice: Option<Notice>) -> Reply<Answer> {
    let Place { visit, pool, client, .. } = place;
    let managed = stage::are_managed(ctx, visit, pool, client).await?;
    let view = SignUp {
        names: stage::names(pool),
        username: typed.field("username").unwrap_or_default().to_owned(),
        policy: pool.password_policy(),
        needs_password: !(managed && pool.allows_passwordless()),
        fields: fields(place, typed),
        terms: terms::links(&mut ctx.read(), client, Language::of(visit, Some(pool))).await?,
    };
    stage::show(ctx, place, notice, View::SignUp(view)).await
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
