//! Moments: milliseconds since 1970, given by the caller and never read from a clock here.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// Whole seconds since 1970, rounded down: the unit of JWT claims (RFC 7519, NumericDate).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment of a NumericDate. Saturates.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Seconds since 1970 with a fraction of milliseconds: the unit of AWS JSON 1.1 timestamps.
    pub fn as_epoch(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// The moment in ISO 8601, to the second: the form of timestamps in REST APIs.
    pub fn as_iso(self) -> String {
        let moment = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The moment in UTC in the form of web servers' access logs: `12/Mar/2020:19:03:58 +0000`.
    pub fn as_log(self) -> String {
        let moment = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        moment.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
    }

    /// The moment as 14 digits, from the year to the second: the form of AWS's version numbers.
    pub fn as_digits(self) -> String {
        let moment = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        moment.strftime("%Y%m%d%H%M%S").to_string()
    }
}

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    /// A span of so many seconds. Saturates, as the others do.
    pub const fn seconds(n: i64) -> Self {
        Self(n.saturating_mul(1000))
    }

    /// A span of so many minutes.
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n.saturating_mul(60))
    }

    /// A span of so many hours.
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n.saturating_mul(60))
    }

    /// A span of so many days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self::hours(n.saturating_mul(24))
    }

    /// Its length in whole seconds.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl Add<Span> for Time {
    type Output = Time;

    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Time {
    type Output = Time;

    fn sub(self, span: Span) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
}

impl Sub for Time {
    type Output = Span;

    fn sub(self, other: Time) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Sub for Span {
    type Output = Span;

    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_down() {
        assert_eq!(Time(1_999).seconds(), 1);
        assert_eq!(Time(-1).seconds(), -1);
    }

    #[test]
    fn digits() {
        assert_eq!(Time(1_767_776_887_999).as_digits(), "20260107090807");
        assert_eq!(Time(i64::MAX).as_digits(), "19700101000000", "what no calendar has is the beginning");
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Time(i64::MAX) + Span::days(1), Time(i64::MAX));
        assert_eq!(Time::from_seconds(i64::MAX), Time(i64::MAX));
        assert_eq!(Span::days(i64::MAX), Span(i64::MAX));
    }
}
