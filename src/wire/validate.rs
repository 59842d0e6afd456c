//! Requests against the interface model, with AWS's own wording; all violations are reported together.

use serde_json::Value;

use super::model::{Kind, Model, Shape, ShapeId};

/// Violations beyond this many are counted no further: the message would only grow.
const MAX_REPORTED: usize = 20;

/// Why a request is refused before it reaches its operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalid {
    /// A value is of another type than the model's: SerializationException.
    Type(String),
    /// Constraints are violated: the message that AWS gives, and what it is made of.
    Constraints(String, Vec<Violation>),
}

/// A member that violates a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where it stands.
    pub path: String,
    /// What is wrong, in AWS's words.
    pub text: String,
}

/// Takes out what the model does not know, at every level, and members that are null: AWS takes them as not given.
pub fn strip(model: &Model, id: ShapeId, value: &mut Value) {
    match (model.shape(id).map(|shape| &shape.kind), value) {
        (Some(Kind::Structure(members)), Value::Object(fields)) => {
            fields.retain(|name, field| !field.is_null() && members.iter().any(|member| member.name == *name));
            for member in members {
                if let Some(field) = fields.get_mut(&member.name) {
                    strip(model, member.shape, field);
                }
            }
        }
        (Some(Kind::List(member)), Value::Array(items)) => items.iter_mut().for_each(|item| strip(model, *member, item)),
        (Some(Kind::Map(_, member)), Value::Object(fields)) => fields.values_mut().for_each(|field| strip(model, *member, field)),
        _ => {}
    }
}

/// Checks an input against its shape. Members that the model does not know are ignored, as AWS does.
///
/// # Errors
/// [`Invalid`].
pub fn validate(model: &Model, input: ShapeId, value: &Value) -> Result<(), Invalid> {
    let mut violations = Violations(Vec::new());
    violations.value(model, input, value, "")?;
    let texts: Vec<&str> = violations.0.iter().map(|violation| violation.text.as_str()).collect();
    let message = match texts.len() {
        0 => return Ok(()),
        1 => format!("1 validation error detected: {}", texts.join("; ")),
        count => format!("{count} validation errors detected: {}", texts.join("; ")),
    };
    Err(Invalid::Constraints(message, violations.0))
}

struct Violations(Vec<Violation>);

impl Violations {
    fn value(&mut self, model: &Model, id: ShapeId, value: &Value, path: &str) -> Result<(), Invalid> {
        let Some(shape) = model.shape(id) else { return Ok(()) };
        match (&shape.kind, value) {
            (Kind::Structure(members), Value::Object(fields)) => {
                for member in members {
                    let path = join(path, &lower_first(&member.name));
                    match fields.get(&member.name) {
                        None | Some(Value::Null) if member.required => self.report("null", &path, "Member must not be null"),
                        None | Some(Value::Null) => {}
                        Some(field) => self.value(model, member.shape, field, &path)?,
                    }
                }
            }
            (Kind::List(member), Value::Array(items)) => {
                self.length(shape, items.len(), value, path);
                for (index, item) in items.iter().enumerate() {
                    self.value(model, *member, item, &format!("{path}.{}.member", index + 1))?;
                }
            }
            (Kind::Map(key, member), Value::Object(fields)) => {
                self.length(shape, fields.len(), value, path);
                for (name, field) in fields {
                    self.value(model, *key, &Value::String(name.clone()), path)?;
                    if !field.is_null() {
                        self.value(model, *member, field, &format!("{path}.{name}.member"))?;
                    }
                }
            }
            (Kind::String(allowed), Value::String(text)) => self.text(shape, allowed, text, path),
            (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => self.number(shape, number.as_f64(), path),
            (Kind::Double, Value::Number(number)) => self.number(shape, number.as_f64(), path),
            (Kind::Blob, Value::String(text)) => self.length(shape, text.len() / 4 * 3, value, path),
            (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_) | Value::String(_)) => {}
            (kind, found) => return Err(Invalid::Type(mismatch(kind, found))),
        }
        Ok(())
    }

    fn text(&mut self, shape: &Shape, allowed: &[String], text: &str, path: &str) {
        let shown = show(shape, text);
        if !allowed.is_empty() && !allowed.iter().any(|value| value == text) {
            self.report(&shown, path, &format!("Member must satisfy enum value set: [{}]", allowed.join(", ")));
        }
        // Java's `String.length` counts UTF-16 code units.
        self.length_shown(shape, text.encode_utf16().count(), &shown, path);
        if let (Some(pattern), Some(regex)) = (shape.pattern(), shape.regex())
            && !regex.is_match(text)
        {
            self.report(&shown, path, &format!("Member must satisfy regular expression pattern: {pattern}"));
        }
    }

