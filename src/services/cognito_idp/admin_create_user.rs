//! AdminCreateUser: a user with a temporary password, or with none where the pool lets in by codes; invited by mail or text message unless that is suppressed.

use std::sync::Arc;

use askama::Template as _;
use serde::{Deserialize, Serialize};

use super::answers::{Attribute, UserAnswer, by_name};
use super::errors::Error;
use crate::context::Context;
use crate::crypto::ids;
use crate::delivery::{self, InvitationEmail, InvitationSms, SendRefused, Welcome};
use crate::flows::new_user::{self, NewUser};
use crate::flows::passwords::administrators_record;
use crate::kit::id::UserPoolId;
use crate::kit::secret::Secret;
use crate::userpools::attributes::Writer;
use crate::userpools::first_factor;
use crate::userpools::message::Message;
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, UserStatus};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
    temporary_password: Option<Secret>,
    #[serde(default)]
    force_alias_creation: bool,
    message_action: Option<String>,
    desired_delivery_mediums: Option<Vec<String>>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserAnswer,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    if request.message_action.as_deref() == Some("RESEND") {
        return Err(Error::UnsupportedUserState("Resend not possible, because it is not supported"));
    }
    let new = NewUser {
        username: request.username.clone(),
        attributes: by_name(request.user_attributes),
        writer: Writer::Administrator,
        status: UserStatus::ForceChangePassword,
    };
    let mut new = new_user::prepare(cx, &pool, new)?;
    // A password that fits every policy: its four classes lead.
    let generated = || Secret::from(format!("Aa1!{}", ids::client_id(&mut cx.rng())));
    let given = request.temporary_password.clone().filter(|password| !password.expose_secret().is_empty());
    let password = if given.is_none() && first_factor::is_passwordless(&pool) { None } else { Some(given.unwrap_or_else(generated)) };
    match &password {
        Some(password) => new.user.password = Some(administrators_record(cx, &pool, &new.user, password, false).await?),
        None => {
            first_factor::check_passwordless(&pool, &new.user)?;
            new.user.status = UserStatus::Confirmed;
        }
    }
    let mediums = request.desired_delivery_mediums.unwrap_or_else(|| vec!["SMS".to_owned()]);
    let message = match request.message_action.as_deref() {
        Some("SUPPRESS") => None,
        _ => invitation(&new.user, password.as_ref(), &mediums)?,
    };
    cx.write(async |tx| {
        new_user::insert(tx, &pool, &new, request.force_alias_creation).await?;
        if let Some(message) = &message {
            // The model knows no limit here, so a spent budget is one request too many.
            delivery::send(cx, tx, message).await.map_err(|refused| match refused {
                SendRefused::TooMany => Error::TooManyRequests,
                SendRefused::Store(error) => error.into(),
            })?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response { user: UserAnswer::of(&new.user, |_| true) })
}

/// The invitation, by the first of the mediums for which the user has an address.
fn invitation(user: &User, password: Option<&Secret>, mediums: &[String]) -> Result<Option<Message>, Error> {
    let wants = |medium: &str| mediums.iter().any(|wanted| wanted == medium);
    let username = user.username.as_str();
    let (channel, to) = match (user.attributes.get("phone_number"), user.attributes.get("email")) {
        (Some(number), _) if wants("SMS") => ("sms", number),
        (_, Some(address)) if wants("EMAIL") => ("email", address),
        _ => return Ok(None),
    };
    let body = match password.map(Secret::expose_secret) {
        None => Welcome { username }.render(),
        Some(code) if channel == "sms" => InvitationSms { username, code }.render(),
        Some(code) => InvitationEmail { username, code }.render(),
    };
    let body = body.map_err(Error::internal)?;
    let subject = if password.is_some() { "Your temporary password" } else { "Your account" };
    Ok(Some(Message {
        channel: channel.to_owned(),
        to: to.clone(),
        subject: (channel == "email").then(|| subject.to_owned()),
        body,
        code: password.map(|password| password.expose_secret().to_owned()),
        link: None,
        user_pool_id: user.pool_id.clone(),
        username: user.username.clone(),
        trigger_source: "CustomMessage_AdminCreateUser".to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn required_attributes_are_asked_of_the_user_and_not_of_the_administrator() {
        let app = TestApp::new().await;
        let schema = json!({"Schema": [{"Name": "given_name", "AttributeDataType": "String", "Required": true, "Mutable": true}]});
        let pool = app.pool_with(schema, json!({})).await;
        let made = json!({"Username": "made", "TemporaryPassword": "Pa55word!", "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", made).await.ok();
        let asked = pool.sign_in("made", "Pa55word!").await.ok();
        assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        assert_eq!(asked["ChallengeParameters"]["requiredAttributes"], "[\"userAttributes.given_name\"]");
        let signed_up = pool.client("SignUp", json!({"Username": "self", "Password": "Pa55word!"})).await;
        assert!(signed_up.message().contains("given_name"), "{}", signed_up.text);
    }

    #[actix_web::test]
    async fn an_address_that_is_not_there_is_not_verified() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let verified = json!([{"Name": "email_verified", "Value": "true"}]);
        let made = json!({"Username": "made", "UserAttributes": verified, "MessageAction": "SUPPRESS"});
        assert_eq!(pool.admin("AdminCreateUser", made.clone()).await.code(), "InvalidParameterException");
        let by_email = app.pool_with(json!({"UsernameAttributes": ["email"]}), json!({})).await;
        let mut made = made;
        made["Username"] = json!("a@x.example");
        by_email.admin("AdminCreateUser", made).await.ok();
    }

    #[actix_web::test]
    async fn an_address_with_an_owner_is_taken_by_force_only() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
        let attributes = |address: &str| json!([{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}]);
        let make = async |name: &str, address: &str, force: bool| {
            let new =
                json!({"Username": name, "UserAttributes": attributes(address), "ForceAliasCreation": force, "MessageAction": "SUPPRESS"});
            pool.admin("AdminCreateUser", new).await.code()
        };
        assert_eq!(make("first", "a@x.example", false).await, "");
        assert_eq!(make("second", "A@x.example", false).await, "AliasExistsException");
        assert_eq!(make("second", "A@x.example", true).await, "");
        let found = pool.admin("AdminGetUser", json!({"Username": "a@x.example"})).await.ok();
        assert_eq!(found["Username"], "second");
    }

    #[actix_web::test]
    async fn an_empty_address_is_nobodys_name() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({})).await;
        for name in ["first", "second"] {
            pool.user_with(name, json!({"email": "", "email_verified": "true"})).await;
        }
    }
}
