//! SetUserPoolSessionConfiguration: replaces how a pool tracks sessions, as a whole. Sessions that are there stay; a lower limit
//! holds from each user's next sign-in on.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::session_answer::OfPool;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::{Pool, PoolConfiguration};
use crate::userpools::session::{SessionConfiguration, SessionTracking, TokenSession};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    user_session_tracking: SessionTracking,
    token_session: TokenSession,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<OfPool, Error> {
    let Request { user_session_tracking, token_session, .. } = request;
    let session_configuration = SessionConfiguration { user_session_tracking, token_session };
    cx.write(async |tx| {
        let now = store::user_pools::find(tx, &pool.id).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?.configuration;
        let configuration = PoolConfiguration { session_configuration, ..now };
        Ok::<_, Error>(store::user_pools::update(tx, &pool.id, &configuration, cx.now()).await?)
    })
    .await?;
    Ok(OfPool::new(pool.id.clone(), session_configuration))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn nothing_is_tracked_by_default_and_setting_replaces_the_whole() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let get = async || pool.admin("GetUserPoolSessionConfiguration", json!({})).await.ok();
        let configuration = |tracking: &str, most: i64| json!({"UserPoolId": pool.id, "UserSessionTracking": tracking, "TokenSession": {"MaxPerUser": most}});
        assert_eq!(get().await, configuration("DISABLED", 20));
        let set = pool.admin("SetUserPoolSessionConfiguration", configuration("ENABLED", 100)).await.ok();
        assert_eq!((set, get().await), (configuration("ENABLED", 100), configuration("ENABLED", 100)));
        // It is no part of what UpdateUserPool replaces, nor of what DescribeUserPool tells.
        pool.admin("UpdateUserPool", json!({})).await.ok();
        assert_eq!(get().await, configuration("ENABLED", 100));
        let described = pool.admin("DescribeUserPool", json!({})).await.ok();
        assert_eq!(described["UserPool"].get("SessionConfiguration"), None);
        for wrong in [
            configuration("ENABLED", 0),
            configuration("ENABLED", 101),
            configuration("on", 20),
            json!({"UserSessionTracking": "ENABLED"}),
            json!({"TokenSession": {"MaxPerUser": 3}}),
        ] {
            assert_eq!(pool.admin("SetUserPoolSessionConfiguration", wrong.clone()).await.code(), "InvalidParameterException", "{wrong}");
        }
    }

    #[actix_web::test]
    async fn a_client_has_its_own_while_the_pool_tracks_sessions_and_keeps_it_when_it_stops() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let client = |more: Value| {
            let mut request = json!({"UserPoolId": pool.id, "ClientId": pool.client_id});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            request
        };
        let get = async || pool.admin("GetUserPoolClientSessionConfiguration", client(json!({}))).await.ok();
        let minutes = |minutes: i64| client(json!({"SSOSession": {"MaxValidityMinutes": minutes}}));
        let set = async |request: Value| pool.admin("SetUserPoolClientSessionConfiguration", request).await;
        let track = async |tracking: &str| {
            let request = json!({"UserSessionTracking": tracking, "TokenSession": {"MaxPerUser": 20}});
            pool.admin("SetUserPoolSessionConfiguration", request).await.ok();
        };
        assert_eq!(get().await, minutes(60));
        assert_eq!(set(minutes(5)).await.code(), "OperationNotEnabledException");
        track("ENABLED").await;
        assert_eq!(set(minutes(0)).await.ok(), minutes(0));
        for wrong in [minutes(-1), minutes(129_601), client(json!({}))] {
            assert_eq!(set(wrong).await.code(), "InvalidParameterException");
        }
        pool.admin("UpdateUserPoolClient", client(json!({}))).await.ok();
        track("DISABLED").await;
        assert_eq!(get().await, minutes(0));
        let described = pool.admin("DescribeUserPoolClient", client(json!({}))).await.ok();
        assert_eq!(described["UserPoolClient"].get("SsoSession"), None);
        let gone = json!({"ClientId": "0123456789012345678901", "SSOSession": {"MaxValidityMinutes": 1}});
        for operation in ["GetUserPoolClientSessionConfiguration", "SetUserPoolClientSessionConfiguration"] {
            assert_eq!(pool.admin(operation, gone.clone()).await.code(), "ResourceNotFoundException", "{operation}");
        }
    }

    #[actix_web::test]
    async fn who_is_denied_changes_and_learns_nothing() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}])).await;
        let stranger = app.root_of("111111111111").await;
        let request = json!({"UserPoolId": pool.id, "ClientId": pool.client_id, "Username": "a", "SessionId": format!("tkn{}", "0".repeat(25)),
                             "UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 1}, "SSOSession": {"MaxValidityMinutes": 1},
                             "EventId": "e", "FeedbackValue": "Valid"});
        for operation in [
            "GetUserPoolSessionConfiguration",
            "SetUserPoolSessionConfiguration",
            "GetUserPoolClientSessionConfiguration",
            "SetUserPoolClientSessionConfiguration",
            "AdminListUserSessions",
            "AdminRevokeUserSession",
            "AdminListUserAuthEvents",
            "AdminUpdateAuthEventFeedback",
        ] {
            assert_eq!(ann.call(operation, request.clone()).await.code(), "AccessDeniedException", "{operation}");
            assert_eq!(stranger.call(operation, request.clone()).await.code(), "ResourceNotFoundException", "{operation}");
        }
    }
}
