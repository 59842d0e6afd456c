//! The tokens of a sign-in.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::clients::{AppClient, NoSuchClient};
use super::failed::{Failed, fails_with_the_store};
use super::triggers::TriggerRefused;
use super::triggers::tokens::{self, Changed, TokensFor};
use crate::context::App;
use crate::crypto::digest::{PlainToken, sha256};
use crate::crypto::ids;
use crate::flows::pool_keys;
use crate::kit::id::UserId;
use crate::store::tokens::TokenFamily;
use crate::tokens::claims::{ACCESS, AccessClaims, ID, IdClaims, USER_ADMIN_SCOPE};
use crate::userpools::authentication_level;
use crate::userpools::device::NewDevice;
use crate::userpools::group::GroupClaims;
use crate::userpools::linked_identity::{ATTRIBUTE, claim_of};
use crate::userpools::scopes::Scopes;
use crate::userpools::user::User;

/// What a sign-in, or its refresh, gives.
pub struct Tokens {
    /// For the APIs.
    pub access_token: String,
    /// Who the user is, where that was asked for: by the API always.
    pub id_token: Option<String>,
    /// What the sign-in goes on by; a refresh gives no new one.
    pub refresh_token: Option<String>,
    /// How long the access token lives.
    pub lifetime: Duration,
    /// The scopes of the access token, blank-separated.
    pub scope: String,
    /// The device that the sign-in was given, to be confirmed.
    pub new_device: Option<NewDevice>,
}

/// Why tokens are not given.
#[derive(Debug, thiserror::Error)]
pub enum IssueRefused {
    /// The pool was deleted while the sign-in was on its way.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// A function of the pool does not let them be signed.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(IssueRefused);

/// A decision that ends in tokens refuses where they are not signed.
macro_rules! refuses_to_issue {
    ($refused:ty) => {
        impl From<$crate::flows::issue::IssueRefused> for $refused {
            fn from(refused: $crate::flows::issue::IssueRefused) -> Self {
                match refused {
                    $crate::flows::issue::IssueRefused::NoSuchClient(gone) => Self::NoSuchClient(gone),
                    $crate::flows::issue::IssueRefused::Trigger(refused) => Self::Trigger(refused),
                    $crate::flows::issue::IssueRefused::Failed(failed) => Self::Failed(failed),
                }
            }
        }
    };
}

pub(super) use refuses_to_issue;

/// What tokens are made for.
pub struct Issue<'a> {
    /// The sign-in.
    pub family: &'a TokenFamily,
    /// The refresh token that goes with them.
    pub refresh_token: Option<String>,
    /// What the pool's function is told that they are for.
    pub tokens_for: TokensFor,
    /// What the client has the ID token repeat.
    pub nonce: Option<String>,
    /// The scopes, where they are fewer than the sign-in's.
    pub narrowed: Option<String>,
}

impl<'a> Issue<'a> {
    /// Tokens with all the scopes of a sign-in.
    #[must_use]
    pub const fn of(family: &'a TokenFamily, refresh_token: Option<String>, tokens_for: TokensFor) -> Self {
        Self { family, refresh_token, tokens_for, nonce: None, narrowed: None }
    }
}

/// A new sign-in: its row, and its refresh token in the form that only the client keeps.
///
/// # Errors
/// When the client's settings are none.
pub fn new_family(app: &App, app_client: &AppClient, user_id: &UserId, device_key: Option<&str>) -> Result<(TokenFamily, String), Failed> {
    let lifetime = app_client.client.configuration.refresh_token_lifetime().map_err(Failed::because)?;
    let now = app.now();
    let secret = PlainToken::generate(&mut app.rng());
    let family = TokenFamily {
        pool_id: app_client.pool.id.clone(),
        origin_jti: ids::uuid(&mut app.rng()),
        user_id: user_id.to_owned(),
        client_id: app_client.client.id.clone(),
        device_key: device_key.map(str::to_owned),
        refresh_token: secret.hashed(),
        generation: 0,
        rotated_at: None,
        authenticated_at: now,
        expires_at: now.plus(lifetime),
        revoked_at: None,
        methods: Vec::new(),
        acr: None,
        scope: None,
        browser_session_id: None,
        resource: None,
    };
    // The id finds the row; the secret proves the holder.
    let refresh_token = format!("{}.{}", family.origin_jti, secret.expose_secret());
    Ok((family, refresh_token))
}

