//! A new pool with its first app client, by what kind of application it is for.

use askama::Template;
use serde_json::{Value, json};

use super::preset::{PRESETS, Preset, preset};
use super::{Fields, Frame, May, Outcome, Reply, Visit, call, may, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// What people sign in with: the field's value, what it is called, and what it means.
const NAMES: [(&str, &str, &str); 3] = [
    ("email", "Their email address", "It is their name."),
    ("username", "A username", "Or their email address, once it is verified."),
    (
        "preferred",
        "A username, or another that they choose",
        "The other is theirs to change; their email address serves too, once it is verified.",
    ),
];

/// The attributes that the form can ask of everybody, and what people call them.
const REQUIRABLE: [(&str, &str); 6] = [
    ("email", "Email address"),
    ("phone_number", "Phone number"),
    ("name", "Name"),
    ("given_name", "Given name"),
    ("family_name", "Family name"),
    ("birthdate", "Date of birth"),
];

/// The value of [`NAMES`]; the first for any other.
fn named(value: &str) -> &'static str {
    let [(first, ..), ..] = NAMES;
    NAMES.iter().find(|(name, ..)| *name == value).map_or(first, |(name, ..)| name)
}

#[derive(Template)]
#[template(path = "console/pools/new.html")]
struct NewPage {
    frame: Frame,
    region: String,
    presets: &'static [Preset],
    names: [(&'static str, &'static str, &'static str); 3],
    requirable: [(&'static str, &'static str); 6],
    given: Given,
    may: May,
    error: Option<WireError>,
}

/// What the form asks.
struct Given {
    name: String,
    preset: String,
    /// One of [`NAMES`].
    names: &'static str,
    /// Whether capitals make another name.
    capitals: bool,
    /// The attributes that everybody has, of [`REQUIRABLE`].
    required: Vec<&'static str>,
    sign_up: bool,
    mfa: bool,
    protected: bool,
    notices: bool,
}

impl Given {
    fn read(fields: &Fields) -> Self {
        Self {
            name: fields.given("name").unwrap_or_default(),
            preset: preset(&fields.text("preset")).id.to_owned(),
            names: named(&fields.text("names")),
            capitals: fields.has("capitals"),
            required: REQUIRABLE
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| fields.all("required").any(|ticked| ticked == *name))
                .collect(),
            sign_up: fields.has("sign_up"),
            mfa: fields.has("mfa"),
            protected: fields.has("protected"),
            notices: fields.has("notices"),
        }
    }

    fn pool(&self) -> Value {
        let mut input = json!({
            "PoolName": self.name,
            "AutoVerifiedAttributes": ["email"],
            "UsernameConfiguration": {"CaseSensitive": self.capitals},
            "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": !self.sign_up},
            "MfaConfiguration": if self.mfa { "OPTIONAL" } else { "OFF" },
            "DeletionProtection": if self.protected { "ACTIVE" } else { "INACTIVE" },
        });
        let (member, names) = match self.names {
            "username" => ("AliasAttributes", json!(["email"])),
            "preferred" => ("AliasAttributes", json!(["email", "preferred_username"])),
            _ => ("UsernameAttributes", json!(["email"])),
        };
        input.put(member, names);
        if !self.required.is_empty() {
            let required = self.required.iter().map(|name| json!({"Name": name, "Required": true}));
            input.put("Schema", required.collect::<Vec<_>>());
        }
        if self.notices {
            input.put("UserPoolTags", json!({"passwright:security-notices": "on"}));
        }
        input
    }
}

async fn asked(visit: &Visit, given: Given, error: Option<WireError>) -> NewPage {
    NewPage {
        frame: visit.frame("New user pool"),
        region: visit.region(),
        presets: &PRESETS,
        names: NAMES,
        requirable: REQUIRABLE,
        may: may(visit, "CreateUserPool", json!({"PoolName": "new"})).await,
        given,
        error,
    }
}

/// `GET /console/pools/new`
pub async fn show(visit: &Visit) -> Outcome {
    let given = Given {
        name: String::new(),
        preset: String::from("browser"),
        names: named(""),
        capitals: false,
        required: Vec::new(),
        sign_up: true,
        mfa: true,
        protected: true,
        notices: true,
    };
    Ok(Reply::page(&asked(visit, given, None).await))
}

/// `POST /console/pools/new`: the pool, and its client.
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let given = Given::read(fields);
    let pool = match call(visit, "CreateUserPool", given.pool()).await {
        Ok(answer) => answer.at("UserPool").text("Id"),
        Err(error) => return Ok(Reply::again(&asked(visit, given, Some(error.clone())).await, &error)),
    };
    let path = format!("/pools/{}", segment(&pool));
    let preset = preset(&given.preset);
    let mut scopes = Vec::new();
    if let Some(server) = preset.resource_server(&pool, &given.name) {
        // A machine without a scope gets no token; its page says how to give it one.
        if call(visit, "CreateResourceServer", server).await.is_ok() {
            scopes = Preset::scopes();
        }
    }
    // The pool is there, whatever becomes of the client.
    Ok(match call(visit, "CreateUserPoolClient", preset.client(&pool, &given.name, &scopes)).await {
        Ok(answer) => {
            let client = answer.at("UserPoolClient").text("ClientId");
            Reply::done(format!("{path}?client={}", segment(&client)), "The pool and its app client are made. The code below uses them.")
        }
        Err(error) => Reply::done(path, format!("The pool is made; its app client is not: {}", error.message)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_holds_for_good_is_asked_when_a_pool_is_made() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        browser.open("/pools/new").await;
        let fields = [
            ("name", "p"),
            ("preset", "browser"),
            ("names", "preferred"),
            ("capitals", "on"),
            ("required", "name"),
            ("required", "birthdate"),
            ("required", "custom:x"),
        ];
        browser.submit_and_follow("/pools/new", &fields).await;
        let listed = app.admin().call("ListUserPools", json!({"MaxResults": 10})).await.ok()["UserPools"].clone();
        let pool = app.admin().call("DescribeUserPool", json!({"UserPoolId": listed[0]["Id"]})).await.ok()["UserPool"].clone();
        assert_eq!(pool["AliasAttributes"], json!(["email", "preferred_username"]));
        assert_eq!(pool["UsernameConfiguration"]["CaseSensitive"], true);
        let schema = pool["SchemaAttributes"].as_array().unwrap();
        let required = schema.iter().filter(|attribute| attribute["Required"] == true).map(|attribute| attribute["Name"].as_str().unwrap());
        assert_eq!(required.collect::<Vec<_>>(), ["sub", "name", "birthdate"]);
        let refused = browser.submit("/pools/new", &[("name", ""), ("names", "preferred"), ("capitals", "on"), ("required", "name")]).await;
        for kept in ["value=\"preferred\" checked", "name=\"capitals\" checked", "value=\"name\" checked"] {
            assert!(refused.status == 400 && refused.text.contains(kept), "{kept}: {}", refused.text);
        }
    }
}
