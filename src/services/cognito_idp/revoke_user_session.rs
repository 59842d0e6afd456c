//! RevokeUserSession: a signed-in user ends another session of theirs.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::sessions;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    session_id: String,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    sessions::revoke_own(cx, &holder, &request.session_id).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

    async fn tracking(app: &TestApp, most: i64) -> TestPool<'_> {
        let pool = app.pool().await;
        track(&pool, "ENABLED", most).await;
        pool
    }

    async fn track(pool: &TestPool<'_>, tracking: &str, most: i64) {
        let request = json!({"UserSessionTracking": tracking, "TokenSession": {"MaxPerUser": most}});
        pool.admin("SetUserPoolSessionConfiguration", request).await.ok();
    }

    async fn tokens(pool: &TestPool<'_>, name: &str) -> Value {
        pool.app.advance(Duration::from_secs(1));
        pool.sign_in(name, PASSWORD).await.ok()["AuthenticationResult"].clone()
    }

    async fn list(app: &TestApp, tokens: &Value) -> Vec<Value> {
        let listed = app.anonymous().call("ListUserSessions", json!({"AccessToken": tokens["AccessToken"]})).await.ok();
        listed["Sessions"].as_array().unwrap().clone()
    }

    async fn current(app: &TestApp, tokens: &Value) -> Value {
        let sessions = list(app, tokens).await;
        let own: Vec<&Value> = sessions.iter().filter(|session| session["IsCurrentSession"] == true).collect();
        assert_eq!(own.len(), 1);
        own[0]["SessionId"].clone()
    }

    async fn revoke(app: &TestApp, tokens: &Value, session: &Value) -> Answer {
        let request = json!({"AccessToken": tokens["AccessToken"], "SessionId": session, "RevokeAssociatedSessions": "LINKED"});
        app.anonymous().call("RevokeUserSession", request).await
    }

    async fn refresh(pool: &TestPool<'_>, tokens: &Value) -> Answer {
        let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await
    }

    async fn is_live(node: &TestApp, tokens: &Value) -> bool {
        node.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.status == 200
    }

    #[actix_web::test]
    async fn a_user_ends_another_session_of_theirs_at_once_on_every_node_and_never_the_one_that_they_call_from() {
        let app = TestApp::new().await;
        let there = app.another_node().await;
        let pool = tracking(&app, 20).await;
        pool.user("alice").await;
        pool.user("bob").await;
        let (one, two, bobs) = (tokens(&pool, "alice").await, tokens(&pool, "alice").await, tokens(&pool, "bob").await);
        let (first, second, theirs) = (current(&app, &one).await, current(&app, &two).await, current(&app, &bobs).await);
        let form = regex::Regex::new("^tkn[a-z0-9]{25}$").unwrap();
        assert!(form.is_match(first.as_str().unwrap()) && first != second, "{first} {second}");
        assert!(is_live(&there, &one).await);
        assert_eq!(revoke(&app, &two, &second).await.code(), "InvalidParameterException", "not one's own");
        for session in [&theirs, &json!(format!("sso{}", "0".repeat(25))), &json!(format!("tkn{}", "0".repeat(25)))] {
            assert_eq!(revoke(&app, &two, session).await.code(), "ResourceNotFoundException", "{session}");
        }
        assert_eq!(revoke(&app, &two, &json!("tkn-1")).await.code(), "InvalidParameterException");
        revoke(&app, &two, &first).await.ok();
        assert!(!is_live(&app, &one).await && !is_live(&there, &one).await && is_live(&there, &two).await);
        assert_eq!(refresh(&pool, &one).await.message(), "Refresh Token has been revoked");
        assert_eq!(revoke(&app, &one, &second).await.message(), "Access Token has been revoked");
        assert_eq!(revoke(&app, &two, &first).await.code(), "ResourceNotFoundException", "it is gone");
        assert_eq!(list(&app, &two).await.len(), 1);
    }

    #[actix_web::test]
    async fn an_administrator_sees_and_ends_any_session_of_the_user_that_they_name() {
        let app = TestApp::new().await;
        let pool = tracking(&app, 20).await;
        pool.user("alice").await;
        pool.user("bob").await;
        let (alices, _) = (tokens(&pool, "alice").await, tokens(&pool, "bob").await);
        let listed = pool.admin("AdminListUserSessions", json!({"Username": "alice"})).await.ok();
        let session = &listed["Sessions"][0];
        assert_eq!((&session["SessionType"], &session["IsCurrentSession"]), (&json!("TOKEN"), &json!(false)));
        assert_eq!(session["ClientId"], pool.client_id.as_str());
        let end =
            async |name: &str| pool.admin("AdminRevokeUserSession", json!({"Username": name, "SessionId": session["SessionId"]})).await;
        assert_eq!(end("bob").await.code(), "ResourceNotFoundException");
        assert_eq!(end("nobody").await.code(), "UserNotFoundException");
        assert_eq!(pool.admin("AdminListUserSessions", json!({"Username": "nobody"})).await.code(), "UserNotFoundException");
        let paged = pool.admin("AdminListUserSessions", json!({"Username": "alice", "NextToken": "x"})).await;
        assert_eq!(paged.code(), "InvalidParameterException");
        end("alice").await.ok();
        assert!(!is_live(&app, &alices).await);
        assert_eq!(pool.admin("AdminListUserSessions", json!({"Username": "alice"})).await.ok(), json!({"Sessions": []}));
    }

    #[actix_web::test]
    async fn with_a_sign_in_too_many_the_session_that_was_not_used_for_longest_ends() {
        let app = TestApp::new().await;
        let pool = tracking(&app, 2).await;
        pool.user("alice").await;
        let (one, two) = (tokens(&pool, "alice").await, tokens(&pool, "alice").await);
        app.advance(Duration::from_secs(1));
        assert_eq!(refresh(&pool, &one).await.status, 200);
        let used = list(&app, &one).await;
        assert_eq!(used[0]["IsCurrentSession"], true, "the last used comes first");
        assert!(used[0]["LastActiveDate"].as_f64() > used[0]["CreateDate"].as_f64());
        let three = tokens(&pool, "alice").await;
        assert_eq!([is_live(&app, &one).await, is_live(&app, &two).await, is_live(&app, &three).await], [true, false, true]);
        // A lower limit ends nothing by itself.
        track(&pool, "ENABLED", 1).await;
        assert!(is_live(&app, &one).await && is_live(&app, &three).await);
        let four = tokens(&pool, "alice").await;
        assert_eq!([is_live(&app, &one).await, is_live(&app, &three).await, is_live(&app, &four).await], [false, false, true]);
    }

    #[actix_web::test]
    async fn many_sign_ins_at_once_leave_no_more_sessions_than_a_user_may_have() {
        let app = TestApp::new().await;
        let pool = tracking(&app, 2).await;
        pool.user("alice").await;
        let answers = futures_util::future::join_all((0..6).map(|_| pool.sign_in("alice", PASSWORD))).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        let listed = pool.admin("AdminListUserSessions", json!({"Username": "alice"})).await.ok();
        assert_eq!(listed["Sessions"].as_array().unwrap().len(), 2);
    }

    #[actix_web::test]
    async fn a_pool_that_does_not_track_sessions_tells_of_none_and_limits_none() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        let before = tokens(&pool, "alice").await;
        let code = async |operation: &str, request: Value| app.anonymous().call(operation, request).await.code();
        let listed = code("ListUserSessions", json!({"AccessToken": before["AccessToken"]})).await;
        assert_eq!(listed, "OperationNotEnabledException");
        let session = format!("tkn{}", "0".repeat(25));
        assert_eq!(revoke(&app, &before, &json!(session)).await.code(), "OperationNotEnabledException");
        for operation in ["AdminListUserSessions", "AdminRevokeUserSession"] {
            let answer = pool.admin(operation, json!({"Username": "alice", "SessionId": session})).await;
            assert_eq!(answer.code(), "OperationNotEnabledException", "{operation}");
        }
        track(&pool, "ENABLED", 1).await;
        let one = tokens(&pool, "alice").await;
        assert_eq!(list(&app, &one).await.len(), 1, "what was not tracked is no session");
        assert!(is_live(&app, &before).await);
        track(&pool, "DISABLED", 1).await;
        let two = tokens(&pool, "alice").await;
        assert!(is_live(&app, &one).await && is_live(&app, &two).await);
    }

    #[actix_web::test]
    async fn a_session_is_told_of_until_its_refresh_token_expires() {
        let app = TestApp::new().await;
        let pool = tracking(&app, 20).await;
        pool.user("alice").await;
        tokens(&pool, "alice").await;
        let count = async || {
            let listed = pool.admin("AdminListUserSessions", json!({"Username": "alice"})).await.ok();
            listed["Sessions"].as_array().unwrap().len()
        };
        app.advance(Duration::from_secs(30 * 24 * 3600 - 1));
        assert_eq!(count().await, 1);
        app.advance(Duration::from_secs(1));
        assert_eq!(count().await, 0);
    }
}