/// Signs the ID and access tokens of a sign-in.
///
/// # Errors
/// [`IssueRefused`].
pub async fn tokens(app: &App, app_client: &AppClient, user: &User, groups: GroupClaims, issue: Issue<'_>) -> Result<Tokens, IssueRefused> {
    let Issue { family, refresh_token, tokens_for, nonce, narrowed } = issue;
    let granted = narrowed.or_else(|| family.scope.clone());
    let (scopes, scope) = (Scopes::granted(granted.as_deref()), granted.as_deref().unwrap_or(USER_ADMIN_SCOPE));
    let configuration = &app_client.client.configuration;
    // A pool without a key was deleted while the sign-in was on its way.
    let keys = pool_keys::load(app, &app_client.pool.id).await?.ok_or_else(|| IssueRefused::NoSuchClient(app_client.gone()))?;
    let access_lifetime = configuration.access_token_lifetime().map_err(Failed::because)?;
    let id_lifetime = configuration.id_token_lifetime().map_err(Failed::because)?;
    let changed = tokens::change(app, app_client, user, &groups, scope, tokens_for).await?;
    let (overrides, groups) = changed.map_or((None, groups), |Changed { overrides, groups }| (Some(overrides), groups));
    let now = app.now();
    let event_id = ids::uuid(&mut app.rng());
    let amr = family.acr.as_ref().map(|_| authentication_level::amr(&family.methods)).unwrap_or_default();
    let access = AccessClaims {
        sub: user.id.clone(),
        groups: groups.groups.clone(),
        iss: app.issuer(&app_client.pool.id),
        client_id: app_client.client.id.clone(),
        origin_jti: family.origin_jti.clone(),
        event_id: event_id.clone(),
        token_use: ACCESS.to_owned(),
        scope: scope.to_owned(),
        auth_time: family.authenticated_at.seconds(),
        acr: family.acr.clone(),
        amr: amr.clone(),
        exp: now.plus(access_lifetime).seconds(),
        iat: now.seconds(),
        jti: ids::uuid(&mut app.rng()),
        username: user.username.clone(),
        device_key: family.device_key.clone(),
        aud: family.resource.clone(),
        act: None,
    };
    // Two signatures hold this worker for half a millisecond. Whoever waits on it with a connection in hand goes first: the
    // other workers need those connections.
    tokio::task::yield_now().await;
    let (access_token, scope) = match &overrides {
        None => (keys.current.sign(&access), access.scope.clone()),
        Some(overrides) => {
            let changed = overrides.of_access(tokens::members(&access)?);
            let scope = changed.get("scope").and_then(Value::as_str).unwrap_or_default().to_owned();
            (keys.current.sign(&changed), scope)
        }
    };
    let access_token = access_token.map_err(Failed::because)?;
    let tokens = |access_token: String, id_token: Option<String>| Tokens {
        access_token,
        id_token,
        refresh_token,
        lifetime: access_lifetime,
        scope,
        new_device: None,
    };
    if !scopes.has_id_token() {
        return Ok(tokens(access_token, None));
    }
    let id = IdClaims {
        sub: user.id.clone(),
        groups: groups.groups,
        roles: groups.roles,
        preferred_role: groups.preferred_role,
        iss: access.iss.clone(),
        username: user.username.clone(),
        origin_jti: family.origin_jti.clone(),
        aud: app_client.client.id.clone(),
        nonce,
        at_hash: family.scope.as_ref().map(|_| half_hash(&access_token)),
        sid: family.browser_session_id.clone(),
        event_id,
        token_use: ID.to_owned(),
        auth_time: family.authenticated_at.seconds(),
        acr: family.acr.clone(),
        amr,
        exp: now.plus(id_lifetime).seconds(),
        iat: now.seconds(),
        jti: ids::uuid(&mut app.rng()),
        act: None,
        attributes: attribute_claims(app_client, user, scopes),
    };
    let id_token = match &overrides {
        None => keys.current.sign(&id),
        Some(overrides) => keys.current.sign(&overrides.of_id(tokens::members(&id)?)),
    };
    Ok(tokens(access_token, Some(id_token.map_err(Failed::because)?)))
}

/// What an ID token says of the access token beside it: base64url of the left half of its SHA-256 (OpenID Connect Core 1.0 §3.1.3.6).
fn half_hash(access_token: &str) -> String {
    let hash = sha256(&[access_token.as_bytes()]);
    URL_SAFE_NO_PAD.encode(hash.split_at(hash.len() / 2).0)
}

/// The attributes that the client may read and its scopes tell, and by whom else the user is known, which every client is told; of
/// OpenID's types: booleans, a number, an object (OpenID Connect Core 1.0 §5.1).
pub fn attribute_claims(app_client: &AppClient, user: &User, scopes: Scopes<'_>) -> Map<String, Value> {
    let may_read = |name: &str| name == ATTRIBUTE || app_client.client.configuration.may_read(name);
    let readable = user.attributes.iter().filter(|(name, _)| may_read(name) && scopes.tell(name));
    readable
        .map(|(name, value)| match name.as_str() {
            "email_verified" | "phone_number_verified" => (name.clone(), Value::Bool(value == "true")),
            ATTRIBUTE => (name.clone(), claim_of(value)),
            "address" => (name.clone(), address(value)),
            "updated_at" => (name.clone(), value.parse::<i64>().map_or(Value::Null, Value::from)),
            _ => (name.clone(), Value::String(value.clone())),
        })
        .collect()
}

/// A postal address: JSON of texts where it was given so, else as it is written on an envelope (the same, §5.1.1).
fn address(value: &str) -> Value {
    let members: Option<BTreeMap<String, String>> = serde_json::from_str(value).ok();
    members.filter(|members| !members.is_empty()).map_or_else(|| json!({"formatted": value}), |members| json!(members))
}
