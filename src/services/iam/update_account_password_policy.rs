//! UpdateAccountPasswordPolicy: the whole of it; what is not given has its default again.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::iam::login::PasswordPolicy;
use crate::store;

/// Where nothing is asked for (API reference).
const DEFAULT_LENGTH: i64 = 6;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    minimum_password_length: Option<i64>,
    #[serde(default)]
    require_symbols: bool,
    #[serde(default)]
    require_numbers: bool,
    #[serde(default)]
    require_uppercase_characters: bool,
    #[serde(default)]
    require_lowercase_characters: bool,
    #[serde(default)]
    allow_users_to_change_password: bool,
    max_password_age: Option<i64>,
    password_reuse_prevention: Option<i64>,
    #[serde(default)]
    hard_expiry: bool,
}

asks_about_everything!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let policy = PasswordPolicy {
        minimum_length: request.minimum_password_length.unwrap_or(DEFAULT_LENGTH),
        require_symbols: request.require_symbols,
        require_numbers: request.require_numbers,
        require_uppercase: request.require_uppercase_characters,
        require_lowercase: request.require_lowercase_characters,
        allow_users_to_change: request.allow_users_to_change_password,
        max_age_days: request.max_password_age,
        remembered: request.password_reuse_prevention,
        hard_expiry: request.hard_expiry,
    };
    cx.write(async |tx| store::iam::put_password_policy(tx, &cx.account_id, &policy).await).await?;
    Ok(Response {})
}
