//! PutRolePolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{get_role, owner};
use crate::context::Context;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let role = cx
        .write(async |tx| {
            let role = get_role::find(cx, tx, &request.role_name).await?;
            let bound = (owner::ROLE_POLICY_CHARACTERS, request.role_name.as_str());
            owner::put_inline_policy(cx, tx, &role.id, (&request.policy_name, &request.policy_document), bound).await?;
            Ok::<_, Error>(role)
        })
        .await?;
    cx.caches.policies.invalidate(&(role.account_id, role.id));
    Ok(Response {})
}
