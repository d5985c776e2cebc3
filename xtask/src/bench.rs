//! `cargo xtask bench`: what the server and the command line cost, as ratios to one RSA signature of the same
//! machine in the same minute; writes docs/benchmarks.md.
//!
//! Costs are measured in rounds, each with units of its own, and the page has the medians: the machines that this runs
//! on are shared, and their speed drifts by more than what is measured.

mod client;
mod code_flow;
mod http_api;
mod load;
mod page;
mod server;
mod service;
mod units;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use client::Request;
use load::{load, load_for};
use page::Row;
use server::{SLOW, Server};
use service::{PASSWORD, Service, Who};
use units::{Units, median};

use crate::workspace::{cargo, root, run as execute};

const PAGE: &str = "docs/benchmarks.md";

/// Connections that are kept alive under load.
const CONNECTIONS: usize = 32;

/// How often costs are measured.
const ROUNDS: usize = 5;

/// How often every user signs in with a new password, in a round.
const FIRST: usize = 5;

/// How long the throughput of durable sign-ins is measured.
const THROUGHPUT_TIME: Duration = Duration::from_secs(5);

/// What is to be measured: the rows whose names have one of these words, or all.
struct Wanted<'a>(&'a [&'a str]);

impl Wanted<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|word| name.to_lowercase().contains(&word.to_lowercase()))
    }
}

/// Builds the release binary, measures and writes the page, which takes about five minutes. With words it measures
/// the rows whose names have one of them, and prints them only.
pub fn run(words: &[&str]) -> Result<(), String> {
    execute(&mut cargo(&["build", "--release", "--package", "awsemu-cli", "--bin", "awsemu"]))?;
    execute(&mut cargo(&["build", "--release", "--package", "testkit", "--example", "srp_proofs"]))?;
    let wanted = Wanted(words);
    let folder = root().join("target/bench");
    // What an interrupted run left behind would be measured as well.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("failed to make {}: {error}", folder.display()))?;
    let mut server = Server::start(&folder)?;
    server.settle()?;
    let idle = server.resident_megabytes()?;
    let service = Service::populate(&server)?;

    let mut units = Vec::new();
    let mut rounds = Vec::new();
    for number in 0..ROUNDS {
        let own = Units::measure(&folder)?;
        rounds.push(round(&mut server, &service, &own, number, &wanted)?);
        units.push(own);
    }
    let mut rows = page::medians(&rounds);
    let memory = || Ok([Row::below("idle resident memory", idle, 20.0, "MB")]);
    rows.extend(group(&wanted, &["CreateUserPool, median"], || create_user_pool(&server))?);
    rows.extend(group(&wanted, &["idle resident memory"], memory)?);
    rows.extend(group(&wanted, &["durable sign-ins"], || durable(&server, &service, &folder))?);
    rows.extend(group(&wanted, &["list-user-pools"], || command_line(&server))?);
    rows.extend(group(&wanted, &["start to first answer"], || start(&mut server))?);
    let units = Units::median(&units).ok_or("there was no round")?;
    let page = page::render(&units, ROUNDS, &rows);
    println!("{page}");
    if !words.is_empty() {
        return Ok(());
    }
    fs::write(root().join(PAGE), page).map_err(|error| format!("failed to write {PAGE}: {error}"))
}

/// Measures rows that belong together, if one of them is wanted.
fn group<const N: usize>(
    wanted: &Wanted<'_>,
    names: &[&str],
    measure: impl FnOnce() -> Result<[Row; N], String>,
) -> Result<Vec<Row>, String> {
    if names.iter().any(|name| wanted.has(name)) { measure().map(Vec::from) } else { Ok(Vec::new()) }
}

/// Everything that is told in units.
fn round(
    server: &mut Server,
    service: &Service,
    units: &Units,
    number: usize,
    wanted: &Wanted<'_>,
) -> Result<Vec<Row>, String> {
    let mut rows = costs(server, service, units, wanted)?;
    let names = ["code flow", "the sign-in page"];
    rows.extend(group(wanted, &names, || code_flow(server, service, units))?);
    rows.extend(group(wanted, &["HTTP API"], || http_api(server, service))?);
    let names = ["SRP", "wrong password", "user does not exist"];
    rows.extend(group(wanted, &names, || srp(server, service, units, number))?);
    Ok(rows)
}

