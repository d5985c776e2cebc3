//! Lambda triggers through a real server: functions in Node and Python, behind URLs, and those that misbehave.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::database::Database;
use super::http::Answer;
use super::server::{Server, Store, binary, run_to_end};

const FUNCTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/functions");
const PASSWORD: &str = "Passw0rd!";

#[test]
fn handlers_for_node_and_python() {
    let node = format!("*:pre-sign-up=node:{FUNCTIONS}/pre_sign_up.js");
    let python = format!("*:pre-token=python:{FUNCTIONS}/pre_token.py");
    let server = start(&["--trigger", &node, "--trigger", &python, "--log", "info"]);
    let config = json!({ "LambdaArn": arn("pre-token"), "LambdaVersion": "V2_0" });
    let client =
        client(&server, json!({ "PreSignUp": arn("pre-sign-up"), "PreTokenGenerationConfig": config }));

    let refused = sign_up(&server, &client, "joe", "joe@example.com");
    assert_eq!(
        error(&refused),
        "UserLambdaValidationException: PreSignUp failed with error Invalid email domain."
    );
    let answer = sign_up(&server, &client, "jane", "jane@example.test");
    assert_eq!((answer.status, &answer.json()["UserConfirmed"]), (200, &json!(true)));
    let parameters = json!({ "USERNAME": "jane", "PASSWORD": PASSWORD });
    let input = json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let tokens = server.ok("InitiateAuth", &input)["AuthenticationResult"].clone();
    for token in ["IdToken", "AccessToken"] {
        assert_eq!(claims(&tokens[token])["tenant"], "tenant of jane", "{token}");
    }
    assert_eq!(claims(&tokens["IdToken"])["email_verified"], true);

    let calls = calls(&server, "");
    let told: Vec<_> = calls.iter().map(|call| (&call["trigger_source"], &call["outcome"])).collect();
    assert_eq!(
        told,
        [
            (&json!("TokenGeneration_Authentication"), &json!("answered")),
            (&json!("PreSignUp_SignUp"), &json!("answered")),
            (&json!("PreSignUp_SignUp"), &json!("failed")),
        ]
    );
    assert_eq!(calls[1]["event"]["request"]["userAttributes"]["email"], "jane@example.test");
    assert_eq!(calls[1]["answer"]["response"]["autoConfirmUser"], true);
    logs(&server, "signing up jane");
    assert!(!server.log().contains("7h3 s3cret"), "{}", server.log());
}

