//! The door of the login pages: a sign-in there ends with a signed-in browser, not with tokens.

use cognito_core::auth::Method;
use cognito_core::oauth::interaction::Challenge;
use cognito_core::user::User;

use super::answer::Answer;
use super::parameters::Parameters;
use super::password;
use super::respond::{self, Respond};
use super::start::{self, Door, Start};
use super::turn::Room;
use crate::prelude::*;

/// Who has signed in, and how.
pub(crate) struct SignedIn {
    pub(crate) user: User,
    /// What the user proved.
    pub(crate) methods: Vec<Method>,
    /// The `acr` that an identity provider asserted.
    pub(crate) acr: Option<String>,
    /// The id of the event that it was recorded as, if it was.
    pub(crate) event: Option<String>,
}

/// What a step of a sign-in leads to.
pub(crate) enum Step {
    /// The user is signed in.
    SignedIn(Box<SignedIn>),
    /// The user is asked this.
    Challenge(Challenge),
}

/// Begins a sign-in: `USER_PASSWORD_AUTH`, or `USER_AUTH` where the user chooses the first factor. The parameters are
/// those of InitiateAuth.
pub(crate) async fn begin(
    ctx: &Ctx<'_>,
    client_id: &str,
    flow: wire::AuthFlowType,
    session: Option<&str>,
    parameters: &[(&str, &str)],
) -> Reply<Step> {
    let username = value(parameters, "USERNAME");
    let parameters = Parameters::of(parameters);
    let start = Start { door: Door::Login, client_id, flow, parameters, session, metadata: None };
    Ok(step(start::start(ctx, start).await?, username))
}

/// Begins the sign-in of a user who was picked from the list that is shown in development, as if the password had been
/// right: what else is asked, is asked.
pub(crate) async fn pick(ctx: &Ctx<'_>, client_id: &str, username: &str) -> Reply<Step> {
    let door = Door::Login;
    let (pool, client) = door.find(&mut ctx.read(), client_id).await?;
    let room = Room { door, pool: &pool, client: &client, metadata: None };
    Ok(step(password::believe(ctx, &room, username).await?, username))
}

/// Takes the answer to a challenge. The responses are those of RespondToAuthChallenge, without the user's name.
pub(crate) async fn respond(
    ctx: &Ctx<'_>,
    client_id: &str,
    challenge: &Challenge,
    responses: &[(&str, &str)],
) -> Reply<Step> {
    let named = [&[("USERNAME", challenge.username.as_str())], responses].concat();
    let respond = Respond {
        door: Door::Login,
        client_id,
        challenge: challenge.name,
        session: Some(&challenge.session),
        responses: Parameters::of(&named),
        metadata: None,
    };
    Ok(step(respond::respond(ctx, respond).await?, &challenge.username))
}

/// A user who is asked something is named by who began; the stored name is told by PASSWORD_VERIFIER alone.
fn step(answer: Answer, username: &str) -> Step {
    match (answer.signed_in, answer.challenge_name) {
        (Some(signed_in), _) => Step::SignedIn(Box::new(signed_in)),
        (None, name) => Step::Challenge(Challenge {
            name: name.expect("what is not a sign-in is a challenge at this door"),
            session: answer.session.map(|session| session.as_str().to_owned()).unwrap_or_default(),
            username: username.to_owned(),
            parameters: answer.challenge_parameters.unwrap_or_default(),
            available: answer.available_challenges.unwrap_or_default(),
        }),
    }
}

fn value<'a>(parameters: &[(&str, &'a str)], name: &str) -> &'a str {
    parameters.iter().find(|(found, _)| *found == name).map(|(_, value)| *value).unwrap_or_default()
}
