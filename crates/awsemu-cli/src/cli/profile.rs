//! The AWS CLI's files: `~/.aws/config` and `~/.aws/credentials`.
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html>

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::errors::CliError;
use crate::config::Environment;

/// A profile's settings: the one that is chosen by `--profile` or `AWS_PROFILE`, or the default one.
#[derive(Debug, Default, PartialEq)]
pub struct Profile {
    settings: BTreeMap<String, String>,
    /// Settings of the profile's `services` section that are for this service.
    service: BTreeMap<String, String>,
}

impl Profile {
    /// The value of a setting, such as `region`; `None` if it is unset or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of a setting in the `cognito_identity_provider` part of the profile's `services` section.
    pub fn service(&self, name: &str) -> Option<&str> {
        self.service.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Reads the profile `name` from the user's files.
    ///
    /// # Errors
    /// `CliError::Configuration` if a file can't be understood, or if `name` is in neither file (the default profile
    /// may be missing).
    pub fn load(name: Option<&str>, environment: &Environment) -> Result<Self, CliError> {
        let config = read(environment, "AWS_CONFIG_FILE", "config")?;
        let credentials = read(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials")?;
        Self::choose(name, &config, &credentials)
    }

    fn choose(name: Option<&str>, config: &Sections, credentials: &Sections) -> Result<Self, CliError> {
        let wanted = name.unwrap_or("default");
        let in_config = config.iter().filter(|(section, _)| {
            let mut words = section.splitn(2, char::is_whitespace);
            match (words.next(), words.next()) {
                (Some("profile"), Some(profile)) => unquoted(profile) == wanted,
                (Some("default"), None) => wanted == "default",
                _ => false,
            }
        });
        let sections: Vec<&Section> =
            in_config.map(|(_, section)| section).chain(credentials.get(wanted)).collect();
        if let (Some(name), true) = (name, sections.is_empty()) {
            return Err(CliError::Configuration(format!("The config profile ({name}) could not be found")));
        }
        let mut profile = Self::default();
        for section in sections {
            profile.settings.extend(section.settings.clone());
        }
        if let Some(services) = profile.get("services") {
            let section = config.iter().find(|(name, _)| {
                name.strip_prefix("services").is_some_and(|name| unquoted(name) == services)
            });
            let Some((_, section)) = section else {
                let text = format!(
                    "The profile '{wanted}' is configured to use the services section but the '{services}' services configuration does not exist."
                );
                return Err(CliError::Configuration(text));
            };
            profile.service = section.nested.get("cognito_identity_provider").cloned().unwrap_or_default();
        }
        Ok(profile)
    }
}

type Sections = BTreeMap<String, Section>;

#[derive(Debug, Default, PartialEq)]
struct Section {
    settings: BTreeMap<String, String>,
    nested: BTreeMap<String, BTreeMap<String, String>>,
}

fn unquoted(name: &str) -> &str {
    let name = name.trim();
    ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(name)
}

/// Reads the file that the variable names, else the one in `~/.aws`. A missing file is an empty one.
fn read(environment: &Environment, variable: &str, name: &str) -> Result<Sections, CliError> {
    let path = match (environment.get(variable), environment.get("HOME")) {
        (Some(path), home) => expanded(path, home),
        (None, Some(home)) => PathBuf::from(home).join(".aws").join(name),
        (None, None) => return Ok(Sections::new()),
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Sections::new()),
        Err(error) => {
            return Err(CliError::Configuration(format!(
                "Unable to read config file: {}: {error}",
                path.display()
            )));
        }
    };
    parse(&text).map_err(|line| {
        CliError::Configuration(format!("Unable to parse config file: {}, line {line}", path.display()))
    })
}

/// The path with a leading `~` replaced by the home directory.
pub fn expanded(path: &str, home: Option<&str>) -> PathBuf {
    match (path.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            PathBuf::from(format!("{home}{rest}"))
        }
        _ => PathBuf::from(path),
    }
}

