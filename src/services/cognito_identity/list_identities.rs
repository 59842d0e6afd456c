//! ListIdentities, paged. None of ours is ever disabled, so that HideDisabled hides nothing.

use serde::{Deserialize, Serialize};

use super::describe_identity::IdentityAnswer;
use super::errors::{Error, found_pool, no_page};
use crate::context::Context;
use crate::flows::paging;
use crate::identitypools::pool::IdentityPool;
use crate::kit::id::IdentityPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
    max_results: i64,
    next_token: Option<String>,
    #[serde(default, rename = "HideDisabled")]
    _hide_disabled: bool,
}

impl Asks for Request {
    type Found = IdentityPool;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<IdentityPool>, Fault> {
        found_pool(cx, &self.identity_pool_id).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_pool_id: IdentityPoolId,
    identities: Vec<IdentityAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    let place = ["ListIdentities", cx.account_id.as_str(), pool.id.as_str()];
    let after = paging::open(cx, &place, request.next_token.as_deref()).map_err(|_| no_page())?;
    let limit = request.max_results;
    let identities = cx.read(async |tx| identity_pools::list_identities(tx, &pool.id, &after, limit + 1).await).await?;
    let (identities, next_token) = paging::cut(cx, &place, identities, limit, |identity| identity.identity_id.to_string())?;
    Ok(Response { identity_pool_id: pool.id, identities: identities.into_iter().map(IdentityAnswer::from).collect(), next_token })
}
