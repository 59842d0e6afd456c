//! A new pool with its first app client, by what kind of application it is for.

use askama::Template;
use serde_json::{Value, json};

use super::preset::{PRESETS, Preset, preset};
use super::{Fields, Frame, May, Outcome, Reply, Visit, call, may, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

#[derive(Template)]
#[template(path = "console/pools/new.html")]
struct NewPage {
    frame: Frame,
    region: String,
    presets: &'static [Preset],
    given: Given,
    may: May,
    error: Option<WireError>,
}

/// What the form asks.
struct Given {
    name: String,
    preset: String,
    by_email: bool,
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
            by_email: fields.text("names") != "username",
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
            "UsernameConfiguration": {"CaseSensitive": false},
            "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": !self.sign_up},
            "MfaConfiguration": if self.mfa { "OPTIONAL" } else { "OFF" },
            "DeletionProtection": if self.protected { "ACTIVE" } else { "INACTIVE" },
        });
        let names = if self.by_email { "UsernameAttributes" } else { "AliasAttributes" };
        input.put(names, json!(["email"]));
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
        by_email: true,
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
