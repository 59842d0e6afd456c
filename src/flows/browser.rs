//! Sessions of browsers at the hosted pages of a pool: what single sign-on goes by.

use std::time::Duration;

use super::clients::AppClient;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::crypto::ids;
use crate::kit::id::{UserId, UserPoolId};
use crate::store::browser_sessions::{self, BrowserSession};
use crate::store::{StoreError, users};
use crate::userpools::client::Client;
use crate::userpools::identity_provider::OWN;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// A session lasts as long as the client says that it began at; this long at least, for what was begun with it to be ended.
const LEAST: Duration = Duration::from_secs(3600);

/// Who is signed in in a browser.
pub struct SignedIn {
    /// Its session.
    pub session: BrowserSession,
    /// The user, who is not disabled.
    pub user: User,
}

/// A session that begins now, and what the browser is to hold of it.
pub fn new_session(app: &App, app_client: &AppClient, user_id: &UserId) -> (BrowserSession, PlainToken) {
    let (now, token) = (app.now(), PlainToken::generate(&mut app.rng()));
    let session = BrowserSession {
        pool_id: app_client.pool.id.clone(),
        token: token.hashed(),
        session_id: ids::uuid(&mut app.rng()),
        user_id: user_id.clone(),
        authenticated_at: now,
        expires_at: now.plus(lives(&app_client.client)),
        methods: Vec::new(),
        acr: None,
        provider: None,
    };
    (session, token)
}

/// Who is signed in in the browser that holds this. SECURITY: a session is of one pool; that of a user who is disabled is none.
///
/// # Errors
/// [`StoreError`].
pub async fn find(app: &App, pool: &Pool, held: &PlainToken) -> Result<Option<SignedIn>, StoreError> {
    let now = app.now();
    app.read(async |tx| {
        let Some(session) = browser_sessions::find(tx, &pool.id, &held.hashed(), now).await? else { return Ok(None) };
        let user = users::find_by_id(tx, &pool.id, &session.user_id).await?;
        Ok(user.filter(|user| user.enabled).map(|user| SignedIn { session, user }))
    })
    .await
}

/// Ends the session of the browser that holds this.
///
/// # Errors
/// [`StoreError`].
pub async fn end(app: &App, pool_id: &UserPoolId, held: &PlainToken) -> Result<(), StoreError> {
    let token = held.hashed();
    app.write(async |tx| browser_sessions::delete(tx, pool_id, &token).await).await
}

impl SignedIn {
    /// Whether a client still lets the user in by this session, without asking: each says for how long after they proved who they are.
    ///
    /// SECURITY: and by whom it takes users: one that takes a provider's alone has none let in by the pool's passwords.
    #[must_use]
    pub fn serves(&self, app: &App, client: &Client) -> bool {
        let is_recent = app.now().since(self.session.authenticated_at) < validity(client);
        is_recent && client.configuration.takes_users_of(self.session.provider.as_deref().unwrap_or(OWN))
    }
}

/// How long a session that begins at a client lasts.
#[must_use]
pub fn lives(client: &Client) -> Duration {
    validity(client).max(LEAST)
}

fn validity(client: &Client) -> Duration {
    Duration::from_secs(client.configuration.sso_session.max_validity_minutes.max(0).unsigned_abs().saturating_mul(60))
}