    fn length(&mut self, shape: &Shape, length: usize, value: &Value, path: &str) {
        self.length_shown(shape, length, &show(shape, &value.to_string()), path);
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths are bounded by the request's size")]
    fn length_shown(&mut self, shape: &Shape, length: usize, shown: &str, path: &str) {
        self.range(shape, length as f64, "length", shown, path);
    }

    fn number(&mut self, shape: &Shape, number: Option<f64>, path: &str) {
        if let Some(number) = number {
            self.range(shape, number, "value", &show(shape, &number.to_string()), path);
        }
    }

    fn range(&mut self, shape: &Shape, measure: f64, what: &str, shown: &str, path: &str) {
        if let Some(min) = shape.min.filter(|min| measure < *min) {
            self.report(shown, path, &format!("Member must have {what} greater than or equal to {min}"));
        }
        if let Some(max) = shape.max.filter(|max| measure > *max) {
            self.report(shown, path, &format!("Member must have {what} less than or equal to {max}"));
        }
    }

    fn report(&mut self, shown: &str, path: &str, constraint: &str) {
        if self.0.len() < MAX_REPORTED {
            let blank = if shown.is_empty() { "" } else { " " };
            let text = format!("Value{blank}{shown} at '{path}' failed to satisfy constraint: {constraint}");
            self.0.push(Violation { path: path.to_owned(), text });
        }
    }
}

/// The value in quotes; nothing for what must stay out of messages, and no more than a glimpse of long ones.
fn show(shape: &Shape, value: &str) -> String {
    if shape.sensitive { String::new() } else { format!("'{}'", value.chars().take(256).collect::<String>()) }
}

fn mismatch(expected: &Kind, found: &Value) -> String {
    let expected = match expected {
        Kind::Structure(_) => return format!("Unexpected value for a structure: {}", token(found)),
        Kind::List(_) => return "Unrecognized collection type class java.util.List".to_owned(),
        Kind::Map(..) => "Map",
        Kind::String(_) => "String",
        Kind::Integer => "Integer",
        Kind::Double => "Double",
        Kind::Boolean => "Boolean",
        Kind::Timestamp => "Timestamp",
        Kind::Blob => "Blob",
    };
    format!("{} cannot be converted to {expected}", token(found))
}

/// The token's name in AWS's messages.
const fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn lower_first(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::model::Service;

    fn check(service: Service, operation: &str, input: Value) -> Result<(), Invalid> {
        let model = service.model();
        validate(model, model.operation(operation).unwrap().input.unwrap(), &input)
    }

    fn message(operation: &str, input: Value) -> String {
        match check(Service::CognitoIdp, operation, input) {
            Err(Invalid::Constraints(message, _) | Invalid::Type(message)) => message,
            Ok(()) => String::new(),
        }
    }

    #[test]
    fn violations_are_worded_as_aws_words_them() {
        for (operation, input, expected) in [
            ("DescribeUserPool", json!({"UserPoolId": "us-east-1_abc"}), ""),
            (
                "DescribeUserPool",
                json!({}),
                "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: Member must not be null",
            ),
            (
                "DescribeUserPool",
                json!({"UserPoolId": "nope"}),
                "1 validation error detected: Value 'nope' at 'userPoolId' failed to satisfy constraint: Member must satisfy \
                 regular expression pattern: [\\w-]+_[0-9a-zA-Z]+",
            ),
            (
                "ListUserPools",
                json!({"MaxResults": 61}),
                "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: Member must have value \
                 less than or equal to 60",
            ),
            (
                "SetUserPoolMfaConfig",
                json!({"UserPoolId": "us-east-1_abc", "MfaConfiguration": "MAYBE"}),
                "1 validation error detected: Value 'MAYBE' at 'mfaConfiguration' failed to satisfy constraint: Member must \
                 satisfy enum value set: [OFF, ON, OPTIONAL]",
            ),
        ] {
            assert_eq!(message(operation, input), expected);
        }
    }

    #[test]
    fn all_violations_are_reported_together_and_secrets_are_not_shown() {
        let text = message("SignUp", json!({"ClientId": "!", "Username": "", "Password": "p q"}));
        assert!(text.starts_with("4 validation errors detected: "), "{text}");
        assert!(text.contains("Value at 'clientId' failed") && !text.contains("'!'"), "{text}");
        assert!(text.contains("Value at 'username' failed to satisfy constraint: Member must have length greater"), "{text}");
        assert!(text.contains("Value at 'password' failed") && !text.contains("p q"), "{text}");
    }

    #[test]
    fn nested_members_have_aws_paths() {
        let input = json!({"ClientId": "abc", "Username": "alice", "UserAttributes": [{"Name": "email"}, {"Value": "x"}]});
        assert_eq!(
            message("SignUp", input),
            "1 validation error detected: Value null at 'userAttributes.2.member.name' failed to satisfy constraint: Member must \
             not be null"
        );
    }

    #[test]
    fn types_are_checked_before_constraints() {
        for (input, expected) in [
            (json!({"UserPoolId": 5}), "NUMBER_VALUE cannot be converted to String"),
            (json!({"UserPoolId": ["a"]}), "START_ARRAY cannot be converted to String"),
        ] {
            assert_eq!(check(Service::CognitoIdp, "DescribeUserPool", input), Err(Invalid::Type(expected.to_owned())));
        }
        let number = json!({"MaxResults": 1.5});
        assert!(matches!(check(Service::CognitoIdp, "ListUserPools", number), Err(Invalid::Type(_))));
    }
}
