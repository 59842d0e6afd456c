//! `/{pool}/confirmUser`: the page that a confirmation link leads to.

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::linked::{Asked, LinkedPage, action, dead, follow};
use crate::context::App;
use crate::flows::confirm_by_link;
use crate::pages;

/// What a link says, and what the button sends.
#[derive(Deserialize)]
pub struct Link {
    /// Whom it was sent to.
    #[serde(default)]
    user_name: String,
    /// The code.
    #[serde(default)]
    confirmation_code: String,
}

impl Link {
    /// No name and no code has a NUL, which PostgreSQL cannot be asked for.
    fn is_one(&self, pool_id: &str) -> bool {
        let parts = [pool_id, &self.user_name, &self.confirmation_code];
        parts.iter().all(|part| !part.is_empty() && part.len() <= 2048 && !part.contains('\0'))
    }
}

/// What is said of a link that does not serve.
const DEAD: LinkedPage<'static> =
    LinkedPage::telling("This link does not work", "It was used, or is too old. Ask for a new one where you signed up.");

/// `GET /{pool}/confirmUser`
pub async fn ask(pool_id: Path<String>, link: Query<Link>) -> HttpResponse {
    if !link.is_one(&pool_id) {
        return dead(&DEAD);
    }
    let fields = [("user_name", link.user_name.as_str()), ("confirmation_code", &link.confirmation_code)];
    pages::html(&LinkedPage {
        title: "Confirm your address",
        message: "One more step: confirm that this address is yours.",
        asked: Some(Asked { action: action(&pool_id, "confirmUser"), fields, button: "Confirm" }),
    })
}

