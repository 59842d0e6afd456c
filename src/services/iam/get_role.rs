//! GetRole.

use serde::{Deserialize, Serialize};

use super::answers::RoleAnswer;
use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::store::{self, Conn};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    role: RoleAnswer,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let role = cx.read(async |tx| find(cx, tx, &request.role_name).await).await?;
    Ok(Response { role: role.into() })
}

/// The role, or IAM's error.
pub async fn find(cx: &Context, tx: &mut Conn, name: &str) -> Result<Role, Error> {
    let role = store::iam::find_role(tx, &cx.account_id, name).await?;
    role.ok_or_else(|| Error::NoSuchEntity(format!("The role with name {name} cannot be found.")))
}
