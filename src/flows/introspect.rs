//! Whether an access token holds at this moment, and what it says (RFC 7662).

use serde_json::{Map, Value};

use super::clients;
use super::pool_keys;
use super::triggers::tokens::members;
use crate::context::App;
use crate::flows::failed::Failed;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::tokens::verify::{RawJwt, TokenRefused};

/// The claims of an access token of this pool, a user's or a client's own; `None` for whatever does not hold.
///
/// # Errors
/// Our own failures only.
pub async fn claims(app: &App, pool_id: &UserPoolId, access_token: &str) -> Result<Option<Map<String, Value>>, Failed> {
    let Ok(raw) = RawJwt::parse(access_token) else { return Ok(None) };
    let Some((pool, keys)) = pool_keys::claimed(app, &raw).await? else { return Ok(None) };
    if pool.id != *pool_id {
        return Ok(None);
    }
    let (issuer, now) = (app.issuer(&pool.id), app.now());
    match raw.verify_access(&keys.public, &issuer, now) {
        Ok(claims) => {
            let user = app.read(async |tx| store::users::find_by_family(tx, &pool.id, &claims.sub, &claims.origin_jti).await).await?;
            if !user.is_some_and(|user| user.enabled) {
                return Ok(None);
            }
            Ok(Some(members(&claims).map_err(Failed::because)?))
        }
        Err(TokenRefused::Malformed) => {
            let Ok(claims) = raw.verify_machine(&keys.public, &issuer, now) else { return Ok(None) };
            let client = clients::find_in(app, &pool, &claims.client_id).await?;
            Ok(client.map(|_| members(&claims)).transpose().map_err(Failed::because)?)
        }
        Err(_) => Ok(None),
    }
}
