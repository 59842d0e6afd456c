//! CreateLoginProfile: a user's first password for the console.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::login_profile::{self, ProfileAnswer, Terms};
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;
use crate::kit::secret::Secret;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
    password: Option<Secret>,
    #[serde(default)]
    password_reset_required: bool,
    max_signin_session_duration: Option<i64>,
}

asks_about_user_or_caller!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    login_profile: ProfileAnswer,
}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    let Some(password) = request.password else {
        // Only a session of AssumeRoot may leave it out (API reference).
        return Err(Error::Missing("Password is required.".to_owned()));
    };
    let terms = Terms { reset_required: request.password_reset_required, max_session_seconds: request.max_signin_session_duration };
    let profile = login_profile::first(cx, &user, &password, terms).await?;
    cx.write(async |tx| {
        owner::still(tx, &user).await?;
        match store::iam::insert_login_profile(tx, &profile).await {
            Err(error) if error.is_unique_violation() => {
                Err(Error::EntityAlreadyExists(format!("Login Profile for user {} already exists.", user.name)))
            }
            outcome => Ok(outcome?),
        }
    })
    .await?;
    Ok(Response { login_profile: ProfileAnswer::of(user, &profile) })
}
