//! GetId: the identity of a login, or a new one; a guest's is always new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_pool};
use crate::budgets::PerAddress;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::web_identity;
use crate::kit::id::{AccountId, IdentityId, IdentityPoolId};
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    account_id: Option<AccountId>,
    identity_pool_id: IdentityPoolId,
    #[serde(default)]
    logins: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_id: IdentityId,
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let pool = cx.read(async |tx| identity_pools::find(tx, &request.identity_pool_id).await).await?;
    let is_named = |account: &AccountId| request.account_id.as_ref().is_none_or(|named| named == account);
    let pool = pool.filter(|pool| is_named(&pool.account_id)).ok_or_else(|| no_pool(&request.identity_pool_id))?;
    let logins = web_identity::verify(cx, &pool, &request.logins, None).await?;
    if logins.is_empty() && !pool.configuration.allow_unauthenticated_identities {
        return Err(guests_refused());
    }
    if logins.is_empty() && !cx.budgets.spend(PerAddress::GuestIdentities, cx.origin.source_ip, cx.now()) {
        return Err(Error::TooManyRequests);
    }
    let fresh = ids::identity_id(&pool.region, &mut cx.rng());
    let identity_id = cx.write(async |tx| web_identity::find_or_make(cx, tx, &pool, &logins, &fresh).await).await?;
    Ok(Response { identity_id })
}

/// Guests are not served here.
pub fn guests_refused() -> Error {
    Error::NotAuthorized("Unauthenticated access is not supported for this identity pool.".to_owned())
}