/// `POST /{pool}/confirmUser`
pub async fn confirm(app: Data<App>, request: HttpRequest, pool_id: Path<String>, link: Form<Link>) -> HttpResponse {
    if !link.is_one(&pool_id) {
        return dead(&DEAD);
    }
    let pool_id = pool_id.as_str().into();
    let confirming = async {
        confirm_by_link::confirm(&app, &pool_id, &link.user_name, &link.confirmation_code).await?;
        Ok(LinkedPage::telling("Your address is confirmed", "You can close this page, and sign in."))
    };
    follow(&app, &request, &DEAD, confirming).await
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::{Value, json};

    use crate::budgets::Limits;
    use crate::testing::{Answer, HOST, PASSWORD, TestApp, TestPool};

    async fn by_link<'a>(app: &'a TestApp, more: Value) -> TestPool<'a> {
        let mut settings = json!({"AutoVerifiedAttributes": ["email"], "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK",
                                  "EmailMessageByLink": "Hello, {##click here##}!", "EmailSubjectByLink": "Welcome"}});
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.pool_with(settings, json!({})).await
    }

    async fn sign_up(pool: &TestPool<'_>, name: &str) -> String {
        let address = json!([{"Name": "email", "Value": format!("{name}@x.example")}]);
        pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": address})).await.ok();
        pool.app.messages_to(&format!("{name}@x.example")).await[0].link.clone().unwrap()
    }

    async fn open(app: &TestApp, link: &str) -> Answer {
        app.send(Method::GET, link.strip_prefix(&format!("http://{HOST}")).unwrap(), &[], Vec::new()).await
    }

    async fn press(app: &TestApp, link: &str) -> Answer {
        let (path, query) = link.strip_prefix(&format!("http://{HOST}")).unwrap().split_once('?').unwrap();
        let form = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        app.send(Method::POST, path, &form, query.as_bytes().to_vec()).await
    }

    async fn status(pool: &TestPool<'_>, name: &str) -> Value {
        pool.admin("AdminGetUser", json!({"Username": name})).await.ok()["UserStatus"].clone()
    }

    #[actix_web::test]
    async fn a_link_confirms_by_its_button_and_once() {
        let app = TestApp::new().await;
        let pool = by_link(&app, json!({})).await;
        let link = sign_up(&pool, "alice").await;
        let message = &app.messages_to("alice@x.example").await[0];
        assert_eq!(message.subject.as_deref(), Some("Welcome"));
        assert_eq!(message.body, format!("Hello, click here: {link}!"));
        assert!(link.contains(&format!("client_id={}", pool.client_id)), "{link}");
        for _ in 0..7 {
            let page = open(&app, &link).await;
            assert!(page.status == 200 && page.text.contains("<button"), "{}", page.text);
            assert_eq!(page.header("cache-control"), "no-store");
            assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        }
        assert_eq!(status(&pool, "alice").await, "UNCONFIRMED", "opening it changes nothing");
        assert_eq!(press(&app, &link).await.status, 200);
        let alice = pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(alice["UserStatus"], "CONFIRMED");
        assert!(alice["UserAttributes"].as_array().unwrap().contains(&json!({"Name": "email_verified", "Value": "true"})));
        assert_eq!(press(&app, &link).await.status, 400, "it was used");
    }

    #[actix_web::test]
    async fn a_link_waits_while_its_pool_is_recovered() {
        let app = TestApp::new().await;
        let pool = by_link(&app, json!({})).await;
        let link = sign_up(&pool, "alice").await;
        let before = app.app.now();
        app.advance(std::time::Duration::from_secs(15 * 60));
        let id = pool.initiate(before).await.ok()["Restoration"]["RestoreId"].clone();
        assert_eq!(press(&app, &link).await.status, 503);
        pool.recovery("Cancel", &id).await.ok();
        assert_eq!(press(&app, &link).await.status, 200, "it was not used");
    }

    #[actix_web::test]
    async fn a_link_verifies_a_changed_address_where_that_waits() {
        let app = TestApp::new().await;
        let waits = json!({"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}});
        let pool = by_link(&app, waits).await;
        let alice = pool.user_with("alice", json!({"email": "old@x.example", "email_verified": "true"})).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let given = json!({"AccessToken": token, "UserAttributes": [{"Name": "email", "Value": "new@x.example"}]});
        app.anonymous().call("UpdateUserAttributes", given).await.ok();
        let link = app.messages_to("new@x.example").await[0].link.clone().unwrap();
        assert_eq!(press(&app, &link).await.status, 200);
        let attributes = alice.described().await["UserAttributes"].clone();
        assert!(attributes.as_array().unwrap().contains(&json!({"Name": "email", "Value": "new@x.example"})), "{attributes}");
    }

    #[actix_web::test]
    async fn every_wrong_link_is_answered_alike_and_guesses_are_counted() {
        let app = TestApp::within(Limits { refused_sign_ins: 40, ..Limits::default() }).await;
        let pool = by_link(&app, json!({})).await;
        let link = sign_up(&pool, "alice").await;
        pool.user("bob").await;
        let of = |name: &str, code: &str| format!("http://{HOST}/{}/confirmUser?user_name={name}&confirmation_code={code}", pool.id);
        let mut answers = Vec::new();
        for name in ["alice", "bob", "nobody", "%00", "", "<script>"] {
            let answer = press(&app, &of(name, "x")).await;
            answers.push((answer.status, answer.text));
        }
        answers.push({
            let elsewhere = press(&app, &format!("http://{HOST}/us-east-1_none/confirmUser?user_name=alice&confirmation_code=x")).await;
            (elsewhere.status, elsewhere.text)
        });
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        for _ in 0..4 {
            assert_eq!(press(&app, &of("alice", "x")).await.status, 400);
        }
        assert_eq!(press(&app, &link).await.status, 400, "the code is dead");
        assert_eq!(status(&pool, "alice").await, "UNCONFIRMED");
        for _ in 0..40 {
            press(&app, &of("nobody", "x")).await;
        }
        assert_eq!(press(&app, &of("nobody", "x")).await.status, 429);
    }

    #[actix_web::test]
    async fn no_header_chooses_where_a_link_leads_and_nothing_of_it_runs() {
        let app = TestApp::new().await;
        let pool = by_link(&app, json!({})).await;
        let body = json!({"ClientId": pool.client_id, "Username": "eve", "Password": PASSWORD, "UserAttributes": [{"Name": "email", "Value": "eve@x.example"}]});
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = [
            header("host", "evil.example"),
            header("x-forwarded-host", "evil.example"),
            header("x-forwarded-proto", "https"),
            header("forwarded", "host=evil.example"),
            header("content-type", "application/x-amz-json-1.1"),
            header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp"),
        ];
        assert_eq!(app.send(Method::POST, "/", &headers, body.to_string().into_bytes()).await.status, 200);
        let link = app.messages_to("eve@x.example").await[0].link.clone().unwrap();
        assert!(link.starts_with(&format!("http://{HOST}/{}/confirmUser?", pool.id)), "{link}");
        let page = open(&app, &format!("http://{HOST}/{}/confirmUser?user_name=%22%3E%3Cscript%3E&confirmation_code=1", pool.id)).await;
        assert!(!page.text.contains("\"><script>"), "{}", page.text);
    }
}
