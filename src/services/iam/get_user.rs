//! GetUser: without a name, the caller.

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;
use crate::kit::clock::Timestamp;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserAnswer,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let (id, user) = cx.read(async |tx| owner::owner_id(cx, tx, request.user_name.as_deref()).await).await?;
    // The root is shown as a user of no name.
    let root = || User {
        account_id: cx.account_id.clone(),
        name: String::new(),
        id,
        path: "/".to_owned(),
        tags: Vec::new(),
        created_at: Timestamp::default(),
    };
    Ok(Response { user: user.unwrap_or_else(root).into() })
}