/// Processor time of the server for each request.
fn costs(server: &Server, service: &Service, units: &Units, wanted: &Wanted<'_>) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let name = "password sign-in, first proof";
    if wanted.has(name) {
        let limit = 2.5 + 1.25 * units.exponentiation / units.signature;
        let value = first_proof(server, service)? / units.signature;
        rows.push(Row::below(name, value, limit, "signatures"));
    }
    let scenarios = [
        ("password sign-in, remembered proof", service.sign_ins(), 1_000, 2.5),
        ("refresh", service.refreshes(), 1_000, 2.5),
        ("GetUser by access token", service.get_users(), 20_000, 0.066),
        ("AdminGetUser", service.admin_get_users(), 20_000, 0.047),
        ("ListUsers by e-mail", service.list_by_email(), 20_000, 0.076),
        ("ListUsers, a page of 60", service.list_page(), 3_000, 0.55),
        ("JWKS", service.key_set(), 20_000, 0.034),
    ];
    for (name, requests, count, limit) in scenarios {
        if wanted.has(name) {
            // The machine's speed may drift within a round.
            let before = units::signature()?;
            let seconds = cost(server, &requests, count)?;
            let value = 2.0 * seconds / (before + units::signature()?);
            rows.push(Row::below(name, value, limit, "signatures"));
        }
    }
    Ok(rows)
}

/// The code flow without a browser: the POST of the sign-in page and the redemption of its code, of which only the second
/// signs, two tokens; and the page itself.
fn code_flow(server: &Server, service: &Service, units: &Units) -> Result<[Row; 2], String> {
    let flow = service.code_flow(server.port())?;
    let page = cost(server, &[flow.page()], 3_000)?;
    let sign_in = cost(server, &flow.sign_ins(), 1_000)?;
    let redeem = once(server, &flow.redemptions(server.port(), 500)?)?;
    Ok([
        Row::below(
            "code flow: sign-in page, code, tokens",
            (sign_in + redeem) / units.signature,
            3.0,
            "signatures",
        ),
        Row::below("the sign-in page", page * 1_000.0, 5.0, "ms"),
    ])
}

/// A call of an HTTP API through HTTP_PROXY to a loopback echo: with a JWT authorizer whose keys are known, to without.
fn http_api(server: &Server, service: &Service) -> Result<[Row; 1], String> {
    let calls = service.http_api(server.port())?;
    let open = cost(server, &calls.open, 10_000)?;
    let authorized = cost(server, &calls.authorized, 10_000)?;
    let note = format!("{:.0} µs without an authorizer, {:.0} µs with one", open * 1e6, authorized * 1e6);
    let name = "HTTP API: a call with an authorizer to one without";
    Ok([Row::below(name, authorized / open, 1.5, "times").with_note(note)])
}

/// Seconds of processor time for one of `count` requests; a tenth of them goes before, to warm up.
fn cost(server: &Server, requests: &[Request], count: usize) -> Result<f64, String> {
    load(server.port(), CONNECTIONS, requests, count / 10)?;
    server.settle()?;
    let before = server.processor_seconds()?;
    load(server.port(), CONNECTIONS, requests, count)?;
    Ok((server.processor_seconds()? - before) / count as f64)
}

/// The same for first sign-ins with a password: it is set anew before each, so that no proof of it is remembered.
fn first_proof(server: &Server, service: &Service) -> Result<f64, String> {
    let (passwords, sign_ins) = (service.new_passwords(), service.sign_ins());
    let mut seconds = 0.0;
    for _ in 0..FIRST {
        load(server.port(), CONNECTIONS, &passwords, passwords.len())?;
        seconds += once(server, &sign_ins)?;
    }
    Ok(seconds / FIRST as f64)
}

/// Sign-ins by SRP, and what it costs to refuse: a wrong password and a user who does not exist, side by side.
///
/// Each name fails once by SRP and once by password in a round, and the next round begins with its sign-in, if it has
/// one: the fifth failure in a row locks a name.
fn srp(server: &mut Server, service: &Service, units: &Units, round: usize) -> Result<[Row; 6], String> {
    let limit = 1.25 * (3.0 * units.exponentiation + 2.0 * units.signature) / units.signature;
    let signatures = |seconds: f64| seconds / units.signature;
    let exchange = |server: &Server, who, password: &str, refused: bool| {
        let (starts, proofs) = service.exchanges(server.port(), who, password)?;
        let proofs: Vec<Request> =
            if refused { proofs.into_iter().map(Request::refused).collect() } else { proofs };
        Ok::<f64, String>(once(server, &starts)? + once(server, &proofs)?)
    };
    server.restart()?;
    let first = exchange(server, Who::Users, PASSWORD, false)?;
    let signed_in = exchange(server, Who::Users, PASSWORD, false)?;
    let wrong = exchange(server, Who::Users, "Wr0ng-horse", true)?;
    let missing = exchange(server, Who::Nobody(round), PASSWORD, true)?;
    let [wrong_password, nobody] =
        [Who::Users, Who::Nobody(round)].map(|who| once(server, &service.refusals(who)));
    Ok([
        Row::below("sign-in by SRP, cold", signatures(first), limit, "signatures"),
        Row::below("sign-in by SRP", signatures(signed_in), limit, "signatures"),
        Row::plain("SRP, wrong password", signatures(wrong), "signatures"),
        Row::plain("SRP, user does not exist", signatures(missing), "signatures"),
        Row::plain("wrong password", signatures(wrong_password?), "signatures"),
        Row::plain("user does not exist", signatures(nobody?), "signatures"),
    ])
}

