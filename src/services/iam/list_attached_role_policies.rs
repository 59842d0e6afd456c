//! ListAttachedRolePolicies: the managed policies that a role has, paged.

use serde::Deserialize;

use super::attachments::{AttachedAnswer, Page};
use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    #[serde(flatten)]
    page: Page,
}

asks_about_role!(Request);

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<AttachedAnswer, Error> {
    AttachedAnswer::page(cx, &role, &request.page).await
}
