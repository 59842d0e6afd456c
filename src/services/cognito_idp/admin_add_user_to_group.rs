//! AdminAddUserToGroup: the user's next tokens tell of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::group::MOST_OF_A_USER;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    group_name: String,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

/// Adding twice is not an error.
pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let user = store::users::find(tx, &pool, &request.username).await?.ok_or(Error::UserNotFound)?;
        let group = store::groups::find(tx, &pool.id, &request.group_name).await?.ok_or(Error::NoSuchGroup)?;
        let is_new = store::groups::add_member(tx, &group, &user.id).await?;
        // The model has no error of its own for this quota.
        if is_new && store::groups::count_of_user(tx, &pool.id, &user.id).await? > MOST_OF_A_USER {
            return Err(Error::parameter(format!("A user can be in {MOST_OF_A_USER} groups at most.")));
        }
        Ok(())
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    fn claims(token: &Value) -> Value {
        let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    }

    /// What both tokens say of groups, and what the ID token says of roles.
    fn told(tokens: &Value) -> (Value, Value, Value) {
        let (id, access) = (claims(&tokens["IdToken"]), claims(&tokens["AccessToken"]));
        assert_eq!(id["cognito:groups"], access["cognito:groups"]);
        assert!(access.get("cognito:roles").is_none() && access.get("cognito:preferred_role").is_none());
        (id["cognito:groups"].clone(), id["cognito:roles"].clone(), id["cognito:preferred_role"].clone())
    }

    #[actix_web::test]
    async fn tokens_tell_of_groups_and_a_refresh_tells_of_those_of_now() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let (one, two) = (app.role("One", trust.clone()).await, app.role("Two", trust).await);
        for (name, precedence, role) in [("readers", Some(9), Some(&two)), ("admins", Some(1), Some(&one)), ("all", None, None)] {
            let mut group = json!({"GroupName": name, "Precedence": precedence});
            group["RoleArn"] = role.map_or(Value::Null, |role| json!(role));
            pool.admin("CreateGroup", group).await.ok();
        }
        let alice = pool.user("alice").await;
        let tokens = alice.signed_in().await;
        assert_eq!(told(&tokens), (Value::Null, Value::Null, Value::Null));
        let refresh = async || {
            let parameters = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
            let answer = pool.client("InitiateAuth", json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})).await.ok();
            told(&answer["AuthenticationResult"])
        };
        for group in ["all", "readers", "admins", "admins"] {
            pool.admin("AdminAddUserToGroup", json!({"GroupName": group, "Username": "alice"})).await.ok();
        }
        let all = (json!(["admins", "readers", "all"]), json!([one, two]), json!(one));
        assert_eq!(refresh().await, all);
        assert_eq!(told(&alice.signed_in().await), all);
        pool.admin("AdminRemoveUserFromGroup", json!({"GroupName": "admins", "Username": "alice"})).await.ok();
        assert_eq!(refresh().await, (json!(["readers", "all"]), json!([two]), json!(two)));
        pool.admin("DeleteGroup", json!({"GroupName": "readers"})).await.ok();
        assert_eq!(refresh().await, (json!(["all"]), Value::Null, Value::Null));
    }

    #[actix_web::test]
    async fn a_user_is_in_so_many_groups_at_most() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        for number in 0..=100 {
            pool.admin("CreateGroup", json!({"GroupName": format!("g{number}")})).await.ok();
        }
        let add = async |number: usize| {
            pool.admin("AdminAddUserToGroup", json!({"GroupName": format!("g{number}"), "Username": "alice"})).await.code()
        };
        for number in 0..100 {
            assert_eq!(add(number).await, "");
        }
        assert_eq!([add(100).await, add(7).await], ["InvalidParameterException", ""], "who is in it already may be added again");
        assert_eq!(told(&alice.signed_in().await).0.as_array().unwrap().len(), 100);
    }

    #[actix_web::test]
    async fn who_is_not_there_is_in_no_group() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        pool.admin("CreateGroup", json!({"GroupName": "g"})).await.ok();
        for operation in ["AdminAddUserToGroup", "AdminRemoveUserFromGroup"] {
            for (name, group, code) in
                [("nobody", "g", "UserNotFoundException"), ("alice", "none", "ResourceNotFoundException"), ("alice", "g", "")]
            {
                let answer = pool.admin(operation, json!({"GroupName": group, "Username": name})).await;
                assert_eq!(answer.code(), code, "{operation} {name} {group}");
            }
        }
        assert_eq!(pool.admin("AdminListGroupsForUser", json!({"Username": "nobody"})).await.code(), "UserNotFoundException");
        assert_eq!(pool.admin("AdminListGroupsForUser", json!({"Username": "alice"})).await.ok(), json!({"Groups": []}));
        pool.admin("AdminAddUserToGroup", json!({"GroupName": "g", "Username": "alice"})).await.ok();
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        assert_eq!(pool.admin("ListUsersInGroup", json!({"GroupName": "g"})).await.ok(), json!({"Users": []}));
    }
}