/// Seconds of processor time for one of these requests, each sent once.
fn once(server: &Server, requests: &[Request]) -> Result<f64, String> {
    server.settle()?;
    let before = server.processor_seconds()?;
    load(server.port(), CONNECTIONS, requests, requests.len())?;
    Ok((server.processor_seconds()? - before) / requests.len() as f64)
}

/// The time of one call, with the reserve of keys filled before each.
fn create_user_pool(server: &Server) -> Result<[Row; 1], String> {
    let create = Request::operation("CreateUserPool", &serde_json::json!({"PoolName": "bench"}));
    let mut times = Vec::new();
    for _ in 0..9 {
        server.settle()?;
        times.push(timed(|| load(server.port(), 1, std::slice::from_ref(&create), 1))?);
    }
    Ok([Row::below("CreateUserPool, median", median(times) * 1e3, 5.0, "ms")])
}

/// Sign-ins that are durable when they are answered: many clients against one, on the disk that is there, and on one
/// whose fsync costs milliseconds.
fn durable(server: &Server, service: &Service, folder: &Path) -> Result<[Row; 2], String> {
    let (one, many) = throughput(server, service)?;
    let note = |one, many| format!("{one:.0}/s with one client, {many:.0}/s with 64");
    let here =
        Row::plain("durable sign-ins, 64 clients to one", many / one, "times").with_note(note(one, many));
    let folder = folder.join("slow");
    fs::create_dir_all(&folder).map_err(|error| format!("failed to make {}: {error}", folder.display()))?;
    let server = Server::start_on_slow_disk(&folder)?;
    let (one, many) = throughput(&server, &Service::populate(&server)?)?;
    let name = format!("durable sign-ins, 64 clients to one, with an fsync of {} ms more", SLOW.as_millis());
    Ok([here, Row::above(&name, many / one, 15.0, "times").with_note(note(one, many))])
}

/// Sign-ins a second of one client, and of 64.
fn throughput(server: &Server, service: &Service) -> Result<(f64, f64), String> {
    let requests = service.sign_ins();
    let rate = |connections| {
        let done = load_for(server.port(), connections, &requests, THROUGHPUT_TIME)?;
        Ok::<f64, String>(done as f64 / THROUGHPUT_TIME.as_secs_f64())
    };
    Ok((rate(1)?, rate(64)?))
}

/// Whole processes, side by side.
fn command_line(server: &Server) -> Result<[Row; 2], String> {
    let aws = root().join("target/clients/python/bin/aws");
    let measure = |program: &std::path::Path, rounds: usize| {
        let times = (0..rounds).map(|_| timed(|| server.list_user_pools(program)));
        Ok::<f64, String>(median(times.collect::<Result<_, _>>()?) * 1e3)
    };
    Ok([
        Row::below("`awsemu cognito-idp list-user-pools`", measure(&server::binary(), 21)?, 15.0, "ms"),
        Row::plain("`aws cognito-idp list-user-pools`", measure(&aws, 5)?, "ms"),
    ])
}

/// From the start of the process to its first answer, on a store with data.
fn start(server: &mut Server) -> Result<[Row; 1], String> {
    let mut times = Vec::new();
    for _ in 0..11 {
        times.push(server.restart()?.as_secs_f64());
    }
    Ok([Row::below("start to first answer, median", median(times) * 1e3, 20.0, "ms")])
}

fn timed(action: impl FnOnce() -> Result<(), String>) -> Result<f64, String> {
    let begin = Instant::now();
    action()?;
    Ok(begin.elapsed().as_secs_f64())
}
