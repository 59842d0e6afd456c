//! The attributes that a pool's users have, and a form that adds one of the pool's own.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page};
use crate::kit::json::Members as _;
use crate::userpools::attributes::{MOST_CUSTOM, is_standard};
use crate::wire::fault::WireError;

/// The page of attributes, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/attributes", show), form("/pools/{pool}/attributes", add)]
}

/// What each attribute that every pool has says of a user.
///
/// Source: `OpenID` Connect Core 1.0 §5.1, Standard Claims.
const ABOUT: [(&str, &str); 20] = [
    ("sub", "Who they are, for ever: the pool chooses it"),
    ("name", "Their whole name"),
    ("given_name", "Their given names"),
    ("family_name", "Their family names"),
    ("middle_name", "Their middle names"),
    ("nickname", "What they are called in passing"),
    ("preferred_username", "What they wish to be called; a name to sign in by, where the pool has it as an alias"),
    ("profile", "Their page on the web"),
    ("picture", "The address of their picture"),
    ("website", "Their own site"),
    ("email", "Where mail reaches them"),
    ("email_verified", "Whether that is proven"),
    ("gender", "Their gender"),
    ("birthdate", "When they were born: YYYY-MM-DD"),
    ("zoneinfo", "Their time zone, as Europe/Paris"),
    ("locale", "Their language and country, as de-CH"),
    ("phone_number", "Where calls and text messages reach them, as +15555550100"),
    ("phone_number_verified", "Whether that is proven"),
    ("address", "Where they live"),
    ("updated_at", "When this was last changed, in seconds since 1970"),
];

/// The types of values, and what each is.
const TYPES: [(&str, &str); 4] = [("String", "text"), ("Number", "a whole number"), ("DateTime", "a moment"), ("Boolean", "true or false")];

/// An attribute of the schema.
struct Attribute {
    name: String,
    kind: String,
    /// What it says, of a standard one.
    about: &'static str,
    /// Between what its values or their lengths are; empty where nothing bounds them.
    bounds: String,
    is_required: bool,
    is_mutable: bool,
    /// Whether administrators alone write it.
    is_administrators: bool,
}

impl Attribute {
    fn read(attribute: &Value) -> Self {
        let (name, numbers, lengths) =
            (attribute.text("Name"), attribute.at("NumberAttributeConstraints"), attribute.at("StringAttributeConstraints"));
        let about = ABOUT.iter().find(|(standard, _)| *standard == name).map_or("", |(_, about)| about);
        // No text is shorter than nothing.
        let least = Some(lengths.text("MinLength")).filter(|least| least != "0").unwrap_or_default();
        let of_lengths = between(&least, &lengths.text("MaxLength"));
        Self {
            about,
            bounds: match between(&numbers.text("MinValue"), &numbers.text("MaxValue")) {
                of_numbers if !of_numbers.is_empty() => of_numbers,
                _ if !of_lengths.is_empty() => format!("{of_lengths} characters"),
                nothing => nothing,
            },
            kind: attribute.text("AttributeDataType"),
            is_required: attribute.at("Required") == true,
            is_mutable: attribute.at("Mutable") == true,
            is_administrators: attribute.at("DeveloperOnlyAttribute") == true,
            name,
        }
    }
}

/// Bounds in words; empty where there are none.
fn between(least: &str, greatest: &str) -> String {
    match (least, greatest) {
        ("", "") => String::new(),
        (least, "") => format!("at least {least}"),
        ("", greatest) => format!("at most {greatest}"),
        (least, greatest) if least == greatest => least.to_owned(),
        (least, greatest) => format!("{least} to {greatest}"),
    }
}

/// What the form asks.
struct Given {
    name: String,
    kind: String,
    least: String,
    greatest: String,
    is_mutable: bool,
    is_administrators: bool,
}

impl Given {
    fn new() -> Self {
        let (name, least, greatest) = (String::new(), String::new(), String::new());
        Self { name, kind: "String".to_owned(), least, greatest, is_mutable: true, is_administrators: false }
    }

    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self {
            name: text("name"),
            kind: text("kind"),
            least: text("least"),
            greatest: text("greatest"),
            is_mutable: fields.has("mutable"),
            is_administrators: fields.has("administrators"),
        }
    }

    /// Bounds of a type that has none are given all the same: the operation refuses them in its own words.
    fn input(&self, pool: &str) -> Value {
        let mut attribute = json!({
            "Name": self.name, "AttributeDataType": self.kind, "Mutable": self.is_mutable,
            "DeveloperOnlyAttribute": self.is_administrators,
        });
        let (member, least, greatest) = match self.kind.as_str() {
            "Number" => ("NumberAttributeConstraints", "MinValue", "MaxValue"),
            _ => ("StringAttributeConstraints", "MinLength", "MaxLength"),
        };
        let bounds = super::sending::filled([(least, &self.least), (greatest, &self.greatest)]);
        if !bounds.is_empty() {
            attribute.put(member, Value::Object(bounds));
        }
        json!({"UserPoolId": pool, "CustomAttributes": [attribute]})
    }
}

#[derive(Template)]
#[template(path = "console/pools/attributes.html")]
struct AttributesPage {
    frame: Frame,
    head: Head,
    /// The pool's own, in the order in which they came.
    own: Vec<Attribute>,
    standard: Vec<Attribute>,
    most: usize,
    types: [(&'static str, &'static str); 4],
    given: Given,
    may_add: May,
    error: Option<WireError>,
}

