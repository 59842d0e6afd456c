//! GetLoginProfile: whether a user has a password for the console.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::login_profile::{self, ProfileAnswer};
use crate::context::Context;
use crate::iam::entity::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
}

asks_about_user_or_caller!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    login_profile: ProfileAnswer,
}

pub async fn handle(cx: &Context, user: User, _: Request) -> Result<Response, Error> {
    let profile = cx.read(async |tx| login_profile::found(tx, &user).await).await?;
    Ok(Response { login_profile: ProfileAnswer::of(user, &profile) })
}
