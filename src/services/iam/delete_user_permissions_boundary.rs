//! DeleteUserPermissionsBoundary: judged by the boundary that goes. Who has none stays so.

use serde::{Deserialize, Serialize};

use super::boundaries;
use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
}

asks_about_user!(Request, by their boundary);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, _: Request) -> Result<Response, Error> {
    boundaries::delete(cx, &user).await?;
    Ok(Response {})
}
