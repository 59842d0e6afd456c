//! Challenge sessions: sealed strings that carry where a sign-in stands. Each serves once; wrong answers are counted.

use serde::{Deserialize, Serialize};

use super::custom;
use super::refused::SessionRefused;
use crate::context::App;
use crate::crypto::ids;
use crate::crypto::sealed::{Sealable, Sealed, sealed_as_json};
use crate::flows::clients::{self, AppClient};
use crate::flows::failed::Failed;
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::store::{Conn, StoreError, tokens};
use crate::userpools::challenge::{Challenge, Progress};

/// Wrong answers that one session takes.
const MAX_ATTEMPTS: i64 = 5;

/// What a session string carries. A node that does not know its version does not open it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "version")]
enum Carried {
    #[serde(rename = "1")]
    V1(Session),
}

sealed_as_json!(Carried);

/// A sign-in that waits for an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id: what makes it serve once.
    pub id: String,
    /// Whose sign-in.
    pub user_id: UserId,
    /// What is asked.
    pub asked: Challenge,
    /// Where it stands.
    pub progress: Progress,
    /// A seed that waits for its first code, base64: it is this session's, and nobody else's.
    pub pending_seed: Option<String>,
    /// What is kept of a custom challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<custom::Asked>,
    /// The hash of the challenge that a passkey is to sign.
    #[serde(default)]
    pub web_authn_challenge: Option<String>,
    /// Milliseconds.
    pub expires_at: i64,
}

impl Session {
    /// A new session.
    pub fn new(app: &App, app_client: &AppClient, user_id: &UserId, asked: Challenge, progress: Progress) -> Self {
        Self {
            id: ids::uuid(&mut app.rng()),
            user_id: user_id.to_owned(),
            asked,
            progress,
            pending_seed: None,
            custom: None,
            web_authn_challenge: None,
            expires_at: app.now().plus(app_client.client.configuration.session_lifetime()).millis(),
        }
    }

    /// The string that clients carry. The client id travels in front, for the operations that are given a session and
    /// nothing else.
    ///
    /// # Errors
    /// Our own failures only.
    pub fn to_text(&self, app: &App, app_client: &AppClient) -> Result<String, Failed> {
        Ok(format!("{}:{}", app_client.client.id, seal(app, app_client, "session", &Carried::V1(self.clone()))?))
    }

    /// Opens a session string for an answer to one of `challenges`.
    ///
    /// # Errors
    /// [`SessionRefused`] when it is of another client, another challenge, or old.
    pub fn open(app: &App, app_client: &AppClient, challenges: &[Challenge], text: &str) -> Result<Self, SessionRefused> {
        let (_, sealed) = text.split_once(':').ok_or(SessionRefused::Invalid)?;
        let Carried::V1(session) = open(app, app_client, "session", sealed).ok_or(SessionRefused::Invalid)?;
        if !challenges.contains(&session.asked) {
            return Err(SessionRefused::Invalid);
        }
        if session.is_expired(app) { Err(SessionRefused::Expired) } else { Ok(session) }
    }

    /// Whether its time is over.
    pub fn is_expired(&self, app: &App) -> bool {
        app.now().millis() >= self.expires_at
    }

    /// Whether it may still be answered.
    ///
    /// # Errors
    /// [`StoreError`]; inside, [`SessionRefused`].
    pub async fn check_unused(&self, tx: &mut Conn, pool_id: &UserPoolId) -> Result<Result<(), SessionRefused>, StoreError> {
        let record = tokens::session(tx, pool_id, &self.id).await?;
        Ok(match (record.used_at, record.failed_attempts) {
            (Some(_), _) => Err(SessionRefused::Used),
            (None, MAX_ATTEMPTS..) => Err(SessionRefused::AttemptsExceeded),
            (None, _) => Ok(()),
        })
    }

    /// Marks it as answered: of two racing answers one wins.
    ///
    /// # Errors
    /// [`StoreError`]; inside, [`SessionRefused::Used`] for the other.
    pub async fn spend(&self, app: &App, tx: &mut Conn, pool_id: &UserPoolId) -> Result<Result<(), SessionRefused>, StoreError> {
        let expires_at = Timestamp::from_millis(self.expires_at);
        let is_first = tokens::use_session(tx, pool_id, &self.id, expires_at, app.now()).await?;
        Ok(if is_first { Ok(()) } else { Err(SessionRefused::Used) })
    }

    /// Counts a wrong answer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fail(&self, tx: &mut Conn, pool_id: &UserPoolId) -> Result<(), StoreError> {
        tokens::fail_session(tx, pool_id, &self.id, Timestamp::from_millis(self.expires_at)).await
    }
}

/// A session for another purpose than an answer.
///
/// # Errors
/// Our own failures only.
pub fn seal_as(app: &App, app_client: &AppClient, purpose: &str, session: Session) -> Result<String, Failed> {
    seal(app, app_client, purpose, &Carried::V1(session))
}

/// Opens what [`seal_as`] made for the same client and purpose.
///
/// # Errors
/// [`SessionRefused`] when it is another's, or old.
pub fn open_as(app: &App, app_client: &AppClient, purpose: &str, text: &str) -> Result<Session, SessionRefused> {
    let Carried::V1(session) = open(app, app_client, purpose, text).ok_or(SessionRefused::Invalid)?;
    if session.is_expired(app) { Err(SessionRefused::Expired) } else { Ok(session) }
}

/// The client that a session string was made for, when nothing else names it.
///
/// # Errors
/// [`StoreError`]; inside, [`SessionRefused::Invalid`].
pub async fn client_of(app: &App, text: &str) -> Result<Result<AppClient, SessionRefused>, StoreError> {
    let Some((client_id, _)) = text.split_once(':') else { return Ok(Err(SessionRefused::Invalid)) };
    Ok(clients::find(app, &client_id.into()).await?.ok_or(SessionRefused::Invalid))
}

/// Seals anything that must come back unchanged, from the same client, for the same purpose.
///
/// # Errors
/// Our own failures only.
pub fn seal<T: Sealable>(app: &App, app_client: &AppClient, purpose: &str, value: &T) -> Result<String, Failed> {
    let place = [purpose, app_client.pool.id.as_str(), app_client.client.id.as_str()];
    let sealed = app.keys.travelling.seal(&place, value, &mut app.rng()).map_err(Failed::because)?;
    Ok(sealed.to_text())
}

/// Opens what [`seal`] made for the same client and purpose.
pub fn open<T: Sealable>(app: &App, app_client: &AppClient, purpose: &str, text: &str) -> Option<T> {
    let place = [purpose, app_client.pool.id.as_str(), app_client.client.id.as_str()];
    app.keys.travelling.open(&place, &Sealed::from_text(text)?).ok()
}
