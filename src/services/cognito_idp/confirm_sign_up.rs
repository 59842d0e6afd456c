//! ConfirmSignUp.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::triggers::Told;
use crate::flows::{confirm_sign_up, sign_in};
use crate::kit::id::ClientId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret_hash: Option<String>,
    username: String,
    confirmation_code: String,
    #[serde(default)]
    force_alias_creation: bool,
    session: Option<String>,
    client_metadata: Option<BTreeMap<String, String>>,
}

proves_secret_by_username!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let app_client = app_client.telling(Told::of(request.client_metadata));
    let signed_up = request.session.as_deref().map(|text| sign_in::open_signed_up(cx, &app_client, text)).transpose()?;
    confirm_sign_up::confirm(cx, &app_client, &request.username, &request.confirmation_code, request.force_alias_creation).await?;
    let session = match signed_up {
        Some(user_id) => sign_in::confirmed(cx, &app_client, &user_id).await?,
        None => None,
    };
    Ok(Response { session })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::testing::{TestApp, TestPool};

    const HOUR: Duration = Duration::from_secs(3600);

    async fn sign_up(pool: &TestPool<'_>, name: &str) -> String {
        let address = format!("{name}@x.example");
        let attributes = json!([{"Name": "email", "Value": address}]);
        pool.client("SignUp", json!({"Username": name, "Password": "Pa55word!", "UserAttributes": attributes})).await.ok();
        pool.app.code_sent_to(&address).await
    }

    async fn confirm(pool: &TestPool<'_>, name: &str, code: &str) -> (String, String) {
        pool.client("ConfirmSignUp", json!({"Username": name, "ConfirmationCode": code})).await.error()
    }

    fn other_than(code: &str) -> &'static str {
        if code == "000000" { "000001" } else { "000000" }
    }

    async fn verifying<'a>(app: &'a TestApp, client: &str) -> TestPool<'a> {
        app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({"PreventUserExistenceErrors": client})).await
    }

    #[actix_web::test]
    async fn known_and_unknown_names_are_answered_and_counted_alike() {
        let app = TestApp::new().await;
        let pool = verifying(&app, "ENABLED").await;
        sign_up(&pool, "waiting").await;
        pool.user("confirmed").await;
        // Windows begin with the first try, not with the sign-up.
        app.advance(HOUR / 2);
        let mut answers = Vec::new();
        for name in ["ghost", "waiting", "confirmed"] {
            let mut one = Vec::new();
            for pause in [Duration::ZERO, HOUR / 2 + HOUR / 4, HOUR / 4, HOUR * 24] {
                app.advance(pause);
                for _ in 0..7 {
                    one.push(confirm(&pool, name, "x").await);
                }
            }
            answers.push(one);
        }
        let codes: Vec<&str> = answers[0].iter().map(|(code, _)| code.as_str()).collect();
        let (judged, limited) = ("CodeMismatchException", "LimitExceededException");
        let window = [[judged; 5].as_slice(), &[limited; 2]].concat();
        assert_eq!(codes, [window.clone(), vec![limited; 7], window.clone(), window].concat());
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }

    #[actix_web::test]
    async fn a_name_has_one_budget_however_it_is_written() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"UsernameConfiguration": {"CaseSensitive": false}}), json!({})).await;
        for name in ["ghost", "GHOST", "ｇhost", "Ghost", "ghOst"] {
            assert_eq!(confirm(&pool, name, "000000").await.0, "CodeMismatchException", "{name}");
        }
        assert_eq!(confirm(&pool, "ghost", "000000").await.0, "LimitExceededException");
        assert_eq!(confirm(&pool, "another", "000000").await.0, "CodeMismatchException");
    }

    #[actix_web::test]
    async fn a_code_that_met_its_limit_is_dead() {
        let app = TestApp::new().await;
        let pool = verifying(&app, "LEGACY").await;
        let code = sign_up(&pool, "alice").await;
        for _ in 0..5 {
            assert_eq!(confirm(&pool, "alice", other_than(&code)).await.0, "CodeMismatchException");
        }
        assert_eq!(confirm(&pool, "alice", &code).await.0, "LimitExceededException");
        app.advance(HOUR);
        assert_eq!(confirm(&pool, "alice", &code).await.0, "ExpiredCodeException");
        pool.client("ResendConfirmationCode", json!({"Username": "alice"})).await.ok();
        let fresh = app.code_sent_to("alice@x.example").await;
        assert_eq!(confirm(&pool, "alice", &fresh).await.0, "");
    }

    /// C1.
    #[actix_web::test]
    async fn a_code_that_is_sent_again_brings_no_new_tries() {
        let app = TestApp::new().await;
        let pool = verifying(&app, "LEGACY").await;
        let mut code = sign_up(&pool, "alice").await;
        let mut judged = 0;
        for _ in 0..5 {
            for _ in 0..3 {
                judged += usize::from(confirm(&pool, "alice", other_than(&code)).await.0 == "CodeMismatchException");
            }
            app.advance(Duration::from_secs(1));
            pool.client("ResendConfirmationCode", json!({"Username": "alice"})).await.ok();
            code = app.code_sent_to("alice@x.example").await;
        }
        assert_eq!(judged, 5);
        assert_eq!(confirm(&pool, "alice", &code).await.0, "LimitExceededException", "the newest is no better");
    }

    #[actix_web::test]
    async fn tries_that_are_spread_over_hours_kill_a_code_too() {
        let app = TestApp::new().await;
        let pool = verifying(&app, "LEGACY").await;
        let code = sign_up(&pool, "alice").await;
        for tries in [4, 1] {
            for _ in 0..tries {
                assert_eq!(confirm(&pool, "alice", other_than(&code)).await.0, "CodeMismatchException");
            }
            app.advance(HOUR);
        }
        assert_eq!(confirm(&pool, "alice", &code).await.0, "ExpiredCodeException");
    }

    #[actix_web::test]
    async fn a_code_serves_once_and_for_a_day() {
        let app = TestApp::new().await;
        for client in ["LEGACY", "ENABLED"] {
            let pool = verifying(&app, client).await;
            let code = sign_up(&pool, "late").await;
            app.advance(HOUR * 24);
            assert_eq!(confirm(&pool, "late", &code).await.0, "ExpiredCodeException", "{client}");
            let code = sign_up(&pool, "prompt").await;
            app.advance(HOUR * 24 - Duration::from_secs(1));
            assert_eq!(confirm(&pool, "prompt", &code).await.0, "", "{client}");
            let again = if client == "LEGACY" { "NotAuthorizedException" } else { "CodeMismatchException" };
            assert_eq!(confirm(&pool, "prompt", &code).await.0, again);
        }
    }

    #[actix_web::test]
    async fn a_code_that_many_bring_at_once_serves_one() {
        let app = TestApp::new().await;
        let pool = verifying(&app, "LEGACY").await;
        let code = sign_up(&pool, "alice").await;
        let answers = futures_util::future::join_all((0..16).map(|_| confirm(&pool, "alice", &code))).await;
        assert_eq!(answers.iter().filter(|(code, _)| code.is_empty()).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|(code, _)| ["", "NotAuthorizedException"].contains(&code.as_str())), "{answers:?}");
    }
}
