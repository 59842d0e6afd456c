//! Logins: who vouches for whom, once their tokens are verified.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::role_session::{Told, told};
use super::{LoginRefused, NOT_AN_ID_TOKEN, PROVIDER, identity_token};
use crate::context::App;
use crate::crypto::digest::{hex, sha256};
use crate::flows::pool_keys;
use crate::identitypools::pool::{CognitoProvider, IdentityPool};
use crate::identitypools::principal_tags::Tags;
use crate::identitypools::provider;
use crate::identitypools::role_choice::RoleMapping;
use crate::kit::id::{ClientId, IdentityId, UserPoolId};
use crate::store;
use crate::tokens::claims::IdClaims;
use crate::tokens::identity::IdentityClaims;
use crate::tokens::verify::{RawJwt, TokenRefused};

/// A login that is verified.
#[derive(Clone, Debug)]
pub struct Login {
    /// The provider's one name, whatever key the login came under.
    pub provider: String,
    /// Whom it vouches for: what rows know the login by.
    pub subject: String,
    /// Who vouches, and what is said.
    pub vouched: Vouched,
}

/// Who vouches for a login, and what is said of its user.
#[derive(Clone, Debug)]
pub enum Vouched {
    /// A user pool, by an ID token.
    UserPool {
        /// The app client that it is for.
        client_id: ClientId,
        /// What it says.
        claims: Map<String, Value>,
    },
    /// The pool's owner, by their own word.
    Developer {
        /// What they call the user.
        user_identifier: String,
        /// The tags that they give the user's sessions.
        tags: Tags,
    },
}

impl Login {
    /// What a developer calls the user, where it is a developer's login.
    #[must_use]
    pub fn user_identifier(&self) -> Option<&str> {
        match &self.vouched {
            Vouched::UserPool { .. } => None,
            Vouched::Developer { user_identifier, .. } => Some(user_identifier),
        }
    }

    /// How a pool maps the users of its provider to roles, where it does.
    #[must_use]
    pub fn mapping<'a>(&self, pool: &'a IdentityPool) -> Option<&'a RoleMapping> {
        match &self.vouched {
            Vouched::UserPool { client_id, .. } => pool.role_mappings.get(&format!("{}:{client_id}", self.provider)),
            Vouched::Developer { .. } => None,
        }
    }
}

/// The login of a developer's user: a digest of their name is its subject, for names are longer than an index takes.
#[must_use]
pub fn developer(provider: &str, user_identifier: &str, tags: Tags) -> Login {
    Login {
        provider: provider.to_owned(),
        subject: hex(&sha256(&[user_identifier.as_bytes()])),
        vouched: Vouched::Developer { user_identifier: user_identifier.to_owned(), tags },
    }
}

/// No provider of the pool.
#[must_use]
pub fn unsupported_provider() -> LoginRefused {
    LoginRefused::because("Token is not from a supported provider of this identity pool.")
}

/// Verifies every login. One of a developer's users is brought as a token of the identity pool's own, which is good for its
/// `identity` and for no other; where none is named, it is none.
///
/// # Errors
/// [`LoginRefused`].
pub async fn verify(
    app: &App,
    pool: &IdentityPool,
    logins: &BTreeMap<String, String>,
    identity: Option<&IdentityId>,
) -> Result<Vec<Login>, LoginRefused> {
    let mut verified: Vec<Login> = Vec::new();
    for (key, token) in logins {
        let login = match identity {
            Some(identity_id) if key == PROVIDER => verify_own(app, pool, identity_id, token).await?,
            _ => verify_one(app, pool, key, token).await?,
        };
        if verified.iter().any(|other| other.provider == login.provider && other.subject != login.subject) {
            return Err(LoginRefused::because("Logins don't match. Please include at least one valid login."));
        }
        // A pool that is named twice, by both of its names, is one login.
        if !verified.iter().any(|other| other.provider == login.provider) {
            verified.push(login);
        }
    }
    Ok(verified)
}

/// SECURITY: of the pool's own tokens only those of its developer's users are logins. One that GetOpenIdToken gave is for STS:
/// else it would be good for another one, and so for ever.
async fn verify_own(app: &App, pool: &IdentityPool, identity_id: &IdentityId, token: &str) -> Result<Login, LoginRefused> {
    let name = pool.configuration.developer_provider_name.as_deref().ok_or_else(unsupported_provider)?;
    let IdentityClaims { sub, aud, amr, tags, .. } = identity_token::verify(app, token).await?.map_err(refused)?;
    if aud != pool.id {
        return Err(LoginRefused::because("Invalid login token. Incorrect token audience."));
    }
    if sub != *identity_id {
        return Err(LoginRefused::because("Invalid login token. Identity doesn't match the token."));
    }
    let developers = |login| if let Told::Developer { user_identifier, .. } = login { Some(user_identifier) } else { None };
    let user_identifier = told(pool, &amr).into_iter().flatten().find_map(developers).ok_or_else(unsupported_provider)?;
    let tags = tags.unwrap_or_default().read().ok_or_else(|| LoginRefused::because(NOT_AN_ID_TOKEN))?;
    Ok(developer(name, user_identifier, tags))
}

pub(super) async fn verify_one(app: &App, pool: &IdentityPool, key: &str, token: &str) -> Result<Login, LoginRefused> {
    let user_pool = provider::user_pool_of(key, &app.public_url).ok_or_else(unsupported_provider)?;
    let name = provider::canonical_name(&user_pool);
    let trusted: Vec<&CognitoProvider> = pool.configuration.clients_of(&name, &app.public_url).collect();
    if trusted.is_empty() {
        return Err(unsupported_provider());
    }
    let claims = verify_token(app, &user_pool, token).await?;
    // SECURITY: the token must be for a client that the pool lists, or any client's user could come in.
    let client = trusted.iter().find(|provider| provider.client_id == claims.aud);
    let client = client.ok_or_else(|| LoginRefused::because("Invalid login token. Incorrect token audience."))?;
    if client.server_side_token_check {
        let user = app.read(async |tx| store::users::find_by_family(tx, &user_pool, &claims.sub, &claims.origin_jti).await).await?;
        if !user.is_some_and(|user| user.enabled) {
            return Err(LoginRefused::because("Invalid login token. Token has been revoked."));
        }
    }
    let vouched = Vouched::UserPool { client_id: claims.aud.clone(), claims: claims.all() };
    Ok(Login { provider: name, subject: claims.sub.to_string(), vouched })
}

async fn verify_token(app: &App, user_pool: &UserPoolId, token: &str) -> Result<IdClaims, LoginRefused> {
    let keys = pool_keys::load(app, user_pool).await?.ok_or_else(|| LoginRefused::because(NOT_AN_ID_TOKEN))?;
    let verified = RawJwt::parse(token).and_then(|raw| raw.verify_id(&keys.public, &app.issuer(user_pool), app.now()));
    verified.map_err(refused)
}

/// A token that is refused, in Amazon Cognito's words.
fn refused(why: TokenRefused) -> LoginRefused {
    match why {
        TokenRefused::Malformed | TokenRefused::WrongUse => LoginRefused::because(NOT_AN_ID_TOKEN),
        TokenRefused::UnknownKey | TokenRefused::BadSignature => LoginRefused::because("Invalid login token. Token signature invalid."),
        TokenRefused::WrongIssuer => LoginRefused::because("Invalid login token. Issuer doesn't match providerName"),
        TokenRefused::Expired => LoginRefused::because("Invalid login token. Token expired."),
    }
}
