//! The event that a function gets, and the answer that it gives back.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>

use std::time::Duration;

use cognito_core::user::User;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};
use crate::ports::InvokeError;

/// How long Cognito waits for a function.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// What stands for the app client where an administrator's operation has none ([FIELD]).
const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";
/// Which SDK called is not known here; AWS says the same of SDKs that it does not know.
const SDK: &str = "aws-sdk-unknown-unknown";
/// What an answer has beside its `response`: a function gives the event back.
const ENVELOPE: [&str; 5] = ["version", "triggerSource", "region", "userPoolId", "request"];

/// An event for a function.
pub(super) struct Event<'a> {
    /// The trigger, as messages of errors call it.
    pub(super) trigger: &'static str,
    /// The version of the event.
    pub(super) version: &'static str,
    /// The occasion: `triggerSource`.
    pub(super) source: &'a str,
    /// What the function is told.
    pub(super) request: Map<String, Value>,
    /// What the function may fill in.
    pub(super) response: Value,
}

impl Event<'_> {
    /// Gives the event to the function, and reads the `response` of its answer. `None` if the function was passed
    /// over.
    pub(super) async fn send<R: DeserializeOwned>(
        self,
        ctx: &Ctx<'_>,
        about: About<'_>,
        arn: &str,
    ) -> Reply<Option<R>> {
        let trigger = self.trigger;
        match ctx.app().ports.triggers.invoke(arn, &self.envelope(about), PATIENCE).await {
            Ok(None) => Ok(None),
            Ok(Some(answer)) => read(answer).map(Some).ok_or_else(errors::trigger_unrecognizable),
            Err(error) => Err(failure(trigger, error)),
        }
    }

    /// The whole event.
    pub(super) fn envelope(self, about: About<'_>) -> Value {
        json!({
            "version": self.version,
            "triggerSource": self.source,
            "region": about.pool.region,
            "userPoolId": about.pool.id,
            "userName": about.username,
            "callerContext": {
                "awsSdkVersion": SDK,
                "clientId": about.client.map_or(NO_CLIENT, |client| &client.id),
            },
            "request": self.request,
            "response": self.response,
        })
    }
}

/// The members that most requests begin with: the user's attributes, and ClientMetadata if there is any.
pub(super) fn request(about: About<'_>, metadata: Option<&Metadata>) -> Map<String, Value> {
    let attributes = about.user.map(user_attributes).unwrap_or_default();
    let mut request = Map::from_iter([("userAttributes".to_owned(), Value::Object(attributes))]);
    if let Some(metadata) = metadata {
        request.insert("clientMetadata".to_owned(), json!(metadata));
    }
    request
}

/// As [`request`], with `userNotFound`: told of users who are not there, and where the client hides users always.
pub(super) fn request_for_sign_in(about: About<'_>, metadata: Option<&Metadata>) -> Map<String, Value> {
    let mut request = request(about, metadata);
    let missing = about.user.is_none();
    if missing || about.client.is_some_and(|client| client.hides_users()) {
        request.insert("userNotFound".to_owned(), json!(missing));
    }
    request
}

/// Attributes as functions see them: text, with the `sub` and the status.
fn user_attributes(user: &User) -> Map<String, Value> {
    let mut attributes: Map<_, _> =
        user.all_attributes().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    attributes.insert("cognito:user_status".to_owned(), json!(user.status.as_str()));
    attributes
}

fn read<R: DeserializeOwned>(mut answer: Value) -> Option<R> {
    let envelope = answer.as_object_mut()?;
    if ENVELOPE.iter().any(|member| !envelope.contains_key(*member)) {
        return None;
    }
    let response = envelope.remove("response").filter(Value::is_object)?;
    serde_json::from_value(response).ok()
}

fn failure(trigger: &str, error: InvokeError) -> ApiError {
    let answer = match &error {
        InvokeError::Function(message) => errors::trigger_refused(trigger, message),
        InvokeError::Failed(reason) => errors::trigger_failed(trigger, reason),
        InvokeError::TimedOut => errors::trigger_timed_out(trigger),
        InvokeError::Unrecognizable => errors::trigger_unrecognizable(),
    };
    answer.because(error)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::functions::arn;
    use testkit::{InvokeError, World};

    async fn check(answer: Result<Value, InvokeError>, expected: &str) {
        let world = World::new().await;
        let pool = world.pool(json!({ "LambdaConfig": { "PreSignUp": arn("pre") } })).await;
        world.functions.answer("*", move |_| answer.clone());
        let failure =
            world.fails("AdminCreateUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(failure, expected);
    }

    #[tokio::test]
    async fn failures() {
        let function = |message: &str| Err(InvokeError::Function(message.to_owned()));
        check(
            function("Invalid email domain"),
            "UserLambdaValidationException: PreSignUp failed with error Invalid email domain.",
        )
        .await;
        check(
            function("Not on the list."),
            "UserLambdaValidationException: PreSignUp failed with error Not on the list..",
        )
        .await;
        check(
            Err(InvokeError::Failed("AccessDeniedException".to_owned())),
            "UnexpectedLambdaException: PreSignUp invocation failed due to error AccessDeniedException.",
        )
        .await;
        check(
            Err(InvokeError::TimedOut),
            "UnexpectedLambdaException: PreSignUp invocation failed due to configuration.",
        )
        .await;
        check(
            Err(InvokeError::Unrecognizable),
            "InvalidLambdaResponseException: Unrecognizable lambda output",
        )
        .await;
    }

    #[tokio::test]
    async fn answers_that_are_not_the_event() {
        let unrecognizable = "InvalidLambdaResponseException: Unrecognizable lambda output";
        check(Ok(json!({})), unrecognizable).await;
        check(Ok(json!({ "response": {} })), unrecognizable).await;
        let envelope = json!({
            "version": "1", "triggerSource": "x", "region": "x", "userPoolId": "x", "request": {},
        });
        check(Ok(envelope), unrecognizable).await;
    }
}
