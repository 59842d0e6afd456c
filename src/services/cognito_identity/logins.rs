//! The logins of GetId and GetCredentialsForIdentity: tokens of user pools that the identity pool trusts.

use std::collections::BTreeMap;

use super::errors::Error;
use crate::context::Context;
use crate::identitypools::pool::{CognitoProvider, IdentityPool};
use crate::identitypools::provider;
use crate::store;
use crate::tokens::claims::IdClaims;
use crate::tokens::pool_keys;
use crate::tokens::verify::{RawJwt, TokenRefused};

/// A login that is verified.
pub struct Login {
    /// The user pool's name, whatever key the login came under.
    pub provider: String,
    /// The user's `sub`.
    pub subject: String,
}

/// Verifies every login.
pub async fn verify(cx: &Context, pool: &IdentityPool, logins: &BTreeMap<String, String>) -> Result<Vec<Login>, Error> {
    let mut verified: Vec<Login> = Vec::new();
    for (key, token) in logins {
        let login = verify_one(cx, pool, key, token).await?;
        if verified.iter().any(|other| other.provider == login.provider && other.subject != login.subject) {
            return Err(Error::NotAuthorized("Logins don't match. Please include at least one valid login.".to_owned()));
        }
        verified.push(login);
    }
    verified.dedup_by(|left, right| left.provider == right.provider);
    Ok(verified)
}

async fn verify_one(cx: &Context, pool: &IdentityPool, key: &str, token: &str) -> Result<Login, Error> {
    let refused = |message: &str| Error::NotAuthorized(message.to_owned());
    let unsupported = || refused("Token is not from a supported provider of this identity pool.");
    let user_pool = provider::user_pool_of(key, &cx.public_url).ok_or_else(unsupported)?;
    let name = provider::canonical_name(user_pool);
    let trusted: Vec<&CognitoProvider> =
        pool.configuration.cognito_identity_providers.iter().filter(|provider| provider.provider_name == name).collect();
    if trusted.is_empty() {
        return Err(unsupported());
    }
    let claims = verify_token(cx, user_pool, token).await?;
    // SECURITY: the token must be for a client that the pool lists, or any client's user could come in.
    let client = trusted.iter().find(|provider| provider.client_id == claims.aud);
    let client = client.ok_or_else(|| refused("Invalid login token. Incorrect token audience."))?;
    if client.server_side_token_check {
        let user = cx.read(async |tx| store::users::find_by_family(tx, user_pool, &claims.sub, &claims.origin_jti).await).await?;
        if !user.is_some_and(|user| user.enabled) {
            return Err(refused("Invalid login token. Token has been revoked."));
        }
    }
    Ok(Login { provider: name, subject: claims.sub })
}

async fn verify_token(cx: &Context, user_pool: &str, token: &str) -> Result<IdClaims, Error> {
    let refused = |message: &str| Error::NotAuthorized(message.to_owned());
    let keys =
        pool_keys::load(cx, user_pool).await?.ok_or_else(|| refused("Invalid login token. Not a valid OpenId Connect identity token."))?;
    let verified = RawJwt::parse(token).and_then(|raw| raw.verify_id(&keys.public, &cx.issuer(user_pool), cx.now()));
    verified.map_err(|why| match why {
        TokenRefused::Malformed | TokenRefused::WrongUse => refused("Invalid login token. Not a valid OpenId Connect identity token."),
        TokenRefused::UnknownKey | TokenRefused::BadSignature => refused("Invalid login token. Token signature invalid."),
        TokenRefused::WrongIssuer => refused("Invalid login token. Issuer doesn't match providerName"),
        TokenRefused::Expired => refused("Invalid login token. Token expired."),
    })
}
