//! ListAttachedUserPolicies: the managed policies that a user has, paged.

use serde::Deserialize;

use super::attachments::{AttachedAnswer, Page};
use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    #[serde(flatten)]
    page: Page,
}

asks_about_user!(Request);

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<AttachedAnswer, Error> {
    AttachedAnswer::page(cx, &user, &request.page).await
}
