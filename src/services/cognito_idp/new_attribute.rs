//! Attributes as requests declare them: a standard one with its changes, or one of the pool's own.

use serde::Deserialize;

use super::errors::Error;
use crate::userpools::attributes::{NumberConstraints, SchemaAttribute, StringConstraints, check_declared, full_schema};

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

/// The schema that a new pool declares: each attribute once.
pub fn schema(declared: Vec<NewAttribute>) -> Result<Vec<SchemaAttribute>, Error> {
    let mut schema: Vec<SchemaAttribute> = Vec::with_capacity(declared.len());
    for attribute in declared {
        let attribute = attribute.read()?;
        if let Some(twice) = schema.iter().find(|earlier| earlier.name == attribute.name) {
            return Err(Error::parameter(format!("{name}: Existing attribute already has name {name}.", name = twice.name)));
        }
        schema.push(attribute);
    }
    Ok(schema)
}

impl NewAttribute {
    /// A standard attribute with its changes, or one of the pool's own.
    pub fn read(self) -> Result<SchemaAttribute, Error> {
        let name = self.name.clone().ok_or_else(|| Error::parameter("Attribute name is required."))?;
        let Some(default) = full_schema(&[]).into_iter().find(|standard| standard.name == name) else { return self.read_custom() };
        let changes_type = self.attribute_data_type.is_some_and(|given| given != default.attribute_data_type);
        if changes_type || self.developer_only_attribute {
            return Err(Error::parameter(format!(
                "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
            )));
        }
        if name == "sub" && (self.mutable == Some(true) || !self.required) {
            return Err(Error::parameter("The attribute sub is required and not mutable."));
        }
        checked(SchemaAttribute {
            mutable: self.mutable.unwrap_or(default.mutable),
            required: self.required,
            number_attribute_constraints: self.number_attribute_constraints.or(default.number_attribute_constraints),
            string_attribute_constraints: self.string_attribute_constraints.or(default.string_attribute_constraints),
            ..default
        })
    }

    /// One of the pool's own.
    pub fn read_custom(self) -> Result<SchemaAttribute, Error> {
        let name = self.name.ok_or_else(|| Error::parameter("Attribute name is required."))?;
        if self.required {
            return Err(Error::parameter("Required custom attributes are not supported currently."));
        }
        // SECURITY: a custom attribute keeps its prefix, so it never becomes a claim of ours (T6).
        let prefix = if self.developer_only_attribute { "dev:custom:" } else { "custom:" };
        checked(SchemaAttribute {
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

fn checked(attribute: SchemaAttribute) -> Result<SchemaAttribute, Error> {
    check_declared(&attribute).map_err(|refused| Error::parameter(refused.to_string()))?;
    Ok(attribute)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_schema_is_taken_whole_or_refused() {
        let app = TestApp::new().await;
        let string = |more: Value| {
            let mut attribute = json!({"Name": "a", "AttributeDataType": "String"});
            attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            attribute
        };
        let length = |least: &str, greatest: &str| json!({"StringAttributeConstraints": {"MinLength": least, "MaxLength": greatest}});
        let number = |least: &str, greatest: &str| json!({"Name": "n", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": least, "MaxValue": greatest}});
        for (schema, accepted) in [
            (json!([string(length("1", "5"))]), true),
            (json!([string(length("0", "2048"))]), true),
            (json!([string(length("5", "1"))]), false),
            (json!([string(length("-1", "5"))]), false),
            (json!([string(length("1", "five"))]), false),
            (json!([string(length("1", "4096"))]), true),
            (json!([number("-5", "5")]), true),
            (json!([number("5", "-5")]), false),
            (json!([number("", "5")]), false),
            (json!([number("1", &format!("1{}", "0".repeat(308)))]), false),
            (json!([string(json!({"NumberAttributeConstraints": {"MinValue": "1"}}))]), false),
            (json!([{"Name": "b", "AttributeDataType": "Boolean", "StringAttributeConstraints": {"MaxLength": "1"}}]), false),
            (json!([{"Name": "d", "AttributeDataType": "DateTime", "DeveloperOnlyAttribute": true, "Mutable": false}]), true),
            (json!([string(json!({})), string(json!({}))]), false),
            (json!([string(json!({})), string(json!({"DeveloperOnlyAttribute": true}))]), true),
            (json!([string(json!({"Required": true}))]), false),
            (json!([{"Name": "email", "AttributeDataType": "String", "Required": true, "Mutable": false}]), true),
            (json!([{"Name": "email", "AttributeDataType": "Number"}]), false),
            (json!([{"Name": "email", "DeveloperOnlyAttribute": true}]), false),
            (json!([{"Name": "sub", "Required": false}]), false),
            (json!([{"Name": "email"}, {"Name": "email"}]), false),
        ] {
            let answer = app.admin().call("CreateUserPool", json!({"PoolName": "p", "Schema": schema})).await;
            assert_eq!(answer.code(), if accepted { "" } else { "InvalidParameterException" }, "{schema}: {}", answer.text);
        }
    }

    #[actix_web::test]
    async fn values_are_of_the_type_and_within_the_bounds_that_were_declared_and_stay_where_they_must() {
        let app = TestApp::new().await;
        let schema = json!([
            {"Name": "flag", "AttributeDataType": "Boolean"},
            {"Name": "since", "AttributeDataType": "DateTime"},
            {"Name": "level", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "-1", "MaxValue": "3"}},
            {"Name": "fixed", "AttributeDataType": "String", "Mutable": false, "StringAttributeConstraints": {"MaxLength": "3"}},
            {"Name": "note", "AttributeDataType": "String", "DeveloperOnlyAttribute": true},
        ]);
        let pool = app.pool_with(json!({"Schema": schema}), json!({})).await;
        pool.user_with("alice", json!({"custom:fixed": "one"})).await;
        for (name, value, accepted) in [
            ("custom:flag", "true", true),
            ("custom:flag", "yes", false),
            ("custom:since", "2027-01-15T08:00:00Z", true),
            ("custom:since", "1800000000", true),
            ("custom:since", "yesterday", false),
            ("custom:level", "-1", true),
            ("custom:level", "4", false),
            ("custom:fixed", "two", false),
            ("custom:fixed", "one", true),
            ("dev:custom:note", "theirs", true),
        ] {
            let given = json!([{"Name": name, "Value": value}]);
            let answer = pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": given})).await;
            assert_eq!(answer.status == 200, accepted, "{name} = {value}: {}", answer.text);
        }
        let sign_up =
            json!({"Username": "bob", "Password": crate::testing::PASSWORD, "UserAttributes": [{"Name": "dev:custom:note", "Value": "x"}]});
        assert_eq!(pool.client("SignUp", sign_up).await.code(), "NotAuthorizedException", "only administrators write what is theirs");
    }
}
