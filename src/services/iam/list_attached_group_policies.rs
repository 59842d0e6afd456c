//! ListAttachedGroupPolicies: the managed policies that a group has, paged.

use serde::Deserialize;

use super::attachments::{AttachedAnswer, Page};
use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::Group;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    #[serde(flatten)]
    page: Page,
}

asks_about_group!(Request);

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<AttachedAnswer, Error> {
    AttachedAnswer::page(cx, &group, &request.page).await
}
