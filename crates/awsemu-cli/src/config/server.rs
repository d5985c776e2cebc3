//! The settings of `awsemu serve`: options, environment and file put together.

use std::path::{Path, PathBuf};

use clap::Args;
use cognito_core::threat::Knowledge;
use cognito_http::{AccessKey, Iam, IssuerMode};
use cognito_ops::FunctionMap;

use super::file::{ConfigurationFile, DEFAULT, IamMode, KeySection, SmtpSection, UserListMode};
use super::{Environment, threat, triggers};

/// The options of `awsemu serve`.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeOptions {
    /// Listen on this address (may be given several times); `localhost:PORT` is both loopback addresses, port 0
    /// chooses a free one [default: localhost:4566]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Vec<String>,
    /// Write the port to this file as soon as the server listens
    #[arg(long, value_name = "PATH")]
    pub port_file: Option<PathBuf>,
    /// Keep the state in this directory [default: .awsemu]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["ephemeral", "store"])]
    pub data_dir: Option<PathBuf>,
    /// Keep the state in memory only
    #[arg(long, conflicts_with = "store")]
    pub ephemeral: bool,
    /// Keep the state in this PostgreSQL database: postgres://user:password@host:port/database
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// Begin issuers and all other URLs with this URL [default: http://localhost:PORT]
    #[arg(long, value_name = "URL")]
    pub publish_url: Option<String>,
    /// Take the issuer of tokens from the publish URL, from each request, or write it as AWS does
    #[arg(long, value_name = "MODE", value_parser = ["public", "request", "aws"])]
    pub issuer: Option<String>,
    /// Read this configuration file [default: awsemu.toml, if it exists]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Let this answer for the Lambda functions whose ARNs match a glob (may be given several times, the first match
    /// counts): invoke:URL, http:URL, command:CMD, node:FILE#HANDLER, python:FILE#HANDLER or answer:JSON
    #[arg(long = "trigger", value_name = "GLOB=KIND:VALUE")]
    pub triggers: Vec<String>,
    /// Log this much to standard error: error, warn, info, debug, trace, or a filter such as `awsemu::access=info`
    /// [default: warn]
    #[arg(long, value_name = "LEVEL")]
    pub log: Option<String>,
}

/// What a server is started with.
#[derive(Debug)]
pub struct ServerSettings {
    /// Empty: the default.
    pub listen: Vec<String>,
    pub port_file: Option<PathBuf>,
    pub store: StoreChoice,
    pub publish_url: Option<String>,
    /// `host`, `host:port` or a URL; used without a publish URL.
    pub host: Option<String>,
    pub issuer: IssuerMode,
    pub hosts: Vec<String>,
    pub origins: Vec<String>,
    pub iam: Iam,
    pub fixed_code: Option<String>,
    pub tools_token: Option<String>,
    pub plain_codes: bool,
    pub functions: FunctionMap,
    pub smtp: Option<SmtpSection>,
    /// Whether URLs that pools name may lead to loopback and private networks; by default if nobody else can name
    /// any.
    pub private_networks: Option<bool>,
    pub user_list: UserListMode,
    pub threat: Knowledge,
    pub log: Option<String>,
}

/// Where the state is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StoreChoice {
    Directory(PathBuf),
    Memory,
    Postgres(String),
}

impl ServerSettings {
    /// Puts the settings together: an option counts before the file, the file before the environment.
    ///
    /// # Errors
    /// A text that names the setting and what is wrong with it.
    pub fn load(options: ServeOptions, environment: &Environment) -> Result<Self, String> {
        let file = match &options.config {
            Some(path) => ConfigurationFile::read(path)?,
            None if Path::new(DEFAULT).exists() => ConfigurationFile::read(Path::new(DEFAULT))?,
            None => ConfigurationFile::default(),
        };
        Self::merge(options, file, environment)
    }

