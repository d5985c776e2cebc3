//! The two scalars that JSON lacks: points in time and bytes.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time: seconds since the Unix epoch. Travels as a JSON number with at most three decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Timestamp(pub f64);

impl Timestamp {
    /// The point in time that is `millis` milliseconds after the epoch.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis as f64 / 1000.0)
    }

    /// Milliseconds since the epoch, rounded; values beyond `i64` end at its bounds.
    pub fn millis(self) -> i64 {
        (self.0 * 1000.0).round() as i64
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.millis();
        // A whole number of seconds is written without `.0`, as the AWS SDKs write it.
        if millis % 1000 == 0 {
            serializer.serialize_i64(millis / 1000)
        } else {
            serializer.serialize_f64(millis as f64 / 1000.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self)
    }
}

/// Bytes. Travel as a base64 string (RFC 4648, section 4, with padding). `Debug` prints their number only.
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct Blob(pub Vec<u8>);

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("not base64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        let check = |millis: i64, text: &str| {
            let timestamp = Timestamp::from_millis(millis);
            assert_eq!(serde_json::to_string(&timestamp).unwrap(), text);
            assert_eq!(serde_json::from_str::<Timestamp>(text).unwrap().millis(), millis);
        };
        check(0, "0");
        check(1_689_721_665_000, "1689721665");
        check(1_689_721_665_239, "1689721665.239");
        check(1_689_721_665_100, "1689721665.1");
        check(-1, "-0.001");
    }

    #[test]
    fn blobs() {
        let blob: Blob = serde_json::from_str("\"aGk=\"").unwrap();
        assert_eq!(blob, Blob(b"hi".to_vec()));
        assert_eq!(serde_json::to_string(&blob).unwrap(), "\"aGk=\"");
        assert_eq!(format!("{blob:?}"), "Blob(2 bytes)");
        assert!(serde_json::from_str::<Blob>("\"?\"").is_err());
    }
}
