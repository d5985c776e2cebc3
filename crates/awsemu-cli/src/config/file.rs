//! The configuration file of the server, `awsemu.toml` or a JSON file of the same shape.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The file that is read when none is named, if it exists.
pub const DEFAULT: &str = "awsemu.toml";

/// The whole file. A key that isn't one of these is an error, so that a misspelt one isn't passed over.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigurationFile {
    pub server: ServerSection,
    pub smtp: Option<SmtpSection>,
    pub auth: AuthSection,
    pub codes: CodesSection,
    pub cors: CorsSection,
    pub outbound: OutboundSection,
    pub pages: PagesSection,
    pub store: StoreSection,
    pub threat: ThreatSection,
    pub tools: ToolsSection,
    pub triggers: TriggersSection,
}

/// `[server]`: addresses and names.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSection {
    /// Addresses to listen on.
    pub listen: Vec<String>,
    /// What the URLs that we hand out begin with.
    pub publish_url: Option<String>,
    /// `public`, `request` or `aws`.
    pub issuer: Option<String>,
    /// Hosts that are answered besides loopback names and the base.
    pub hosts: Vec<String>,
}

/// `[auth]`: whose signatures are accepted.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSection {
    pub iam: IamMode,
    pub keys: Vec<KeySection>,
}

/// `auth.iam`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum IamMode {
    /// Any well-formed signature.
    #[default]
    Any,
    /// Signatures that are right.
    Verify,
}

/// `[[auth.keys]]`.
#[derive(Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct KeySection {
    pub access_key_id: String,
    /// Not printed by `Debug`.
    pub secret_access_key: String,
    /// 12 digits.
    pub account: Option<String>,
}

impl std::fmt::Debug for KeySection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("KeySection")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// `[codes]`.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct CodesSection {
    /// Every confirmation code is this one.
    pub fixed: Option<String>,
}

/// `[cors]`.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct CorsSection {
    /// Origins of pages that may call IAM operations and `/_awsemu/`.
    pub origins: Vec<String>,
}

/// `[outbound]`: the URLs that pools name, such as those of identity providers.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct OutboundSection {
    /// Whether they may lead to loopback and private networks.
    pub private_networks: Option<bool>,
}

/// `[pages]`: the login pages.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct PagesSection {
    pub user_list: UserListMode,
}

/// `pages.user_list`: to whom the sign-in page shows the pool's users, for a sign-in with a click.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum UserListMode {
    /// To nobody.
    #[default]
    Off,
    /// To this machine: not if the server listens beyond loopback.
    Loopback,
    /// To everyone who reaches the server.
    Everyone,
}

/// `[store]`: where the state is kept.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSection {
    pub data_dir: Option<PathBuf>,
    pub url: Option<String>,
    pub ephemeral: bool,
}

/// `[threat]`: what threat protection knows, which AWS learns from the sign-ins of all its customers.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ThreatSection {
    /// Passwords that others have, too.
    pub compromised_passwords: Vec<String>,
    /// From where sign-ins are risky.
    pub risky_addresses: Vec<RiskyAddresses>,
}

/// `[[threat.risky_addresses]]`.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct RiskyAddresses {
    /// In CIDR notation.
    pub range: String,
    pub level: RiskLevel,
}

/// `threat.risky_addresses.level`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum RiskLevel {
    Low,
    Medium,
    High,
}

/// `[tools]`: `/_awsemu/`.
#[derive(Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ToolsSection {
    /// The bearer token. Not printed by `Debug`.
    pub token: Option<String>,
}

impl std::fmt::Debug for ToolsSection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ToolsSection").finish_non_exhaustive()
    }
}

/// `[smtp]`: the server that e-mails are sent through.
#[derive(Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SmtpSection {
    pub url: String,
    /// The sender where a pool names none.
    pub from: String,
    pub user: Option<String>,
    pub password: Option<String>,
}

impl std::fmt::Debug for SmtpSection {
    /// Without the URL, which may hold a password, and the password itself.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SmtpSection").field("from", &self.from).finish_non_exhaustive()
    }
}

/// `[triggers]`: what stands behind Lambda functions.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct TriggersSection {
    pub unmapped: UnmappedMode,
    pub plain_codes: bool,
    pub target: Vec<TargetSection>,
}

/// `triggers.unmapped`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum UnmappedMode {
    /// A function without a target is one that does not exist.
    #[default]
    Refuse,
    /// It is passed over.
    Skip,
}

/// `[[triggers.target]]`: a glob of ARNs, and one of the others.
#[derive(Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct TargetSection {
    pub arn: String,
    pub invoke: Option<String>,
    pub http: Option<String>,
    pub command: Option<String>,
    pub node: Option<String>,
    pub python: Option<String>,
    pub answer: Option<serde_json::Map<String, serde_json::Value>>,
}

