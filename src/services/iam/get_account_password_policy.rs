//! GetAccountPasswordPolicy: every user may see it where every user may change their own password.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::password_policy;
use crate::context::Context;
use crate::iam::caller::Caller;
use crate::iam::login::PasswordPolicy;
use crate::operation::{Ask, Asks, Fault, Resolved};

#[derive(Deserialize)]
pub struct Request {}

impl Asks for Request {
    type Found = PasswordPolicy;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<PasswordPolicy>, Fault> {
        let policy = password_policy::of_account(cx).await?;
        let is_granted = matches!(cx.caller, Caller::User(..)) && policy.as_ref().is_some_and(|policy| policy.allow_users_to_change);
        let found = policy.ok_or_else(|| password_policy::none(cx).into());
        Ok(Resolved::one(found, Ask::on("*").granted(is_granted)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    password_policy: PolicyAnswer,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyAnswer {
    minimum_password_length: i64,
    require_symbols: bool,
    require_numbers: bool,
    require_uppercase_characters: bool,
    require_lowercase_characters: bool,
    allow_users_to_change_password: bool,
    expire_passwords: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_password_age: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_reuse_prevention: Option<i64>,
    hard_expiry: bool,
}

pub async fn handle(_: &Context, policy: PasswordPolicy, _: Request) -> Result<Response, Error> {
    Ok(Response {
        password_policy: PolicyAnswer {
            expire_passwords: policy.expires(),
            minimum_password_length: policy.minimum_length,
            require_symbols: policy.require_symbols,
            require_numbers: policy.require_numbers,
            require_uppercase_characters: policy.require_uppercase,
            require_lowercase_characters: policy.require_lowercase,
            allow_users_to_change_password: policy.allow_users_to_change,
            max_password_age: policy.max_age_days,
            password_reuse_prevention: policy.remembered,
            hard_expiry: policy.hard_expiry,
        },
    })
}
