//! Starts the server, keeps house, and stops it on a signal.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use apigateway::invoke::Gateway;
use cognito_http::{BaseUrl, Stop};
use cognito_jwt::KeyReserve;
use cognito_ops::{App, HttpIdps, Ports, Reply};
use outbound::{Client, Guard};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::listen::Sockets;
use super::{log, mail, store};
use crate::config::Environment;
use crate::config::file::UserListMode;
use crate::config::server::{ServeOptions, ServerSettings};

/// Signing keys that are kept ready: enough for eight pools created in a row.
const KEYS: usize = 16;

/// How often expired records are deleted.
const SWEEP: Duration = Duration::from_secs(60);

/// Runs `awsemu serve` until SIGTERM or SIGINT.
///
/// # Errors
/// A text that says why the server can't start, or what ended it.
pub fn serve(options: ServeOptions, environment: &Environment) -> Result<(), String> {
    let settings = ServerSettings::load(options, environment)?;
    log::start(settings.log.as_deref())?;
    // The workers have threads of their own; this one only waits and sweeps.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("failed to start the runtime: {error}"))?;
    runtime.block_on(run(settings))
}

async fn run(settings: ServerSettings) -> Result<(), String> {
    let sockets = Sockets::open(&settings.listen)?;
    let base = BaseUrl::configured(settings.publish_url.as_deref(), settings.host.as_deref(), sockets.port())
        .map_err(|error| error.to_string())?;
    let http = cognito_http::Settings {
        issuer: settings.issuer,
        hosts: settings.hosts,
        origins: settings.origins,
        iam: settings.iam,
        tools_token: settings.tools_token,
        ..cognito_http::Settings::new(base)
    };
    let store = store::open(&settings.store).await?;
    let mailer = mail::mailer(settings.smtp)?;
    let real = Ports::real(KeyReserve::start(KEYS));
    // Who reaches this server from elsewhere shall not reach through it what stands beside it.
    let private = settings.private_networks.unwrap_or(!sockets.is_beyond_loopback());
    let idps = Arc::new(HttpIdps::new(Guard { private }));
    let ports = Ports { triggers: Arc::new(settings.functions), mailer, idps, ..real };
    let service = cognito_ops::Settings {
        fixed_code: settings.fixed_code,
        user_list: shows_users(settings.user_list, sockets.is_beyond_loopback()),
        plain_codes: settings.plain_codes,
        threat: settings.threat,
        ..cognito_ops::Settings::default()
    };
    let app = App::open(store, ports, service).await.map_err(|error| {
        format!(
            "failed to open the service: {}",
            error.source_chain().unwrap_or_else(|| error.message().to_owned())
        )
    })?;
    if sockets.is_beyond_loopback() {
        tracing::warn!(
            "other machines can reach this server: unless auth.iam = \"verify\" is set, everyone who does may administer all pools"
        );
    }
    let signals = Signals::catch().map_err(|error| format!("failed to catch signals: {error}"))?;
    if let Some(path) = &settings.port_file {
        write_port(path, sockets.port())
            .map_err(|error| format!("failed to write {}: {error}", path.display()))?;
    }
    let url = sockets.url();
    let gateway = Gateway::new(app.clone(), Client::new(Guard { private }));
    let serving = cognito_http::serve(gateway, http, sockets.listeners, |stop| {
        tokio::spawn(signals.stop(stop));
        announce(&url);
    });
    tokio::select! {
        ended = serving => ended.map_err(|error| format!("the server ended: {error}")),
        never = keep_house(&app) => match never {},
    }
}

/// Whether the sign-in page lists users: a click signs in without a password, so others see no list unasked.
fn shows_users(mode: UserListMode, beyond_loopback: bool) -> bool {
    if mode == UserListMode::Loopback && beyond_loopback {
        tracing::warn!(
            "other machines can reach this server: the sign-in page lists no users unless pages.user_list = \"everyone\" is set"
        );
    }
    match mode {
        UserListMode::Off => false,
        UserListMode::Loopback => !beyond_loopback,
        UserListMode::Everyone => true,
    }
}

/// The one line on standard output; scripts wait for it. A closed standard output is no reason to stop.
fn announce(url: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "awsemu is ready on {url}").and_then(|()| out.flush());
}

/// Writes the port so that a reader sees the whole file or none.
fn write_port(path: &Path, port: u16) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let temporary = path.with_file_name(name);
    std::fs::write(&temporary, format!("{port}\n"))?;
    std::fs::rename(&temporary, path)
}

/// What is done beside the requests, on a thread that serves none.
async fn keep_house(app: &App) -> Infallible {
    let (never, _) = tokio::join!(sweep(app), import(app));
    never
}

async fn sweep(app: &App) -> Infallible {
    loop {
        tokio::time::sleep(SWEEP).await;
        report("sweep", app.sweep().await);
    }
}

/// Does import jobs: those of this process at once, and now and then those that another one left.
async fn import(app: &App) -> Infallible {
    loop {
        report("import users", app.import_users().await);
        // Whether a job or the time for a look came first makes no difference.
        let _ = tokio::time::timeout(SWEEP, app.import_called()).await;
    }
}

fn report(what: &str, result: Reply<()>) {
    if let Err(error) = result {
        let cause = error.source_chain();
        tracing::error!("failed to {what}: {}", cause.as_deref().unwrap_or(error.message()));
    }
}

/// The signals that end the server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn catch() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn stop(mut self, stop: Stop) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        tracing::info!("stopping: requests in work are answered first");
        stop.stop().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sees_the_users() {
        let check = |mode, expected: [bool; 2]| {
            assert_eq!([false, true].map(|beyond| shows_users(mode, beyond)), expected, "{mode:?}");
        };
        check(UserListMode::Off, [false, false]);
        check(UserListMode::Loopback, [true, false]);
        check(UserListMode::Everyone, [true, true]);
    }

    #[test]
    fn the_port_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("port");
        std::fs::write(&path, "a longer text than a port").unwrap();
        write_port(&path, 4567).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "4567\n");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(write_port(&directory.path().join("missing/port"), 1).is_err());
    }
}
