//! PutUserPolicy: holds at once on this node, and within a second on every other.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner;
use crate::context::Context;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    policy_name: String,
    policy_document: String,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let user = cx
        .write(async |tx| {
            let user = store::iam::find_user(tx, &cx.account_id, &request.user_name).await?;
            let user = user.ok_or_else(|| owner::no_user(&request.user_name))?;
            let bound = (owner::USER_POLICY_CHARACTERS, request.user_name.as_str());
            owner::put_inline_policy(cx, tx, &user.id, (&request.policy_name, &request.policy_document), bound).await?;
            Ok::<_, Error>(user)
        })
        .await?;
    cx.caches.policies.invalidate(&(user.account_id, user.id));
    Ok(Response {})
}
