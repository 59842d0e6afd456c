//! A pool's settings: who signs up and how, what passwords are like; and its end.

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Visit, call, confirmed, may, members, number};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// What DescribeUserPool tells and UpdateUserPool does not take.
pub(super) const OF_CREATION: [&str; 10] = [
    "Id",
    "Name",
    "Arn",
    "CreationDate",
    "LastModifiedDate",
    "SchemaAttributes",
    "EstimatedNumberOfUsers",
    "UsernameAttributes",
    "AliasAttributes",
    "UsernameConfiguration",
];

#[derive(Template)]
#[template(path = "console/pools/settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    settings: Settings,
    may_change: May,
    may_delete: May,
    error: Option<WireError>,
}

/// What the form asks.
struct Settings {
    name: String,
    sign_up: bool,
    verify_email: bool,
    verify_phone: bool,
    protected: bool,
    minimum_length: String,
    upper: bool,
    lower: bool,
    numbers: bool,
    symbols: bool,
    temporary_days: String,
}

impl Settings {
    fn of(described: &Value) -> Self {
        let verified = described.texts("AutoVerifiedAttributes");
        let policy = described.at("Policies").at("PasswordPolicy");
        let number = |member: &str| policy.at(member).as_i64().map(|number| number.to_string()).unwrap_or_default();
        Self {
            name: described.text("Name"),
            sign_up: described.at("AdminCreateUserConfig").at("AllowAdminCreateUserOnly") != true,
            verify_email: verified.iter().any(|attribute| attribute == "email"),
            verify_phone: verified.iter().any(|attribute| attribute == "phone_number"),
            protected: described.at("DeletionProtection") == "ACTIVE",
            minimum_length: number("MinimumLength"),
            upper: policy.at("RequireUppercase") == true,
            lower: policy.at("RequireLowercase") == true,
            numbers: policy.at("RequireNumbers") == true,
            symbols: policy.at("RequireSymbols") == true,
            temporary_days: number("TemporaryPasswordValidityDays"),
        }
    }

    fn read(fields: &Fields) -> Self {
        Self {
            name: fields.given("name").unwrap_or_default(),
            sign_up: fields.has("sign_up"),
            verify_email: fields.has("verify_email"),
            verify_phone: fields.has("verify_phone"),
            protected: fields.has("protected"),
            minimum_length: fields.given("minimum_length").unwrap_or_default(),
            upper: fields.has("upper"),
            lower: fields.has("lower"),
            numbers: fields.has("numbers"),
            symbols: fields.has("symbols"),
            temporary_days: fields.given("temporary_days").unwrap_or_default(),
        }
    }

    /// UpdateUserPool resets what it is not given: so it is given all that was there, and what changes.
    fn input(&self, head: &Head) -> Value {
        let mut input = unchanged(head);
        let verified = [(self.verify_email, "email"), (self.verify_phone, "phone_number")];
        let verified: Vec<&str> = verified.into_iter().filter_map(|(is, attribute)| is.then_some(attribute)).collect();
        let policies = head.described.at("Policies").clone();
        let policy = policies.at("PasswordPolicy").clone().with(json!({
            "MinimumLength": number(&self.minimum_length), "RequireUppercase": self.upper, "RequireLowercase": self.lower,
            "RequireNumbers": self.numbers, "RequireSymbols": self.symbols,
            "TemporaryPasswordValidityDays": number(&self.temporary_days),
        }));
        let mut admins = head.described.at("AdminCreateUserConfig").clone().with(json!({"AllowAdminCreateUserOnly": !self.sign_up}));
        admins.put("UnusedAccountValidityDays", number(&self.temporary_days));
        for (name, value) in [
            ("PoolName", json!(self.name)),
            ("AutoVerifiedAttributes", json!(verified)),
            ("DeletionProtection", json!(if self.protected { "ACTIVE" } else { "INACTIVE" })),
            ("Policies", policies.with(json!({"PasswordPolicy": policy}))),
            ("AdminCreateUserConfig", admins),
        ] {
            input.insert(name.to_owned(), value);
        }
        Value::Object(input)
    }
}

/// What UpdateUserPool is given of a pool, so that it changes nothing.
pub fn unchanged(head: &Head) -> Map<String, Value> {
    let mut input: Map<String, Value> = members(head.described.clone());
    input.retain(|name, _| !OF_CREATION.contains(&name.as_str()));
    input.insert("UserPoolId".to_owned(), json!(head.id));
    input
}

async fn page(visit: &Visit, head: Head, settings: Settings, error: Option<WireError>) -> SettingsPage {
    let pool = json!({"UserPoolId": head.id});
    SettingsPage {
        frame: visit.frame(&head.name),
        may_change: may(visit, "UpdateUserPool", pool.clone()).await,
        may_delete: may(visit, "DeleteUserPool", pool).await,
        head,
        settings,
        error,
    }
}

/// `GET /console/pools/{pool}/settings`
pub async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "settings").await?;
    let settings = Settings::of(&head.described);
    Ok(Reply::page(&page(visit, head, settings, None).await))
}

/// `POST /console/pools/{pool}/settings`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "settings").await?;
    let settings = Settings::read(fields);
    let path = head.path("/settings");
    if let Err(error) = call(visit, "UpdateUserPool", settings.input(&head)).await {
        return Ok(Reply::again(&page(visit, head, settings, Some(error.clone())).await, &error));
    }
    Ok(Reply::done(path, "The settings are saved."))
}

/// `POST /console/pools/{pool}/delete`
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load(visit, "settings").await?;
    confirmed(fields, &head.name)?;
    call(visit, "DeleteUserPool", json!({"UserPoolId": head.id})).await?;
    Ok(Reply::done("/pools", format!("The pool {} is deleted, and all that was in it.", head.name)))
}
