//! AdminCreateUser: a user with a temporary password, or with none where the pool lets in by codes; invited by mail or text message unless that is suppressed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::{Attribute, UserAnswer, by_name};
use super::errors::Error;
use crate::context::Context;
use crate::flows::invite::{self, Invitation};
use crate::flows::triggers::{Through, Told};
use crate::kit::id::UserPoolId;
use crate::kit::secret::Secret;
use crate::userpools::pool::Pool;

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
    validation_data: Option<Vec<Attribute>>,
    client_metadata: Option<BTreeMap<String, String>>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserAnswer,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let told = Told::of(request.client_metadata).validating(request.validation_data.map(by_name));
    let through = Through::administrator(&pool, &told);
    // Blank is absent.
    let password = request.temporary_password.filter(|password| !password.expose_secret().is_empty());
    let mediums = request.desired_delivery_mediums.unwrap_or_else(|| vec!["SMS".to_owned()]);
    let user = match request.message_action.as_deref() {
        Some("RESEND") => invite::again(cx, through, &request.username, password, &mediums).await?,
        action => {
            let invitation = Invitation {
                username: request.username,
                attributes: by_name(request.user_attributes),
                password,
                force_alias: request.force_alias_creation,
                mediums: if action == Some("SUPPRESS") { Vec::new() } else { mediums },
            };
            invite::create(cx, through, invitation).await?
        }
    };
    Ok(Response { user: UserAnswer::of(&user, |_| true) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;
    use crate::userpools::message::Form;

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

    #[actix_web::test]
    async fn an_invitation_is_in_the_pools_words_and_goes_by_each_medium() {
        let app = TestApp::new().await;
        let template =
            json!({"EmailSubject": "Come in", "EmailMessage": "{username}, begin with {####}", "SMSMessage": "{username}: {####}"});
        let config = json!({"AllowAdminCreateUserOnly": true, "InviteMessageTemplate": template});
        let pool = app.pool_with(json!({"AdminCreateUserConfig": config}), json!({})).await;
        let described = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["AdminCreateUserConfig"].clone();
        assert_eq!(described["InviteMessageTemplate"], template);
        let addresses = json!([{"Name": "email", "Value": "a@x.example"}, {"Name": "phone_number", "Value": "+15555550100"}]);
        let made = json!({"Username": "alice", "UserAttributes": addresses, "TemporaryPassword": "Pa55word!",
                          "DesiredDeliveryMediums": ["EMAIL", "SMS"], "ValidationData": [{"Name": "a", "Value": "b"}], "ClientMetadata": {"a": "b"}});
        pool.admin("AdminCreateUser", made).await.ok();
        let (mail, text) = (&app.messages_to("a@x.example").await[0], &app.messages_to("+15555550100").await[0]);
        assert_eq!((mail.subject.as_deref(), mail.body.as_str()), (Some("Come in"), "alice, begin with Pa55word!"));
        assert_eq!((text.subject.as_deref(), text.body.as_str()), (None, "alice: Pa55word!"));
        assert_eq!(mail.trigger_source, "CustomMessage_AdminCreateUser");
        // By default it goes by text message, and to nobody who has no number.
        let made = json!({"Username": "bob", "UserAttributes": [{"Name": "email", "Value": "b@x.example"}]});
        pool.admin("AdminCreateUser", made).await.ok();
        assert_eq!(app.messages_to("b@x.example").await.len(), 0);
    }

    #[actix_web::test]
    async fn a_name_in_an_invitation_is_no_html() {
        let app = TestApp::new().await;
        for (text, body) in
            [("<p>{username}: {####}</p>", "<p>&#60;b&#62;eve&#60;/b&#62;: Pa55word!</p>"), ("{username}: {####}", "<b>eve</b>: Pa55word!")]
        {
            let config = json!({"InviteMessageTemplate": {"EmailMessage": text}});
            let pool = app.pool_with(json!({"AdminCreateUserConfig": config}), json!({})).await;
            let email = format!("{}@x.example", text.len());
            let made = json!({"Username": "<b>eve</b>",
                              "TemporaryPassword": "Pa55word!", "DesiredDeliveryMediums": ["EMAIL"],
                              "UserAttributes": [{"Name": "email", "Value": email}]});
            pool.admin("AdminCreateUser", made).await.ok();
            let message = app.messages_to(&email).await.remove(0);
            assert_eq!(message.body, body);
            assert_eq!(matches!(message.own.form, Form::Html), text.starts_with('<'));
        }
    }

    #[actix_web::test]
    async fn who_signs_up_by_an_address_is_invited_by_it() {
        let app = TestApp::new().await;
        let policy = json!({"PasswordPolicy": {"MinimumLength": 40}});
        let pool = app.pool_with(json!({"UsernameAttributes": ["email"], "Policies": policy}), json!({})).await;
        pool.admin("AdminCreateUser", json!({"Username": "a@x.example", "DesiredDeliveryMediums": ["EMAIL"]})).await.ok();
        let message = &app.messages_to("a@x.example").await[0];
        let password = message.code.clone().unwrap();
        assert_eq!(message.body, format!("Your username is a@x.example and temporary password is {password}"));
        assert_eq!(pool.sign_in("a@x.example", &password).await.ok()["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    }

    #[actix_web::test]
    async fn an_invitation_is_sent_again_with_another_password_and_all_its_time() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let made = json!({"Username": "alice", "UserAttributes": [{"Name": "email", "Value": "a@x.example"}], "DesiredDeliveryMediums": ["EMAIL"]});
        let first = pool.admin("AdminCreateUser", made.clone()).await.ok();
        let before = app.code_sent_to("a@x.example").await;
        let mut again = made;
        again["MessageAction"] = json!("RESEND");
        app.advance(std::time::Duration::from_secs(8 * 24 * 3600));
        assert!(pool.sign_in("alice", &before).await.message().contains("expired"));
        let resent = pool.admin("AdminCreateUser", again.clone()).await.ok();
        assert_eq!(resent["User"]["Attributes"], first["User"]["Attributes"]);
        let after = app.code_sent_to("a@x.example").await;
        assert_ne!(before, after);
        assert_eq!(pool.sign_in("alice", &before).await.code(), "NotAuthorizedException");
        let session = pool.sign_in("alice", &after).await.ok()["Session"].clone();
        let own = json!({"USERNAME": "alice", "NEW_PASSWORD": "An0ther-pass!"});
        pool.respond("NEW_PASSWORD_REQUIRED", &session, own).await.ok();
        assert_eq!(pool.admin("AdminCreateUser", again.clone()).await.code(), "UnsupportedUserStateException");
        assert!(pool.sign_in("alice", "An0ther-pass!").await.ok()["AuthenticationResult"].is_object());
        again["Username"] = json!("nobody");
        assert_eq!(pool.admin("AdminCreateUser", again).await.code(), "UserNotFoundException");
    }

    #[actix_web::test]
    async fn an_address_that_is_taken_by_force_is_verified_for_its_former_owner_no_more() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AliasAttributes": ["email"]}), json!({"PreventUserExistenceErrors": "LEGACY"})).await;
        let verified = json!({"email": "a@x.example", "email_verified": "true"});
        let first = pool.user_with("first", verified).await;
        pool.client("ForgotPassword", json!({"Username": "first"})).await.ok();
        let code = app.code_sent_to("a@x.example").await;
        let attributes = json!([{"Name": "email", "Value": "a@x.example"}, {"Name": "email_verified", "Value": "true"}]);
        let forced = json!({"Username": "second", "UserAttributes": attributes, "ForceAliasCreation": true, "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", forced).await.ok();
        let shown = first.described().await["UserAttributes"].clone();
        assert!(shown.as_array().unwrap().contains(&json!({"Name": "email_verified", "Value": "false"})), "{shown}");
        assert_eq!(pool.client("ForgotPassword", json!({"Username": "first"})).await.code(), "InvalidParameterException");
        let confirm = json!({"Username": "first", "ConfirmationCode": code, "Password": "An0ther-pass!"});
        assert_eq!(pool.client("ConfirmForgotPassword", confirm).await.code(), "ExpiredCodeException");
    }
}
