//! GetUser: without a name, the caller.

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::boundaries;
use super::errors::Error;
use super::owner::{self, Owner};
use crate::context::Context;

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
        Owner::Root { account_id } => owner::root_as_user(account_id),
    };
    let boundary = cx.read(async |tx| boundaries::arn_of(tx, &user.account_id, &user.id).await).await?;
    Ok(Response { user: UserAnswer::with_use(user, boundary) })
}
