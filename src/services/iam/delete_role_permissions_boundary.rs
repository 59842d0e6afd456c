//! DeleteRolePermissionsBoundary: judged by the boundary that goes. Who has none stays so.

use serde::{Deserialize, Serialize};

use super::boundaries;
use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
}

asks_about_role!(Request, by their boundary);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, _: Request) -> Result<Response, Error> {
    boundaries::delete(cx, &role).await?;
    Ok(Response {})
}
