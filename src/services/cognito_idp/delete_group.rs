//! DeleteGroup: its members stay, and are in it no more.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    group_name: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let is_deleted = cx.write(async |tx| store::groups::delete(tx, &pool.id, &request.group_name).await).await?;
    if is_deleted { Ok(Response {}) } else { Err(Error::NoSuchGroup) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_deleted_group_has_no_members_and_one_made_anew_has_none_either() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        let membership = json!({"GroupName": "g", "Username": "alice"});
        pool.admin("CreateGroup", json!({"GroupName": "g"})).await.ok();
        pool.admin("AdminAddUserToGroup", membership.clone()).await.ok();
        pool.admin("DeleteGroup", json!({"GroupName": "g"})).await.ok();
        for operation in ["DeleteGroup", "GetGroup", "ListUsersInGroup"] {
            let answer = pool.admin(operation, json!({"GroupName": "g"})).await;
            assert_eq!(answer.error(), ("ResourceNotFoundException".to_owned(), "Group not found.".to_owned()), "{operation}");
        }
        assert_eq!(pool.admin("AdminAddUserToGroup", membership).await.code(), "ResourceNotFoundException");
        pool.admin("CreateGroup", json!({"GroupName": "g"})).await.ok();
        assert_eq!(pool.admin("ListUsersInGroup", json!({"GroupName": "g"})).await.ok(), json!({"Users": []}));
        assert_eq!(alice.described().await["Username"], "alice");
    }
}
