//! UntagUser: keys that there are no tags of are no error.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner;
use super::tags;
use crate::context::Context;
use crate::iam::entity::User;
use crate::operation::{Asks, Fault, Resolved};
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
        Ok(owner::found_user(cx, &self.user_name).await?.asking(|ask| ask.tag_keys(self.tag_keys.iter().cloned())))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let mut now = owner::still(tx, &user).await?;
        now.tags = tags::without(now.tags, &request.tag_keys);
        store::iam::update_user(tx, &now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