    fn merge(
        options: ServeOptions,
        file: ConfigurationFile,
        environment: &Environment,
    ) -> Result<Self, String> {
        let store = store(&options, &file)?;
        let issuer = options.issuer.or(file.server.issuer);
        let published =
            || environment.first(&["AWSEMU_PUBLISH_URL", "LOCALEMU_PUBLISH_URL"]).map(str::to_owned);
        Ok(Self {
            listen: if options.listen.is_empty() { file.server.listen } else { options.listen },
            port_file: options.port_file,
            store,
            publish_url: options.publish_url.or(file.server.publish_url).or_else(published),
            host: environment.first(&["AWSEMU_HOST", "LOCALEMU_HOST"]).map(str::to_owned),
            issuer: issuer.map(|mode| mode.parse()).transpose()?.unwrap_or_default(),
            hosts: file.server.hosts,
            origins: origins(file.cors.origins)?,
            iam: iam(file.auth.iam, file.auth.keys)?,
            fixed_code: fixed_code(file.codes.fixed)?,
            tools_token: tools_token(file.tools.token)?,
            plain_codes: file.triggers.plain_codes,
            smtp: file.smtp,
            private_networks: file.outbound.private_networks,
            user_list: file.pages.user_list,
            threat: threat::knowledge(file.threat)?,
            functions: triggers::functions(&options.triggers, file.triggers)?,
            log: options.log.or_else(|| environment.get("AWSEMU_LOG").map(str::to_owned)),
        })
    }
}

fn store(options: &ServeOptions, file: &ConfigurationFile) -> Result<StoreChoice, String> {
    let choices = |directory: &Option<PathBuf>, memory: bool, url: &Option<String>| {
        let directory = directory.clone().map(StoreChoice::Directory);
        let memory = memory.then_some(StoreChoice::Memory);
        [directory, memory, url.clone().map(StoreChoice::Postgres)].into_iter().flatten().collect::<Vec<_>>()
    };
    let mut chosen = choices(&options.data_dir, options.ephemeral, &options.store);
    if chosen.is_empty() {
        chosen = choices(&file.store.data_dir, file.store.ephemeral, &file.store.url);
    }
    match chosen.len() {
        0 => Ok(StoreChoice::Directory(".awsemu".into())),
        1 => Ok(chosen.remove(0)),
        _ => Err("store.data_dir, store.url and store.ephemeral exclude each other".to_owned()),
    }
}

fn iam(mode: IamMode, keys: Vec<KeySection>) -> Result<Iam, String> {
    for key in &keys {
        let account = key.account.as_deref();
        if account
            .is_some_and(|account| account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return Err(format!("auth.keys: the account of {} must have 12 digits", key.access_key_id));
        }
        if key.access_key_id.is_empty() || key.secret_access_key.is_empty() {
            return Err("auth.keys: access_key_id and secret_access_key must not be empty".to_owned());
        }
    }
    let access_key = |key: KeySection| AccessKey {
        id: key.access_key_id,
        secret: key.secret_access_key,
        account: key.account,
    };
    match mode {
        IamMode::Any => Ok(Iam::Any),
        IamMode::Verify if keys.is_empty() => Err(
            "auth.iam = \"verify\" needs a key: add [[auth.keys]] with access_key_id and secret_access_key"
                .to_owned(),
        ),
        IamMode::Verify => Ok(Iam::Verify(keys.into_iter().map(access_key).collect())),
    }
}

fn origins(origins: Vec<String>) -> Result<Vec<String>, String> {
    for origin in &origins {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', '*', ' '])) {
            return Err(format!(
                "cors.origins: {origin:?} is not like https://app.example.test or http://localhost:3000"
            ));
        }
    }
    Ok(origins)
}

fn fixed_code(code: Option<String>) -> Result<Option<String>, String> {
    match &code {
        Some(text) if !(1..=16).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err("codes.fixed must be a text of digits, such as \"123456\"".to_owned())
        }
        _ => Ok(code),
    }
}

