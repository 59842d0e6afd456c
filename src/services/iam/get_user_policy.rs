//! GetUserPolicy: the text as it was put.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::inline_policies::OwnerKind;
use crate::context::Context;
use crate::iam::entity::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    policy_name: String,
}

asks_about_user!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    let policy_document = OwnerKind::User.document(cx, &user.id, &request.policy_name).await?;
    Ok(Response { user_name: user.name, policy_name: request.policy_name, policy_document })
}
