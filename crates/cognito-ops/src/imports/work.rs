//! The work of import jobs, in the background. A step reads a part of the file, and commits its users together with how
//! far the job is: so whichever server comes next goes on where one ended, and of two servers that are at the same part
//! the second leaves the job to the first.

use std::collections::HashSet;
use std::sync::Arc;

use cognito_api::ops;
use cognito_core::Kind;
use cognito_core::import::{self, BY_ACCOUNT, ImportJob, Outcome, Part, Row, State, Step, Tally};
use cognito_core::password::HashError;
use cognito_core::pool::Pool;
use cognito_core::user::{Status, User};
use cognito_store::{IndexRange, Txn};

use super::upload;
use crate::app::Inner;
use crate::call::{self, Caller};
use crate::prelude::*;
use crate::service::attributes::Clash;
use crate::service::new_user::{self, Door};

/// What became of a row, for the log: without anything that stands in it.
enum Fate {
    Imported,
    Skipped,
    Failed(String),
}

/// A step of a job that was committed.
struct Done {
    job: ImportJob,
    /// The rows that were read, by the numbers of their lines.
    rows: Vec<(u32, Fate)>,
}

/// Checks that no job imports users into a pool, which may then be changed.
pub(crate) async fn check_idle(txn: &mut Txn, pool: &Pool) -> Reply<()> {
    match txn.running_import(pool).await?.filter(|job| job.pool_id == pool.id) {
        Some(job) => Err(errors::import_in_progress(&job.id)),
        None => Ok(()),
    }
}

/// Does every job that was started and is not done.
pub(crate) async fn all(app: &Inner) -> Reply<()> {
    let caller = Caller::service();
    let running = IndexRange::prefix(Kind::ImportJob, BY_ACCOUNT, "");
    for job in app.ctx(&caller).await?.read().all::<ImportJob>(running).await? {
        finish(app, &caller, job).await?;
    }
    Ok(())
}

async fn finish(app: &Inner, caller: &Caller, job: Arc<ImportJob>) -> Reply<()> {
    let mut job = (*job).clone();
    while let State::Running { file, done, .. } = job.state.clone() {
        let ctx = app.ctx(caller).await?;
        let next = ctx.write(async |txn| step(&ctx, txn, &job).await).await?;
        let Some(next) = next else { return Ok(()) };
        job = next.job;
        for (line, fate) in next.rows {
            log(&job, line, &fate);
        }
        if let State::Ended { outcome, .. } = job.state {
            tracing::info!(job = job.id, ?outcome, tally = ?job.tally, "an import job ended");
            upload::discard(app, &job, &file, done).await?;
        }
        // A store in memory never waits: what else this thread does has its turn here.
        tokio::task::yield_now().await;
    }
    Ok(())
}

fn log(job: &ImportJob, line: u32, fate: &Fate) {
    match fate {
        Fate::Imported => tracing::info!(job = job.id, line, "a user was imported"),
        Fate::Skipped => tracing::info!(job = job.id, line, "a user was skipped, who exists"),
        Fate::Failed(reason) => tracing::info!(job = job.id, line, reason, "a user was not imported"),
    }
}

/// Does what is next of a job. `None` if somebody else did it.
async fn step(ctx: &Ctx<'_>, txn: &mut Txn, known: &ImportJob) -> Reply<Option<Done>> {
    let Some(job) = txn.get::<ImportJob>(&known.key()).await? else { return Ok(None) };
    let mut job = (*job).clone();
    let mut rows = Vec::new();
    let end = match job.next() {
        None => return Ok(None),
        Some(Step::Read(number)) if known.next() != Some(Step::Read(number)) => return Ok(None),
        Some(Step::Read(number)) => read(ctx, txn, &mut job, number, &mut rows).await?,
        Some(Step::End(outcome)) => Some(outcome),
    };
    if let Some(outcome) = end {
        job.end(outcome, ctx.now());
    }
    txn.save(&job);
    Ok(Some(Done { job, rows }))
}

