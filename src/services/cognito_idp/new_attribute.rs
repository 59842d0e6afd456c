//! Attributes as requests declare them: a standard one with its changes, or one of the pool's own.

use serde::Deserialize;

use super::errors::Error;
use crate::userpools::attributes::{NumberConstraints, SchemaAttribute, StringConstraints, full_schema};

/// SchemaAttributeType, as it is given.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewAttribute {
    name: Option<String>,
    attribute_data_type: Option<String>,
    #[serde(default)]
    developer_only_attribute: bool,
    mutable: Option<bool>,
    #[serde(default)]
    required: bool,
    number_attribute_constraints: Option<NumberConstraints>,
    string_attribute_constraints: Option<StringConstraints>,
}

impl NewAttribute {
    /// A standard attribute with its changes, or one of the pool's own.
    pub fn read(self) -> Result<SchemaAttribute, Error> {
        let name = self.name.clone().ok_or_else(|| Error::parameter("Attribute name is required."))?;
        if let Some(default) = full_schema(&[]).into_iter().find(|standard| standard.name == name) {
            if self.attribute_data_type.is_some_and(|given| given != default.attribute_data_type) {
                return Err(Error::parameter(format!(
                    "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
                )));
            }
            return Ok(SchemaAttribute {
                mutable: self.mutable.unwrap_or(default.mutable),
                required: self.required,
                string_attribute_constraints: self.string_attribute_constraints.or(default.string_attribute_constraints),
                ..default
            });
        }
        self.read_custom()
    }

    /// One of the pool's own.
    pub fn read_custom(self) -> Result<SchemaAttribute, Error> {
        let name = self.name.ok_or_else(|| Error::parameter("Attribute name is required."))?;
        if self.required {
            return Err(Error::parameter("Required custom attributes are not supported currently."));
        }
        // SECURITY: a custom attribute keeps its prefix, so it never becomes a claim of ours (T6).
        let prefix = if self.developer_only_attribute { "dev:custom:" } else { "custom:" };
        Ok(SchemaAttribute {
            name: format!("{prefix}{name}"),
            attribute_data_type: self.attribute_data_type.unwrap_or_else(|| "String".to_owned()),
            developer_only_attribute: self.developer_only_attribute,
            mutable: self.mutable.unwrap_or(true),
            required: false,
            number_attribute_constraints: self.number_attribute_constraints,
            string_attribute_constraints: self.string_attribute_constraints,
        })
    }
}
