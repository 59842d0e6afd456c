//! GetUser: without a name, the caller.

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::boundaries;
use super::errors::Error;
use super::owner::Owner;
use crate::context::Context;
use crate::iam::entity::User;
use crate::kit::clock::Timestamp;
use crate::kit::id::UniqueId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
}

asks_about_owner!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserAnswer,
}

pub async fn handle(cx: &Context, owner: Owner, _: Request) -> Result<Response, Error> {
    let user = match owner {
        Owner::User(user) => user,
        Owner::Root { account_id } => User {
            name: String::new(),
            id: UniqueId::of_root(&account_id),
            account_id,
            path: "/".to_owned(),
            tags: Vec::new(),
            created_at: Timestamp::default(),
        },
    };
    let boundary = cx.read(async |tx| boundaries::arn_of(tx, &user.account_id, &user.id).await).await?;
    Ok(Response { user: UserAnswer::with_boundary(user, boundary) })
}
