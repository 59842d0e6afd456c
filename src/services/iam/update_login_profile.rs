//! UpdateLoginProfile: another password for a user, or whether they must set one themselves.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::login_profile::{self, Terms};
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;
use crate::iam::login::LoginProfile;
use crate::kit::secret::Secret;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    password: Option<Secret>,
    password_reset_required: Option<bool>,
    max_signin_session_duration: Option<i64>,
    #[serde(default)]
    reset_max_signin_session_duration: bool,
}

impl Request {
    /// What is said of the password from now on; what the request does not speak of stays.
    fn terms(&self, present: &LoginProfile) -> Terms {
        let kept = if self.reset_max_signin_session_duration { None } else { present.max_session_seconds };
        Terms {
            reset_required: self.password_reset_required.unwrap_or(present.reset_required),
            max_session_seconds: self.max_signin_session_duration.or(kept),
        }
    }
}

asks_about_user!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    let present = cx.read(async |tx| login_profile::found(tx, &user).await).await?;
    if request.reset_max_signin_session_duration && request.max_signin_session_duration.is_some() {
        return Err(Error::Missing("A duration is either set or reset.".to_owned()));
    }
    if let Some(password) = &request.password {
        let next = login_profile::next(cx, &user, &present, password, request.terms(&present)).await?;
        login_profile::put_next(cx, &user, &present, &next).await?;
        return Ok(Response {});
    }
    cx.write(async |tx| {
        owner::still(tx, &user).await?;
        let present = login_profile::found(tx, &user).await?;
        let Terms { reset_required, max_session_seconds } = request.terms(&present);
        let changed = LoginProfile { reset_required, max_session_seconds, ..present.clone() };
        store::iam::update_login_profile(tx, &present.password_id, &changed).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}