/// Imports the users of a part; or says how the job ends if it cannot be read.
async fn read(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    job: &mut ImportJob,
    number: u32,
    rows: &mut Vec<(u32, Fate)>,
) -> Reply<Option<Outcome>> {
    let State::Running { file, columns, .. } = &job.state else { return Ok(None) };
    let pool = txn.pool(&job.pool_id).await?;
    let Some(part) = txn.get::<Part>(&Part::key_of(job, file, number)).await? else {
        return Ok(Some(Outcome::NoFile));
    };
    let mut lines = (part.line..).zip(part.text.lines());
    let columns = match number {
        0 => lines.next().and_then(|(_, header)| import::columns(header, &pool.schema, job.hashing)),
        _ => Some(columns.clone()),
    };
    let Some(columns) = columns else { return Ok(Some(Outcome::WrongHeader)) };
    let mut batch = Batch { pool: &pool, columns: &columns, algorithm: job.hashing, names: HashSet::new() };
    let mut tally = Tally::default();
    for (line, row) in lines.filter(|(_, row)| !row.trim().is_empty()) {
        let fate = batch.import(ctx, txn, row).await?;
        match fate {
            Fate::Imported => tally.imported += 1,
            Fate::Skipped => tally.skipped += 1,
            Fate::Failed(_) => tally.failed += 1,
        }
        rows.push((line, fate));
    }
    txn.delete(&*part);
    job.advance(columns, tally);
    Ok(None)
}

/// The users of one write.
struct Batch<'a> {
    pool: &'a Pool,
    columns: &'a [String],
    /// The algorithm of password hashes.
    algorithm: Option<wire::PasswordHashingAlgorithmType>,
    /// The names that its users have, folded: what a write saves, it does not find.
    names: HashSet<String>,
}

impl Batch<'_> {
    async fn import(&mut self, ctx: &Ctx<'_>, txn: &mut Txn, row: &str) -> Reply<Fate> {
        match self.try_import(ctx, txn, row).await {
            // What is wrong with the row, and not with the store.
            Err(error) if error.status() < 500 => Ok(Fate::Failed(error.message)),
            fate => fate,
        }
    }

    async fn try_import(&mut self, ctx: &Ctx<'_>, txn: &mut Txn, row: &str) -> Reply<Fate> {
        let pool = self.pool;
        let row = match Row::read(row, self.columns, pool) {
            Ok(row) => row,
            Err(error) => return Ok(Fate::Failed(error.to_string())),
        };
        if !is_username(pool, &row.username) {
            return Ok(Fate::Failed(
                "the username is too long or has characters that none may have".to_owned(),
            ));
        }
        let attributes = row.attributes.clone();
        let mut user = new_user::build(ctx, pool, &row.username, attributes, Status::ResetRequired)?;
        row.complete(&mut user, pool);
        if self.names.contains(&pool.case().fold(&row.username))
            || txn.user_if_any(pool, &row.username).await?.is_some()
        {
            return Ok(Fate::Skipped);
        }
        if names(&user).any(|name| self.names.contains(&name)) {
            return Ok(Fate::Failed("an alias is that of a user above".to_owned()));
        }
        match row.password(self.algorithm, &user, ctx.bytes()) {
            Ok(Some(password)) => user.import_password(password),
            Ok(None) => {}
            Err(HashError::Failed(error)) => return Err(error.into()),
            Err(error) => return Ok(Fate::Failed(error.to_string())),
        }
        new_user::insert(txn, pool, &user, Clash::Refuse, Door::Admin).await?;
        self.names.extend(names(&user));
        Ok(Fate::Imported)
    }
}

/// Whether AdminCreateUser would take the username. What the validator says has the name in it, and the log must not.
fn is_username(pool: &Pool, username: &str) -> bool {
    let request = wire::AdminCreateUserRequest {
        user_pool_id: pool.id.clone(),
        username: wire::Sensitive::new(username.to_owned()),
        ..Default::default()
    };
    call::check::<ops::AdminCreateUser>(&request).is_ok()
}

