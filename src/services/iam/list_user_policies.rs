//! ListUserPolicies: the names of a user's inline policies, paged.

use serde::Deserialize;

use super::errors::Error;
use super::inline_policies::NamesAnswer;
use super::pages::Asked;
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

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<NamesAnswer, Error> {
    NamesAnswer::page(cx, &user.id, &Asked { marker: request.marker.as_deref(), max_items: request.max_items }).await
}
