//! Imports from the file to the users.

use cognito_core::Span;
use serde_json::{Value, json};
use testkit::world::{attribute_map, merged, password_auth, text};
use testkit::{Logbook, World};

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
async fn the_log_tells_lines_and_reasons_and_nothing_of_the_users() {
    let (world, pool) = world(json!({})).await;
    let long = "private".repeat(99);
    let mut private = row("alice", "a@example.com");
    private.push(("cognito:mfa_enabled", "private"));
    let rows = [
        row("alice", "a@example.com"),
        row("alice", "b@example.com"),
        row("private", "private"),
        row(&long, "c@example.com"),
        private,
        row("bob", "d@example.com"),
        row("carol", "e@example.com"),
        row("dave", "f@example.com"),
    ];
    let file = csv(&world, &pool, &rows).await;
    let logbook = Logbook::of(super::TARGET);
    assert_eq!(import(&world, &pool, &file).await, "Succeeded 4 1 3");
    let lines = logbook.take();
    let told: Vec<_> =
        lines.iter().map(|line| (line.get("line").map(String::as_str), line.get("reason"))).collect();
    let reasons = [
        "Invalid email address format.".to_owned(),
        "the username is too long or has characters that none may have".to_owned(),
        "cognito:mfa_enabled is not what the user pool requires".to_owned(),
    ];
    let [email, username, mfa] = reasons.each_ref().map(Some);
    let expected = [
        (Some("2"), None),
        (Some("3"), None),
        (Some("4"), email),
        (Some("5"), username),
        (Some("6"), mfa),
        (Some("7"), None),
        (Some("8"), None),
        (Some("9"), None),
        (None, None),
    ];
    assert_eq!(told, expected);
    let text = format!("{lines:?}");
    assert!(!["alice", "private", "example.com"].iter().any(|word| text.contains(word)), "{text}");
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