/// The names that nobody else may have.
fn names(user: &User) -> impl Iterator<Item = String> {
    std::iter::once(user.case.fold(&user.username)).chain(user.aliases.iter().cloned())
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{attribute_map, merged, password_auth, text};

    use crate::imports::testing::{create, csv, described, ended, started};

    /// A row of a user with a verified e-mail address.
    fn row<'a>(username: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![("cognito:username", username), ("email", email), ("email_verified", "TRUE")]
    }

    async fn world(pool: Value) -> (World, String) {
        let world = World::new().await;
        let pool = world.pool(merged(json!({ "AutoVerifiedAttributes": ["email"] }), pool)).await;
        (world, pool)
    }

    async fn user(world: &World, pool: &str, name: &str) -> Value {
        world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": name })).await
    }

    /// Imports a file, and says how it ended: status, and the counts of imported, skipped and failed users.
    async fn import(world: &World, pool: &str, file: &str) -> String {
        let job = ended(world, &started(world, pool, file).await).await;
        let counts = ["ImportedUsers", "SkippedUsers", "FailedUsers"].map(|count| job[count].to_string());
        format!("{} {}", text(&job["Status"]), counts.join(" "))
    }

    #[tokio::test]
    async fn imported_users_reset_their_passwords_and_sign_in() {
        let (world, pool) = world(json!({})).await;
        let client = world.client(&pool, json!({ "PreventUserExistenceErrors": "LEGACY" })).await;
        let mut alice = row("alice", "a@example.com");
        alice.extend([("address", r"1 Main St\, Town"), ("updated_at", "1471453471"), ("name", "=1+1")]);
        let file = csv(&world, &pool, &[alice, row("bob", "b@example.com")]).await;
        let job = started(&world, &pool, &file).await;
        world.advance(Span::seconds(2));
        let job = ended(&world, &job).await;
        let mut expected = job.clone();
        for (member, value) in [
            ("Status", json!("Succeeded")),
            ("CompletionMessage", json!("Import Job Completed Successfully.")),
            ("StartDate", json!(1_767_776_887)),
            ("CompletionDate", json!(1_767_776_889)),
            ("ImportedUsers", json!(2)),
            ("SkippedUsers", json!(0)),
            ("FailedUsers", json!(0)),
        ] {
            expected[member] = value;
        }
        assert_eq!(job, expected);

        let found = user(&world, &pool, "alice").await;
        assert_eq!((&found["UserStatus"], &found["Enabled"]), (&json!("RESET_REQUIRED"), &json!(true)));
        let attributes = json!({
            "email": "a@example.com", "email_verified": "true", "address": "1 Main St, Town",
            "updated_at": "1471453471", "name": "=1+1",
        });
        assert_eq!(attribute_map(&found["UserAttributes"]), attributes);
        let pool_now = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(pool_now["UserPool"]["EstimatedNumberOfUsers"], 2);

        let reset = "PasswordResetRequiredException: Password reset required for the user";
        assert_eq!(world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await, reset);
        world.ok("ForgotPassword", json!({ "ClientId": client, "Username": "alice" })).await;
        let code = world.code(&pool, "alice").await;
        let confirm = json!({
            "ClientId": client, "Username": "alice", "ConfirmationCode": code, "Password": "Abcdef1!",
        });
        world.ok("ConfirmForgotPassword", confirm).await;
        world.sign_in(&client, "alice", "Abcdef1!").await;
    }

    #[tokio::test]
    async fn rows_that_make_no_users() {
        let (world, pool) = world(json!({ "AliasAttributes": ["email"] })).await;
        world.user(&pool, "old", "Abcdef1!").await;
        let rows = [
            row("one", "one@example.com"),
            row("two", "two@example.com"),
            row("three", "three@example.com"),
            row("four", "four@example.com"),
            // Who exists, and who comes again.
            row("old", "old@example.com"),
            row("two", "again@example.com"),
            // An alias of a user above, and what is not right.
            row("five", "one@example.com"),
            row("six", "no address"),
        ];
        let file = csv(&world, &pool, &rows).await + "\n \n";
        assert_eq!(import(&world, &pool, &file).await, "Succeeded 4 2 2");
        let by_alias = user(&world, &pool, "one@example.com").await;
        assert_eq!(by_alias["Username"], "one");
        for missing in ["five", "six", "again@example.com"] {
            let input = json!({ "UserPoolId": pool, "Username": missing });
            let failure = world.fails("AdminGetUser", input).await;
            assert_eq!(failure, "UserNotFoundException: User does not exist.", "{missing}");
        }
        // Nearly all of them exist now.
        let job = ended(&world, &started(&world, &pool, &file).await).await;
        assert_eq!((&job["Status"], &job["SkippedUsers"]), (&json!("Failed"), &json!(6)));
        let message = "Too many users have failed or been skipped during the import.";
        assert_eq!(job["CompletionMessage"], message);
    }

    #[tokio::test]
    async fn usernames_that_nobody_may_have() {
        let (world, pool) = world(json!({})).await;
        let (longest, longer) = ("x".repeat(128), "x".repeat(129));
        let rows = [
            row(&longest, "a@example.com"),
            row("\u{e4}\u{1f600}\\\\,=x", "b@example.com"),
            row(&longer, "c@example.com"),
            row("zero\u{200b}width", "d@example.com"),
        ];
        let file = csv(&world, &pool, &rows).await;
        assert_eq!(import(&world, &pool, &file).await, "Succeeded 2 0 2");
    }

    #[tokio::test]
    async fn names_of_the_pool() {
        let emails =
            json!({ "UsernameAttributes": ["email"], "UsernameConfiguration": { "CaseSensitive": false } });
        let (world, pool) = world(emails).await;
        let rows = [row("a@example.com", "A@example.com"), row("b@example.com", "b@example.com")];
        let again = row("B@example.com", "B@example.com");
        let file = csv(&world, &pool, &[&rows[..], &[again, row("carl", "c@example.com")]].concat()).await;
        assert_eq!(import(&world, &pool, &file).await, "Succeeded 2 1 1");
        let found = user(&world, &pool, "a@example.com").await;
        assert_eq!(found["Username"], attribute_sub(&found));
    }

    fn attribute_sub(user: &Value) -> Value {
        user["UserAttributes"][0]["Value"].clone()
    }

    #[tokio::test]
    async fn who_can_sign_in_by_code_needs_no_password() {
        let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] });
        let (world, pool) = world(json!({ "Policies": { "SignInPolicy": factors } })).await;
        let file = csv(&world, &pool, &[row("alice", "a@example.com")]).await;
        assert_eq!(import(&world, &pool, &file).await, "Succeeded 1 0 0");
        assert_eq!(user(&world, &pool, "alice").await["UserStatus"], "CONFIRMED");
    }

    #[tokio::test]
    async fn files_that_cannot_be_read() {
        let (world, pool) = world(json!({})).await;
        let check = async |file: &str, message: &str| {
            let job = ended(&world, &started(&world, &pool, file).await).await;
            assert_eq!((&job["Status"], &job["CompletionMessage"]), (&json!("Failed"), &json!(message)));
            assert_eq!(job["ImportedUsers"], 0);
        };
        let header = "The header of the CSV file does not have the columns of the user pool.";
        check("", header).await;
        check("\n", header).await;
        check("cognito:username,email,email_verified\nalice,a@example.com,true\n", header).await;
        let file = csv(&world, &pool, &[row("alice", "a@example.com")]).await;
        check(&format!("\u{feff}{file}"), header).await;

        let job = started(&world, &pool, &file).await;
        world.advance(Span::days(2));
        let job = ended(&world, &job).await;
        assert_eq!(job["CompletionMessage"], "The CSV file is not there any more.");
    }

    /// A file of so many users, which is kept in several parts.
    async fn large(world: &World, pool: &str, users: usize) -> String {
        let names: Vec<_> = (0..users).map(|n| (format!("user{n}"), format!("{n}@example.com"))).collect();
        let rows: Vec<_> = names.iter().map(|(name, email)| row(name, email)).collect();
        csv(world, pool, &rows).await
    }

    #[tokio::test]
    async fn two_workers_import_nobody_twice() {
        let (world, pool) = world(json!({})).await;
        let job = started(&world, &pool, &large(&world, &pool, 900).await).await;
        let (one, two) = tokio::join!(world.app.import_users(), world.app.import_users());
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        let job = ended(&world, &job).await;
        assert_eq!((&job["Status"], &job["ImportedUsers"]), (&json!("Succeeded"), &json!(900)));
        assert_eq!(job["SkippedUsers"], 0);
        let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(described["UserPool"]["EstimatedNumberOfUsers"], 900);
    }

    #[tokio::test]
    async fn a_job_goes_on_where_it_was_left_and_can_be_stopped() {
        let (world, pool) = world(json!({})).await;
        let job = started(&world, &pool, &large(&world, &pool, 1_500).await).await;
        let imported = async |at_least: u64| loop {
            let job = described(&world, &job).await;
            if job["ImportedUsers"].as_u64().unwrap() >= at_least {
                return job;
            }
            tokio::task::yield_now().await;
        };
        let interrupted = async |at_least: u64| {
            tokio::select! {
                _ = world.app.import_users() => panic!("the job was done too soon"),
                job = imported(at_least) => job,
            }
        };
        let first = interrupted(1).await;
        assert_eq!(first["Status"], "InProgress");
        let second = interrupted(first["ImportedUsers"].as_u64().unwrap() + 1).await;

        let stop = json!({ "UserPoolId": pool, "JobId": job["JobId"] });
        let stopping = world.ok("StopUserImportJob", stop).await["UserImportJob"].clone();
        assert_eq!(stopping["Status"], "Stopping");
        let job = ended(&world, &job).await;
        assert_eq!(job["Status"], "Stopped");
        assert_eq!(job["CompletionMessage"], "The Import Job was stopped by the developer.");
        let count = job["ImportedUsers"].as_u64().unwrap();
        assert!((second["ImportedUsers"].as_u64().unwrap()..1_500).contains(&count), "{count}");
        assert_eq!((&job["SkippedUsers"], &job["FailedUsers"]), (&json!(0), &json!(0)));
        let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(described["UserPool"]["EstimatedNumberOfUsers"], count);
    }

    #[tokio::test]
    async fn a_pool_with_a_running_job_does_not_change() {
        let (world, pool) = world(json!({})).await;
        let other = world.pool(json!({})).await;
        let file = csv(&world, &pool, &[row("alice", "a@example.com")]).await;
        let job = started(&world, &pool, &file).await;
        let id = text(&job["JobId"]);
        let changes = |pool: &str| {
            let added = json!([{ "Name": "level" }]);
            [
                ("AddCustomAttributes", json!({ "UserPoolId": pool, "CustomAttributes": added })),
                ("UpdateUserPool", json!({ "UserPoolId": pool, "AutoVerifiedAttributes": ["email"] })),
                ("DeleteUserPool", json!({ "UserPoolId": pool })),
            ]
        };
        let busy = format!("UserImportInProgressException: The user import job {id} is in progress.");
        for (operation, input) in changes(&pool) {
            assert_eq!(world.fails(operation, input).await, busy, "{operation}");
        }
        for (operation, input) in changes(&other) {
            world.ok(operation, input).await;
        }
        ended(&world, &job).await;
        for (operation, input) in changes(&pool) {
            world.ok(operation, input).await;
        }
    }

    #[tokio::test]
    async fn nothing_to_do() {
        let (world, pool) = world(json!({})).await;
        let job = create(&world, &pool).await;
        world.app.import_users().await.unwrap();
        assert_eq!(described(&world, &job).await, job);
    }
}
