//! GetOpenIdToken: the basic flow. A token of an identity, which STS takes for the credentials of a role that trusts it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_credentials_for_identity::{Way, entered};
use crate::context::Context;
use crate::flows::web_identity::{self, amr_of, tags_of};
use crate::kit::id::IdentityId;

/// "The OpenID token is valid for 10 minutes" (API reference).
const LIFETIME_SECONDS: i64 = 600;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_id: IdentityId,
    #[serde(default)]
    logins: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    pub identity_id: IdentityId,
    pub token: String,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let (pool, identity, logins) = entered(cx, &request.identity_id, &request.logins, Way::Basic).await?;
    let tags = tags_of(&pool, &logins).map_err(web_identity::LoginRefused::from)?;
    let token = web_identity::issue_token(cx, &pool, &identity.identity_id, amr_of(&pool, &logins), tags, LIFETIME_SECONDS).await?;
    Ok(Response { identity_id: identity.identity_id, token })
}
