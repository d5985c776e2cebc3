//! The client commands as processes, against a server in the test that records requests and answers what it was told.
#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A request as it arrived.
#[derive(Clone, Debug)]
struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// A server with canned answers, each a status and a body.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    fn new(answers: impl IntoIterator<Item = (u16, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        std::thread::spawn(move || {
            while let Some((status, body)) = answers.pop_front() {
                let (stream, _) = listener.accept().unwrap();
                recorded.lock().unwrap().push(read(&stream));
                let head = format!(
                    "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                (&stream).write_all(format!("{head}{body}").as_bytes()).unwrap();
            }
        });
        Self { url, requests }
    }

    fn answering(answer: &Value) -> Self {
        Self::new([(200, answer.to_string())])
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    fn run(&self, words: &str) -> Outcome {
        run(words, &[("AWS_ENDPOINT_URL", &self.url)])
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        match header.trim().split_once(':') {
            Some((name, value)) => headers.push((name.to_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut request = Request { line: line.trim().to_owned(), headers, body: String::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request.body = String::from_utf8(body).unwrap();
    request
}

/// What a process left behind.
struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program with an environment of its own.
fn program(words: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_awsemu"));
    command.args(words.split_whitespace()).env_clear().envs(variables.iter().copied()).env("TZ", "UTC");
    command
}

fn run(words: &str, variables: &[(&str, &str)]) -> Outcome {
    program(words, variables).output().unwrap().into()
}

fn check(outcome: &Outcome, code: i32, stdout: &str, stderr: &str) {
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str(), outcome.code), (stdout, stderr, code));
}

#[test]
fn a_signed_call() {
    let server =
        Server::answering(&json!({"UserAttributes": [{"Value": "1", "Name": "sub"}], "Username": "u"}));
    let outcome =
        server.run("cognito-idp admin-get-user --user-pool-id us-west-2_a --username ü --region us-west-2");
    let answer = "{\n    \"Username\": \"u\",\n    \"UserAttributes\": [\n        {\n            \"Name\": \"sub\",\n            \"Value\": \"1\"\n        }\n    ]\n}\n";
    check(&outcome, 0, answer, "");
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST / HTTP/1.1");
    assert_eq!(request.header("x-amz-target"), Some("AWSCognitoIdentityProviderService.AdminGetUser"));
    assert_eq!(request.header("content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(request.body, r#"{"UserPoolId":"us-west-2_a","Username":"ü"}"#);
    let authorization = request.header("authorization").unwrap();
    let day = &request.header("x-amz-date").unwrap()[..8];
    let expected = format!(
        "AWS4-HMAC-SHA256 Credential=test/{day}/us-west-2/cognito-idp/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
    );
    assert!(authorization.starts_with(&expected), "{authorization}");
}

#[test]
fn options_may_be_cut_short() {
    let server = Server::answering(&json!({}));
    let password = "cognito-idp admin-set-user-password --user-pool us-east-1_a --username u --pass=p";
    assert_eq!(server.run(&format!("{password} --perm")).code, 0);
    let body = r#"{"UserPoolId":"us-east-1_a","Username":"u","Password":"p","Permanent":true}"#;
    assert_eq!(server.requests()[0].body, body);
    assert_eq!(server.run(&format!("{password} --user x")).code, 252, "it may be one of two");
}

#[test]
fn temporary_credentials() {
    let server = Server::answering(&json!({}));
    let variables = [
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_ACCESS_KEY_ID", "A"),
        ("AWS_SECRET_ACCESS_KEY", "S"),
        ("AWS_SESSION_TOKEN", "T"),
    ];
    let outcome = run("cognito-idp delete-user-pool --user-pool-id us-east-1_a", &variables);
    check(&outcome, 0, "", "");
    let request = &server.requests()[0];
    assert_eq!(request.header("x-amz-security-token"), Some("T"));
    assert!(
        request.header("authorization").unwrap().contains("x-amz-date;x-amz-security-token;x-amz-target")
    );
}

#[test]
fn calls_that_are_not_signed() {
    for words in [
        "cognito-idp sign-up --client-id abc --username u --password p",
        "cognito-idp list-groups --user-pool-id us-east-1_a --no-sign-request",
    ] {
        let server = Server::answering(&json!({}));
        check(&server.run(words), 0, "", "");
        assert_eq!(server.requests()[0].header("authorization"), None, "{words}");
    }
}

#[test]
fn errors_of_the_service() {
    let answer = json!({"__type": "UserNotFoundException", "message": "User does not exist."});
    let server = Server::new([(400, answer.to_string())]);
    let outcome = server.run("cognito-idp admin-get-user --user-pool-id us-east-1_a --username u");
    let text = "\nAn error occurred (UserNotFoundException) when calling the AdminGetUser operation: User does not exist.\n";
    check(&outcome, 254, "", text);
}

#[test]
fn no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let outcome = run(&format!("cognito-idp list-user-pools --endpoint-url {url}"), &[]);
    let text = format!(
        "\nCould not connect to the endpoint URL: \"{url}/\" (Connection refused (os error 111))\n\
         Is the server running? Start it with: awsemu serve\n"
    );
    check(&outcome, 255, "", &text);
}

#[test]
fn a_server_that_hangs() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let outcome = run(&format!("cognito-idp list-user-pools --endpoint-url {url} --cli-read-timeout 1"), &[]);
    check(&outcome, 255, "", &format!("\nRead timeout on endpoint URL: \"{url}/\"\n"));
}

#[test]
fn a_server_that_talks_nonsense() {
    let server = Server::new([(200, "<html>".to_owned())]);
    let outcome = server.run("cognito-idp list-user-pools");
    assert_eq!(outcome.code, 255);
    assert!(
        outcome.stderr.starts_with("\nUnable to parse the response of http://127.0.0.1:"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn mistakes() {
    for (words, code, last) in [
        ("", 252, "awsemu: error: the following arguments are required: command"),
        ("cognito-idp", 252, "awsemu: error: the following arguments are required: operation"),
        (
            "cognito-idp admin-get-user",
            252,
            "awsemu: error: the following arguments are required: --user-pool-id, --username",
        ),
        ("cognito-idp list-user-pool", 252, "  * list-user-pool-replicas"),
        (
            "cognito-idp list-groups --user-pool-id p --profile nope",
            253,
            "The config profile (nope) could not be found",
        ),
        ("cognito-idp list-groups --user-pool-id p --query a[", 252, "  ^"),
        ("nope", 252, "awsemu: error: unrecognized subcommand 'nope'"),
    ] {
        let outcome = run(words, &[]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{words}: {}", outcome.stderr);
        assert_eq!(outcome.stderr.lines().last(), Some(last), "{words}");
    }
}

fn two_pages() -> Server {
    Server::new([
        (200, json!({"Groups": [{"GroupName": "a"}, {"GroupName": "b"}], "NextToken": "n"}).to_string()),
        (200, json!({"Groups": [{"GroupName": "c"}]}).to_string()),
    ])
}

#[test]
fn pages() {
    let server = two_pages();
    let outcome = server
        .run("cognito-idp list-groups --user-pool-id us-east-1_a --query Groups[].GroupName --page-size 2");
    check(&outcome, 0, "[\n    \"a\",\n    \"b\",\n    \"c\"\n]\n", "");
    let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(
        bodies,
        [
            r#"{"UserPoolId":"us-east-1_a","Limit":2}"#,
            r#"{"UserPoolId":"us-east-1_a","Limit":2,"NextToken":"n"}"#
        ]
    );
    let outcome = two_pages().run("cognito-idp list-groups --user-pool-id us-east-1_a --output text");
    check(&outcome, 0, "GROUPS\ta\nGROUPS\tb\nGROUPS\tc\n", "");
    let outcome =
        two_pages().run("cognito-idp list-groups --user-pool-id us-east-1_a --output text --max-items 1");
    let token = "eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ==";
    check(&outcome, 0, &format!("GROUPS\ta\nNEXTTOKEN\t{token}\n"), "");
    let outcome =
        two_pages().run("cognito-idp list-groups --user-pool-id us-east-1_a --output yaml --no-paginate");
    check(&outcome, 0, "Groups:\n- GroupName: a\n- GroupName: b\nNextToken: n\n", "");
    let outcome = two_pages().run("cognito-idp list-groups --user-pool-id us-east-1_a --output yaml-stream");
    check(&outcome, 0, "- Groups:\n  - GroupName: a\n  - GroupName: b\n- Groups:\n  - GroupName: c\n", "");
}

#[test]
fn inputs_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("attributes.json"), r#"[{"Name": "email", "Value": "a@b.c"}]"#).unwrap();
    std::fs::write(path("input.yaml"), "UserPoolId: us-east-1_a  # a comment\nUsername: u\n").unwrap();
    let server = Server::answering(&json!({}));
    let words = format!(
        "cognito-idp admin-update-user-attributes --cli-input-yaml file://{} --user-attributes file://{}",
        path("input.yaml"),
        path("attributes.json")
    );
    check(&server.run(&words), 0, "", "");
    let body: Value = serde_json::from_str(&server.requests()[0].body).unwrap();
    let attributes = json!([{"Name": "email", "Value": "a@b.c"}]);
    assert_eq!(body, json!({"UserPoolId": "us-east-1_a", "Username": "u", "UserAttributes": attributes}));
}

#[test]
fn profiles() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::answering(&json!({"UserPool": {"CreationDate": 1.5}}));
    let config = folder.path().join("config");
    let text = format!(
        "[profile p]\nregion = eu-west-1\noutput = yaml\nservices = s\n\n[services s]\ncognito_identity_provider =\n  endpoint_url = {}/prefix\n",
        server.url
    );
    std::fs::write(&config, text).unwrap();
    let variables = [("AWS_CONFIG_FILE", config.to_str().unwrap()), ("AWS_PROFILE", "p")];
    let outcome = run("cognito-idp describe-user-pool --user-pool-id eu-west-1_a", &variables);
    check(&outcome, 0, "UserPool:\n  CreationDate: '1970-01-01T00:00:01.500000+00:00'\n", "");
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /prefix HTTP/1.1");
    assert!(request.header("authorization").unwrap().contains("/eu-west-1/cognito-idp/"));
}

#[test]
fn nothing_secret_in_debug_output() {
    let server =
        Server::answering(&json!({"AuthenticationResult": {"AccessToken": "hidden", "ExpiresIn": 3600}}));
    let outcome = server.run(
        "cognito-idp admin-initiate-auth --user-pool-id us-east-1_a --client-id abc --auth-flow X --auth-parameters USERNAME=u,PASSWORD=hidden --debug --output off",
    );
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""));
    assert!(
        outcome.stderr.contains("AdminInitiateAuth") && outcome.stderr.contains("3600"),
        "{}",
        outcome.stderr
    );
    assert!(
        !outcome.stderr.contains("hidden") && !outcome.stderr.contains("Signature"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn nothing_is_sent_for_skeletons_and_help() {
    for (words, start) in [
        ("cognito-idp confirm-device --generate-cli-skeleton", "{\n    \"AccessToken\": \"\",\n"),
        ("cognito-idp confirm-device --generate-cli-skeleton yaml-input", "AccessToken: ''  # [REQUIRED]\n"),
        ("cognito-idp help", "NAME\n    cognito-idp - "),
        ("help cognito-idp", "NAME\n    cognito-idp - "),
        ("help cognito-idp confirm-device", "NAME\n    confirm-device - "),
        ("cognito-idp --help", "NAME\n    cognito-idp - "),
        ("cognito-idp confirm-device help", "NAME\n    confirm-device - "),
        ("cognito-idp confirm-device --help", "NAME\n    confirm-device - "),
        ("help", "An Amazon Cognito user pool outside AWS"),
        ("--version", "awsemu 0."),
        ("completions bash", "_awsemu() {"),
    ] {
        let outcome = run(words, &[]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{words}");
        assert!(outcome.stdout.starts_with(start), "{words}: {}", outcome.stdout);
    }
}

#[test]
fn a_reader_that_goes_away() {
    let mut child =
        program("completions zsh", &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    check(&child.wait_with_output().unwrap().into(), 0, "", "");
}

#[test]
fn messages() {
    let server = Server::answering(&json!([{"id": "1", "code": "123456", "body": "Your code is 123456"}]));
    let outcome = server.run(
        "messages --wait 10s --user-pool-id us-east-1_a --username a+b@c.d --query [0].code --output text",
    );
    check(&outcome, 0, "123456\n", "");
    let line = &server.requests()[0].line;
    assert_eq!(
        line,
        "GET /_awsemu/messages?user_pool_id=us-east-1_a&username=a%2Bb%40c.d&wait=10000ms HTTP/1.1"
    );
}

#[test]
fn triggers() {
    let server = Server::answering(&json!([{"trigger_source": "PreSignUp_SignUp", "duration_ms": 3}]));
    let outcome = server.run("triggers --source PreSignUp --wait 1m --query [0].duration_ms --output text");
    check(&outcome, 0, "3\n", "");
    let line = &server.requests()[0].line;
    assert_eq!(line, "GET /_awsemu/triggers?source=PreSignUp&wait=60000ms HTTP/1.1");
}

#[test]
fn clock() {
    for (words, request, body) in [
        ("clock", "GET", ""),
        ("clock show", "GET", ""),
        ("clock advance 1h", "POST", r#"{"advance_seconds":3600}"#),
        ("clock advance 90", "POST", r#"{"advance_seconds":90}"#),
        ("clock freeze", "POST", r#"{"freeze":true}"#),
        ("clock freeze 2026-01-01T00:00:00Z", "POST", r#"{"freeze":"2026-01-01T00:00:00Z"}"#),
        ("clock resume", "POST", r#"{"freeze":false}"#),
        ("clock reset", "POST", r#"{"reset":true}"#),
    ] {
        let server = Server::answering(&json!({"now": "n", "offset_seconds": 7, "frozen": false}));
        check(&server.run(&format!("{words} --query offset_seconds --output text")), 0, "7\n", "");
        let sent = &server.requests()[0];
        assert_eq!(
            (sent.line.as_str(), sent.body.as_str()),
            (&*format!("{request} /_awsemu/clock HTTP/1.1"), body)
        );
    }
    assert_eq!(run("clock advance 500ms", &[]).code, 252);
    assert_eq!(run("clock advance soon", &[]).code, 252);
    assert_eq!(run("clock back", &[]).code, 252);
}
