//! `cargo xtask deps`: holds the crates against the layer table of `docs/architecture.md`, section 1.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::workspace::{cargo, output};

/// Each crate of ours and those of ours that it may name. Tests may name `testkit` besides.
const LAYERS: [(&str, &[&str]); 14] = [
    ("cognito-api", &[]),
    ("cognito-core", &["cognito-api"]),
    ("cognito-jwt", &[]),
    ("cognito-saml", &[]),
    ("cognito-store", &["cognito-core"]),
    ("cognito-store-pg", &["cognito-core", "cognito-store"]),
    (
        "cognito-ops",
        &["cognito-api", "cognito-core", "cognito-jwt", "cognito-saml", "cognito-store", "outbound"],
    ),
    ("cognito-http", &["apigateway", "cognito-api", "cognito-ops"]),
    ("outbound", &[]),
    (
        "apigateway",
        &["cognito-api", "cognito-core", "cognito-jwt", "cognito-ops", "cognito-store", "outbound"],
    ),
    ("awsemu-cli", EVERYTHING),
    ("testkit", EVERYTHING),
    ("awsemu-tests", EVERYTHING),
    ("xtask", &["testkit"]),
];

const EVERYTHING: &[&str] = &[
    "apigateway",
    "awsemu-cli",
    "cognito-api",
    "cognito-core",
    "cognito-http",
    "cognito-jwt",
    "cognito-ops",
    "cognito-saml",
    "cognito-store",
    "cognito-store-pg",
    "outbound",
    "testkit",
];

/// Libraries that only some crates may name, so that each can be replaced in one place.
///
/// `openssl` is hashes, HMAC and big integers in core; key names in jwt; signatures and ciphers of XML in saml;
/// randomness and ciphers behind the `Rng` and `Keys` ports in ops; constant-time comparison and TLS in http;
/// SigV4 in the command line; the clients of SRP in testkit.
const LIBRARIES: [(&str, &[&str]); 19] = [
    ("actix-web", &["cognito-http", "apigateway"]),
    ("actix-cors", &["cognito-http", "apigateway"]),
    ("askama", &["cognito-http"]),
    ("qrcodegen", &["cognito-http"]),
    ("josekit", &["cognito-jwt"]),
    ("bergshamra-c14n", &["cognito-saml"]),
    ("bergshamra-xml", &["cognito-saml"]),
    ("ciborium", &["cognito-core", "testkit"]),
    ("rusqlite", &["cognito-store"]),
    ("tokio-postgres", &["cognito-store-pg"]),
    ("deadpool-postgres", &["cognito-store-pg"]),
    ("clap", &["awsemu-cli", "xtask"]),
    ("clap_complete", &["awsemu-cli"]),
    ("config", &["awsemu-cli"]),
    ("jmespath", &["awsemu-cli"]),
    ("lettre", &["cognito-ops"]),
    ("reqwest", &["outbound", "cognito-ops", "apigateway", "awsemu-cli", "awsemu-tests"]),
    (
        "openssl",
        &[
            "cognito-core",
            "cognito-jwt",
            "cognito-saml",
            "cognito-ops",
            "cognito-http",
            "awsemu-cli",
            "testkit",
        ],
    ),
    ("tracing-subscriber", &["awsemu-cli"]),
];

/// Crates that know neither async nor I/O, and what they may therefore not name, not even for tests.
const PURE: [&str; 3] = ["cognito-core", "cognito-api", "cognito-saml"];
const IMPURE: [&str; 6] = ["tokio", "async-trait", "futures-util", "reqwest", "tracing", "libc"];

/// Prints every arrow that the tables do not have.
pub fn run() -> Result<(), String> {
    let metadata = output(&mut cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata = serde_json::from_str(&metadata).map_err(|error| format!("no cargo metadata: {error}"))?;
    let violations = violations(&packages(&metadata)?);
    for violation in &violations {
        eprintln!("deps: {violation}");
    }
    match violations.len() {
        0 => Ok(()),
        count => Err(format!("{count} dependencies are not in the layer table")),
    }
}

/// A line of a `Cargo.toml`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Dependency {
    name: String,
    only_tests: bool,
}

type Packages = BTreeMap<String, BTreeSet<Dependency>>;

fn packages(metadata: &Value) -> Result<Packages, String> {
    let list = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let mut packages = Packages::new();
    for package in list {
        let name = text(package, "name")?;
        let dependencies = package["dependencies"].as_array().ok_or("a package lists no dependencies")?;
        let read = |dependency: &Value| {
            let only_tests = dependency["kind"] == "dev";
            text(dependency, "name").map(|name| Dependency { name, only_tests })
        };
        packages.insert(name, dependencies.iter().map(read).collect::<Result<_, _>>()?);
    }
    Ok(packages)
}

fn text(value: &Value, member: &str) -> Result<String, String> {
    let text = value[member].as_str().ok_or_else(|| format!("cargo metadata has no `{member}`"))?;
    Ok(text.to_owned())
}

fn violations(packages: &Packages) -> Vec<String> {
    let layers = BTreeMap::from(LAYERS);
    let libraries = BTreeMap::from(LIBRARIES);
    let mut violations = Vec::new();
    for (package, dependencies) in packages {
        let Some(allowed) = layers.get(package.as_str()) else {
            violations.push(format!("{package} is not in the layer table"));
            continue;
        };
        for dependency in dependencies {
            let name = dependency.name.as_str();
            let ours = layers.contains_key(name);
            let for_tests =
                dependency.only_tests && (name == "testkit" || name == "openssl" || name == "tokio");
            if ours && !allowed.contains(&name) && !for_tests {
                violations.push(format!("{package} may not name {name}"));
            }
            let owners = libraries.get(name);
            if owners.is_some_and(|owners| !owners.contains(&package.as_str())) && !for_tests {
                violations.push(format!("{package} may not name the library {name}"));
            }
            if PURE.contains(&package.as_str()) && IMPURE.contains(&name) {
                violations.push(format!("{package} is pure and may not name {name}"));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_keeps_its_layers() {
        assert_eq!(run(), Ok(()));
    }

    #[test]
    fn arrows() {
        check("cognito-core", "cognito-api", false, None);
        check("cognito-core", "cognito-store", false, Some("cognito-core may not name cognito-store"));
        check("cognito-core", "testkit", true, None);
        check("cognito-core", "testkit", false, Some("cognito-core may not name testkit"));
        check("cognito-core", "tokio", false, Some("cognito-core is pure and may not name tokio"));
        check("cognito-core", "tokio", true, Some("cognito-core is pure and may not name tokio"));
        check("cognito-store", "tokio", false, None);
        check("cognito-ops", "josekit", false, Some("cognito-ops may not name the library josekit"));
        check("cognito-jwt", "josekit", false, None);
        check("cognito-store", "openssl", false, Some("cognito-store may not name the library openssl"));
        check("newcomer", "serde", false, Some("newcomer is not in the layer table"));
    }

    fn check(package: &str, name: &str, only_tests: bool, expected: Option<&str>) {
        let dependency = Dependency { name: name.to_owned(), only_tests };
        let packages = Packages::from([(package.to_owned(), BTreeSet::from([dependency]))]);
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(violations(&packages), expected, "{package} -> {name}");
    }
}
