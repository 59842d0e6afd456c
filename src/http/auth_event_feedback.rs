//! `/{pool}/authEventFeedback`: the page that the links of a message about a sign-in lead to. Its button says whose the sign-in was.

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::linked::{Asked, LinkedPage, action, dead, follow};
use crate::context::App;
use crate::flows::auth_events::{self, FeedbackRefused, Verdict};
use crate::flows::confirm_by_link::LinkRefused;
use crate::pages;

/// What a link says, and what the button sends.
#[derive(Deserialize)]
pub struct Link {
    /// `valid` or `invalid`.
    #[serde(default)]
    verdict: String,
    /// The feedback token of the event.
    #[serde(default)]
    token: String,
}

/// What is said of a link that does not serve.
const DEAD: LinkedPage<'static> =
    LinkedPage::telling("This link does not work", "It is too old, or is not whole. Copy all of it from the message.");

/// `GET /{pool}/authEventFeedback`
///
/// SECURITY: the token is not looked at: the page is the same for whatever stands there.
pub async fn ask(pool_id: Path<String>, link: Query<Link>) -> HttpResponse {
    let Some(verdict) = Verdict::of_link(&link.verdict) else { return dead(&DEAD) };
    let (title, message, button) = match verdict {
        Verdict::Valid => ("That was you?", "Say that it was you who signed in.", "It was me"),
        Verdict::Invalid => ("That was not you?", "Say that it was somebody else who signed in.", "It was not me"),
    };
    let fields = [("verdict", verdict.in_link()), ("token", &link.token)];
    pages::html(&LinkedPage { title, message, asked: Some(Asked { action: action(&pool_id, "authEventFeedback"), fields, button }) })
}

