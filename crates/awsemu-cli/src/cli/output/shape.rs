//! Gives an answer the form that the AWS CLI prints: members in the model's order, times as ISO 8601.

use cognito_api::model::{Model, ShapeId, ShapeKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// How times are printed (`cli_timestamp_format` of the AWS CLI's configuration).
#[derive(Debug, Clone, PartialEq)]
pub enum TimeFormat {
    /// As the service sends them: seconds since 1970.
    Wire,
    /// ISO 8601 in this time zone.
    Iso8601(TimeZone),
}

/// The answer with its members in the model's order. Members that the model doesn't know, and nulls, are left out.
pub fn shaped(model: &Model, shape: ShapeId, value: Value, times: &TimeFormat) -> Value {
    match (&model.shape(shape).kind, value) {
        (ShapeKind::Structure { document: true, .. }, value) => value,
        (ShapeKind::Structure { members, .. }, Value::Object(mut given)) => {
            let mut ordered = Map::new();
            for member in members {
                if let Some(value) = given.remove(&member.name).filter(|value| !value.is_null()) {
                    ordered.insert(member.name.clone(), shaped(model, member.shape, value, times));
                }
            }
            Value::Object(ordered)
        }
        (ShapeKind::List { member, .. }, Value::Array(list)) => {
            list.into_iter().map(|element| shaped(model, *member, element, times)).collect()
        }
        (ShapeKind::Map { value: shape, .. }, Value::Object(given)) => {
            given.into_iter().map(|(key, value)| (key, shaped(model, *shape, value, times))).collect()
        }
        (ShapeKind::Timestamp, value) => match (times, value.as_f64()) {
            (TimeFormat::Iso8601(zone), Some(seconds)) => iso8601(seconds, zone).map_or(value, Value::String),
            _ => value,
        },
        (_, value) => value,
    }
}

/// `2023-07-18T23:07:45.239000+00:00`; the fraction is left out when it is zero.
fn iso8601(seconds: f64, zone: &TimeZone) -> Option<String> {
    let microseconds = (seconds * 1_000_000.0).round_ties_even();
    let time = Timestamp::from_microsecond(microseconds as i64).ok()?.to_zoned_datetime(zone.clone());
    let fraction = time.timestamp().subsec_nanosecond() != 0;
    let format = if fraction { "%Y-%m-%dT%H:%M:%S.%6f%:z" } else { "%Y-%m-%dT%H:%M:%S%:z" };
    Some(time.strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(operation: &str, zone: TimeZone, answer: Value, expected: Value) {
        let model = Model::cognito_idp();
        let shape = model.operation(operation).unwrap().output.unwrap();
        let shaped = shaped(model, shape, answer, &TimeFormat::Iso8601(zone));
        assert_eq!(shaped.to_string(), expected.to_string());
    }

    #[test]
    fn order_and_times() {
        check(
            "ListUserPools",
            TimeZone::UTC,
            json!({"NextToken": "n", "Foreign": 1, "UserPools": [
                {"CreationDate": 1689721665.239, "Name": "n", "Status": null, "Id": "i", "LastModifiedDate": 1689721665}
            ]}),
            json!({"UserPools": [{
                "Id": "i", "Name": "n",
                "LastModifiedDate": "2023-07-18T23:07:45+00:00", "CreationDate": "2023-07-18T23:07:45.239000+00:00"
            }], "NextToken": "n"}),
        );
    }

    #[test]
    fn times_are_local() {
        let berlin = TimeZone::fixed(jiff::tz::offset(2));
        check(
            "AdminGetUser",
            berlin,
            json!({"UserCreateDate": 0.5, "Username": "u"}),
            json!({"Username": "u", "UserCreateDate": "1970-01-01T02:00:00.500000+02:00"}),
        );
    }

    #[test]
    fn documents_and_maps_stay() {
        check(
            "StartWebAuthnRegistration",
            TimeZone::UTC,
            json!({"CredentialCreationOptions": {"z": null, "a": 1}}),
            json!({"CredentialCreationOptions": {"z": null, "a": 1}}),
        );
        check(
            "ListTagsForResource",
            TimeZone::UTC,
            json!({"Tags": {"z": "1", "a": "2"}}),
            json!({"Tags": {"z": "1", "a": "2"}}),
        );
    }
}
