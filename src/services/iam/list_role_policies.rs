//! ListRolePolicies: the names of a role's inline policies, paged.

use serde::Deserialize;

use super::errors::Error;
use super::inline_policies::NamesAnswer;
use super::pages::Asked;
use crate::context::Context;
use crate::iam::entity::Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_role!(Request);

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<NamesAnswer, Error> {
    NamesAnswer::page(cx, &role.id, &Asked { marker: request.marker.as_deref(), max_items: request.max_items }).await
}
