//! A new user: invited by mail or text message, or made in silence with a password that is handed over otherwise.

use askama::Template;
use serde_json::{Value, json};

use super::super::{Fields, Frame, Head, May, Outcome, Reply, Visit, call, may, refused, segment, texts};
use super::attribute;
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

#[derive(Default)]
struct Given {
    username: String,
    email: String,
    phone: String,
    verified: bool,
    invitation: String,
    password: String,
}

impl Given {
    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self {
            username: text("username"),
            email: text("email"),
            phone: text("phone"),
            verified: fields.has("verified"),
            invitation: text("invitation"),
            password: fields.text("password"),
        }
    }

    fn input(&self, pool: &str) -> Value {
        let mut attributes = Vec::new();
        for (name, value) in [("email", &self.email), ("phone_number", &self.phone)] {
            if !value.is_empty() {
                attributes.push(json!({"Name": name, "Value": value}));
                if self.verified {
                    attributes.push(json!({"Name": format!("{name}_verified"), "Value": "true"}));
                }
            }
        }
        let mut input = json!({"UserPoolId": pool, "Username": self.username, "UserAttributes": attributes});
        match self.invitation.as_str() {
            "EMAIL" | "SMS" => input.put("DesiredDeliveryMediums", json!([self.invitation])),
            _ => input.put("MessageAction", json!("SUPPRESS")),
        }
        if !self.password.is_empty() {
            input.put("TemporaryPassword", json!(self.password));
        }
        input
    }
}

#[derive(Template)]
#[template(path = "console/pools/user_new.html")]
struct NewPage {
    frame: Frame,
    head: Head,
    given: Given,
    /// What users of the pool sign up by in place of a username.
    names: String,
    may: May,
    error: Option<WireError>,
}

async fn asked(visit: &Visit, given: Given, error: Option<WireError>) -> Result<NewPage, WireError> {
    let head = Head::load(visit, "users").await?;
    let may = may(visit, "AdminCreateUser", json!({"UserPoolId": head.id, "Username": "new"})).await;
    let names = texts(&head.described, "UsernameAttributes").join(" or ").replace('_', " ");
    Ok(NewPage { frame: visit.frame(&head.name), names, head, given, may, error })
}

/// `GET /console/pools/{pool}/users/new`
pub async fn ask(visit: &Visit) -> Outcome {
    let given = Given { invitation: "EMAIL".to_owned(), verified: true, ..Given::default() };
    Ok(Reply::page(&asked(visit, given, None).await?))
}

/// `POST /console/pools/{pool}/users/new`
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match made(visit, &pool, &given).await {
        Ok(sub) => Ok(Reply::done(format!("/pools/{}/users/{}", segment(&pool), segment(&sub)), told(&given))),
        // A password is not shown again.
        Err(error) => {
            let given = Given { password: String::new(), ..given };
            Ok(Reply::again(&asked(visit, given, Some(error.clone())).await?, &error))
        }
    }
}

async fn made(visit: &Visit, pool: &str, given: &Given) -> Result<String, WireError> {
    if given.invitation == "NONE" && given.password.is_empty() {
        return Err(refused("Without an invitation nobody would know the password: write one, and hand it over yourself."));
    }
    let answer = call(visit, "AdminCreateUser", given.input(pool)).await?;
    Ok(attribute(answer.at("User"), "sub"))
}

fn told(given: &Given) -> String {
    let address = if given.invitation == "SMS" { &given.phone } else { &given.email };
    match given.invitation.as_str() {
        "EMAIL" | "SMS" if !address.is_empty() => format!("The user is made, and an invitation is under way to {address}."),
        "EMAIL" | "SMS" => "The user is made. There was no address to send an invitation to.".to_owned(),
        _ => "The user is made. They set a password of their own when they first sign in.".to_owned(),
    }
}
