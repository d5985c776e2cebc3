//! What a user granted to an app through the endpoints, which its tokens say from then on.

use serde::{Deserialize, Serialize};

use crate::claims::ADMIN_SCOPE;
use crate::family::Family;

/// The grant of a token family that began at the token endpoint or in the implicit flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The scopes.
    pub scopes: Vec<String>,
    /// The resource that the access token is bound to (RFC 8707): its `aud`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl Granted {
    /// Whether it has a scope.
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// Whether the ID token tells an attribute. `openid` alone opens all of them, beside another scope of OpenID
    /// Connect only what those say. Source: `tokens` 5.3 of the specification.
    pub fn tells(&self, attribute: &str) -> bool {
        tells(|scope| self.has(scope), attribute)
    }
}

/// As [`Granted::tells`], of any set of scopes.
pub fn tells(has: impl Fn(&str) -> bool, attribute: &str) -> bool {
    if !["profile", "email", "phone"].iter().any(|scope| has(scope)) {
        return true;
    }
    match attribute {
        "email" | "email_verified" => has("email"),
        "phone_number" | "phone_number_verified" => has("phone"),
        // Apps that ask for `openid email` alone see it too.
        "identities" => true,
        // Of which scope `address` is, AWS does not say; it is about the person.
        _ => has("profile"),
    }
}

impl Family {
    /// The scopes of its access tokens.
    pub fn scopes(&self) -> Vec<&str> {
        match &self.granted {
            Some(granted) => granted.scopes.iter().map(String::as_str).collect(),
            None => vec![ADMIN_SCOPE],
        }
    }

    /// Whether it has ID tokens: those of the API have, those of the endpoints with the scope `openid`.
    pub fn has_id_token(&self) -> bool {
        self.granted.as_ref().is_none_or(|granted| granted.has("openid"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes() {
        let check = |scopes: &str, expected: &str| {
            let scopes = scopes.split_whitespace().map(str::to_owned).collect();
            let granted = Granted { scopes, resource: None };
            let all = ["email", "phone_number_verified", "name", "custom:a", "address"];
            let told: Vec<&str> = all.into_iter().filter(|name| granted.tells(name)).collect();
            assert_eq!(told.join(" "), expected);
        };
        check("openid", "email phone_number_verified name custom:a address");
        check("openid orders/read", "email phone_number_verified name custom:a address");
        check("openid email", "email");
        check("openid phone", "phone_number_verified");
        check("openid profile", "name custom:a address");
        check("openid email profile", "email name custom:a address");
    }
}