/// Parses the INI text; the error is the number of the line that can't be understood.
fn parse(text: &str) -> Result<Sections, usize> {
    let mut sections = Sections::new();
    let mut current: Option<&mut Section> = None;
    let mut parent: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').filter(|_| line.starts_with('[')) {
            let name = name.split_once(']').ok_or(index + 1)?.0.trim();
            current = Some(sections.entry(name.to_owned()).or_default());
            parent = None;
            continue;
        }
        let section = current.as_mut().ok_or(index + 1)?;
        let (key, value) = trimmed.split_once('=').ok_or(index + 1)?;
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        match &parent {
            Some(parent) if line.starts_with(char::is_whitespace) => {
                section.nested.entry(parent.clone()).or_default().insert(key, value);
            }
            _ => {
                parent = value.is_empty().then(|| key.clone());
                section.settings.insert(key, value);
            }
        }
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
# a comment
[default]
region = eu-west-1
output=text

[profile local]
region = eu-central-1
endpoint_url = http://localhost:1
services = lab
s3 =
  max_concurrent_requests = 20
cli_timestamp_format = wire

[profile \"two words\"]
region = us-west-2

[profile lost]
services = nowhere

[services lab]
cognito_identity_provider =
  endpoint_url = http://localhost:2
dynamodb =
  endpoint_url = http://localhost:3
";

    const CREDENTIALS: &str = "[default]\naws_access_key_id = A\n\n[local]\naws_access_key_id = B\n\n[other]\naws_access_key_id = C\n";

    fn check(profile: Option<&str>, setting: &str, expected: &str) {
        let found = Profile::choose(profile, &parse(CONFIG).unwrap(), &parse(CREDENTIALS).unwrap());
        let found = match found {
            Ok(profile) => profile.get(setting).unwrap_or("unset").to_owned(),
            Err(error) => format!("{}:{error}", error.exit_code()),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn profiles() {
        check(None, "region", "eu-west-1");
        check(None, "aws_access_key_id", "A");
        check(Some("default"), "output", "text");
        check(Some("local"), "region", "eu-central-1");
        check(Some("local"), "cli_timestamp_format", "wire");
        check(Some("local"), "aws_access_key_id", "B");
        check(Some("local"), "output", "unset");
        check(Some("local"), "max_concurrent_requests", "unset");
        check(Some("two words"), "region", "us-west-2");
        check(Some("other"), "aws_access_key_id", "C");
        check(Some("absent"), "region", "253:\nThe config profile (absent) could not be found");
        check(
            Some("lost"),
            "region",
            "253:\nThe profile 'lost' is configured to use the services section but the 'nowhere' services configuration does not exist.",
        );
    }

    #[test]
    fn services_section() {
        let profile = Profile::choose(Some("local"), &parse(CONFIG).unwrap(), &Sections::new()).unwrap();
        assert_eq!(profile.service("endpoint_url"), Some("http://localhost:2"));
    }

    #[test]
    fn broken_files() {
        assert_eq!(parse("region = x"), Err(1));
        assert_eq!(parse("[default]\nnothing"), Err(2));
        assert_eq!(parse("[default"), Err(1));
    }

    #[test]
    fn files_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_str().unwrap();
        std::fs::create_dir(folder.path().join(".aws")).unwrap();
        std::fs::write(folder.path().join(".aws/config"), CONFIG).unwrap();
        std::fs::write(folder.path().join("other"), "[default]\naws_access_key_id = Z\n").unwrap();
        let environment = Environment::of([("HOME", home), ("AWS_SHARED_CREDENTIALS_FILE", "~/other")]);
        let profile = Profile::load(None, &environment).unwrap();
        assert_eq!((profile.get("region"), profile.get("aws_access_key_id")), (Some("eu-west-1"), Some("Z")));
        assert_eq!(Profile::load(None, &Environment::of([])).unwrap(), Profile::default());
    }
}
