//! ListUserTags, by key, paged.

use serde::Deserialize;

use super::errors::Error;
use super::pages::Asked;
use super::tags::TagsAnswer;
use crate::context::Context;
use crate::iam::entity::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_user!(Request);

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<TagsAnswer, Error> {
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    TagsAnswer::page(cx, &user.id, user.tags, &asked)
}