fn tools_token(token: Option<String>) -> Result<Option<String>, String> {
    match &token {
        Some(text) if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err("tools.token must be a text of visible ASCII characters".to_owned())
        }
        _ => Ok(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults() {
        let settings = merge(ServeOptions::default(), "", &[]).unwrap();
        assert!(settings.listen.is_empty() && settings.publish_url.is_none() && settings.host.is_none());
        assert_eq!(settings.store, StoreChoice::Directory(".awsemu".into()));
        assert_eq!((settings.issuer, settings.log), (IssuerMode::Public, None));
        assert!(matches!(settings.iam, Iam::Any));
    }

    #[test]
    fn the_publish_url_in_order() {
        let all = [
            ("AWSEMU_PUBLISH_URL", "http://c"),
            ("LOCALEMU_PUBLISH_URL", "http://d"),
            ("LOCALEMU_HOST", "e"),
        ];
        let file = "[server]\npublish_url = \"http://b\"";
        let option = ServeOptions { publish_url: Some("http://a".to_owned()), ..ServeOptions::default() };
        let url = |options, file, environment: &[_]| merge(options, file, environment).unwrap().publish_url;
        assert_eq!(url(option, file, &all).as_deref(), Some("http://a"));
        assert_eq!(url(ServeOptions::default(), file, &all).as_deref(), Some("http://b"));
        assert_eq!(url(ServeOptions::default(), "", &all).as_deref(), Some("http://c"));
        assert_eq!(url(ServeOptions::default(), "", &all[1..]).as_deref(), Some("http://d"));
        assert_eq!(url(ServeOptions::default(), "", &all[2..]), None);
        let host = |environment: &[_]| merge(ServeOptions::default(), "", environment).unwrap().host;
        assert_eq!(host(&all).as_deref(), Some("e"));
        assert_eq!(host(&[("AWSEMU_HOST", "f"), all[2]]).as_deref(), Some("f"));
    }

    #[test]
    fn an_option_for_the_store_replaces_the_section() {
        let file = "[store]\nurl = \"postgres://x\"";
        let memory = ServeOptions { ephemeral: true, ..ServeOptions::default() };
        assert_eq!(merge(memory, file, &[]).unwrap().store, StoreChoice::Memory);
        let store = merge(ServeOptions::default(), file, &[]).unwrap().store;
        assert_eq!(store, StoreChoice::Postgres("postgres://x".to_owned()));
    }

    #[test]
    fn errors() {
        check("[store]\nephemeral = true\ndata_dir = \"a\"", "exclude each other");
        check("[server]\nissuer = \"other\"", "public, request and aws");
        check("[auth]\niam = \"verify\"", "needs a key");
        check(
            "[[auth.keys]]\naccess_key_id = \"a\"\nsecret_access_key = \"b\"\naccount = \"1\"",
            "12 digits",
        );
        check("[[auth.keys]]\naccess_key_id = \"a\"\nsecret_access_key = \"\"", "must not be empty");
        check("[codes]\nfixed = \"abc\"", "codes.fixed");
        check("[cors]\norigins = [\"*\"]", "cors.origins");
        check("[cors]\norigins = [\"https://a/b\"]", "cors.origins");
        check("[tools]\ntoken = \"\"", "tools.token");
        check("[[triggers.target]]\narn = \"*\"", "triggers.target");
    }

    fn check(file: &str, expected: &str) {
        let error = merge(ServeOptions::default(), file, &[]).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }

    fn merge(
        options: ServeOptions,
        file: &str,
        environment: &[(&str, &str)],
    ) -> Result<ServerSettings, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("awsemu.toml");
        std::fs::write(&path, file).unwrap();
        let environment = Environment::of(environment.iter().copied());
        ServerSettings::merge(options, ConfigurationFile::read(&path).unwrap(), &environment)
    }
}
