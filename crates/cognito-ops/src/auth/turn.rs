//! One turn of a sign-in: who it is about, what is asked, what happened, and what that leads to.

use std::sync::Arc;

use cognito_core::auth::{
    self, Event, Flow, Journey, KnownDevice, Outcome, Refused, State, Subject, Verdict,
};
use cognito_core::client::Client;
use cognito_core::pool::Pool;
use cognito_core::session::{Owner, Session};
use cognito_core::user::{Status, User};
use cognito_store::Txn;

use super::answer::{self, Answer, Concluded};
use super::custom::{self, Judged};
use super::parameters::Parameters;
use super::respond::Respond;
use super::secret_block::Offer;
use super::sessions;
use super::start::Door;
use super::watch::{self, Sequel};
use crate::prelude::*;
use crate::service::attributes::{self, Clash};
use crate::service::decoys;
use crate::service::passkeys;
use crate::triggers::{About, Metadata};

/// Where a sign-in takes place.
#[derive(Clone, Copy)]
pub(super) struct Room<'a> {
    pub(super) door: Door<'a>,
    pub(super) pool: &'a Pool,
    pub(super) client: &'a Client,
    /// The ClientMetadata for triggers after the first factor.
    pub(super) metadata: Option<&'a Metadata>,
}

/// Who signs in, and how far it has come.
#[derive(Clone)]
pub(super) struct Turn {
    pub(super) user: User,
    /// Whether there is such a user; where that is hidden, one who is not there is asked like one who is.
    pub(super) exists: bool,
    pub(super) state: State,
    pub(super) journey: Journey,
    /// Whether the password that was compared is known to others, where that is looked for.
    pub(super) compromised: bool,
    /// The session that is answered; a beginning has none.
    pub(super) session: Option<Session>,
}

/// What the next challenge may need, made outside the write.
#[derive(Default)]
pub(super) struct Provisions {
    pub(super) srp: Option<Offer>,
    pub(super) passkey: Option<passkeys::Request>,
    pub(super) judged: Option<Judged>,
}

/// Where a sign-in goes on: what a session or a SECRET_BLOCK remembers.
#[derive(Clone, Copy)]
pub(super) struct Resumed<'a> {
    pub(super) owner: &'a Owner,
    pub(super) state: &'a State,
    pub(super) journey: &'a Journey,
}

impl<'a> From<&'a Session> for Resumed<'a> {
    fn from(session: &'a Session) -> Self {
        Self { owner: &session.owner, state: &session.state, journey: &session.journey }
    }
}

/// Why a turn went no further. It is given inside `Ok`, so that what was counted is committed.
pub(super) type Result<T> = std::result::Result<T, ApiError>;

impl Turn {
    /// The beginning of a sign-in under a name.
    pub(super) fn begin(
        ctx: &Ctx<'_>,
        pool: &Pool,
        name: &str,
        user: Option<Arc<User>>,
        journey: Journey,
    ) -> Self {
        let nobody = || nobody(ctx, pool, name, decoys::sub(ctx, pool, name));
        Self::of(user, nobody, auth::begin(), journey)
    }

    fn of(user: Option<Arc<User>>, nobody: impl FnOnce() -> User, state: State, journey: Journey) -> Self {
        let exists = user.is_some();
        let user = user.map_or_else(nobody, Arc::unwrap_or_clone);
        Self { user, exists, state, journey, compromised: false, session: None }
    }

    /// The session that an answer names, and its user, who must be the one that the answer names.
    pub(super) async fn load(ctx: &Ctx<'_>, txn: &mut Txn, pool: &Pool, answer: &Respond<'_>) -> Reply<Self> {
        let text = answer.session.ok_or_else(|| errors::missing_parameter("Session"))?;
        Self::load_by(ctx, txn, pool, answer, &sessions::hash(text)).await
    }

