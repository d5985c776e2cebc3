//! Where a request goes and who signs it: from options, environment and profile, in this order.

use std::io::IsTerminal as _;
use std::time::Duration;

use clap::ValueEnum as _;
use reqwest::Url;

use super::errors::CliError;
use super::globals::{Color, Globals};
use super::output::emit::{Format, Output};
use super::output::shape::TimeFormat;
use super::output::table::Style;
use super::profile::Profile;
use super::query::Query;
use super::sigv4::Credentials;
use super::timezone;
use crate::config::Environment;

/// Where `awsemu serve` listens unless it is told otherwise.
const DEFAULT_ENDPOINT: &str = "http://localhost:4566";
const DEFAULT_REGION: &str = "us-east-1";

/// Everything that a request needs beside its operation.
#[derive(Debug)]
pub struct Settings {
    /// The endpoint's URL.
    pub endpoint: Url,
    /// The region of the signature.
    pub region: String,
    /// Who signs; nobody with `--no-sign-request`.
    pub credentials: Option<Credentials>,
    /// How long to wait for a connection.
    pub connect_timeout: Option<Duration>,
    /// How long to wait for an answer.
    pub read_timeout: Option<Duration>,
    /// Whether the server's certificate is verified.
    pub verify_tls: bool,
    /// A file of certificates to trust instead of the system's.
    pub ca_bundle: Option<String>,
    /// Whether the environment names a proxy for `http://` endpoints.
    pub proxied: bool,
    /// Whether to say what is sent and received.
    pub debug: bool,
    /// How times are printed.
    pub times: TimeFormat,
    /// The profile's wish for the form of the output, or the environment's.
    output: Option<Format>,
}

impl Settings {
    /// Resolves the settings.
    ///
    /// # Errors
    /// `CliError::Configuration` for a profile, region, endpoint or output form that isn't usable;
    /// `CliError::Parameter` for such a `--endpoint-url`.
    pub fn resolve(globals: &Globals, environment: &Environment) -> Result<Self, CliError> {
        let named = globals.profile.as_deref().or(environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]));
        let profile = Profile::load(named, environment)?;
        let region = globals
            .region
            .as_deref()
            .or(environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
            .or(profile.get("region"))
            .unwrap_or(DEFAULT_REGION);
        if region.is_empty() || !region.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        {
            let text = format!("Provided region_name '{region}' doesn't match a supported format.");
            return Err(CliError::Configuration(text));
        }
        let credentials =
            if globals.no_sign_request { None } else { Some(credentials(globals, environment, &profile)?) };
        let seconds = |seconds: u64| (seconds > 0).then(|| Duration::from_secs(seconds));
        Ok(Self {
            endpoint: endpoint(globals, environment, &profile)?,
            region: region.to_owned(),
            credentials,
            connect_timeout: seconds(globals.cli_connect_timeout),
            read_timeout: seconds(globals.cli_read_timeout),
            verify_tls: !globals.no_verify_ssl,
            ca_bundle: globals.ca_bundle.clone().or(environment.get("AWS_CA_BUNDLE").map(str::to_owned)),
            proxied: environment.first(&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]).is_some(),
            debug: globals.debug,
            times: match profile.get("cli_timestamp_format") {
                Some("wire") => TimeFormat::Wire,
                _ => TimeFormat::Iso8601(timezone::local(environment)),
            },
            output: configured_output(environment, &profile)?,
        })
    }

    /// How the answer is printed on this process's standard output.
    ///
    /// # Errors
    /// When the query can't be parsed.
    pub fn output(&self, globals: &Globals) -> Result<Output, CliError> {
        let terminal = std::io::stdout().is_terminal();
        let default = if terminal { Format::Yaml } else { Format::Json };
        Ok(Output {
            format: globals.output.or(self.output).unwrap_or(default),
            query: globals.query.as_deref().map(Query::parse).transpose()?,
            style: Style {
                width: terminal_width(),
                color: match globals.color {
                    Color::On => true,
                    Color::Off => false,
                    Color::Auto => terminal,
                },
            },
        })
    }
}

fn terminal_width() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|width| *width > 0).unwrap_or(80)
}

fn endpoint(globals: &Globals, environment: &Environment, profile: &Profile) -> Result<Url, CliError> {
    if let Some(url) = &globals.endpoint_url {
        return parsed(url).map_err(|reason| {
            CliError::Parameter(format!("Bad value for --endpoint-url \"{url}\": {reason}"))
        });
    }
    let ignored = environment
        .get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let configured = environment
        .first(&["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"])
        .or(profile.service("endpoint_url"))
        .or(profile.get("endpoint_url"))
        .filter(|_| !ignored);
    let url = configured.or(environment.get("AWSEMU_ENDPOINT")).unwrap_or(DEFAULT_ENDPOINT);
    parsed(url).map_err(|reason| CliError::Configuration(format!("Invalid endpoint \"{url}\": {reason}")))
}

fn parsed(url: &str) -> Result<Url, &'static str> {
    const FORM: &str = "it must be of the form http://<hostname>/ or https://<hostname>/";
    let url = Url::parse(url).map_err(|_| FORM)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(FORM);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it must not have a query or a fragment");
    }
    Ok(url)
}

