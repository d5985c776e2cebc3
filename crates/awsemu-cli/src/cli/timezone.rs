//! The time zone in which times are printed.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::config::Environment;

const ZONES: &str = "/usr/share/zoneinfo";

/// The zone of `TZ`, else of this machine, else UTC.
///
/// jiff finds it too, but reads the whole database's directories for it, which takes longer than a call.
pub fn local(environment: &Environment) -> TimeZone {
    match environment.get("TZ") {
        Some(name) => named(name.trim_start_matches(':')),
        None => file(Path::new("/etc/localtime")),
    }
    .unwrap_or(TimeZone::UTC)
}

/// A zone by its name in the database, its file, or POSIX rules such as `CET-1CEST`.
fn named(name: &str) -> Option<TimeZone> {
    let path = if name.starts_with('/') { PathBuf::from(name) } else { Path::new(ZONES).join(name) };
    file(&path).or_else(|| TimeZone::posix(name).ok())
}

fn file(path: &Path) -> Option<TimeZone> {
    TimeZone::tzif("local", &std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn check(zone: &str, expected_hours: i32) {
        let zone = local(&Environment::of([("TZ", zone)]));
        assert_eq!(zone.to_offset(Timestamp::UNIX_EPOCH).seconds(), expected_hours * 3600);
    }

    #[test]
    fn zones() {
        check("UTC", 0);
        check("EST5EDT,M3.2.0,M11.1.0", -5);
        check(":JST-9", 9);
        check("/nowhere", 0);
    }
}
