//! Moments as SAML writes them: `xs:dateTime` in UTC, read and written as seconds since 1970.

use jiff::Timestamp;

/// The moment as text, `2026-11-25T11:30:00Z`. What no calendar has becomes 1970.
pub(crate) fn write(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The moment of a text with a time zone, or nothing.
pub(crate) fn read(text: &str) -> Option<i64> {
    text.trim().parse::<Timestamp>().ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        check("1970-01-01T00:00:00Z", Some(0));
        check("2026-11-25T11:30:00Z", Some(1_795_606_200));
        check("2026-11-25T11:30:00.999Z", Some(1_795_606_200));
        check("2026-11-25T12:30:00+01:00", Some(1_795_606_200));
        check(" 1970-01-01T00:00:01Z\n", Some(1));
        check("2026-11-25T11:30:00", None);
        check("2026-11-25", None);
        check("2026-13-25T11:30:00Z", None);
        check("soon", None);
        check("", None);
    }

    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(read(text), expected, "{text}");
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(write(1_795_606_200), "2026-11-25T11:30:00Z");
        assert_eq!(read(&write(1_795_606_200)), Some(1_795_606_200));
        assert_eq!(write(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
