//! CreateGroup: whoever gives it a role must be allowed to pass that.

use serde::Deserialize;

use super::errors::Error;
use super::group_answer::{self, Found, Response, filled};
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;
use crate::userpools::group::{Group, MOST_IN_A_POOL};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    group_name: String,
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i32>,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        group_answer::resolve(cx, &self.user_pool_id, self.role_arn.as_deref()).await
    }
}

pub async fn handle(cx: &Context, Found { pool_id, role_arn }: Found, request: Request) -> Result<Response, Error> {
    let now = cx.now();
    let group = Group {
        pool_id,
        name: request.group_name,
        description: request.description.and_then(filled),
        role_arn,
        precedence: request.precedence.map(i64::from),
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &group.pool_id).await? {
            return Err(NoSuchPool(group.pool_id.clone()).into());
        }
        if !store::groups::insert(tx, &group).await? {
            return Err(Error::GroupExists);
        }
        let count = store::groups::count(tx, &group.pool_id, MOST_IN_A_POOL + 1).await?;
        if count > MOST_IN_A_POOL { Err(Error::LimitReached("The user pool has as many groups as it can have.")) } else { Ok(()) }
    })
    .await?;
    Ok(group.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_group_is_what_was_given_and_its_name_is_its_own_to_the_letter() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let role = app.role("App", trust).await;
        let given = json!({"GroupName": "Überwacher", "Description": "who look on", "RoleArn": role, "Precedence": 0});
        let created = pool.admin("CreateGroup", given.clone()).await.ok()["Group"].clone();
        for (name, value) in given.as_object().unwrap() {
            assert_eq!(&created[name], value, "{name}");
        }
        assert_eq!(pool.admin("GetGroup", json!({"GroupName": "Überwacher"})).await.ok()["Group"], created);
        let again = pool.admin("CreateGroup", json!({"GroupName": "Überwacher"})).await;
        assert_eq!(again.error(), ("GroupExistsException".to_owned(), "A group with the name already exists.".to_owned()));
        let bare = pool.admin("CreateGroup", json!({"GroupName": "überwacher"})).await.ok()["Group"].clone();
        let members: Vec<&str> = bare.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["CreationDate", "GroupName", "LastModifiedDate", "UserPoolId"], "what is not given is not there");
        let missing = pool.admin("GetGroup", json!({"GroupName": "none"})).await;
        assert_eq!(missing.error(), ("ResourceNotFoundException".to_owned(), "Group not found.".to_owned()));
    }

    #[actix_web::test]
    async fn what_is_no_name_and_no_precedence_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for (name, precedence, status) in [
            ("a b", json!(0), 400),
            ("", json!(0), 400),
            ("a", json!(-1), 400),
            ("a", json!(2_147_483_648_i64), 400),
            ("a", json!(2_147_483_647), 200),
            (&"x".repeat(129), json!(0), 400),
        ] {
            let answer = pool.admin("CreateGroup", json!({"GroupName": name, "Precedence": precedence})).await;
            assert_eq!(answer.status, status, "{name:.20} {precedence}: {}", answer.text);
        }
    }

    #[actix_web::test]
    async fn a_role_is_given_to_a_group_by_who_may_pass_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let (admin, app_role) = (app.role("Admin", trust.clone()).await, app.role("App", trust).await);
        let to_us = json!({"StringEquals": {"iam:PassedToService": "cognito-idp.amazonaws.com"}});
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"},
                {"Effect": "Allow", "Action": "iam:PassRole", "Resource": [app_role, "arn:aws:iam::000000000000:role/none"], "Condition": to_us},
            ]))
            .await;
        pool.admin("CreateGroup", json!({"GroupName": "there"})).await.ok();
        let none = "arn:aws:iam::000000000000:role/none";
        for (role, code) in [
            (admin.as_str(), "AccessDeniedException"),
            ("arn:aws:iam::000000000000:role/App/none", "AccessDeniedException"),
            ("arn:aws:iam::111111111111:role/App", "AccessDeniedException"),
            (none, "InvalidParameterException"),
            (&app_role, ""),
        ] {
            for (operation, name) in [("UpdateGroup", "there"), ("CreateGroup", "new")] {
                let input = json!({"UserPoolId": pool.id, "GroupName": name, "RoleArn": role});
                assert_eq!(ann.call(operation, input).await.code(), code, "{operation} {role}");
            }
        }
        ann.call("CreateGroup", json!({"UserPoolId": pool.id, "GroupName": "without"})).await.ok();
    }
}
