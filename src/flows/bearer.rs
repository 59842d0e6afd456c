//! From a bearer token, ID or access, to the user of ours who holds it.

use serde_json::{Map, Value};

use crate::context::App;
use crate::flows::pool_keys;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::store::{self, StoreError};
use crate::tokens::keys::PublicKey;
use crate::tokens::verify::{RawJwt, TokenRefused};

/// Who holds a token.
pub struct Bearer {
    /// Their pool.
    pub user_pool: UserPoolId,
    /// The app client that the token was given to.
    pub client_id: ClientId,
    /// Their `sub`.
    pub subject: UserId,
    /// What their ID token says, where it is one.
    pub id_claims: Option<Map<String, Value>>,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BearerRefused {
    /// Not a token of a pool of ours.
    #[error("the token is not one of this deployment's")]
    Invalid,
    /// Past its time.
    #[error("the token has expired")]
    Expired,
    /// The sign-in that it comes from is over, or the user is gone or disabled.
    #[error("the token has been revoked")]
    Revoked,
    /// An access token that was given for less than the user's own rights.
    #[error("the access token does not have the scope aws.cognito.signin.user.admin")]
    Scope,
}

impl From<TokenRefused> for BearerRefused {
    fn from(refused: TokenRefused) -> Self {
        match refused {
            TokenRefused::Expired => Self::Expired,
            TokenRefused::Malformed
            | TokenRefused::UnknownKey
            | TokenRefused::BadSignature
            | TokenRefused::WrongUse
            | TokenRefused::WrongIssuer => Self::Invalid,
        }
    }
}

/// Verifies the token, and that its sign-in goes on.
///
/// # Errors
/// [`StoreError`]; inside, [`BearerRefused`].
pub async fn verify(app: &App, token: &str) -> Result<Result<Bearer, BearerRefused>, StoreError> {
    let Ok(raw) = RawJwt::parse(token) else { return Ok(Err(BearerRefused::Invalid)) };
    let Some((pool, keys)) = pool_keys::claimed(app, &raw).await? else { return Ok(Err(BearerRefused::Invalid)) };
    let Claimed { client_id, subject, family, id_claims } = match claims(&raw, &keys.public, &app.issuer(&pool.id), app.now()) {
        Ok(claims) => claims,
        Err(refused) => return Ok(Err(refused)),
    };
    let user = app.read(async |tx| store::users::find_by_family(tx, &pool.id, &subject, &family).await).await?;
    if !user.is_some_and(|user| user.enabled) {
        return Ok(Err(BearerRefused::Revoked));
    }
    Ok(Ok(Bearer { user_pool: pool.id.clone(), client_id, subject, id_claims }))
}

/// What a verified token says of whose it is.
#[derive(Debug, PartialEq, Eq)]
struct Claimed {
    client_id: ClientId,
    subject: UserId,
    family: String,
    id_claims: Option<Map<String, Value>>,
}

fn claims(raw: &RawJwt<'_>, keys: &[PublicKey], issuer: &str, now: Timestamp) -> Result<Claimed, BearerRefused> {
    match raw.verify_id(keys, issuer, now) {
        Ok(claims) => {
            let id_claims = claims.all();
            Ok(Claimed { client_id: claims.aud, subject: claims.sub, family: claims.origin_jti, id_claims: Some(id_claims) })
        }
        // SECURITY: an access token with other scopes was given to an application for less than the user may do.
        Err(TokenRefused::WrongUse) => {
            let claims = raw.verify_access(keys, issuer, now)?;
            let is_own = claims.is_for_the_users_own();
            let held = Claimed { client_id: claims.client_id, subject: claims.sub, family: claims.origin_jti, id_claims: None };
            if is_own { Ok(held) } else { Err(BearerRefused::Scope) }
        }
        Err(refused) => Err(refused.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tokens::claims::USER_ADMIN_SCOPE;
    use crate::tokens::keys::SigningKey;

    #[test]
    fn a_token_is_an_id_token_or_an_access_token_with_the_users_own_rights() {
        let key = SigningKey::generate("kid".into()).unwrap();
        let judged = |token_use: &str, scope: &str, issuer: &str, seconds: i64| {
            let mut token = json!({"sub": "s", "iss": issuer, "origin_jti": "o", "event_id": "e", "token_use": token_use, "auth_time": 1, "exp": 100,
                               "iat": 1, "jti": "j", "client_id": "app", "aud": "app", "scope": scope, "username": "a", "cognito:username": "a"});
            // An access token has an audience where it is for another service.
            if token_use == "access" {
                token.as_object_mut().unwrap().remove("aud");
            }
            let token = key.sign(&token).unwrap();
            claims(&RawJwt::parse(&token).unwrap(), &[key.public().clone()], "issuer", Timestamp::from_seconds(seconds))
                .map(|claimed| (claimed.client_id, claimed.subject, claimed.family, claimed.id_claims.is_some()))
        };
        let held = |tells| ("app".into(), "s".into(), "o".to_owned(), tells);
        assert_eq!(judged("id", "", "issuer", 99), Ok(held(true)));
        assert_eq!(judged("access", "openid aws.cognito.signin.user.admin", "issuer", 99), Ok(held(false)));
        for scope in ["", "openid profile", "aws.cognito.signin.user.administrator"] {
            assert_eq!(judged("access", scope, "issuer", 99), Err(BearerRefused::Scope), "{scope}");
        }
        for token_use in ["id", "access"] {
            assert_eq!(judged(token_use, USER_ADMIN_SCOPE, "issuer", 100), Err(BearerRefused::Expired));
            assert_eq!(judged(token_use, USER_ADMIN_SCOPE, "another", 99), Err(BearerRefused::Invalid));
        }
        assert_eq!(judged("refresh", USER_ADMIN_SCOPE, "issuer", 99), Err(BearerRefused::Invalid));
    }
}
