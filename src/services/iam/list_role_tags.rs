//! ListRoleTags, by key, paged.

use serde::Deserialize;

use super::errors::Error;
use super::get_role;
use super::pages::Asked;
use super::tags::TagsAnswer;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i64>,
}

impl Asks for Request {
    type Found = Role;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Role>, Fault> {
        get_role::found(cx, &self.role_name).await
    }
}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<TagsAnswer, Error> {
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    TagsAnswer::page(cx, &role.id, role.tags, &asked)
}
