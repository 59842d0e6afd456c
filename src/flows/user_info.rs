//! What a client is told of a user by the scopes of its access token: OpenID's userInfo (OpenID Connect Core 1.0 §5.3).

use serde_json::{Map, Value};

use super::access::{self, AccessRefused, Holder};
use super::clients;
use super::issue::attribute_claims;
use crate::context::App;
use crate::kit::id::UserPoolId;
use crate::userpools::attributes::ADDRESSES;
use crate::userpools::scopes::{OPENID, Scopes};

/// When the user was last changed, in seconds.
const UPDATED_AT: &str = "updated_at";

/// The claims of whoever an access token of this pool is of.
///
/// # Errors
/// [`AccessRefused`].
pub async fn claims(app: &App, pool_id: &UserPoolId, access_token: &str) -> Result<Map<String, Value>, AccessRefused> {
    let Holder { pool, user, claims: token } = access::verified(app, access_token, |pool, token| {
        // SECURITY: each pool answers for its own users.
        if pool.id != *pool_id {
            return Err(AccessRefused::Invalid);
        }
        // What is for another service is not for this one.
        let is_for_this = token.bound_to().is_none() && token.scope.split(' ').any(|scope| scope == OPENID);
        if is_for_this { Ok(()) } else { Err(AccessRefused::Scope) }
    })
    .await?;
    let app_client = clients::find_in(app, &pool, &token.client_id).await?.ok_or(AccessRefused::Revoked)?;
    let scopes = Scopes::granted(Some(&token.scope));
    let mut claims = attribute_claims(&app_client, &user, scopes);
    // What every user has, whoever made them (OpenID Connect Core 1.0 §5.1).
    for (address, verified) in ADDRESSES {
        if claims.contains_key(address) && app_client.client.configuration.may_read(verified) {
            claims.entry(verified).or_insert(false.into());
        }
    }
    if scopes.tell(UPDATED_AT) && app_client.client.configuration.may_read(UPDATED_AT) {
        claims.entry(UPDATED_AT).or_insert(user.modified_at.seconds().into());
    }
    claims.insert("sub".to_owned(), user.id.as_str().into());
    claims.insert("username".to_owned(), user.username.into());
    Ok(claims)
}
