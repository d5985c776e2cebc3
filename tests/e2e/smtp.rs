//! E-mails by SMTP: `[smtp]` against a real mail server on loopback.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::python;
use super::server::{Server, Store};

/// How long a test waits for what another process does.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn codes_are_mailed() {
    let mailbox = Mailbox::start(&[]);
    let (server, client) = start(mailbox.port(), json!({}));
    sign_up(&server, &client, "jane", "jane@example.test");
    let mail = mailbox.mail(1);
    assert_eq!(
        (&mail["to"], &mail["from"]),
        (&json!("jane@example.test"), &json!("Awsemu <no-reply@example.test>"))
    );
    let kept = &server.get("/_awsemu/messages?username=jane").json()[0];
    assert_eq!((&mail["subject"], &mail["body"]), (&kept["subject"], &kept["body"]));
    assert!(kept["body"].as_str().is_some_and(|body| body.contains(kept["code"].as_str().unwrap_or("-"))));
    assert_eq!(mail["content-type"], "text/html; charset=\"utf-8\"");
}

#[test]
fn a_pool_may_name_the_sender() {
    let mailbox = Mailbox::start(&[]);
    let email = json!({
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/pool@example.test",
        "From": "Pool <pool@example.test>",
        "ReplyToEmailAddress": "help@example.test",
    });
    let (server, client) = start(mailbox.port(), json!({ "EmailConfiguration": email }));
    sign_up(&server, &client, "jane", "jane@example.test");
    let mail = mailbox.mail(1);
    assert_eq!(mail["from"], "Pool <pool@example.test>");
    assert_eq!(mail["reply-to"], "help@example.test");
}

#[test]
fn a_failure_is_tried_again_and_never_the_callers() {
    let mailbox = Mailbox::start(&[]);
    let (server, client) = start(mailbox.port(), json!({}));
    for name in ["never", "later"] {
        sign_up(&server, &client, name, &format!("{name}@example.test"));
    }
    assert_eq!(mailbox.mail(1)["to"], "later@example.test");
    let asked = mailbox.asked();
    let count = |address: &str| asked.iter().filter(|asked| *asked == address).count();
    assert_eq!((count("later@example.test"), count("never@example.test")), (2, 1), "{asked:?}");
    let code = server.get("/_awsemu/messages?username=never").json()[0]["code"].clone();
    let log = server.log();
    assert!(log.contains("failed to send an e-mail: "), "{log}");
    assert!(!log.contains(code.as_str().expect("a code is a text")), "{log}");
}

#[test]
fn nobody_listens() {
    let (server, client) = start(1, json!({}));
    sign_up(&server, &client, "jane", "jane@example.test");
    assert_eq!(server.get("/_awsemu/messages").json().as_array().map(Vec::len), Some(1));
}

/// The password of the mail server's account.
const PASSWORD: &str = "Passw0rd-of-mail";

#[test]
fn the_mail_server_may_want_tls_and_a_login() {
    for (tls, auth) in
        [("starttls", "PLAIN"), ("starttls", "LOGIN"), ("implicit", "PLAIN"), ("implicit", "LOGIN")]
    {
        let mailbox = Mailbox::start(&["--tls", tls, "--auth", auth]);
        let (server, client) = start_secure(&mailbox, tls, "localhost", PASSWORD, Trust::Given);
        sign_up(&server, &client, "jane", "jane@example.test");
        assert_eq!(mailbox.mail(1)["to"], "jane@example.test", "{tls} {auth}");
        assert_eq!(mailbox.logins(), json!([[auth, true]]), "{tls}");
        assert_eq!(server.log(), "", "{tls} {auth}");
    }
}

#[test]
fn a_wrong_password_is_told_in_the_log() {
    let mailbox = Mailbox::start(&["--tls", "starttls", "--auth", "PLAIN"]);
    let (server, client) = start_secure(&mailbox, "starttls", "localhost", "Wr0ng-passw0rd", Trust::Given);
    sign_up(&server, &client, "jane", "jane@example.test");
    let log = logged(&server, "failed to send an e-mail: permanent error (535)");
    assert!(!log.contains("Wr0ng-passw0rd") && !log.contains(&code(&server)), "{log}");
    assert_eq!(mailbox.logins(), json!([["PLAIN", false]]), "it is not tried again");
}