    /// As [`Turn::load`], by the hash of the session.
    pub(super) async fn load_by(
        ctx: &Ctx<'_>,
        txn: &mut Txn,
        pool: &Pool,
        answer: &Respond<'_>,
        hash: &str,
    ) -> Reply<Self> {
        let session = txn.get::<Session>(&Session::key_of(&pool.id, hash)).await?;
        let session = (*session.ok_or_else(errors::invalid_session)?).clone();
        session.check(answer.client_id, answer.door.is_admin(), txn.now())?;
        if answer::challenge(&session.state) != Some(answer.challenge) {
            return Err(errors::invalid_session());
        }
        let turn = Self::resume(ctx, txn, pool, answer, Resumed::from(&session)).await?;
        Ok(Self { session: Some(session), ..turn })
    }

    /// A sign-in that goes on. Its user must be the one that the answer names.
    pub(super) async fn resume(
        ctx: &Ctx<'_>,
        txn: &mut Txn,
        pool: &Pool,
        answer: &Respond<'_>,
        resumed: Resumed<'_>,
    ) -> Reply<Self> {
        let name = answer.responses.require("USERNAME")?;
        let Resumed { owner, .. } = resumed;
        let user = named(ctx, txn, pool, name, owner).await?;
        let mut journey = resumed.journey.clone();
        name_device(txn, pool, answer.door, &answer.responses, user.as_deref(), &mut journey).await?;
        let username = owner.key.strip_prefix(&format!("{}/", pool.id)).unwrap_or(name);
        let nobody = || nobody(ctx, pool, username, owner.sub.clone());
        Ok(Self::of(user, nobody, resumed.state.clone(), journey))
    }

    /// Uses up the session that is answered: it takes no other answer.
    pub(super) fn use_up(&mut self, txn: &mut Txn) {
        if let Some(session) = &mut self.session {
            session.used = true;
            txn.save(session);
        }
    }

    /// Whom triggers are told of.
    pub(super) fn about<'a>(&'a self, room: &Room<'a>) -> About<'a> {
        let user = self.exists.then_some(&self.user);
        About { pool: room.pool, client: Some(room.client), username: &self.user.username, user }
    }

    fn go_on(
        &mut self,
        subject: Subject<'_>,
        event: Event,
        verdict: Option<&Verdict>,
        now: cognito_core::Time,
    ) -> std::result::Result<Outcome, Refused> {
        let outcome = match event {
            Event::Verdict(verdict) => self.judge(subject, &verdict)?,
            event => auth::step(subject, &mut self.user, &mut self.journey, &self.state, event, now)?,
        };
        match (outcome, verdict) {
            (Outcome::Define, Some(verdict)) => self.judge(subject, verdict),
            // Nobody is signed in who is not there.
            (Outcome::SignedIn, _) if !self.exists => Err(Refused::WrongPassword),
            (outcome, _) => Ok(outcome),
        }
    }

    fn judge(&self, subject: Subject<'_>, verdict: &Verdict) -> std::result::Result<Outcome, Refused> {
        auth::judge(subject, self.exists.then_some(&self.user), &self.journey, verdict)
    }
}

/// The owner of a sign-in, who must be the user of that name; `None` is one who does not exist.
pub(super) async fn named(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    pool: &Pool,
    name: &str,
    owner: &Owner,
) -> Reply<Option<Arc<User>>> {
    let user = txn.get::<User>(&owner.key).await?.filter(|user| owner.is(user));
    let named = txn.user_if_any(pool, name).await?;
    let same = match (&user, &named) {
        (Some(user), Some(named)) => user.sub == named.sub,
        (None, None) => decoys::sub(ctx, pool, name) == owner.sub,
        _ => false,
    };
    if same { Ok(user) } else { Err(errors::invalid_session()) }
}

/// Remembers the first device that a client names, at the beginning or with an answer. It must be one of the user's; a
/// user who is not there has none, so that the answer is the same.
pub(super) async fn name_device(
    txn: &mut Txn,
    pool: &Pool,
    door: Door<'_>,
    parameters: &Parameters,
    user: Option<&User>,
    journey: &mut Journey,
) -> Reply<()> {
    let Some(key) = parameters.get("DEVICE_KEY") else { return Ok(()) };
    if journey.device.is_some() || door.is_admin() || !pool.tracks_devices() {
        return Ok(());
    }
    let user = user.ok_or_else(errors::device_not_found)?;
    let device = txn.device(user, key).await?;
    journey.device = Some(KnownDevice { key: device.key.clone(), remembered: device.remembered });
    Ok(())
}

