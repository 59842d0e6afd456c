//! ListRolePolicies: the names of a role's inline policies, paged.

use serde::Deserialize;

use super::errors::Error;
use super::get_role;
use super::inline_policies::NamesAnswer;
use super::pages::Asked;
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

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<NamesAnswer, Error> {
    NamesAnswer::page(cx, &role.id, &Asked { marker: request.marker.as_deref(), max_items: request.max_items }).await
}