async fn shown(visit: &Visit, given: Given, error: Option<WireError>) -> Result<AttributesPage, WireError> {
    let head = Head::load_whole(visit, "attributes").await?;
    let schema = head.described.list("SchemaAttributes").iter().map(Attribute::read);
    let (standard, own) = schema.partition(|attribute| is_standard(&attribute.name));
    let may_add = may(visit, "AddCustomAttributes", Given { name: "x".to_owned(), ..Given::new() }.input(&head.id)).await;
    Ok(AttributesPage { frame: visit.frame(&head.name), head, own, standard, most: MOST_CUSTOM, types: TYPES, given, may_add, error })
}

/// `GET /console/pools/{pool}/attributes`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&shown(visit, Given::new(), None).await?))
}

/// `POST /console/pools/{pool}/attributes`
async fn add(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "AddCustomAttributes", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(visit.path(), format!("The attribute {} is added.", given.name))),
        Err(error) => Ok(Reply::again(&shown(visit, given, Some(error.clone())).await?, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{TestApp, TestPool};
    use crate::userpools::attributes::full_schema;

    #[test]
    fn of_every_standard_attribute_it_is_said_what_it_is() {
        let told: Vec<&str> = ABOUT.iter().map(|(name, _)| *name).collect();
        let all = full_schema(&[]);
        assert_eq!(told, all.iter().map(|attribute| attribute.name.as_str()).collect::<Vec<_>>());
    }

    async fn own(pool: &TestPool<'_>) -> Vec<Value> {
        let described = pool.admin("DescribeUserPool", json!({})).await.ok();
        described["UserPool"]["SchemaAttributes"].as_array().unwrap()[20..].to_vec()
    }

    #[actix_web::test]
    async fn attributes_are_shown_and_added() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"Schema": [{"Name": "email", "Required": true}]}), json!({})).await;
        let browser = app.console().await;
        let path = format!("/pools/{}/attributes", pool.id);
        let empty = browser.open(&path).await;
        for text in [
            "No attributes of its own yet",
            "Where mail reaches them",
            "<code>birthdate</code>",
            "10 characters",
            "at most 2048 characters",
            "required",
        ] {
            assert!(empty.text.contains(text), "{text}: {}", empty.text);
        }
        let tier = [("name", "tier"), ("kind", "Number"), ("least", "1"), ("greatest", "3"), ("mutable", "on")];
        let added = browser.submit_and_follow(&path, &tier).await;
        for text in ["The attribute tier is added.", "<code>custom:tier</code>", "1 to 3"] {
            assert!(added.text.contains(text), "{text}: {}", added.text);
        }
        let note = [("name", "note"), ("kind", "String"), ("greatest", "9"), ("administrators", "on")];
        let added = browser.submit_and_follow(&path, &note).await;
        for text in ["<code>dev:custom:note</code>", "at most 9 characters", "administrators only", "never changes"] {
            assert!(added.text.contains(text), "{text}: {}", added.text);
        }
        let schema = own(&pool).await;
        assert_eq!(schema[0]["NumberAttributeConstraints"], json!({"MinValue": "1", "MaxValue": "3"}));
        assert_eq!((&schema[0]["Mutable"], &schema[0]["DeveloperOnlyAttribute"]), (&json!(true), &json!(false)));
        assert_eq!(schema[1]["StringAttributeConstraints"], json!({"MaxLength": "9"}));
        assert_eq!((&schema[1]["Mutable"], &schema[1]["DeveloperOnlyAttribute"]), (&json!(false), &json!(true)));
    }

    #[actix_web::test]
    async fn what_is_refused_is_shown_with_what_was_typed() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        let path = format!("/pools/{}/attributes", pool.id);
        browser.open(&path).await;
        for (fields, words, kept) in [
            (&[("name", "b"), ("kind", "Boolean"), ("greatest", "77")][..], "do not fit its AttributeDataType", "value=\"77\""),
            (&[("name", "n"), ("kind", "Number"), ("least", "5"), ("greatest", "1")], "the minimum is greater", "value=\"5\""),
            (&[("name", "a name"), ("kind", "String")], "InvalidParameterException", "value=\"a name\""),
            (&[("name", ""), ("kind", "String")], "InvalidParameterException", "value=\"String\" selected"),
            (&[("name", "<b>"), ("kind", "Text")], "InvalidParameterException", "value=\"&#60;b&#62;\""),
        ] {
            let refused = browser.submit(&path, fields).await;
            assert!(refused.status == 400 && refused.text.contains(words) && refused.text.contains(kept), "{words}: {}", refused.text);
            assert!(!refused.text.contains("name=\"mutable\" checked"), "a box that was not ticked stays so");
        }
        assert_eq!(own(&pool).await, Vec::<Value>::new());
    }

    #[actix_web::test]
    async fn who_may_only_look_sees_why_they_may_not_add_any() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks = json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        let path = format!("/pools/{}/attributes", pool.id);
        let page = browser.open(&path).await;
        assert!(page.text.contains(" disabled>") && page.text.contains("cognito-idp:AddCustomAttributes"), "{}", page.text);
        let refused = browser.submit(&path, &[("name", "tier"), ("kind", "String")]).await;
        assert!(refused.status == 403 && refused.text.contains("value=\"tier\""), "{}", refused.text);
        assert_eq!(own(&pool).await, Vec::<Value>::new());
    }
}
