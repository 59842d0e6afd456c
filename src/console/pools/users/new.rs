//! A new user: invited by mail or text message, or made in silence with a password that is handed over otherwise.

use askama::Template;
use serde_json::{Value, json};

use super::super::{Fields, Frame, Head, May, Outcome, Reply, Visit, call, may, refused, segment};
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

    /// Whether the name is an address of this kind: in pools where users sign up by such.
    fn is_name(&self, head: &Head, kind: &str) -> bool {
        let looks_so = if kind == "email" { self.username.contains('@') } else { self.username.starts_with('+') };
        looks_so && names(head).iter().any(|name| name == kind)
    }

    /// Their address of a kind: what was given, or their name.
    fn address(&self, head: &Head, kind: &str) -> &str {
        let given = if kind == "email" { &self.email } else { &self.phone };
        if given.is_empty() && self.is_name(head, kind) { &self.username } else { given }
    }

    fn input(&self, head: &Head) -> Value {
        let mut attributes = Vec::new();
        for kind in ["email", "phone_number"] {
            let value = self.address(head, kind);
            if !value.is_empty() && !self.is_name(head, kind) {
                attributes.push(json!({"Name": kind, "Value": value}));
            }
            if !value.is_empty() && self.verified {
                attributes.push(json!({"Name": format!("{kind}_verified"), "Value": "true"}));
            }
        }
        let mut input = json!({"UserPoolId": head.id, "Username": self.username, "UserAttributes": attributes});
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
    /// Whether the name is an email address, and no other is asked for.
    by_email: bool,
    may: May,
    error: Option<WireError>,
}

async fn asked(visit: &Visit, given: Given, error: Option<WireError>) -> Result<NewPage, WireError> {
    let head = Head::load(visit, "users").await?;
    let may = may(visit, "AdminCreateUser", json!({"UserPoolId": head.id, "Username": "new"})).await;
    let names = names(&head);
    Ok(NewPage {
        frame: visit.frame(&head.name),
        by_email: names == ["email"],
        names: names.join(" or ").replace("email", "email address").replace("phone_number", "phone number"),
        head,
        given,
        may,
        error,
    })
}

/// What users of the pool sign up by in place of a username.
fn names(head: &Head) -> Vec<String> {
    head.described.texts("UsernameAttributes")
}

/// `GET /console/pools/{pool}/users/new`
pub async fn ask(visit: &Visit) -> Outcome {
    let given = Given { invitation: "EMAIL".to_owned(), verified: true, ..Given::default() };
    Ok(Reply::page(&asked(visit, given, None).await?))
}

/// `POST /console/pools/{pool}/users/new`
pub async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (head, given) = (Head::load(visit, "users").await?, Given::read(fields));
    match made(visit, &head, &given).await {
        Ok(sub) => Ok(Reply::done(head.path(&format!("/users/{}", segment(&sub))), told(&head, &given))),
        // A password is not shown again.
        Err(error) => {
            let given = Given { password: String::new(), ..given };
            Ok(Reply::again(&asked(visit, given, Some(error.clone())).await?, &error))
        }
    }
}

async fn made(visit: &Visit, head: &Head, given: &Given) -> Result<String, WireError> {
    if given.invitation == "NONE" && given.password.is_empty() {
        return Err(refused("Without an invitation nobody would know the password: write one, and hand it over yourself."));
    }
    let answer = call(visit, "AdminCreateUser", given.input(head)).await?;
    Ok(attribute(answer.at("User"), "sub"))
}

fn told(head: &Head, given: &Given) -> String {
    let address = given.address(head, if given.invitation == "SMS" { "phone_number" } else { "email" });
    match given.invitation.as_str() {
        "EMAIL" | "SMS" if !address.is_empty() => format!("The user is made, and an invitation is under way to {address}."),
        "EMAIL" | "SMS" => "The user is made. There was no address to send an invitation to.".to_owned(),
        _ => "The user is made. They set a password of their own when they first sign in.".to_owned(),
    }
}
