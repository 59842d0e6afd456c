//! Challenge sessions: sealed strings that carry where a sign-in stands. Each serves once; wrong answers are counted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::clients::ClientOfPool;
use super::refused::Refused;
use crate::context::App;
use crate::crypto::ids;
use crate::kit::clock::Timestamp;
use crate::store::{Conn, tokens};
use crate::userpools::user::User;

/// Wrong answers that one session takes.
const MAX_ATTEMPTS: i64 = 5;

/// Where a sign-in stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id: what makes it serve once.
    pub id: String,
    /// Whose sign-in.
    pub user_id: String,
    /// What is asked.
    pub challenge: String,
    /// Milliseconds.
    pub expires_at: i64,
}

/// Seals anything that must come back unchanged, from the same client, for the same purpose.
pub fn seal<T: Serialize>(app: &App, of: &ClientOfPool, purpose: &str, value: &T) -> Result<String, Refused> {
    let text = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|error| Refused::Internal(Box::new(error)))?);
    Ok(STANDARD.encode(app.keys.travelling.seal(&[purpose, &of.pool.id, &of.client.id], &text, &mut app.rng())))
}

/// Opens what [`seal`] made for the same client and purpose.
pub fn open<T: DeserializeOwned>(app: &App, of: &ClientOfPool, purpose: &str, text: &str) -> Option<T> {
    let sealed = STANDARD.decode(text).ok()?;
    let opened = app.keys.travelling.open(&[purpose, &of.pool.id, &of.client.id], &sealed).ok()?;
    serde_json::from_slice(&opened).ok()
}

/// A new session string.
///
/// # Errors
/// [`Refused::Internal`].
pub fn start(app: &App, of: &ClientOfPool, user: &User, challenge: &str) -> Result<String, Refused> {
    let session = Session {
        id: ids::uuid(&mut app.rng()),
        user_id: user.id.clone(),
        challenge: challenge.to_owned(),
        expires_at: app.now().plus(of.client.configuration.session_lifetime()).millis(),
    };
    // The client id travels in front, for the operations that are given a session and nothing else.
    Ok(format!("{}:{}", of.client.id, seal(app, of, "session", &session)?))
}

/// Opens a session string for an answer to `challenge`.
///
/// # Errors
/// [`Refused::NotAuthorized`] when it is of another client, another challenge, or old.
pub fn resume(app: &App, of: &ClientOfPool, challenge: &str, text: Option<&str>) -> Result<Session, Refused> {
    let text = text.ok_or_else(|| Refused::parameter("Missing required parameter Session"))?;
    let invalid = || Refused::not_authorized("Invalid session for the user.");
    let (_, sealed) = text.split_once(':').ok_or_else(invalid)?;
    let session: Session = open(app, of, "session", sealed).ok_or_else(invalid)?;
    if session.challenge != challenge {
        return Err(invalid());
    }
    if app.now().millis() >= session.expires_at {
        return Err(Refused::not_authorized("Invalid session for the user, session is expired."));
    }
    Ok(session)
}

/// Refuses a session that was answered, or whose tries are spent.
///
/// # Errors
/// [`Refused::NotAuthorized`].
pub async fn check_unused(tx: &mut Conn, pool_id: &str, session: &Session) -> Result<(), Refused> {
    let record = tokens::session(tx, pool_id, &session.id).await?;
    if record.used_at.is_some() {
        return Err(used());
    }
    if record.failed_attempts >= MAX_ATTEMPTS {
        return Err(Refused::not_authorized("Invalid session for the user, attempts exceeded."));
    }
    Ok(())
}

/// Marks a session as answered: of two racing answers one wins.
///
/// # Errors
/// [`Refused::NotAuthorized`] for the other.
pub async fn spend(app: &App, tx: &mut Conn, pool_id: &str, session: &Session) -> Result<(), Refused> {
    let expires_at = Timestamp::from_millis(session.expires_at);
    if tokens::use_session(tx, pool_id, &session.id, expires_at, app.now()).await? { Ok(()) } else { Err(used()) }
}

/// Counts a wrong answer.
///
/// # Errors
/// Failures of the store only.
pub async fn fail(tx: &mut Conn, pool_id: &str, session: &Session) -> Result<(), Refused> {
    Ok(tokens::fail_session(tx, pool_id, &session.id, Timestamp::from_millis(session.expires_at)).await?)
}

fn used() -> Refused {
    Refused::not_authorized("Invalid session for the user, session can only be used once.")
}