/// A user who does not exist, and is not saved.
fn nobody(ctx: &Ctx<'_>, pool: &Pool, name: &str, sub: String) -> User {
    User::new(pool, name.to_owned(), sub, Vec::new(), Status::Confirmed, ctx.now())
}

/// Takes an answer in a write: loads the turn, decides what happened, goes on, and saves all of it.
///
/// `load` and `decide` may run twice. What `decide` saves is committed also if it refuses, or if the machine does.
pub(super) async fn take<L, D>(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    provisions: &Provisions,
    load: L,
    decide: D,
) -> Reply<Answer>
where
    L: AsyncFn(&mut Txn, &Pool) -> Reply<Turn>,
    D: AsyncFn(&mut Txn, &mut Turn) -> Reply<Result<Event>>,
{
    let (concluded, sequel) = ctx
        .write(async |txn| {
            let (pool, client) = room.door.find(txn, &room.client.id).await?;
            let room = Room { pool: &pool, client: &client, ..*room };
            let turn = load(txn, &pool).await?;
            settle(ctx, txn, &room, provisions, turn, &decide).await
        })
        .await?;
    sequel.tell(ctx, room.pool).await?;
    answer::finish(ctx, room, concluded?).await
}

async fn settle<D>(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    room: &Room<'_>,
    provisions: &Provisions,
    mut turn: Turn,
    decide: &D,
) -> Reply<(Result<Concluded>, Sequel)>
where
    D: AsyncFn(&mut Txn, &mut Turn) -> Reply<Result<Event>>,
{
    let before = turn.user.clone();
    let decided = decide(txn, &mut turn).await?;
    let outcome = decided.and_then(|event| {
        let subject = Subject { pool: room.pool, client: room.client };
        let verdict = provisions.judged.as_ref().map(|judged| &judged.verdict);
        let outcome = turn.go_on(subject, event, verdict, ctx.now());
        outcome.map_err(|refused| refusal(room.client, refused))
    });
    let (outcome, sequel) = match room.pool.is_protected() {
        true => watch::judge(ctx, txn, room, &mut turn, outcome).await?,
        false => (outcome, Sequel::default()),
    };
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(refusal) => return Ok((Err(refusal), sequel)),
    };
    turn.use_up(txn);
    if turn.exists && turn.user != before {
        attributes::claim_aliases(txn, room.pool, &turn.user, Clash::Refuse).await?;
        txn.save(&turn.user);
    }
    Ok((Ok(answer::conclude(ctx, txn, room, provisions, turn, outcome).await?), sequel))
}

/// What DefineAuthChallenge says of an answer, in a sign-in with challenges of the app's own: the answer is tried
/// without saving anything, to learn whether the function must be asked.
pub(super) async fn rehearse<L, D>(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    load: L,
    decide: D,
) -> Reply<Option<Judged>>
where
    L: AsyncFn(&mut Txn, &Pool) -> Reply<Turn>,
    D: AsyncFn(&mut Txn, &mut Turn) -> Reply<Result<Event>>,
{
    let mut txn = ctx.read();
    let mut turn = load(&mut txn, room.pool).await?;
    if turn.journey.flow != Flow::Custom {
        return Ok(None);
    }
    let Ok(event) = decide(&mut txn, &mut turn).await? else { return Ok(None) };
    let subject = Subject { pool: room.pool, client: room.client };
    match turn.go_on(subject, event, None, ctx.now()) {
        Ok(Outcome::Define) => custom::judge(ctx, room, &turn).await.map(Some),
        _ => Ok(None),
    }
}

/// What a refusal is called. Whoever must reset is told so without a right password; where the existence of users is
/// hidden, that is a wrong password like any other ([DG managing-errors]).
pub(super) fn refusal(client: &Client, refused: Refused) -> ApiError {
    match refused {
        Refused::ResetRequired if client.hides_users() => errors::incorrect_username_or_password(),
        refused => refused.into(),
    }
}
