//! The clock of the service: the system's, unless `/_awsemu/clock` moved it. How it was moved stands in the store, so that
//! every replica and every later start has the same clock.
//!
//! What clients stamp is not compared with this clock but with the system's, which they have too: see
//! `docs/decisions/0012`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cognito_core::Time;
use cognito_core::clock::{ClockChange, ClockState};
use cognito_core::time::Span;
use cognito_store::Store;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::errors::{self, ApiError, Reply};
use crate::ports::Clock;
use crate::service::journal;

/// How old what is known of a shared store may be. A change answers only when everything older is gone everywhere.
const AGE: Duration = Duration::from_millis(250);

/// The clock.
pub(crate) struct ServiceClock {
    system: Arc<dyn Clock>,
    known: Mutex<Known>,
    /// Held while the clock is changed, so that the last change is the last that is learned.
    changing: tokio::sync::Mutex<()>,
}

struct Known {
    state: ClockState,
    /// When it was read. Until then nobody else had changed it.
    read: Instant,
}

impl Clock for ServiceClock {
    fn now(&self) -> Time {
        let state = self.known().state;
        state.reading(self.system.now())
    }
}

impl ServiceClock {
    /// The clock as it stands in the store, over the system's.
    pub(crate) async fn load(store: &Store, system: Arc<dyn Clock>) -> Reply<Self> {
        let known = Known { state: ClockState::default(), read: Instant::now() };
        let clock = Self { system, known: Mutex::new(known), changing: tokio::sync::Mutex::default() };
        clock.read(store).await?;
        Ok(clock)
    }

    /// Looks into the store, if others write to it and it was not looked at just now. To be called before
    /// [`now`](Clock::now) wherever something is decided.
    pub(crate) async fn refresh(&self, store: &Store) -> Reply<()> {
        if store.exclusive() || self.known().read.elapsed() < AGE { Ok(()) } else { self.read(store).await }
    }

    /// What the system's clock says.
    pub(crate) fn system_now(&self) -> Time {
        self.system.now()
    }

    /// What it says, as JSON text.
    pub(crate) async fn show(&self, store: &Store) -> Reply<String> {
        self.refresh(store).await?;
        let (state, system) = (self.known().state, self.system.now());
        let now = state.reading(system);
        Ok(json!({
            "now": journal::rfc3339(now),
            "offset_seconds": (now - system).as_seconds(),
            "frozen": matches!(state, ClockState::Frozen { .. }),
        })
        .to_string())
    }

    /// Changes it. When this returns, every replica has the change.
    ///
    /// On a thread of its own, so that what is committed is learned also if the client goes away meanwhile.
    pub(crate) async fn change(self: &Arc<Self>, store: &Store, change: ClockChange) -> Reply<()> {
        let (clock, store, runtime) = (Arc::clone(self), store.clone(), Handle::current());
        let changed = spawn_blocking(move || runtime.block_on(clock.commit(&store, change)));
        changed.await.map_err(|error| ApiError::internal().because(error))?
    }

    async fn commit(&self, store: &Store, change: ClockChange) -> Reply<()> {
        let _one = self.changing.lock().await;
        let read = Instant::now();
        let system = self.system.now();
        let state = store
            .write(system, async |txn| {
                let state = txn.get::<ClockState>(ClockState::KEY).await?;
                let state = state.map(|state| *state).unwrap_or_default().changed(change, system)?;
                txn.save(&state);
                Reply::Ok(state)
            })
            .await?;
        self.learn(state, read);
        if !store.exclusive() {
            tokio::time::sleep(AGE).await;
        }
        Ok(())
    }

    async fn read(&self, store: &Store) -> Reply<()> {
        let read = Instant::now();
        let state = store.get::<ClockState>(ClockState::KEY, self.system.now()).await?;
        self.learn(state.map(|state| *state).unwrap_or_default(), read);
        Ok(())
    }

