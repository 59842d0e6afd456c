//! GetUserAuthFactors: what the holder of an access token can sign in by.

use serde::{Deserialize, Serialize};

use super::answers::MfaSettings;
use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::userpools::first_factor;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
}

carries_access_token!(Request);

/// What a user can sign in by.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    username: String,
    #[serde(flatten)]
    mfa: MfaSettings,
    configured_user_auth_factors: Vec<&'static str>,
}

impl Response {
    /// Of a user of a pool.
    pub fn of(pool: &Pool, user: &User) -> Self {
        Self {
            username: user.username.clone(),
            mfa: MfaSettings::of(user),
            configured_user_auth_factors: first_factor::configured(pool, user),
        }
    }
}

pub async fn handle(_: &Context, holder: Holder, _: Request) -> Result<Response, Error> {
    Ok(Response::of(&holder.pool, &holder.user))
}
