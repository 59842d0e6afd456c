//! Requests against the interface model, with AWS's own wording; all violations are reported together.

use serde_json::Value;

use super::model::{Kind, Model, Shape, ShapeId};
use crate::kit::cut::cut;

/// Violations beyond this many are counted no further: the message would only grow.
const MAX_REPORTED: usize = 20;

/// How much of a value a message shows, and of a map's key in a path.
const VALUE_CHARACTERS: usize = 256;
const KEY_CHARACTERS: usize = 64;

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
    violations.value(model, input, value, &Place { path: Path::Root, hidden: false })?;
    let texts: Vec<&str> = violations.0.iter().map(|violation| violation.text.as_str()).collect();
    let message = match texts.len() {
        0 => return Ok(()),
        1 => format!("1 validation error detected: {}", texts.join("; ")),
        count => format!("{count} validation errors detected: {}", texts.join("; ")),
    };
    Err(Invalid::Constraints(message, violations.0))
}

/// Where a value stands. It is written out only for what violates a constraint: a valid request pays for no text.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: Path<'a>,
    /// Whether the value stands in something sensitive, and so must stay out of messages itself.
    hidden: bool,
}

#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
    Entry(&'a Path<'a>, &'a str),
}

impl Place<'_> {
    fn hides(&self, shape: &Shape) -> bool {
        self.hidden || shape.sensitive
    }
}

impl Path<'_> {
    /// As AWS writes it: `userAttributes.2.member.name`. A key of a map is the caller's own text, of any length.
    fn write(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(parent, name) => join(&parent.write(), &lower_first(name)),
            Self::Item(parent, index) => format!("{}.{}.member", parent.write(), index + 1),
            Self::Entry(parent, key) => format!("{}.{}.member", parent.write(), cut(key, KEY_CHARACTERS)),
        }
    }
}

struct Violations(Vec<Violation>);

impl Violations {
    fn value(&mut self, model: &Model, id: ShapeId, value: &Value, place: &Place<'_>) -> Result<(), Invalid> {
        let Some(shape) = model.shape(id) else { return Ok(()) };
        let hidden = place.hides(shape);
        match (&shape.kind, value) {
            (Kind::Structure(members), Value::Object(fields)) => {
                for member in members {
                    let place = Place { path: Path::Member(&place.path, &member.name), hidden };
                    match fields.get(&member.name) {
                        None | Some(Value::Null) if member.required => self.report(&Shown::Null, &place, "Member must not be null"),
                        None | Some(Value::Null) => {}
                        Some(field) => self.value(model, member.shape, field, &place)?,
                    }
                }
            }
            (Kind::List(member), Value::Array(items)) => {
                self.length(shape, items.len(), value, place);
                for (index, item) in items.iter().enumerate() {
                    self.value(model, *member, item, &Place { path: Path::Item(&place.path, index), hidden })?;
                }
            }
            (Kind::Map(key, member), Value::Object(fields)) => {
                self.length(shape, fields.len(), value, place);
                let key = model.shape(*key);
                // The path of a value names its key: where keys are sensitive, it ends with the map.
                let keys_are_hidden = hidden || key.is_some_and(|key| key.sensitive);
                for (name, field) in fields {
                    if let Some(shape @ Shape { kind: Kind::String(allowed), .. }) = key {
                        self.text(shape, allowed, name, &Place { hidden: keys_are_hidden, ..*place });
                    }
                    if !field.is_null() {
                        let path = if keys_are_hidden { place.path } else { Path::Entry(&place.path, name) };
                        self.value(model, *member, field, &Place { path, hidden })?;
                    }
                }
            }
            (Kind::String(allowed), Value::String(text)) => self.text(shape, allowed, text, place),
            (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {
                self.number(shape, number.as_f64(), value, place);
            }
            (Kind::Double, Value::Number(number)) => self.number(shape, number.as_f64(), value, place),
            (Kind::Blob, Value::String(text)) => self.length(shape, text.len() / 4 * 3, value, place),
            (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_) | Value::String(_)) | (Kind::Document, _) => {}
            (kind, found) => return Err(Invalid::Type(mismatch(kind, found))),
        }
        Ok(())
    }

    fn text(&mut self, shape: &Shape, allowed: &[String], text: &str, place: &Place<'_>) {
        let shown = if place.hides(shape) { Shown::Hidden } else { Shown::Text(text) };
        if !allowed.is_empty() && !allowed.iter().any(|value| value == text) {
            self.report(&shown, place, &format!("Member must satisfy enum value set: [{}]", allowed.join(", ")));
        }
        if shape.min.is_some() || shape.max.is_some() {
            // Java's `String.length` counts UTF-16 code units.
            self.measure(shape, text.encode_utf16().count(), &shown, place);
        }
        if let (Some(pattern), Some(regex)) = (shape.pattern(), shape.regex())
            && !regex.is_match(text)
        {
            self.report(&shown, place, &format!("Member must satisfy regular expression pattern: {pattern}"));
        }
    }

