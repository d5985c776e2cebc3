//! Definitions of attributes: standard ones redefined while a pool is created, and custom ones.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>

use cognito_api::wire;

use super::{Attribute, DataType, MAX_CUSTOM, MAX_VALUE, Schema};

/// Why a definition is refused. The names are full ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// It has no name.
    #[error("an attribute without a name")]
    NoName,
    /// It changes the type of a standard attribute, or makes it developer-only.
    #[error("a standard attribute changed")]
    Standard(String),
    /// A custom attribute is required.
    #[error("a required custom attribute")]
    RequiredCustom,
    /// The name is taken.
    #[error("the name is taken")]
    Taken {
        /// The full name.
        name: String,
        /// The name as it was given.
        given: String,
    },
    /// There are [`MAX_CUSTOM`] already.
    #[error("too many custom attributes")]
    TooMany,
    /// A limit is not a whole number, or a length is negative.
    #[error("a limit is not a number")]
    NotANumber(String),
    /// A maximum length above [`MAX_VALUE`].
    #[error("too great a maximum length")]
    TooLong(String),
    /// The maximum length is below the minimum.
    #[error("maximum length below minimum length")]
    LengthsCrossed(String),
    /// The maximum value is below the minimum.
    #[error("maximum value below minimum value")]
    ValuesCrossed(String),
}

impl Schema {
    /// Takes up an attribute of CreateUserPool: redefines a standard one or adds a custom one.
    ///
    /// # Errors
    /// [`DefinitionError`]
    pub fn define(&mut self, definition: &wire::SchemaAttributeType) -> Result<(), DefinitionError> {
        let name = definition.name.as_deref().ok_or(DefinitionError::NoName)?;
        match self.get_mut(name).filter(|attribute| !attribute.is_custom()) {
            Some(attribute) => attribute.redefine(definition),
            None => self.add(definition),
        }
    }

    /// Adds a custom attribute.
    ///
    /// # Errors
    /// [`DefinitionError`]
    pub fn add(&mut self, definition: &wire::SchemaAttributeType) -> Result<(), DefinitionError> {
        let attribute = Attribute::custom(definition)?;
        if self.get(&attribute.name).is_some() {
            let given = definition.name.clone().unwrap_or_default();
            return Err(DefinitionError::Taken { name: attribute.name, given });
        }
        if self.custom() >= MAX_CUSTOM {
            return Err(DefinitionError::TooMany);
        }
        self.0.push(attribute);
        Ok(())
    }
}

impl Attribute {
    fn custom(definition: &wire::SchemaAttributeType) -> Result<Self, DefinitionError> {
        let given = definition.name.as_deref().ok_or(DefinitionError::NoName)?;
        if definition.required == Some(true) {
            return Err(DefinitionError::RequiredCustom);
        }
        let developer_only = definition.developer_only_attribute == Some(true);
        let mut attribute = Self {
            name: if developer_only { format!("dev:custom:{given}") } else { format!("custom:{given}") },
            data_type: definition.attribute_data_type.map_or(DataType::String, data_type),
            developer_only,
            mutable: definition.mutable.unwrap_or(true),
            required: false,
            min: None,
            max: None,
        };
        attribute.limit(definition)?;
        Ok(attribute)
    }

    /// `sub` stays as it is; of the others, whether they are required and mutable, and their limits, may change.
    fn redefine(&mut self, definition: &wire::SchemaAttributeType) -> Result<(), DefinitionError> {
        let other_type =
            definition.attribute_data_type.is_some_and(|given| data_type(given) != self.data_type);
        if other_type || definition.developer_only_attribute == Some(true) {
            return Err(DefinitionError::Standard(self.name.clone()));
        }
        if self.name == "sub" {
            return Ok(());
        }
        self.required = definition.required.unwrap_or(self.required);
        self.mutable = definition.mutable.unwrap_or(self.mutable);
        self.limit(definition)
    }

    /// Sets the limits that fit the type; those left out stay.
    fn limit(&mut self, definition: &wire::SchemaAttributeType) -> Result<(), DefinitionError> {
        let name = || self.name.clone();
        let number = |limit: &Option<String>| match limit.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => text.parse::<i128>().map(Some).map_err(|_| DefinitionError::NotANumber(name())),
        };
        match self.data_type {
            DataType::String => {
                let Some(limits) = &definition.string_attribute_constraints else { return Ok(()) };
                let (min, max) = (number(&limits.min_length)?, number(&limits.max_length)?);
                if min.is_some_and(|min| min < 0) || max.is_some_and(|max| max < 0) {
                    return Err(DefinitionError::NotANumber(name()));
                }
                if max.or(min).is_some_and(|length| length > MAX_VALUE as i128) {
                    return Err(DefinitionError::TooLong(name()));
                }
                if min.zip(max).is_some_and(|(min, max)| max < min) {
                    return Err(DefinitionError::LengthsCrossed(name()));
                }
                self.min = limits.min_length.clone().or(self.min.take());
                self.max = limits.max_length.clone().or(self.max.take());
            }
            DataType::Number => {
                let Some(limits) = &definition.number_attribute_constraints else { return Ok(()) };
                let (min, max) = (number(&limits.min_value)?, number(&limits.max_value)?);
                if min.zip(max).is_some_and(|(min, max)| max < min) {
                    return Err(DefinitionError::ValuesCrossed(name()));
                }
                self.min = limits.min_value.clone().or(self.min.take());
                self.max = limits.max_value.clone().or(self.max.take());
            }
            DataType::Boolean | DataType::DateTime => {}
        }
        Ok(())
    }
}

