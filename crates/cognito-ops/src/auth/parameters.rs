//! AuthParameters and ChallengeResponses.

use std::collections::BTreeMap;

use cognito_api::wire::Sensitive;

use crate::errors::{self, Reply};

/// The parameters of a request by name. The values do not print.
pub(super) struct Parameters(BTreeMap<String, Sensitive<String>>);

impl From<Option<BTreeMap<String, Sensitive<String>>>> for Parameters {
    fn from(parameters: Option<BTreeMap<String, Sensitive<String>>>) -> Self {
        Self(parameters.unwrap_or_default())
    }
}

impl Parameters {
    /// Parameters that pages send.
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Sensitive::as_str)
    }

    pub(super) fn require(&self, name: &str) -> Reply<&str> {
        self.get(name).ok_or_else(|| errors::missing_parameter(name))
    }

    /// The parameters whose names begin so, without that beginning.
    pub(super) fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }
}
