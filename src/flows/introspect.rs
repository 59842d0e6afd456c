//! Whether an access token holds at this moment, and what it says (RFC 7662).

use serde_json::{Map, Value};

use super::access::{self, AccessRefused};
use super::clients;
use super::pool_keys;
use super::triggers::tokens::members;
use crate::context::App;
use crate::flows::failed::Failed;
use crate::kit::id::UserPoolId;
use crate::tokens::claims::AccessClaims;
use crate::tokens::verify::RawJwt;
use crate::userpools::pool::Pool;

/// The claims of an access token of this pool, a user's or a client's own; `None` for whatever does not hold.
///
/// # Errors
/// Our own failures only.
pub async fn claims(app: &App, pool_id: &UserPoolId, access_token: &str) -> Result<Option<Map<String, Value>>, Failed> {
    let is_of_pool = |pool: &Pool, _: &AccessClaims| if pool.id == *pool_id { Ok(()) } else { Err(AccessRefused::Invalid) };
    match access::verified(app, access_token, is_of_pool).await {
        Ok(holder) => Ok(Some(members(&holder.claims).map_err(Failed::because)?)),
        Err(AccessRefused::Failed(failed)) => Err(failed),
        Err(AccessRefused::Invalid) => of_machine(app, pool_id, access_token).await,
        Err(_) => Ok(None),
    }
}

/// The claims of a client's own access token.
async fn of_machine(app: &App, pool_id: &UserPoolId, access_token: &str) -> Result<Option<Map<String, Value>>, Failed> {
    let Ok(raw) = RawJwt::parse(access_token) else { return Ok(None) };
    let Some((pool, keys)) = pool_keys::claimed(app, &raw).await?.filter(|(pool, _)| pool.id == *pool_id) else { return Ok(None) };
    let Ok(claims) = raw.verify_machine(&keys.public, &app.issuer(&pool.id), app.now()) else { return Ok(None) };
    let client = clients::find_in(app, &pool, &claims.client_id).await?;
    client.map(|_| members(&claims).map_err(Failed::because)).transpose()
}
