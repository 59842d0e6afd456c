//! UntagRole: keys that there are no tags of are no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_role;
use super::tags;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::operation::{Asks, Fault, Resolved};
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
        Ok(get_role::found(cx, &self.role_name).await?.asking(|ask| ask.tag_keys(self.tag_keys.iter().cloned())))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let mut now = get_role::still(tx, &role).await?;
        now.tags = tags::without(now.tags, &request.tag_keys);
        store::iam::update_role(tx, &now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
