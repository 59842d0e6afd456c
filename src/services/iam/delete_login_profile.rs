//! DeleteLoginProfile: the user signs in to the console no more with a password, and who is signed in with it is signed out.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::{login_profile, owner};
use crate::context::Context;
use crate::iam::entity::User;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
}

asks_about_user_or_caller!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner::still(tx, &user).await?;
        let was_there = store::iam::delete_login_profile(tx, &user.account_id, &user.id).await?;
        if was_there { Ok(Response {}) } else { Err(login_profile::none(&user)) }
    })
    .await
}
