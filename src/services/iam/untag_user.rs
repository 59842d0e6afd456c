//! UntagUser: keys that there are no tags of are no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner;
use super::tags;
use crate::context::Context;
use crate::iam::entity::User;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    tag_keys: Vec<String>,
}

impl Asks for Request {
    type Found = User;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<User>, Fault> {
        let Resolved { found, asks } = owner::found_user(cx, &self.user_name).await?;
        Ok(Resolved { found, asks: asks.into_iter().map(|ask: Ask| ask.tag_keys(self.tag_keys.iter().cloned())).collect() })
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let mut now = store::iam::find_user_by_id(tx, &user.account_id, &user.id).await?.ok_or_else(|| owner::no_user(&user.name))?;
        now.tags = tags::without(now.tags, &request.tag_keys);
        store::iam::update_user(tx, &now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
