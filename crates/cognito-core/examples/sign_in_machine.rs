//! The sign-in machine by hand: a user with a temporary password signs in and chooses a new one. No service, no store,
//! no clock: `cargo run -p cognito-core --example sign_in_machine`.

use std::error::Error;

use cognito_api::wire;
use cognito_core::Time;
use cognito_core::auth::{self, Event, Flow, Journey, NewPassword, Outcome, Proof, Refused, State, Subject};
use cognito_core::client::{self, Client};
use cognito_core::password::Password;
use cognito_core::pool::Pool;
use cognito_core::tracking::SSO_MINUTES;
use cognito_core::user::{Status, User};

/// Every rule takes the moment from its caller.
const NOW: Time = Time::from_seconds(1_767_776_887);

const TEMPORARY: &str = "Temp0rary!";
const NEW: &str = "Passw0rd!";

fn main() -> Result<(), Box<dyn Error>> {
    let pool = pool()?;
    let client = client(&pool)?;
    let subject = Subject { pool: &pool, client: &client };
    let mut user = invited(&pool)?;

    // What was proven so far; it travels beside the state.
    let mut journey = Journey::new(Flow::Password);
    let guess = Event::Password(proof(&user, "guess")?);
    let refused = auth::step(subject, &mut user, &mut journey, &auth::begin(), guess, NOW);
    assert_eq!(refused, Err(Refused::WrongPassword));

    let mut state = auth::begin();
    loop {
        println!("asked: {state:?}");
        let event = answer(&pool, &user, &state)?;
        let outcome = auth::step(subject, &mut user, &mut journey, &state, event, NOW)?;
        if outcome == Outcome::SignedIn {
            break;
        }
        let Outcome::Challenge(next) = outcome else {
            return Err(format!("unexpected: {outcome:?}").into());
        };
        // Between two calls of a client this is what stands in the store, under the hash of `Session`.
        state = next;
    }
    assert_eq!(user.status, Status::Confirmed);
    assert_eq!(proof(&user, NEW)?, Proof::Right);
    println!("{} is signed in and {}", user.username, user.status.as_str());
    Ok(())
}

/// What the user answers. The machine computes nothing that is costly: it is told how a comparison ended, and is given
/// what is to be stored of a password.
fn answer(pool: &Pool, user: &User, state: &State) -> Result<Event, Box<dyn Error>> {
    match state {
        State::Password => Ok(Event::Password(proof(user, TEMPORARY)?)),
        State::NewPasswordRequired => {
            pool.password_policy().check(NEW)?;
            // A real salt is random; core has no randomness of its own.
            let password = Password::new(&pool.id, &user.username, NEW, [7; 16])?;
            Ok(Event::NewPassword(NewPassword { password, attributes: Vec::new() }))
        }
        other => Err(format!("nothing here answers {other:?}").into()),
    }
}

fn proof(user: &User, password: &str) -> Result<Proof, Box<dyn Error>> {
    let stored = user.password.as_ref().ok_or("the user has no password")?;
    let right = stored.matches(&user.pool_id, &user.username, password)?;
    Ok(if right { Proof::Right } else { Proof::Wrong })
}

fn pool() -> Result<Pool, Box<dyn Error>> {
    let request = wire::CreateUserPoolRequest { pool_name: "example".to_owned(), ..Default::default() };
    let (id, account, region) = ("us-east-1_Example01", "000000000000", "us-east-1");
    Ok(Pool::new(id.to_owned(), account.to_owned(), region.to_owned(), request, NOW)?)
}

fn client(pool: &Pool) -> Result<Client, Box<dyn Error>> {
    let request = wire::UpdateUserPoolClientRequest::default();
    Ok(Client {
        pool_id: pool.id.clone(),
        id: "1example23456789".to_owned(),
        secrets: Vec::new(),
        settings: client::Settings::new("app".to_owned(), request, pool, false, &client::Known::default())?,
        sso_minutes: SSO_MINUTES,
        registered: false,
        created: NOW,
        modified: NOW,
    })
}

/// A user as AdminCreateUser leaves one.
fn invited(pool: &Pool) -> Result<User, Box<dyn Error>> {
    let sub = "34c84488-e0e1-40ae-92ee-991ad1a898c8".to_owned();
    let mut user = User::new(pool, "anna".to_owned(), sub, Vec::new(), Status::Confirmed, NOW);
    let password = Password::new(&pool.id, &user.username, TEMPORARY, [3; 16])?;
    user.set_temporary_password(password, NOW + pool.temporary_password_validity(), NOW);
    Ok(user)
}