/// Neither the password nor a mail is told to a server that cannot prove who it is.
#[test]
fn a_certificate_must_be_trusted_and_of_that_name() {
    for (tls, host, trust) in [
        ("starttls", "localhost", Trust::Withheld),
        ("implicit", "localhost", Trust::Withheld),
        ("starttls", "127.0.0.1", Trust::Given),
        ("implicit", "127.0.0.1", Trust::Given),
    ] {
        let mailbox = Mailbox::start(&["--tls", tls, "--auth", "PLAIN"]);
        let (server, client) = start_secure(&mailbox, tls, host, PASSWORD, trust);
        sign_up(&server, &client, "jane", "jane@example.test");
        let log = logged(&server, "failed to send an e-mail, which is tried again: ");
        assert!(log.contains("certificate verify failed"), "{tls} {host}: {log}");
        assert!(!log.contains(PASSWORD) && !log.contains(&code(&server)), "{log}");
        assert!(!mailbox.folder.path().join("logins.json").exists(), "{tls} {host}");
    }
}

/// Whether the server under test trusts the certificate of the mail server.
#[derive(Clone, Copy)]
enum Trust {
    Given,
    Withheld,
}

fn start_secure(mailbox: &Mailbox, tls: &str, host: &str, password: &str, trust: Trust) -> (Server, String) {
    let port = mailbox.port();
    let url = match tls {
        "starttls" => format!("smtp://{host}:{port}?tls=required"),
        _ => format!("smtps://{host}:{port}"),
    };
    let account = format!("user = 'mailer'\npassword = '{password}'\n");
    let certificate = mailbox.folder.path().join("certificate.pem");
    let environment = match trust {
        Trust::Given => vec![("SSL_CERT_FILE", certificate.display().to_string())],
        Trust::Withheld => Vec::new(),
    };
    start_at(&url, &account, environment, json!({}))
}

/// The log, as soon as it has this text.
fn logged(server: &Server, text: &str) -> String {
    let begin = Instant::now();
    loop {
        let log = server.log();
        if log.contains(text) {
            return log;
        }
        assert!(begin.elapsed() < PATIENCE, "{text:?} is not in the log:\n{log}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The code that was kept for jane.
fn code(server: &Server) -> String {
    let kept = server.get("/_awsemu/messages?username=jane").json();
    kept[0]["code"].as_str().expect("a code is a text").to_owned()
}

fn start(port: u16, more: Value) -> (Server, String) {
    start_at(&format!("smtp://127.0.0.1:{port}"), "", Vec::new(), more)
}

fn start_at(
    url: &str,
    account: &str,
    environment: Vec<(&'static str, String)>,
    more: Value,
) -> (Server, String) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("mail.toml");
    let section = format!("[smtp]\nurl = '{url}'\nfrom = 'Awsemu <no-reply@example.test>'\n{account}");
    fs::write(&file, section).expect("the file can be written");
    let arguments = ["--config", &file.display().to_string()];
    let server = Server::start_in(Store::Memory, &arguments, environment);
    let mut input = json!({ "PoolName": "pool", "AutoVerifiedAttributes": ["email"] });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let pool = server.ok("CreateUserPool", &input)["UserPool"]["Id"].clone();
    let input = json!({ "UserPoolId": pool, "ClientName": "client" });
    let client = server.ok("CreateUserPoolClient", &input)["UserPoolClient"]["ClientId"].clone();
    (server, client.as_str().expect("an id is a text").to_owned())
}

fn sign_up(server: &Server, client: &str, username: &str, email: &str) {
    let attributes = json!([{ "Name": "email", "Value": email }]);
    let input = json!({ "ClientId": client, "Username": username, "Password": "Passw0rd!", "UserAttributes": attributes });
    server.ok("SignUp", &input);
}

/// A mail server; dropping it stops it.
struct Mailbox {
    process: Child,
    folder: TempDir,
}

impl Mailbox {
    fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut command = python::command("mailbox.py");
        let process = command.arg(folder.path()).args(options).spawn().expect("Python runs");
        Self { process, folder }
    }

    fn port(&self) -> u16 {
        read(&self.folder.path().join("port")).parse().expect("a port is a number")
    }

    /// The n-th e-mail, as soon as it is there.
    fn mail(&self, number: usize) -> Value {
        json(&self.folder.path().join(format!("{number}.json")))
    }

    /// The logins: by which mechanism, and whether they succeeded.
    fn logins(&self) -> Value {
        json(&self.folder.path().join("logins.json"))
    }

    /// The addresses of all attempts.
    fn asked(&self) -> Vec<Value> {
        json(&self.folder.path().join("asked.json")).as_array().expect("a list").clone()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&read(path)).expect("the mail server writes JSON")
}

/// A file that another process writes, as soon as it is there.
fn read(path: &Path) -> String {
    let begin = Instant::now();
    loop {
        match fs::read_to_string(path) {
            Ok(text) => return text,
            Err(_) if begin.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }
}
