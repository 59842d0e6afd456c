//! The claims of ID and access tokens, exactly as Cognito writes them.
//!
//! Source: Amazon Cognito developer guide, "Understanding the identity (ID) token" and "Understanding the access token".

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kit::id::{ClientId, UserId};

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The user's unchanging id.
    pub sub: UserId,
    /// The groups, highest precedence first; absent when there are none.
    #[serde(rename = "cognito:groups", skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<String>,
    /// The issuer.
    pub iss: String,
    /// The app client.
    pub client_id: ClientId,
    /// The sign-in that this token descends from; revocation goes by it.
    pub origin_jti: String,
    /// The request that made the token.
    pub event_id: String,
    /// Always `access`.
    pub token_use: String,
    /// Scopes, blank-separated; `aws.cognito.signin.user.admin` from the API.
    pub scope: String,
    /// When the user signed in: seconds since the epoch.
    pub auth_time: i64,
    /// The level that the sign-in reached, by its name; absent where it was to reach none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acr: Option<String>,
    /// How the user proved who they are (RFC 8176), beside `acr`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub amr: Vec<String>,
    /// When the token expires.
    pub exp: i64,
    /// When the token was made.
    pub iat: i64,
    /// The token's own id.
    pub jti: String,
    /// The user's name in the pool.
    pub username: String,
    /// The remembered device, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device_key: Option<String>,
    /// The service that the token is for, if it is bound to one: a token exchange's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub aud: Option<String>,
    /// Who acts in the user's stead (RFC 8693 §4.1).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub act: Option<Actor>,
}

/// Who acts in a user's stead, and in whose stead they do so: the outermost acts now (RFC 8693 §4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Whose name `sub` is, where it is a provider's; of who is the pool's own, nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub iss: Option<String>,
    /// The actor's unchanging id; a client's, if it is a machine.
    pub sub: String,
    /// The app client that the actor came by; of a provider's, nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<ClientId>,
    /// Who acted before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub act: Option<Box<Self>>,
}

impl Actor {
    /// How many act, one after the other.
    #[must_use]
    pub fn depth(&self) -> usize {
        std::iter::successors(Some(self), |actor| actor.act.as_deref()).count()
    }
}

/// What the access token of an app client says, which is nobody's but its own: no user, no sign-in.
///
/// Source: Amazon Cognito developer guide, "Understanding the access token".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineClaims {
    /// The app client's id.
    pub sub: ClientId,
    /// Always `access`.
    pub token_use: String,
    /// Scopes of resource servers, blank-separated.
    pub scope: String,
    /// When the token was made.
    pub auth_time: i64,
    /// The issuer.
    pub iss: String,
    /// When the token expires.
    pub exp: i64,
    /// When the token was made.
    pub iat: i64,
    /// Always 2.
    pub version: u8,
    /// The token's own id.
    pub jti: String,
    /// The app client's id.
    pub client_id: ClientId,
    /// What the token is for, if it is bound to something.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub aud: Option<String>,
}

impl AccessClaims {
    /// Whom it is for, where that is not its own client.
    #[must_use]
    pub fn bound_to(&self) -> Option<&str> {
        self.aud.as_deref().filter(|aud| self.client_id != *aud)
    }

    /// Whether the token was given for all that the user may do themselves, and not for less; one that is for another service
    /// is not for this one.
    #[must_use]
    pub fn is_for_the_users_own(&self) -> bool {
        self.bound_to().is_none() && self.scope.split(' ').any(|scope| scope == USER_ADMIN_SCOPE)
    }
}

/// What an ID token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IdClaims {
    /// The user's unchanging id.
    pub sub: UserId,
    /// The groups, highest precedence first; absent when there are none.
    #[serde(rename = "cognito:groups", skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<String>,
    /// The roles of the groups; absent when there are none.
    #[serde(rename = "cognito:roles", skip_serializing_if = "Vec::is_empty", default)]
    pub roles: Vec<String>,
    /// The role of the group with the highest precedence.
    #[serde(rename = "cognito:preferred_role", skip_serializing_if = "Option::is_none", default)]
    pub preferred_role: Option<String>,
    /// The issuer.
    pub iss: String,
    /// The user's name in the pool.
    #[serde(rename = "cognito:username")]
    pub username: String,
    /// The sign-in that this token descends from.
    pub origin_jti: String,
    /// The app client.
    pub aud: ClientId,
    /// What the client had it repeat, in the first token of a sign-in at the hosted pages (OpenID Connect Core 1.0 §2).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nonce: Option<String>,
    /// The half of the hash of the access token that was given with it (the same, §3.1.3.6), at the hosted pages.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_hash: Option<String>,
    /// The browser's session that the sign-in came by (OpenID Connect Front-Channel Logout 1.0 §3).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sid: Option<String>,
    /// The request that made the token.
    pub event_id: String,
    /// Always `id`.
    pub token_use: String,
    /// When the user signed in: seconds since the epoch.
    pub auth_time: i64,
    /// The level that the sign-in reached, by its name; absent where it was to reach none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acr: Option<String>,
    /// How the user proved who they are (RFC 8176), beside `acr`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub amr: Vec<String>,
    /// When the token expires.
    pub exp: i64,
    /// When the token was made.
    pub iat: i64,
    /// The token's own id.
    pub jti: String,
    /// Who acts in the user's stead (RFC 8693 §4.1).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub act: Option<Actor>,
    /// The attributes that the client may read.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}

impl IdClaims {
    /// All that it says, by the names that the token has for it.
    #[must_use]
    pub fn all(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(claims)) => claims,
            // What was read from a token is an object.
            _ => Map::new(),
        }
    }
}

/// `token_use` of an access token.
pub const ACCESS: &str = "access";
/// `token_use` of an ID token.
pub const ID: &str = "id";

/// The scope of every access token that the API gives (not the OAuth endpoints): use of the user's own API operations.
pub const USER_ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";
