//! ListUsersInGroup, paged by `sub`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    group_name: String,
    limit: Option<i64>,
    next_token: Option<String>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Vec<UserAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let place = ["ListUsersInGroup", pool.id.as_str(), &request.group_name];
    let asked = Asked::of(request.next_token.as_deref(), request.limit);
    let after = asked.after(cx, &place)?;
    let users = cx
        .read(async |tx| {
            let group = store::groups::find(tx, &pool.id, &request.group_name).await?.ok_or(Error::NoSuchGroup)?;
            Ok::<_, Error>(store::groups::members(tx, &group, &after, asked.read()).await?)
        })
        .await?;
    let (users, next_token) = asked.cut(cx, &place, users, |user| user.id.to_string())?;
    Ok(Response { users: users.iter().map(|user| UserAnswer::of(user, |_| true)).collect(), next_token })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{TestApp, TestPool};

    /// What all pages of a list have, by pages of so many.
    async fn all(pool: &TestPool<'_>, operation: &str, mut input: Value, list: &str, name: &str, limit: usize) -> Vec<String> {
        input["Limit"] = json!(limit);
        let mut names = Vec::new();
        loop {
            let answer = pool.admin(operation, input.clone()).await.ok();
            let page = answer[list].as_array().unwrap();
            assert!(page.len() <= limit);
            names.extend(page.iter().map(|item| item[name].as_str().unwrap().to_owned()));
            let Value::String(token) = &answer["NextToken"] else { break };
            input["NextToken"] = json!(token);
        }
        names.sort();
        names
    }

    #[actix_web::test]
    async fn pages_show_each_group_and_each_member_once() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (groups, users) = (["a", "B", "c", "ä"], ["u1", "u2", "u3"]);
        for group in groups {
            pool.admin("CreateGroup", json!({"GroupName": group})).await.ok();
        }
        for user in users {
            pool.user(user).await;
            for group in ["a", "B", "ä"] {
                pool.admin("AdminAddUserToGroup", json!({"GroupName": group, "Username": user})).await.ok();
            }
        }
        for limit in 1..=4 {
            assert_eq!(all(&pool, "ListGroups", json!({}), "Groups", "GroupName", limit).await, ["B", "a", "c", "ä"]);
            let of_user = json!({"Username": "u2"});
            assert_eq!(all(&pool, "AdminListGroupsForUser", of_user, "Groups", "GroupName", limit).await, ["B", "a", "ä"]);
            assert_eq!(all(&pool, "ListUsersInGroup", json!({"GroupName": "ä"}), "Users", "Username", limit).await, users);
            assert!(all(&pool, "ListUsersInGroup", json!({"GroupName": "c"}), "Users", "Username", limit).await.is_empty());
        }
    }

    #[actix_web::test]
    async fn a_page_token_is_its_own_lists() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for group in ["a", "b"] {
            pool.admin("CreateGroup", json!({"GroupName": group})).await.ok();
            for user in ["u1", "u2"] {
                if group == "a" {
                    pool.user(user).await;
                }
                pool.admin("AdminAddUserToGroup", json!({"GroupName": group, "Username": user})).await.ok();
            }
        }
        let token = pool.admin("ListUsersInGroup", json!({"GroupName": "a", "Limit": 1})).await.ok()["NextToken"].clone();
        for (operation, input) in [
            ("ListUsersInGroup", json!({"GroupName": "b", "NextToken": token})),
            ("ListGroups", json!({"NextToken": token})),
            ("AdminListGroupsForUser", json!({"Username": "u1", "NextToken": token})),
            ("ListUserPoolClients", json!({"NextToken": token})),
        ] {
            assert_eq!(pool.admin(operation, input).await.code(), "InvalidParameterException", "{operation}");
        }
    }
}