    /// Unless something newer is known already.
    fn learn(&self, state: ClockState, read: Instant) {
        let mut known = self.known();
        if read >= known.read {
            *known = Known { state, read };
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the body of `POST /_awsemu/clock`.
pub(crate) fn parse(body: &[u8]) -> Reply<ClockChange> {
    let members = match serde_json::from_slice(body) {
        Ok(Value::Object(members)) if members.len() == 1 => members,
        _ => return Err(errors::unknown_clock_change()),
    };
    let member = members.iter().next().map(|(name, value)| (name.as_str(), value));
    match member {
        Some(("advance_seconds", Value::Number(seconds))) => {
            let seconds = seconds.as_i64().ok_or_else(errors::clock_seconds)?;
            Ok(ClockChange::Advance(Span::seconds(seconds)))
        }
        Some(("freeze", Value::Bool(true))) => Ok(ClockChange::Freeze(None)),
        Some(("freeze", Value::Bool(false))) => Ok(ClockChange::Resume),
        Some(("freeze", Value::String(moment))) => {
            let moment: jiff::Timestamp = moment.parse().map_err(|_| errors::clock_moment())?;
            Ok(ClockChange::Freeze(Some(Time(moment.as_millisecond()))))
        }
        Some(("reset", Value::Bool(true))) => Ok(ClockChange::Reset),
        _ => Err(errors::unknown_clock_change()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{BEGINNING, password_auth};

    /// Changes the clock, and gives what it says then, or the error.
    async fn change(world: &World, body: &str) -> String {
        match world.app.change_clock(body.as_bytes()).await {
            Ok(answer) => answer,
            Err(error) => error.to_string(),
        }
    }

    fn says(now: &str, offset: i64, frozen: bool) -> String {
        json!({ "now": now, "offset_seconds": offset, "frozen": frozen }).to_string()
    }

    #[tokio::test]
    async fn moving() {
        let world = World::new().await;
        assert_eq!(world.app.clock().await.unwrap(), says("2026-01-07T09:08:07.000Z", 0, false));
        for (body, now, offset, frozen) in [
            (r#"{"advance_seconds": 3600}"#, "2026-01-07T10:08:07.000Z", 3600, false),
            (r#"{"freeze": true}"#, "2026-01-07T10:08:07.000Z", 3600, true),
            (r#"{"advance_seconds": 60}"#, "2026-01-07T10:09:07.000Z", 3660, true),
            (r#"{"freeze": false}"#, "2026-01-07T10:09:07.000Z", 3660, false),
            (r#"{"freeze": "2020-02-29T12:00:00+01:00"}"#, "2020-02-29T11:00:00.000Z", -184_802_887, true),
            (r#"{"reset": true}"#, "2026-01-07T09:08:07.000Z", 0, false),
        ] {
            assert_eq!(change(&world, body).await, says(now, offset, frozen), "{body}");
            assert_eq!(world.app.clock().await.unwrap(), says(now, offset, frozen));
        }
        assert_eq!(world.app.now().await.unwrap(), BEGINNING);
    }

    #[tokio::test]
    async fn bad_input() {
        let world = World::new().await;
        world.written();
        let form = "InvalidParameterException: The body must be one of {\"advance_seconds\": 3600}, \
                    {\"freeze\": true}, {\"freeze\": \"2026-01-01T00:00:00Z\"}, {\"freeze\": false} and {\"reset\": true}.";
        let seconds = "InvalidParameterException: advance_seconds must be a whole number.";
        let moment =
            "InvalidParameterException: freeze must be true, false or a moment such as 2026-01-01T00:00:00Z.";
        let back = "InvalidParameterException: The clock can only be advanced forwards; \
                    {\"reset\": true} and a moment to freeze at take it back.";
        let range = "InvalidParameterException: The clock can be moved from 1970 to 2999.";
        for (body, expected) in [
            ("", form),
            ("[]", form),
            ("{}", form),
            ("{", form),
            (r#"{"advance": 1}"#, form),
            (r#"{"advance_seconds": "1"}"#, form),
            (r#"{"advance_seconds": 1, "freeze": true}"#, form),
            (r#"{"reset": false}"#, form),
            (r#"{"freeze": 1}"#, form),
            (r#"{"advance_seconds": 1.5}"#, seconds),
            (r#"{"advance_seconds": 18446744073709551615}"#, seconds),
            (r#"{"freeze": "tomorrow"}"#, moment),
            (r#"{"freeze": "2026-01-01"}"#, moment),
            (r#"{"advance_seconds": -1}"#, back),
            (r#"{"advance_seconds": 9223372036854775807}"#, range),
            (r#"{"freeze": "1969-12-31T23:59:59Z"}"#, range),
            (r#"{"freeze": "3000-01-01T00:00:00Z"}"#, range),
        ] {
            assert_eq!(change(&world, body).await, expected, "{body}");
        }
        assert_eq!(world.app.now().await.unwrap(), BEGINNING);
        assert_eq!(world.written(), []);
    }

    #[tokio::test]
    async fn a_client_that_goes_away() {
        let world = World::new().await;
        tokio::select! {
            biased;
            // The disk may be done at once.
            _ = world.app.change_clock(br#"{"advance_seconds": 3600}"#) => {}
            () = std::future::ready(()) => {}
        }
        let learned = async {
            while world.app.now().await.unwrap() == BEGINNING {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), learned)
            .await
            .expect("the change is done all the same");
        assert_eq!(world.app.clock().await.unwrap(), says("2026-01-07T10:08:07.000Z", 3600, false));
    }

    /// Whatever has a time reads this clock.
    #[tokio::test]
    async fn what_reads_it() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "anna", "Passw0rd!").await;
        change(&world, r#"{"freeze": true}"#).await;
        let tokens = world.sign_in(&client, "anna", "Passw0rd!").await;
        let me = || world.call("GetUser", json!({ "AccessToken": tokens["AccessToken"] }));
        world.advance(Span::days(1));
        assert!(me().await.is_ok(), "the clock stands");
        change(&world, r#"{"advance_seconds": 3599}"#).await;
        assert!(me().await.is_ok());
        change(&world, r#"{"advance_seconds": 1}"#).await;
        assert_eq!(me().await.unwrap_err().message, "Access Token has expired");

        for _ in 0..5 {
            world.fails("InitiateAuth", password_auth(&client, "anna", "wrong")).await;
        }
        let locked = world.fails("InitiateAuth", password_auth(&client, "anna", "Passw0rd!")).await;
        assert_eq!(locked, "NotAuthorizedException: Password attempts exceeded");
        change(&world, r#"{"advance_seconds": 1}"#).await;
        let answer: Value = world.ok("InitiateAuth", password_auth(&client, "anna", "Passw0rd!")).await;
        let issued = testkit::world::claims(&answer["AuthenticationResult"]["IdToken"])["iat"].as_i64();
        assert_eq!(issued, Some(BEGINNING.seconds() + 3601));
    }

    /// Clients stamp their SRP proofs with a clock that nobody moved.
    #[tokio::test]
    async fn what_does_not() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] })).await;
        world.user(&pool, "anna", "Passw0rd!").await;
        change(&world, r#"{"advance_seconds": 86400}"#).await;
        let srp = testkit::srp::Client::new(&[7; 32]);
        let begin = json!({ "USERNAME": "anna", "SRP_A": srp.srp_a() });
        let begin = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": begin });
        let parameters = world.ok("InitiateAuth", begin).await["ChallengeParameters"].clone();
        let name = pool.split_once('_').unwrap().1;
        let timestamp = testkit::srp::timestamp(world.now());
        let answer = json!({
            "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeResponses": {
                "USERNAME": "anna", "TIMESTAMP": timestamp,
                "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE": srp.answer(name, "anna", "Passw0rd!", &parameters, &timestamp),
            },
        });
        let tokens = world.ok("RespondToAuthChallenge", answer).await["AuthenticationResult"].clone();
        let issued = testkit::world::claims(&tokens["IdToken"])["iat"].as_i64();
        assert_eq!(issued, Some(BEGINNING.seconds() + 86_400));
    }
}