fn data_type(given: wire::AttributeDataType) -> DataType {
    match given {
        wire::AttributeDataType::String => DataType::String,
        wire::AttributeDataType::Number => DataType::Number,
        wire::AttributeDataType::DateTime => DataType::DateTime,
        wire::AttributeDataType::Boolean => DataType::Boolean,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn define(definition: Value) -> Result<Attribute, DefinitionError> {
        let definition: wire::SchemaAttributeType = serde_json::from_value(definition).unwrap();
        let mut schema = Schema::default();
        schema.define(&definition)?;
        let name = definition.name.unwrap();
        let added = schema.0.last().unwrap().clone();
        Ok(schema.get(&name).cloned().unwrap_or(added))
    }

    /// `<name> <type> <required> <mutable> <min>-<max>` of what a definition makes.
    fn check(definition: Value, expected: &str) {
        let shown = match define(definition.clone()) {
            Ok(a) => {
                let limit = |limit: &Option<String>| limit.clone().unwrap_or_default();
                let (min, max) = (limit(&a.min), limit(&a.max));
                format!("{} {:?} {} {} {min}-{max}", a.name, a.data_type, a.required, a.mutable)
            }
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(shown, expected, "{definition}");
    }

    #[test]
    fn standard_attributes() {
        check(json!({ "Name": "email", "Required": true }), "email String true true 0-2048");
        check(
            json!({ "Name": "email", "AttributeDataType": "String", "Mutable": false }),
            "email String false false 0-2048",
        );
        let limits = json!({ "Name": "email", "StringAttributeConstraints": { "MinLength": "5" } });
        check(limits, "email String false true 5-2048");
        check(json!({ "Name": "email", "AttributeDataType": "Number" }), "Standard(\"email\")");
        check(json!({ "Name": "email", "DeveloperOnlyAttribute": true }), "Standard(\"email\")");
        check(json!({ "Name": "sub", "Required": false, "Mutable": true }), "sub String true false 1-2048");
        let number = json!({ "Name": "updated_at", "NumberAttributeConstraints": { "MaxValue": "9" } });
        check(number, "updated_at Number false true 0-9");
    }

    #[test]
    fn custom_attributes() {
        check(json!({ "Name": "a" }), "custom:a String false true -");
        check(json!({ "Name": "a", "DeveloperOnlyAttribute": true }), "dev:custom:a String false true -");
        check(
            json!({ "Name": "a", "AttributeDataType": "DateTime", "Mutable": false }),
            "custom:a DateTime false false -",
        );
        check(json!({ "Name": "a", "Required": true }), "RequiredCustom");
        check(json!({ "Required": true }), "NoName");
        let string = |min: &str, max: &str| {
            let limits = json!({ "MinLength": min, "MaxLength": max });
            json!({ "Name": "a", "StringAttributeConstraints": limits })
        };
        check(string("1", "2048"), "custom:a String false true 1-2048");
        check(string("1", "2049"), "TooLong(\"custom:a\")");
        check(string("3", "2"), "LengthsCrossed(\"custom:a\")");
        check(string("-1", "2"), "NotANumber(\"custom:a\")");
        check(string("x", "2"), "NotANumber(\"custom:a\")");
        let number = |min: &str, max: &str| {
            let limits = json!({ "MinValue": min, "MaxValue": max });
            json!({ "Name": "a", "AttributeDataType": "Number", "NumberAttributeConstraints": limits })
        };
        check(number("-10", "10"), "custom:a Number false true -10-10");
        check(number("10", "9"), "ValuesCrossed(\"custom:a\")");
        check(number("1.5", "9"), "NotANumber(\"custom:a\")");
    }

    #[test]
    fn names_and_number() {
        let mut schema = Schema::default();
        let named = |name: String| wire::SchemaAttributeType { name: Some(name), ..Default::default() };
        for i in 0..MAX_CUSTOM {
            schema.add(&named(format!("a{i}"))).unwrap();
        }
        assert_eq!(schema.add(&named("one_more".to_owned())), Err(DefinitionError::TooMany));
        let taken = DefinitionError::Taken { name: "custom:a1".to_owned(), given: "a1".to_owned() };
        assert_eq!(schema.add(&named("a1".to_owned())), Err(taken));
        assert_eq!(schema.custom(), MAX_CUSTOM);
    }
}
