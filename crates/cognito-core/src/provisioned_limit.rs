//! Provisioned limits: how many requests a second an account wants of the operations of a category.
//! Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>
//!
//! They are kept and told; no request here is throttled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, Kind};

/// The attribute that names a category.
const CATEGORY: &str = "Category";

/// How many times its default an account may have of a limit. AWS keeps that in Service Quotas; this is our own.
const MOST: i32 = 10;

/// A category of operations, which share a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its name.
    pub name: &'static str,
    /// How many requests a second an account has for nothing.
    pub free: i32,
    adjustable: bool,
}

const CATEGORIES: [Category; 18] = [
    adjustable("UserAuthentication", 120),
    adjustable("UserCreation", 50),
    adjustable("UserFederation", 25),
    fixed("UserAccountRecovery", 30),
    adjustable("UserRead", 120),
    fixed("UserUpdate", 25),
    adjustable("UserToken", 120),
    adjustable("UserResourceRead", 50),
    fixed("UserResourceUpdate", 25),
    fixed("UserList", 30),
    fixed("UserPoolRead", 15),
    fixed("UserPoolUpdate", 15),
    fixed("UserPoolResourceRead", 20),
    fixed("UserPoolResourceUpdate", 15),
    fixed("UserPoolClientRead", 15),
    fixed("UserPoolClientUpdate", 15),
    fixed("ClientAuthentication", 150),
    fixed("LimitManagement", 1),
];

const fn adjustable(name: &'static str, free: i32) -> Category {
    Category { name, free, adjustable: true }
}

const fn fixed(name: &'static str, free: i32) -> Category {
    Category { name, free, adjustable: false }
}

/// Why there is no such limit, or it is not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// The attributes are not just the name of a category.
    #[error("attributes other than a category")]
    Attributes,
    /// There is no such category.
    #[error("an unknown category")]
    Unknown(String),
    /// The limit of the category cannot be changed.
    #[error("a fixed limit")]
    Fixed(&'static str),
    /// Less than the default is wanted.
    #[error("below the default of {0}")]
    TooLow(i32),
    /// More than an account may have is wanted.
    #[error("above the maximum of {0}")]
    TooHigh(i32),
}

impl Category {
    /// The category that the attributes of a limit name.
    ///
    /// # Errors
    /// [`LimitError::Attributes`], [`LimitError::Unknown`]
    pub fn of(attributes: &BTreeMap<String, String>) -> Result<Self, LimitError> {
        let name =
            attributes.get(CATEGORY).filter(|_| attributes.len() == 1).ok_or(LimitError::Attributes)?;
        let category = CATEGORIES.into_iter().find(|category| category.name == name);
        category.ok_or_else(|| LimitError::Unknown(name.clone()))
    }

    /// What an account that wants so many requests a second has then.
    ///
    /// # Errors
    /// [`LimitError::Fixed`], [`LimitError::TooLow`], [`LimitError::TooHigh`]
    pub fn provision(
        self,
        account: String,
        region: String,
        wanted: i32,
    ) -> Result<ProvisionedLimit, LimitError> {
        if !self.adjustable {
            return Err(LimitError::Fixed(self.name));
        }
        let most = self.free * MOST;
        match wanted {
            _ if wanted < self.free => Err(LimitError::TooLow(self.free)),
            _ if wanted > most => Err(LimitError::TooHigh(most)),
            value => Ok(ProvisionedLimit { account, region, category: self.name.to_owned(), value }),
        }
    }
}

/// What an account provisioned in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionedLimit {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The name of the category.
    pub category: String,
    /// Requests a second.
    pub value: i32,
}

impl ProvisionedLimit {
    /// The record key.
    pub fn key_of(account: &str, region: &str, category: &str) -> String {
        format!("{account}/{region}/{category}")
    }
}

impl Entity for ProvisionedLimit {
    const KIND: Kind = Kind::ProvisionedLimit;

    fn key(&self) -> String {
        Self::key_of(&self.account, &self.region, &self.category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(attributes: &[(&str, &str)]) -> Result<Category, LimitError> {
        Category::of(
            &attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        )
    }

    #[test]
    fn categories() {
        let check = |attributes: &[(&str, &str)], expected: Result<i32, LimitError>| {
            assert_eq!(of(attributes).map(|category| category.free), expected, "{attributes:?}");
        };
        check(&[("Category", "UserAuthentication")], Ok(120));
        check(&[("Category", "UserCreation")], Ok(50));
        check(&[("Category", "UserUpdate")], Ok(25));
        check(&[("Category", "userCreation")], Err(LimitError::Unknown("userCreation".to_owned())));
        check(&[("Category", "")], Err(LimitError::Unknown(String::new())));
        check(&[], Err(LimitError::Attributes));
        check(&[("category", "UserCreation")], Err(LimitError::Attributes));
        check(&[("Category", "UserCreation"), ("Region", "us-east-1")], Err(LimitError::Attributes));
    }

    #[test]
    fn what_may_be_provisioned() {
        let check = |category: &str, wanted: i32, expected: Result<i32, LimitError>| {
            let category = of(&[("Category", category)]).unwrap();
            let limit = category.provision("000000000000".to_owned(), "us-east-1".to_owned(), wanted);
            assert_eq!(limit.map(|limit| limit.value), expected, "{category:?} {wanted}");
        };
        check("UserCreation", 50, Ok(50));
        check("UserCreation", 51, Ok(51));
        check("UserCreation", 500, Ok(500));
        check("UserCreation", 49, Err(LimitError::TooLow(50)));
        check("UserCreation", -1, Err(LimitError::TooLow(50)));
        check("UserCreation", 501, Err(LimitError::TooHigh(500)));
        check("UserCreation", i32::MAX, Err(LimitError::TooHigh(500)));
        check("UserUpdate", 25, Err(LimitError::Fixed("UserUpdate")));
        check("LimitManagement", 2, Err(LimitError::Fixed("LimitManagement")));
    }
}