impl std::fmt::Debug for TargetSection {
    /// Without URLs and commands, which may hold passwords.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TargetSection").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl ConfigurationFile {
    /// Reads a file: TOML, or JSON if its name ends with `.json`.
    ///
    /// # Errors
    /// A text that names the file and what is wrong in it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let fail = |problem: &dyn std::fmt::Display| format!("failed to read {}: {problem}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| fail(&error))?;
        let format = match path.extension().is_some_and(|extension| extension == "json") {
            true => ::config::FileFormat::Json,
            false => ::config::FileFormat::Toml,
        };
        ::config::Config::builder()
            .add_source(::config::File::from_str(&text, format))
            .build()
            .and_then(::config::Config::try_deserialize)
            .map_err(|error| fail(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything() {
        let file = read(
            "awsemu.toml",
            r#"
            [server]
            listen = ["127.0.0.1:4566", "[::1]:4566"]
            publish_url = "https://id.example.test"
            issuer = "request"
            hosts = ["awsemu", "*.example.test"]
            [auth]
            iam = "verify"
            [[auth.keys]]
            access_key_id = "AKIDEXAMPLE"
            secret_access_key = "secret"
            account = "123456789012"
            [codes]
            fixed = "123456"
            [cors]
            origins = ["http://localhost:3000"]
            [store]
            data_dir = "state"
            [tools]
            token = "s3cret"
            [pages]
            user_list = "loopback"
            [threat]
            compromised_passwords = ["Password1!"]
            [[threat.risky_addresses]]
            range = "203.0.113.0/24"
            level = "high"
            [smtp]
            url = "smtp://localhost:1025"
            from = "no-reply@example.test"
            user = "awsemu"
            password = "p4ss"
            [triggers]
            unmapped = "skip"
            plain_codes = true
            [[triggers.target]]
            arn = "*:pre-sign-up"
            http = "http://user:p4ss@localhost:3001/"
            [[triggers.target]]
            arn = "*"
            answer = { autoConfirmUser = true, "claims" = { "custom:a" = [1, "b"] } }
            "#,
        )
        .unwrap();
        assert_eq!(file.server.listen, ["127.0.0.1:4566", "[::1]:4566"]);
        assert_eq!(file.server.issuer.as_deref(), Some("request"));
        assert_eq!((file.auth.iam, file.auth.keys.len()), (IamMode::Verify, 1));
        assert_eq!(file.codes.fixed.as_deref(), Some("123456"));
        assert_eq!(file.store.data_dir.as_deref(), Some(Path::new("state")));
        assert_eq!(file.pages.user_list, UserListMode::Loopback);
        let risky = RiskyAddresses { range: "203.0.113.0/24".to_owned(), level: RiskLevel::High };
        assert_eq!(file.threat.risky_addresses, [risky]);
        assert_eq!(file.threat.compromised_passwords, ["Password1!"]);
        assert_eq!(file.tools.token.as_deref(), Some("s3cret"));
        assert_eq!((file.triggers.unmapped, file.triggers.plain_codes), (UnmappedMode::Skip, true));
        assert_eq!(file.triggers.target[0].arn, "*:pre-sign-up");
        assert_eq!(file.triggers.target[0].http.as_deref(), Some("http://user:p4ss@localhost:3001/"));
        let answer = serde_json::json!({ "autoConfirmUser": true, "claims": { "custom:a": [1, "b"] } });
        assert_eq!(file.triggers.target[1].answer.as_ref(), answer.as_object());
        let printed = format!("{file:?}");
        assert!(!printed.contains("p4ss"), "{printed}");
        assert!(!printed.contains("s3cret") && !printed.contains("\"secret\""), "{printed}");
    }

    #[test]
    fn json_and_nothing() {
        let file =
            read("awsemu.json", r#"{"server": {"hosts": ["a"]}, "store": {"ephemeral": true}}"#).unwrap();
        assert_eq!((file.server.hosts.as_slice(), file.store.ephemeral), (["a".to_owned()].as_slice(), true));
        assert_eq!(read("awsemu.toml", "").unwrap(), ConfigurationFile::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("[server]\nport = 1", "unknown field `port`");
        check("[serve]\n", "unknown field `serve`");
        check("[auth]\niam = \"some\"", "IamMode");
        check("[[auth.keys]]\naccess_key_id = \"a\"", "secret_access_key");
        check("[server\n", "awsemu.toml");
        let missing = ConfigurationFile::read(Path::new("/nowhere/awsemu.toml")).unwrap_err();
        assert!(missing.starts_with("failed to read /nowhere/awsemu.toml: "), "{missing}");
    }

    fn check(text: &str, expected: &str) {
        let error = read("awsemu.toml", text).unwrap_err();
        assert!(error.starts_with("failed to read ") && error.contains(expected), "{error}");
    }

    fn read(name: &str, text: &str) -> Result<ConfigurationFile, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        ConfigurationFile::read(&path)
    }
}
