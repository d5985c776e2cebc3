//! `cargo xtask setup`: installs what the tests need. It is quick when nothing is missing.

use std::fs;
use std::process::Command;

use crate::workspace::{self, output, read, root, succeeds};

/// Debian packages, each with the command that shows on other systems that it is there.
const PACKAGES: [(&str, &str); 10] = [
    ("gcc", "gcc"),
    ("make", "make"),
    ("perl", "perl"),
    ("postgresql", "psql"),
    ("python3-venv", "python3"),
    ("curl", "curl"),
    ("nodejs", "node"),
    ("openssl", "openssl"),
    ("npm", "npm"),
    ("chromium", "chromium"),
];

/// Where the Python clients live.
const VENV: &str = "target/clients/python";

/// What the Python clients are, with versions.
const REQUIREMENTS: &str = "tests/clients/requirements.txt";

/// Where the Node clients live.
const NODE: &str = "target/clients/node";

/// What the Node clients are, with the versions of all that they stand on.
const NODE_PACKAGES: [&str; 2] = ["tests/clients/node/package.json", "tests/clients/node/package-lock.json"];

/// Installs Debian packages, Rust components, the Python and the Node clients, each only if it is missing.
pub fn run() -> Result<(), String> {
    packages()?;
    components()?;
    python_clients()?;
    node_clients()
}

fn packages() -> Result<(), String> {
    if !succeeds("apt-get", &["--version"]) {
        return other_system();
    }
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|package| !installed(package)).map(|(package, _)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("installing {}", missing.join(", "));
    workspace::run(&mut apt_get(&["update", "-qq"])?)?;
    workspace::run(apt_get(&["install", "-y", "-qq", "--no-install-recommends"])?.args(missing))
}

/// Without apt-get we install nothing and say what is missing.
fn other_system() -> Result<(), String> {
    let present = |program: &str| succeeds("sh", &["-c", &format!("command -v {program}")]);
    let missing: Vec<&str> =
        PACKAGES.iter().map(|(_, program)| *program).filter(|program| !present(program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("there is no apt-get here; install these yourself: {}", missing.join(", ")))
}

fn installed(&(package, program): &(&str, &str)) -> bool {
    // Node.js often comes from elsewhere, with npm in it; Debian's npm would not go with it.
    if matches!(program, "node" | "npm") && succeeds(program, &["--version"]) {
        return true;
    }
    let query = ["-W", "-f", "${db:Status-Status}", package];
    let status = Command::new("dpkg-query").args(query).output();
    status.is_ok_and(|answer| answer.status.success() && answer.stdout == b"installed")
}

fn apt_get(arguments: &[&str]) -> Result<Command, String> {
    let root = output(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = if root {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        // sudo drops the environment, so the setting travels as an argument.
        sudo.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    Ok(command)
}

fn components() -> Result<(), String> {
    if succeeds("cargo", &["fmt", "--version"]) && succeeds("cargo", &["clippy", "--version"]) {
        return Ok(());
    }
    workspace::run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]).current_dir(root()))
}

/// The stamp is a copy of the requirements, written last: an interrupted installation is begun again.
fn python_clients() -> Result<(), String> {
    let wanted = read(REQUIREMENTS)?;
    let folder = root().join(VENV);
    let stamp = folder.join("installed-requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the Python clients into {VENV}");
    workspace::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
    workspace::run(Command::new(folder.join("bin/python")).args(pip).current_dir(root()))?;
    fs::write(&stamp, wanted).map_err(|error| format!("failed to write {}: {error}", stamp.display()))
}

/// The stamp is a copy of both files, written last, as for the Python clients.
fn node_clients() -> Result<(), String> {
    let [package, lock] = [read(NODE_PACKAGES[0])?, read(NODE_PACKAGES[1])?];
    let wanted = format!("{package}{lock}");
    let folder = root().join(NODE);
    let stamp = folder.join("installed-packages.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the Node clients into {NODE}");
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text)
            .map_err(|error| format!("failed to write {name} into {NODE}: {error}"))
    };
    fs::create_dir_all(&folder).map_err(|error| format!("failed to make {NODE}: {error}"))?;
    write("package.json", &package)?;
    write("package-lock.json", &lock)?;
    let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    workspace::run(Command::new("npm").args(npm).current_dir(&folder))?;
    write("installed-packages.txt", &wanted)
}
