//! /authEventFeedback: the links of a notice. As with the link that confirms a registration, opening one says it. What a
//! browser is answered is a page, and what a program is answered JSON.

use cognito_api::ops::UpdateAuthEventFeedback;
use serde_json::json;

use super::language::Language;
use super::page::{Page, View};
use super::stage;
use crate::oauth::{Answer, Visit};
use crate::prelude::*;

pub(crate) async fn by_link(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let Some(input) = request(visit) else { return Ok(Answer::page(400, Page::error())) };
    match stage::call::<UpdateAuthEventFeedback>(ctx, &input).await {
        Ok(_) if visit.wants_page() => {
            let view = View::Feedback(input.feedback_value);
            Ok(Answer::page(200, Page::without_request(Language::of(visit, None), None, view)))
        }
        Ok(_) => {
            let said = json!({ "EventId": input.event_id, "FeedbackValue": input.feedback_value });
            Ok(Answer::json(200, said))
        }
        Err(error) => super::refusal::notice(error).map(|_| Answer::page(400, Page::error())),
    }
}

fn request(visit: &Visit) -> Option<wire::UpdateAuthEventFeedbackRequest> {
    let parameter = |name: &str| visit.query.one(name).ok().flatten();
    Some(wire::UpdateAuthEventFeedbackRequest {
        user_pool_id: parameter("user_pool_id")?.to_owned(),
        username: parameter("user_name")?.to_owned().into(),
        event_id: parameter("event_id")?.to_owned(),
        feedback_token: parameter("feedback_token")?.to_owned().into(),
        feedback_value: match parameter("feedback_value")? {
            "Valid" => wire::FeedbackValueType::Valid,
            "Invalid" => wire::FeedbackValueType::Invalid,
            _ => return None,
        },
    })
}
