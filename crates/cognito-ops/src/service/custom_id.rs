//! Ids of the caller's choice, for tests that name them: a client name `_custom_id_:<id>`.
//!
//! The model's pattern of client names has no colon, so the prefix is lifted off while the request is validated:
//! what is checked is the id.

use serde_json::Value;

/// What a client name with an id of the caller's choice begins with.
pub(crate) const PREFIX: &str = "_custom_id_:";

/// Takes the prefix off the client name; whether there was one.
pub(crate) fn lift(operation: &str, input: &mut Value) -> bool {
    if operation != "CreateUserPoolClient" {
        return false;
    }
    let Some(Value::String(name)) = input.get_mut("ClientName") else { return false };
    match name.strip_prefix(PREFIX) {
        Some(id) => {
            *name = id.to_owned();
            true
        }
        None => false,
    }
}

/// Puts the prefix back.
pub(crate) fn restore(input: &mut Value) {
    if let Some(Value::String(name)) = input.get_mut("ClientName") {
        name.insert_str(0, PREFIX);
    }
}