/// `POST /{pool}/authEventFeedback`
pub async fn say(app: Data<App>, request: HttpRequest, pool_id: Path<String>, link: Form<Link>) -> HttpResponse {
    let Some(verdict) = Verdict::of_link(&link.verdict) else { return dead(&DEAD) };
    let pool_id = pool_id.as_str().into();
    let saying = async {
        auth_events::say_by_link(&app, &pool_id, &link.token, verdict).await.map_err(|refused| match refused {
            FeedbackRefused::NoSuchUser | FeedbackRefused::NoSuchEvent | FeedbackRefused::BadToken => LinkRefused::Dead,
            FeedbackRefused::Failed(failed) => LinkRefused::Failed(failed),
        })?;
        let noted = match verdict {
            Verdict::Valid => "It is noted that it was you. You can close this page.",
            Verdict::Invalid => "It is noted that it was not you. Reset your password now where you sign in.",
        };
        Ok(LinkedPage::telling("Thank you", noted))
    };
    follow(&app, &request, &DEAD, saying).await
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::{Value, json};

    use crate::budgets::Limits;
    use crate::testing::{Answer, HOST, PASSWORD, TestApp, TestPool};

    const HOME: &str = "203.0.113.7";
    const AWAY: &str = "198.51.100.7";

    async fn sign_in(pool: &TestPool<'_>, address: &str) -> Answer {
        let context = json!({"IpAddress": address, "ServerName": "s", "ServerPath": "/", "HttpHeaders": []});
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        let input = json!({"ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters, "ContextData": context});
        let answer = pool.admin("AdminInitiateAuth", input).await;
        pool.app.write_journal().await;
        pool.app.advance(std::time::Duration::from_secs(1));
        answer
    }

    /// The links of the message about a sign-in that was refused: that it was the user, and that it was not.
    async fn links(pool: &TestPool<'_>) -> (String, String) {
        pool.user_with("alice", json!({"email": "alice@x.example", "email_verified": "true"})).await;
        sign_in(pool, HOME).await.ok();
        let source = json!({"SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/x.example"});
        let actions = json!({"LowAction": {"Notify": true, "EventAction": "BLOCK"}});
        let takeover = json!({"NotifyConfiguration": source, "Actions": actions});
        pool.admin("SetRiskConfiguration", json!({"AccountTakeoverRiskConfiguration": takeover})).await.ok();
        sign_in(pool, AWAY).await;
        let message = pool.app.messages_to("alice@x.example").await.remove(0);
        let [valid, invalid] = message.own.links.try_into().unwrap();
        (valid, invalid)
    }

    async fn open(app: &TestApp, link: &str) -> Answer {
        app.send(Method::GET, link.strip_prefix(&format!("http://{HOST}")).unwrap(), &[], Vec::new()).await
    }

    async fn press(app: &TestApp, link: &str) -> Answer {
        let (path, query) = link.strip_prefix(&format!("http://{HOST}")).unwrap().split_once('?').unwrap();
        let form = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        app.send(Method::POST, path, &form, query.as_bytes().to_vec()).await
    }

    async fn feedback(pool: &TestPool<'_>) -> Value {
        let listed = pool.admin("AdminListUserAuthEvents", json!({"Username": "alice"})).await.ok();
        let events = listed["AuthEvents"].as_array().unwrap();
        events.iter().rfind(|event| event["EventResponse"] == "Fail").unwrap()["EventFeedback"].clone()
    }

    #[actix_web::test]
    async fn the_button_says_whose_a_sign_in_was_and_opening_the_page_says_nothing() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (valid, invalid) = links(&pool).await;
        for link in [&valid, &invalid] {
            let page = open(&app, link).await;
            assert!(page.status == 200 && page.text.contains("<button"), "{}", page.text);
            assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "same-origin"));
            assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        }
        assert_eq!(feedback(&pool).await, Value::Null);
        assert_eq!(press(&app, &invalid).await.status, 200);
        let said = feedback(&pool).await;
        assert_eq!((&said["FeedbackValue"], &said["Provider"]), (&json!("Invalid"), &json!("User")));
        assert_eq!(sign_in(&pool, AWAY).await.code(), "NotAuthorizedException", "the high risk that it is now is no lower one");
        assert_eq!(press(&app, &valid).await.status, 200, "the last word counts");
        assert_eq!(feedback(&pool).await["FeedbackValue"], "Valid");
    }

    #[actix_web::test]
    async fn every_wrong_link_is_answered_alike_and_tries_are_counted() {
        let app = TestApp::within(Limits { refused_sign_ins: 20, ..Limits::default() }).await;
        let pool = app.pool().await;
        let (valid, _) = links(&pool).await;
        let other = app.pool().await;
        let token = valid.split_once("token=").unwrap().1;
        let id = pool.id.as_str();
        let of = |pool: &str, verdict: &str, token: &str| format!("http://{HOST}/{pool}/authEventFeedback?verdict={verdict}&token={token}");
        let mut answers = Vec::new();
        for link in [
            of(id, "perhaps", token),
            of(id, "", token),
            of(id, "valid", ""),
            of(id, "valid", "AAAA"),
            of(id, "valid", "%00"),
            of(id, "valid", &"A".repeat(5000)),
            of(other.id.as_str(), "valid", token),
            of("us-east-1_none", "valid", token),
            of("%00", "valid", token),
        ] {
            let answer = press(&app, &link).await;
            answers.push((answer.status, answer.text));
        }
        answers.dedup();
        assert!(answers.len() == 1 && answers[0].0 == 400, "{answers:?}");
        assert_eq!(feedback(&pool).await, Value::Null);
        let page = open(&app, &of(id, "valid", "%22%3E%3Cscript%3E")).await;
        assert!(!page.text.contains("\"><script>"), "{}", page.text);
        for _ in 0..20 {
            press(&app, &of(id, "valid", "AAAA")).await;
        }
        assert_eq!(press(&app, &of(id, "valid", "AAAA")).await.status, 429);
        app.advance(std::time::Duration::from_secs(30 * 24 * 3600));
        assert_eq!(press(&app, &valid).await.status, 400, "it is too old");
    }

    #[actix_web::test]
    async fn a_link_of_a_user_who_is_gone_says_nothing_of_another() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (valid, _) = links(&pool).await;
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        pool.user("alice").await;
        assert_eq!(press(&app, &valid).await.status, 400);
    }

    #[actix_web::test]
    async fn no_header_chooses_where_a_link_leads_or_writes_html() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        links(&pool).await;
        let by = async |agent: &str| {
            let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
            let body = json!({"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
            let headers = [
                ("host", "evil.example"),
                ("x-forwarded-host", "evil.example"),
                ("forwarded", "host=evil.example"),
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth"),
                ("user-agent", agent),
            ];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
            app.send(Method::POST, "/", &headers, body.to_string().into_bytes()).await
        };
        assert_eq!(by("Mozilla/5.0 (X11; Linux) <script> OPR/128<b>").await.status, 400, "a new device");
        let message = app.messages_to("alice@x.example").await.remove(0);
        assert!(message.body.contains("Device: Opera 128, Linux\nIP address: unknown\n"), "{}", message.body);
        for link in &message.own.links {
            assert!(link.starts_with(&format!("http://{HOST}/{}/authEventFeedback?verdict=", pool.id)), "{link}");
        }
    }
}
