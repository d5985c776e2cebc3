//! What AWS's context data library tells of a device: base64 of JSON, in which the data are JSON again.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-viewing-threat-protection-app.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

/// The most bytes of a text that are kept.
const MAX: usize = 256;

/// A device, as far as it was told. The signature of the data is no secret's, so nothing is decided by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its name, or that of its browser.
    pub device: Option<String>,
    /// Its time zone.
    pub timezone: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    payload: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    context_data: Value,
}

impl Fingerprint {
    /// Reads EncodedData. What cannot be read tells nothing.
    pub fn read(encoded: &str) -> Self {
        Self::parse(encoded).unwrap_or_default()
    }

    fn parse(encoded: &str) -> Option<Self> {
        let envelope: Envelope = serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()?;
        let Payload { context_data } = serde_json::from_str(&envelope.payload).ok()?;
        let text = |name: &str| context_data.get(name).and_then(Value::as_str).map(shortened);
        Some(Self {
            device: text("DeviceName").or_else(|| text("UserAgent")),
            timezone: text("ClientTimezone"),
        })
    }
}

/// A text of a client's, as long as it may be to be kept.
pub fn shortened(text: &str) -> String {
    text[..text.floor_char_boundary(MAX)].to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(envelope: &Value, device: Option<&str>, timezone: Option<&str>) {
        let expected =
            Fingerprint { device: device.map(str::to_owned), timezone: timezone.map(str::to_owned) };
        assert_eq!(Fingerprint::read(&STANDARD.encode(envelope.to_string())), expected, "{envelope}");
    }

    #[test]
    fn what_is_told() {
        let data =
            |data: Value| json!({ "payload": json!({ "contextData": data }).to_string(), "signature": "x" });
        check(
            &data(json!({ "UserAgent": "Firefox", "ClientTimezone": "+01:00" })),
            Some("Firefox"),
            Some("+01:00"),
        );
        check(&data(json!({ "UserAgent": "okhttp", "DeviceName": "Pixel" })), Some("Pixel"), None);
        check(&data(json!({ "DeviceName": "\u{e4}".repeat(200) })), Some(&"\u{e4}".repeat(128)), None);
        check(&data(json!({ "DeviceName": 7 })), None, None);
        check(&json!({ "payload": "no JSON" }), None, None);
        check(&json!([]), None, None);
        assert_eq!(Fingerprint::read("%%%"), Fingerprint::default());
    }
}
