//! What a client is told of a user by the scopes of its access token: OpenID's userInfo (OpenID Connect Core 1.0 §5.3).

use serde_json::{Map, Value};

use super::access::AccessRefused;
use super::clients;
use super::issue::attribute_claims;
use super::pool_keys;
use crate::context::App;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::tokens::verify::RawJwt;
use crate::userpools::scopes::{OPENID, Scopes};

/// The claims of whoever an access token of this pool is of.
///
/// # Errors
/// [`AccessRefused`].
pub async fn claims(app: &App, pool_id: &UserPoolId, access_token: &str) -> Result<Map<String, Value>, AccessRefused> {
    let raw = RawJwt::parse(access_token)?;
    let (pool, keys) = pool_keys::claimed(app, &raw).await?.ok_or(AccessRefused::Invalid)?;
    // SECURITY: each pool answers for its own users.
    if pool.id != *pool_id {
        return Err(AccessRefused::Invalid);
    }
    let token = raw.verify_access(&keys.public, &app.issuer(&pool.id), app.now())?;
    // What is for another service is not for this one.
    if token.bound_to().is_some() || !token.scope.split(' ').any(|scope| scope == OPENID) {
        return Err(AccessRefused::Scope);
    }
    let user = app.read(async |tx| store::users::find_by_family(tx, &pool.id, &token.sub, &token.origin_jti).await).await?;
    let user = user.ok_or(AccessRefused::Revoked)?;
    if !user.enabled {
        return Err(AccessRefused::UserDisabled);
    }
    let app_client = clients::find_in(app, &pool, &token.client_id).await?.ok_or(AccessRefused::Revoked)?;
    let mut claims = attribute_claims(&app_client, &user, Scopes::granted(Some(&token.scope)));
    claims.insert("sub".to_owned(), user.id.as_str().into());
    claims.insert("username".to_owned(), user.username.into());
    Ok(claims)
}
