//! DeleteRole: its sessions end with it, at once on this node and within a second on every other.

use serde::{Deserialize, Serialize};

use super::attachments;
use super::errors::{Error, POLICIES_FIRST};
use super::get_role;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
}

asks_about_role!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        get_role::still(tx, &role).await?;
        attachments::check_detached(tx, &role).await?;
        if !store::iam::policy_names(tx, &role.account_id, &role.id).await?.is_empty() {
            return Err(Error::DeleteConflict(POLICIES_FIRST));
        }
        store::iam::delete_boundary(tx, &role.account_id, &role.id).await?;
        Ok::<_, Error>(store::iam::delete_role(tx, &role.account_id, &role.id).await?)
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp, TestCaller};

    async fn session<'a>(app: &'a TestApp, role: &str) -> TestCaller<'a> {
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
        let given = ann.call("AssumeRole", json!({"RoleArn": role, "RoleSessionName": "test"})).await.ok()["Credentials"].clone();
        let text = |name: &str| given[name].as_str().unwrap().to_owned();
        app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")))
    }

    fn allow() -> Value {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]})
    }

    #[actix_web::test]
    async fn the_sessions_of_a_role_that_is_gone_may_nothing_not_even_when_it_is_made_anew() {
        let app = TestApp::new().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let role = app.role("app", trust.clone()).await;
        let put = json!({"RoleName": "app", "PolicyName": "p", "PolicyDocument": allow().to_string()});
        app.admin().call("PutRolePolicy", put.clone()).await.ok();
        let session = session(&app, &role).await;
        let list = async || session.call("iam:ListUsers", json!({})).await.code();
        assert_eq!(list().await, "");
        let delete = async || app.admin().call("DeleteRole", json!({"RoleName": "app"})).await;
        assert_eq!(delete().await.error(), ("DeleteConflict".to_owned(), "Cannot delete entity, must delete policies first.".to_owned()));
        app.admin().call("DeleteRolePolicy", json!({"RoleName": "app", "PolicyName": "p"})).await.ok();
        assert_eq!(list().await, "AccessDenied", "a policy that is deleted is forgotten at once");
        delete().await.ok();
        app.role("app", trust).await;
        app.admin().call("PutRolePolicy", put).await.ok();
        assert_eq!(list().await, "AccessDenied");
    }
}
