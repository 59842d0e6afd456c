//! ListGroupPolicies: the names of a group's inline policies, paged.

use serde::Deserialize;

use super::errors::Error;
use super::inline_policies::NamesAnswer;
use super::pages::Asked;
use crate::context::Context;
use crate::iam::entity::Group;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_group!(Request);

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<NamesAnswer, Error> {
    NamesAnswer::page(cx, &group.id, &Asked { marker: request.marker.as_deref(), max_items: request.max_items }).await
}
