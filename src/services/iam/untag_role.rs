//! UntagRole: keys that there are no tags of are no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_role;
use super::tags;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    tag_keys: Vec<String>,
}

impl Asks for Request {
    type Found = Role;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Role>, Fault> {
        let Resolved { found, asks } = get_role::found(cx, &self.role_name).await?;
        Ok(Resolved { found, asks: asks.into_iter().map(|ask: Ask| ask.tag_keys(self.tag_keys.iter().cloned())).collect() })
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let mut now = store::iam::find_role_by_id(tx, &role.account_id, &role.id).await?.ok_or_else(|| get_role::no_role(&role.name))?;
        now.tags = tags::without(now.tags, &request.tag_keys);
        store::iam::update_role(tx, &now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
