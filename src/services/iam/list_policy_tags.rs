//! ListPolicyTags, by key, paged.

use serde::Deserialize;

use super::errors::Error;
use super::pages::Asked;
use super::tags::TagsAnswer;
use crate::context::Context;
use crate::iam::managed_policy::ManagedPolicy;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_policy!(Request);

pub async fn handle(cx: &Context, policy: ManagedPolicy, request: Request) -> Result<TagsAnswer, Error> {
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    TagsAnswer::page(cx, &policy.id, policy.tags, &asked)
}
