//! UpdateRoleDescription: as UpdateRole, whose older sister it is, with the role in its answer.

use std::slice;

use serde::{Deserialize, Serialize};

use super::answers::RoleAnswer;
use super::errors::Error;
use super::{get_role, trusted};
use crate::context::Context;
use crate::iam::entity::Role;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    description: String,
}

asks_about_role!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    role: RoleAnswer,
}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let now = get_role::still(tx, &role).await?;
        let mut role = Role { description: Some(request.description.clone()), ..now };
        store::iam::update_role(tx, &role).await?;
        trusted::by_arn(tx, &cx.account_id, slice::from_mut(&mut role)).await?;
        Ok(Response { role: get_role::answer(tx, cx, role).await? })
    })
    .await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_description_is_changed_and_nothing_else() {
        let app = TestApp::new().await;
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        app.admin().call("UpdateRole", json!({"RoleName": "app", "MaxSessionDuration": 7200})).await.ok();
        let updated = app.admin().call("UpdateRoleDescription", json!({"RoleName": "app", "Description": "d"})).await.ok();
        let role = app.admin().call("GetRole", json!({"RoleName": "app"})).await.ok();
        assert_eq!(updated["Role"], role["Role"]);
        assert_eq!((&role["Role"]["Description"], &role["Role"]["MaxSessionDuration"]), (&json!("d"), &json!("7200")));
    }
}