#[test]
fn a_challenge_of_ones_own() {
    let targets =
        ["define", "create", "verify"].map(|name| format!("*:{name}=node:{FUNCTIONS}/custom_auth.js#{name}"));
    let mut arguments: Vec<&str> = targets.iter().flat_map(|target| ["--trigger", target]).collect();
    arguments.extend(["--trigger", "*:pre-sign-up=answer:{\"autoConfirmUser\":true}", "--log", "info"]);
    let server = start(&arguments);
    let functions = json!({
        "PreSignUp": arn("pre-sign-up"),
        "DefineAuthChallenge": arn("define"),
        "CreateAuthChallenge": arn("create"),
        "VerifyAuthChallengeResponse": arn("verify"),
    });
    let client = client(&server, functions);
    sign_up(&server, &client, "jane", "jane@example.test");
    let parameters = json!({ "USERNAME": "jane" });
    let input = json!({ "ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": parameters });
    let answer = |challenge: &Value, text: &str| {
        let responses = json!({ "USERNAME": "jane", "ANSWER": text });
        let input = json!({
            "ClientId": client,
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": challenge["Session"],
            "ChallengeResponses": responses,
        });
        server.call_unsigned("RespondToAuthChallenge", &input)
    };
    let challenge = server.ok("InitiateAuth", &input);
    assert_eq!(challenge["ChallengeParameters"]["question"], "Who goes there?");
    let again = answer(&challenge, "en3my").json();
    assert_eq!(again["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(
        claims(&answer(&again, "fr13nd").json()["AuthenticationResult"]["IdToken"])["cognito:username"],
        "jane"
    );
    let challenge = server.ok("InitiateAuth", &input);
    let again = answer(&challenge, "en3my").json();
    let refused = error(&answer(&again, "en3my"));
    assert_eq!(refused, "NotAuthorizedException: Incorrect username or password.");
    logs(&server, "somebody said ***");
    logs(&server, "the answer is ***");
    let log = server.log();
    assert!(!log.contains("fr13nd") && !log.contains("en3my"), "{log}");
}

#[test]
fn the_command_that_shows_calls() {
    let server = start(&["--trigger", "*=answer:{\"autoConfirmUser\":true}"]);
    let mut command = Command::new(binary());
    command.args(["triggers", "--wait", "20s", "--source", "PreSignUp", "--endpoint-url", &server.url()]);
    command.args(["--query", "[].event.userName", "--output", "text"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let waiting = command.spawn().expect("the binary starts");
    let client = client(&server, json!({ "PreSignUp": arn("f") }));
    assert_eq!(sign_up(&server, &client, "jane", "jane@example.test").status, 200);
    let output = waiting.wait_with_output().expect("the command ends");
    let written = String::from_utf8_lossy(&output.stdout);
    assert_eq!(written.trim(), "jane", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_replica_shows_the_calls_of_all() {
    let database = Database::create();
    let one = Server::start_with(database.store(), &["--trigger", "*=answer:{\"autoConfirmUser\":true}"]);
    let other = Server::start(database.store());
    let client = client(&one, json!({ "PreSignUp": arn("f") }));
    assert_eq!(sign_up(&one, &client, "jane", "jane@example.test").status, 200);
    assert_eq!(calls(&other, "?wait=20s")[0]["event"]["userName"], "jane");
}

#[test]
fn an_invoke_api_and_a_url() {
    let (lambda, requests) = web(|request| {
        match request.contains("\"joe\"") {
        true => "HTTP/1.1 200 OK\r\nX-Amz-Function-Error: Unhandled\r\nConnection: close\r\nContent-Length: 26\r\n\r\n\
                 {\"errorMessage\":\"Not you\"}"
            .to_owned(),
        false => ok(&confirmed(request)),
    }
    });
    let (url, _) = web(|request| ok(&confirmed(request)));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("functions.toml");
    let targets = format!(
        "[[triggers.target]]\narn = '*:one'\ninvoke = '{lambda}'\n[[triggers.target]]\narn = '*:two'\nhttp = '{url}/two'\n"
    );
    fs::write(&file, targets).expect("the file can be written");
    let server = start(&["--config", &file.display().to_string()]);

    let one = client(&server, json!({ "PreSignUp": format!("{}:live", arn("one")) }));
    assert_eq!(sign_up(&server, &one, "jane", "jane@example.test").json()["UserConfirmed"], true);
    let line = requests.recv().expect("the function is called");
    assert_eq!(line, "POST /2015-03-31/functions/one/invocations?Qualifier=live HTTP/1.1");
    let refused = sign_up(&server, &one, "joe", "joe@example.test");
    assert_eq!(error(&refused), "UserLambdaValidationException: PreSignUp failed with error Not you.");
    let two = client(&server, json!({ "PreSignUp": arn("two") }));
    assert_eq!(sign_up(&server, &two, "jane", "jane@example.test").json()["UserConfirmed"], true);
    let three = client(&server, json!({ "PreSignUp": arn("three") }));
    let unmapped = sign_up(&server, &three, "jane", "jane@example.test");
    assert_eq!(
        error(&unmapped),
        "UnexpectedLambdaException: PreSignUp invocation failed due to error ResourceNotFoundException."
    );
}

#[test]
fn unmapped_functions_may_be_skipped() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("functions.toml");
    fs::write(&file, "[triggers]\nunmapped = \"skip\"\n").expect("the file can be written");
    let server = start(&["--config", &file.display().to_string()]);
    let client = client(&server, json!({ "PreSignUp": arn("f") }));
    assert_eq!(sign_up(&server, &client, "jane", "jane@example.test").json()["UserConfirmed"], false);
    assert_eq!(calls(&server, "?source=PreSignUp")[0]["outcome"], "skipped");
}

#[test]
fn functions_that_misbehave() {
    let (elsewhere, requests) = web(|request| ok(&confirmed(request)));
    let (redirecting, _) =
        web(move |_| format!("HTTP/1.1 307 Elsewhere\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"));
    let failed = "UserLambdaValidationException: PreSignUp failed with error";
    let garbage = "InvalidLambdaResponseException: ";
    let unavailable = "UnexpectedLambdaException: PreSignUp invocation failed due to error ServiceException.";
    let cases = [
        ("crash", "command:exit 3".to_owned(), format!("{failed} Runtime exited with error: exit status 3.")),
        ("garbage", "command:echo hello".to_owned(), garbage.to_owned()),
        ("large", "command:head -c 7000000 /dev/zero | tr '\\0' 1".to_owned(), garbage.to_owned()),
        ("redirect", format!("http:{redirecting}"), unavailable.to_owned()),
        ("nobody", "http:http://127.0.0.1:1/".to_owned(), unavailable.to_owned()),
        (
            "missing",
            "node:/nowhere/f.js".to_owned(),
            format!("{failed} Runtime exited with error: exit status 1."),
        ),
    ];
    let triggers: Vec<String> = cases.iter().map(|(name, target, _)| format!("*:{name}={target}")).collect();
    let arguments: Vec<&str> = triggers.iter().flat_map(|trigger| ["--trigger", trigger]).collect();
    let server = start(&arguments);
    for (name, _, expected) in &cases {
        let client = client(&server, json!({ "PreSignUp": arn(name) }));
        let found = error(&sign_up(&server, &client, "jane", "jane@example.test"));
        assert!(found.starts_with(expected), "{name}: {found}");
    }
    assert!(requests.try_recv().is_err(), "the redirect was followed");
    assert!(!server.log().contains(PASSWORD), "{}", server.log());
}

#[test]
fn a_function_that_hangs_is_given_up_after_five_seconds() {
    let server = start(&["--trigger", "*=command:sleep 1000"]);
    let client = client(&server, json!({ "PreSignUp": arn("f") }));
    let begin = Instant::now();
    let answer = sign_up(&server, &client, "jane", "jane@example.test");
    assert!(
        error(&answer).starts_with("UnexpectedLambdaException: PreSignUp invocation failed"),
        "{answer:?}"
    );
    let spent = begin.elapsed();
    assert!(spent >= Duration::from_secs(5) && spent < Duration::from_secs(15), "{spent:?}");
    assert_eq!(calls(&server, "")[0]["error"], "the function did not answer in time");
}

#[test]
fn programs_end_with_the_server() {
    for end in [Server::kill9, |server: &mut Server| assert!(server.terminate().success())] {
        let program = format!("command:echo $$ > pid; exec node -e {}", shell_word(ECHO));
        let mut server = start(&["--trigger", &format!("*={program}")]);
        let client = client(&server, json!({ "PreSignUp": arn("f") }));
        assert_eq!(sign_up(&server, &client, "jane", "jane@example.test").status, 200);
        let pid = fs::read_to_string(server.folder().join("pid")).expect("the program wrote its id");
        end(&mut server);
        let begin = Instant::now();
        while run(&format!("kill -0 {}", pid.trim())) {
            assert!(begin.elapsed() < Duration::from_secs(20), "process {pid} goes on");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A program that gives every event back and keeps nothing going but its standard input.
const ECHO: &str = "process.stdin.pipe(process.stdout)";

fn shell_word(text: &str) -> String {
    format!("'{text}'")
}

fn run(line: &str) -> bool {
    let mut command = Command::new("sh");
    command.args(["-c", line]).stderr(std::process::Stdio::piped());
    run_to_end(command).0.success()
}

fn start(arguments: &[&str]) -> Server {
    Server::start_with(Store::Memory, arguments)
}

fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{name}")
}

/// A client of a new pool with these functions.
fn client(server: &Server, functions: Value) -> String {
    let input = json!({ "PoolName": "pool", "LambdaConfig": functions, "AutoVerifiedAttributes": ["email"] });
    let pool = server.ok("CreateUserPool", &input)["UserPool"]["Id"].clone();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let input = json!({ "UserPoolId": pool, "ClientName": "client", "ExplicitAuthFlows": flows });
    let client = server.ok("CreateUserPoolClient", &input)["UserPoolClient"]["ClientId"].clone();
    client.as_str().expect("an id is a text").to_owned()
}

fn sign_up(server: &Server, client: &str, username: &str, email: &str) -> Answer {
    server.call_unsigned(
        "SignUp",
        &json!({
            "ClientId": client,
            "Username": username,
            "Password": PASSWORD,
            "UserAttributes": [{ "Name": "email", "Value": email }],
            "ValidationData": [{ "Name": "note", "Value": "7h3 s3cret" }],
        }),
    )
}

/// Waits for a line: what a function writes comes by a pipe of its own.
fn logs(server: &Server, text: &str) {
    let begin = Instant::now();
    while !server.log().contains(text) {
        assert!(begin.elapsed() < Duration::from_secs(20), "{text} is not in {}", server.log());
        thread::sleep(Duration::from_millis(5));
    }
}

fn error(answer: &Answer) -> String {
    let error = answer.json();
    format!(
        "{}: {}",
        error["__type"].as_str().unwrap_or_default(),
        error["message"].as_str().unwrap_or_default()
    )
}

fn calls(server: &Server, query: &str) -> Vec<Value> {
    let answer = server.get(&format!("/_awsemu/triggers{query}"));
    answer.json().as_array().expect("calls are a list").clone()
}

fn claims(token: &Value) -> Value {
    let payload = token.as_str().and_then(|token| token.split('.').nth(1)).expect("a JWT has three parts");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("a JWT is base64url");
    serde_json::from_slice(&bytes).expect("claims are JSON")
}

/// A web server of the test: its URL, and the first lines of the requests that came.
fn web(answer: impl Fn(&str) -> String + Send + 'static) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("the socket has an address"));
    let (sender, requests) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let request = read(&mut stream);
            // A test that does not look at the requests has dropped the receiver.
            let _ = sender.send(request.lines().next().unwrap_or_default().to_owned());
            stream.write_all(answer(&request).as_bytes()).expect("the answer can be sent");
        }
    });
    (url, requests)
}

/// A whole request, by its `Content-Length`.
fn read(stream: &mut TcpStream) -> String {
    let mut request = String::new();
    loop {
        let mut chunk = [0; 4096];
        let length = stream.read(&mut chunk).expect("the request can be read");
        assert_ne!(length, 0, "the request broke off: {request}");
        request += std::str::from_utf8(&chunk[..length]).expect("the request is ASCII");
        let Some((head, body)) = request.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return request;
        }
    }
}

/// The event of a request with a PreSignUp answer that confirms.
fn confirmed(request: &str) -> String {
    let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let mut event: Value = serde_json::from_str(body).expect("an event is JSON");
    event["response"]["autoConfirmUser"] = json!(true);
    event.to_string()
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
