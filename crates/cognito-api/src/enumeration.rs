//! The macro behind the generated enums, and what they share.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};

/// A text that is none of an enum's values. It does not hold the text, which may be a secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownValue {
    /// The AWS shape whose values were expected.
    pub shape: &'static str,
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a value of {}", self.shape)
    }
}

impl std::error::Error for UnknownValue {}

/// Declares an enum whose variants stand for AWS's strings.
macro_rules! enumeration {
    ($(#[$about:meta])* $name:ident $($variant:ident = $value:literal,)+) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)+
        }

        impl $name {
            /// All values, in the model's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// AWS's text for the value.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $value,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownValue;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownValue> {
                match text {
                    $($value => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownValue { shape: stringify!($name) }),
                }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::UnknownValue;

            fn try_from(text: &str) -> Result<Self, $crate::UnknownValue> {
                text.parse()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::enumeration::deserialize(deserializer)
            }
        }
    };
}
pub(crate) use enumeration;

/// Reads an enum from its text.
pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = UnknownValue>,
{
    deserializer.deserialize_str(TextVisitor(PhantomData))
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err = UnknownValue>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::ErrorCode;
    use crate::wire::{TimeUnitsType, UserStatusType};

    #[test]
    fn enums_are_their_texts() {
        let status: UserStatusType = "FORCE_CHANGE_PASSWORD".parse().unwrap();
        assert_eq!(status, UserStatusType::ForceChangePassword);
        assert_eq!(status.to_string(), "FORCE_CHANGE_PASSWORD");
        assert_eq!(serde_json::to_string(&status).unwrap(), "\"FORCE_CHANGE_PASSWORD\"");
        assert_eq!(serde_json::from_str::<TimeUnitsType>("\"days\"").unwrap(), TimeUnitsType::Days);
        assert_eq!(TimeUnitsType::ALL.len(), 4);
    }

    #[test]
    fn unknown_texts_are_not_repeated() {
        let error = serde_json::from_str::<TimeUnitsType>("\"hunter2\"").unwrap_err().to_string();
        assert!(error.starts_with("not a value of TimeUnitsType"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        assert!(serde_json::from_str::<TimeUnitsType>("3").is_err());
    }

    #[test]
    fn only_the_internal_errors_are_faults() {
        let faults: Vec<_> =
            ErrorCode::ALL.iter().filter(|code| code.is_fault()).map(|code| code.as_str()).collect();
        assert_eq!(faults, ["InternalErrorException", "InternalServerException"]);
    }
}