    fn length(&mut self, shape: &Shape, length: usize, value: &Value, place: &Place<'_>) {
        let shown = if place.hides(shape) { Shown::Hidden } else { Shown::Json(value) };
        self.measure(shape, length, &shown, place);
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths are bounded by the request's size")]
    fn measure(&mut self, shape: &Shape, length: usize, shown: &Shown<'_>, place: &Place<'_>) {
        self.range(shape, length as f64, "length", shown, place);
    }

    fn number(&mut self, shape: &Shape, number: Option<f64>, value: &Value, place: &Place<'_>) {
        if let Some(number) = number {
            let shown = if place.hides(shape) { Shown::Hidden } else { Shown::Json(value) };
            self.range(shape, number, "value", &shown, place);
        }
    }

    fn range(&mut self, shape: &Shape, measure: f64, what: &str, shown: &Shown<'_>, place: &Place<'_>) {
        if let Some(min) = shape.min.filter(|min| measure < *min) {
            self.report(shown, place, &format!("Member must have {what} greater than or equal to {min}"));
        }
        if let Some(max) = shape.max.filter(|max| measure > *max) {
            self.report(shown, place, &format!("Member must have {what} less than or equal to {max}"));
        }
    }

    fn report(&mut self, shown: &Shown<'_>, place: &Place<'_>, constraint: &str) {
        if self.0.len() < MAX_REPORTED {
            let path = place.path.write();
            let text = format!("Value{} at '{path}' failed to satisfy constraint: {constraint}", shown.write());
            self.0.push(Violation { path, text });
        }
    }
}

#[cfg(test)]
thread_local! {
    /// How many values were written out, for the test that valid ones are not.
    static RENDERED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// What a message shows of a value.
enum Shown<'a> {
    /// There is none.
    Null,
    /// Nothing: it is sensitive.
    Hidden,
    Text(&'a str),
    Json(&'a Value),
}

impl Shown<'_> {
    /// In quotes, after a blank, and no more than a glimpse of long ones.
    fn write(&self) -> String {
        #[cfg(test)]
        RENDERED.with(|rendered| rendered.set(rendered.get() + 1));
        let glimpse = |text: &str| format!(" '{}'", cut(text, VALUE_CHARACTERS));
        match self {
            Self::Null => " null".to_owned(),
            Self::Hidden => String::new(),
            Self::Text(text) => glimpse(text),
            Self::Json(value) => glimpse(&value.to_string()),
        }
    }
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
        Kind::Document => "Document",
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

    #[test]
    fn what_stands_in_something_sensitive_is_masked() {
        let long = "p".repeat(3000);
        let input = json!({"ClientId": "abc", "AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"PASSWORD": long, long.as_str(): "x"}});
        let text = message("InitiateAuth", input);
        assert!(!text.contains("ppp"), "{text}");
        for service in Service::all() {
            for operation in service.model().operations() {
                let Some(input) = operation.input else { continue };
                let mut texts = Vec::new();
                sensitive_maps(service.model(), input, &mut Vec::new(), &mut texts);
                for value in texts {
                    let Err(Invalid::Constraints(text, _)) = validate(service.model(), input, &value) else { continue };
                    assert!(!text.contains("s3cret"), "{}: {text}", operation.name);
                }
            }
        }
    }

    /// Inputs with `s3cret`, too long, in each sensitive place below maps, lists and structures.
    fn sensitive_maps(model: &Model, id: ShapeId, way: &mut Vec<(String, bool)>, found: &mut Vec<Value>) {
        let Some(shape) = model.shape(id) else { return };
        if way.len() > 6 {
            return;
        }
        let below = |way: &mut Vec<(String, bool)>, name: &str, in_list: bool, id: ShapeId, found: &mut Vec<Value>| {
            way.push((name.to_owned(), in_list));
            sensitive_maps(model, id, way, found);
            way.pop();
        };
        let secret = || Value::from(format!("s3cret{}", "!".repeat(200_000)));
        match &shape.kind {
            Kind::Structure(members) => members.iter().for_each(|member| below(way, &member.name, false, member.shape, found)),
            Kind::List(_) if shape.sensitive => found.push(placed(way, json!([secret()]))),
            Kind::List(member) => below(way, "", true, *member, found),
            Kind::Map(_, _) if shape.sensitive => found.push(placed(way, json!({"s3cret": secret()}))),
            Kind::Map(_, member) => below(way, "k", false, *member, found),
            Kind::String(_) if shape.sensitive => found.push(placed(way, secret())),
            _ => {}
        }
    }

    fn placed(way: &[(String, bool)], value: Value) -> Value {
        way.iter().rev().fold(value, |value, (name, in_list)| if *in_list { json!([value]) } else { json!({name.as_str(): value}) })
    }

    #[test]
    fn paths_and_values_are_cut() {
        let long = "k".repeat(100_000);
        let tags = json!({"UserPoolId": "us-east-1_abc", "UserPoolTags": {long.as_str(): "v".repeat(100_000)}, "MfaConfiguration": long});
        let text = message("UpdateUserPool", tags);
        assert!(text.len() < 2_000 && text.contains("kkk…'") && text.contains("kkk….member'"), "{text}");
    }

    /// 100,000 valid entries: writing each of them out took a worker 100 ms and more.
    #[test]
    fn what_is_valid_is_not_written_out() {
        let fields: serde_json::Map<String, Value> = (0..50_000).map(|number| (format!("key{number}"), Value::from("value"))).collect();
        let inner = json!({"ClientId": "abc", "AuthFlow": "USER_SRP_AUTH", "AuthParameters": fields});
        assert_eq!(RENDERED.with(std::cell::Cell::get), 0);
        assert_eq!(message("InitiateAuth", inner), "");
        assert_eq!(RENDERED.with(std::cell::Cell::get), 0);
    }
}