fn credentials(
    globals: &Globals,
    environment: &Environment,
    profile: &Profile,
) -> Result<Credentials, CliError> {
    let of_environment = (
        environment.get("AWS_ACCESS_KEY_ID"),
        environment.get("AWS_SECRET_ACCESS_KEY"),
        environment.get("AWS_SESSION_TOKEN"),
    );
    let of_profile = (
        profile.get("aws_access_key_id"),
        profile.get("aws_secret_access_key"),
        profile.get("aws_session_token"),
    );
    // A profile that is named on the command line goes before the environment.
    let order = match globals.profile {
        Some(_) => [("the profile", of_profile), ("the environment", of_environment)],
        None => [("the environment", of_environment), ("the profile", of_profile)],
    };
    for (place, (access_key, secret_key, session_token)) in order {
        match (access_key, secret_key) {
            (Some(access_key), Some(secret_key)) => {
                return Ok(Credentials {
                    access_key: access_key.to_owned(),
                    secret_key: secret_key.to_owned(),
                    session_token: session_token.map(str::to_owned),
                });
            }
            (Some(_), None) => {
                let text = format!("Partial credentials found in {place}, missing: the secret access key");
                return Err(CliError::Configuration(text));
            }
            (None, _) => {}
        }
    }
    Ok(Credentials { access_key: "test".to_owned(), secret_key: "test".to_owned(), session_token: None })
}

fn configured_output(environment: &Environment, profile: &Profile) -> Result<Option<Format>, CliError> {
    let Some(name) = environment.get("AWS_DEFAULT_OUTPUT").or(profile.get("output")) else { return Ok(None) };
    Format::from_str(name, true)
        .map(Some)
        .map_err(|_| CliError::Configuration(format!("Unknown output type: {name}")))
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    fn resolve(args: &[&str], variables: &[(&str, &str)]) -> Result<Settings, CliError> {
        let command = Globals::augment_args(clap::Command::new("test").no_binary_name(true));
        let globals = Globals::from_arg_matches(&command.get_matches_from(args)).unwrap();
        Settings::resolve(&globals, &Environment::of(variables.iter().copied()))
    }

    fn check(args: &[&str], variables: &[(&str, &str)], expected: &str) {
        let found = match resolve(args, variables) {
            Ok(settings) => {
                let key = settings.credentials.map_or("unsigned".to_owned(), |who| who.access_key);
                format!("{} {} {key}", settings.endpoint, settings.region)
            }
            Err(error) => format!("{}:{error}", error.exit_code()),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn order() {
        check(&[], &[], "http://localhost:4566/ us-east-1 test");
        check(&[], &[("AWSEMU_ENDPOINT", "http://a:1")], "http://a:1/ us-east-1 test");
        let both = [("AWSEMU_ENDPOINT", "http://a:1"), ("AWS_ENDPOINT_URL", "http://b")];
        check(&[], &both, "http://b/ us-east-1 test");
        let own =
            [("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "https://c/x"), ("AWS_ENDPOINT_URL", "http://b")];
        check(&[], &own, "https://c/x us-east-1 test");
        check(&["--endpoint-url", "http://d"], &own, "http://d/ us-east-1 test");
        let regions = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")];
        check(&[], &regions, "http://localhost:4566/ eu-west-1 test");
        check(&["--region", "eu-west-3"], &regions, "http://localhost:4566/ eu-west-3 test");
        let keys = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "S")];
        check(&[], &keys, "http://localhost:4566/ us-east-1 A");
        check(&["--no-sign-request"], &keys, "http://localhost:4566/ us-east-1 unsigned");
    }

    #[test]
    fn mistakes() {
        let form = "it must be of the form http://<hostname>/ or https://<hostname>/";
        check(&["--endpoint-url", "x"], &[], &format!("252:\nBad value for --endpoint-url \"x\": {form}"));
        check(
            &[],
            &[("AWS_ENDPOINT_URL", "ftp://x")],
            &format!("253:\nInvalid endpoint \"ftp://x\": {form}"),
        );
        check(
            &["--region", "a b"],
            &[],
            "253:\nProvided region_name 'a b' doesn't match a supported format.",
        );
        check(&["--profile", "p"], &[], "253:\nThe config profile (p) could not be found");
        check(&[], &[("AWS_DEFAULT_OUTPUT", "xml")], "253:\nUnknown output type: xml");
        let partial = "253:\nPartial credentials found in the environment, missing: the secret access key";
        check(&[], &[("AWS_ACCESS_KEY_ID", "A")], partial);
    }

    #[test]
    fn a_named_profile_goes_before_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        std::fs::write(&path, "[p]\naws_access_key_id = P\naws_secret_access_key = S\n").unwrap();
        let variables = [
            ("AWS_SHARED_CREDENTIALS_FILE", path.to_str().unwrap()),
            ("AWS_ACCESS_KEY_ID", "A"),
            ("AWS_SECRET_ACCESS_KEY", "S"),
        ];
        check(&["--profile", "p"], &variables, "http://localhost:4566/ us-east-1 P");
        check(&[], &variables, "http://localhost:4566/ us-east-1 A");
    }

    #[test]
    fn the_configured_output() {
        let settings = resolve(&[], &[("AWS_DEFAULT_OUTPUT", "text")]).unwrap();
        assert_eq!(settings.output, Some(Format::Text));
    }
}
