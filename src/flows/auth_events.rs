//! What users did, noted for their history, and what is said of it later.

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::failed::{Failed, fails_with_the_store};
use super::whence::ip_address;
use crate::audit::auth_events::{AuthEvent, AuthEventDetails, AuthEventType, EventResponse};
use crate::context::App;
use crate::crypto::ids;
use crate::crypto::sealed::{Sealed, sealed_as_json};
use crate::iam::origin::Origin;
use crate::kit::id::{ClientId, UserId, UserPoolId};
use crate::store::auth_events::{self, Feedback};
use crate::store::users;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;
use crate::userpools::user_agent::device_of;

/// Whom an event is of.
#[derive(Clone, Copy)]
pub struct Of<'a> {
    /// Their pool.
    pub pool_id: &'a UserPoolId,
    /// Their `sub`.
    pub user_id: &'a UserId,
    /// The client that they came by.
    pub client_id: &'a ClientId,
}

/// Notes what a user did, once and for all.
pub fn note(app: &App, origin: &Origin, of: Of<'_>, kind: AuthEventType, response: EventResponse) {
    note_step(app, of, (ids::uuid(&mut app.rng()), kind), response, seen(origin, origin.source_ip));
}

/// Notes a step of what a user does, in place of the step before.
pub fn note_step(app: &App, of: Of<'_>, (id, kind): (String, AuthEventType), response: EventResponse, details: AuthEventDetails) {
    app.journal.note_auth_event(AuthEvent {
        id,
        pool_id: of.pool_id.clone(),
        user_id: of.user_id.clone(),
        at: app.now(),
        kind,
        response,
        details: AuthEventDetails { client_id: Some(of.client_id.clone()), ..details },
    });
}

/// What a request tells of a user at this address; where that is not known, of whoever asks for them.
pub(super) fn seen(origin: &Origin, address: Option<IpAddr>) -> AuthEventDetails {
    AuthEventDetails {
        ip_address: address.map_or_else(|| ip_address(origin), |address| Some(address.to_string())),
        device_name: Some(device_of(origin.user_agent.as_deref())),
        ..AuthEventDetails::default()
    }
}

/// What somebody says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was the user.
    Valid,
    /// It was not.
    Invalid,
}

impl Verdict {
    /// The word for it in a link.
    #[must_use]
    pub const fn in_link(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
        }
    }

    /// What a link says; `None` where it is none of ours.
    #[must_use]
    pub fn of_link(word: &str) -> Option<Self> {
        [Self::Valid, Self::Invalid].into_iter().find(|verdict| verdict.in_link() == word)
    }
}

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// An administrator.
    Admin,
    /// The user, by a link that was sent to them.
    User,
}

/// Why nothing is kept of what somebody says.
#[derive(Debug, thiserror::Error)]
pub enum FeedbackRefused {
    /// Nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// No event of theirs.
    #[error("no such event")]
    NoSuchEvent,
    /// The token is not one of ours for this event.
    #[error("the feedback token is not one for this event")]
    BadToken,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(FeedbackRefused);

/// So long a feedback token serves: whoever was away reads their mail in that time.
const TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a feedback token carries.
#[derive(Serialize, Deserialize)]
struct Carried {
    user_id: UserId,
    event_id: String,
    until_millis: i64,
}

sealed_as_json!(Carried);

/// The token by which a user says of one event whether it was they: what a message about it carries.
///
/// # Errors
/// Our own failures only.
pub fn feedback_token(app: &App, user: &User, event_id: &str) -> Result<String, Failed> {
    let until_millis = app.now().plus(TOKEN_LIFETIME).millis();
    let carried = Carried { user_id: user.id.clone(), event_id: event_id.to_owned(), until_millis };
    let sealed = app.keys.travelling.seal(&place(&user.pool_id), &carried, &mut app.rng()).map_err(Failed::because)?;
    Ok(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
}

/// The page on which the bearer of a feedback token says so without their name.
///
/// SECURITY: its address is the configured one, never a header's (C3). It can stand in HTML without quotes.
#[must_use]
pub fn feedback_link(app: &App, pool_id: &UserPoolId, token: &str, verdict: Verdict) -> String {
    format!("{}/{pool_id}/authEventFeedback?verdict={}&token={token}", app.public_url, verdict.in_link())
}

/// Keeps what the bearer of a feedback token says. Who exists is told to nobody who has none.
///
/// # Errors
/// [`FeedbackRefused`].
pub async fn say_by_token(
    app: &App,
    pool: &Pool,
    username: &str,
    event_id: &str,
    token: &str,
    verdict: Verdict,
) -> Result<(), FeedbackRefused> {
    let carried = open(app, &pool.id, token)?;
    if carried.event_id != event_id {
        return Err(FeedbackRefused::BadToken);
    }
    let whose = Whose::Named { username, only: Some(&carried.user_id) };
    keep(app, pool, whose, event_id, verdict, Provider::User).await
}

/// Keeps what the bearer of a feedback token says who came by its link.
///
/// # Errors
/// [`FeedbackRefused`].
pub async fn say_by_link(app: &App, pool_id: &UserPoolId, token: &str, verdict: Verdict) -> Result<(), FeedbackRefused> {
    let carried = open(app, pool_id, token)?;
    let pool = app.pool(pool_id).await?.ok_or(FeedbackRefused::BadToken)?;
    keep(app, &pool, Whose::Bearer(&carried.user_id), &carried.event_id, verdict, Provider::User).await
}

/// Keeps what an administrator says of an event.
///
/// # Errors
/// [`FeedbackRefused`].
pub async fn say(app: &App, pool: &Pool, username: &str, event_id: &str, verdict: Verdict) -> Result<(), FeedbackRefused> {
    keep(app, pool, Whose::Named { username, only: None }, event_id, verdict, Provider::Admin).await
}

fn open(app: &App, pool_id: &UserPoolId, token: &str) -> Result<Carried, FeedbackRefused> {
    let sealed = URL_SAFE_NO_PAD.decode(token).map_err(|_| FeedbackRefused::BadToken)?;
    let carried: Carried = app.keys.travelling.open(&place(pool_id), &Sealed::stored(sealed)).map_err(|_| FeedbackRefused::BadToken)?;
    if app.now().millis() < carried.until_millis { Ok(carried) } else { Err(FeedbackRefused::BadToken) }
}

/// Whose event something is said of.
#[derive(Clone, Copy)]
enum Whose<'a> {
    /// The user of this name; with a token, nobody but who it was made for.
    Named { username: &'a str, only: Option<&'a UserId> },
    /// The user that a token was made for.
    Bearer(&'a UserId),
}

async fn keep(
    app: &App,
    pool: &Pool,
    whose: Whose<'_>,
    event_id: &str,
    verdict: Verdict,
    provider: Provider,
) -> Result<(), FeedbackRefused> {
    let feedback = Feedback {
        value: match verdict {
            Verdict::Valid => "Valid",
            Verdict::Invalid => "Invalid",
        }
        .to_owned(),
        provider: match provider {
            Provider::Admin => "Admin",
            Provider::User => "User",
        }
        .to_owned(),
        at: app.now(),
    };
    app.write(async |tx| {
        let user = match whose {
            // SECURITY: the token of one user with the name of another is nobody's.
            Whose::Named { username, only: Some(only) } => {
                users::find(tx, pool, username).await?.filter(|user| user.id == *only).ok_or(FeedbackRefused::BadToken)?
            }
            Whose::Named { username, only: None } => users::find(tx, pool, username).await?.ok_or(FeedbackRefused::NoSuchUser)?,
            Whose::Bearer(id) => users::find_by_id(tx, &pool.id, id).await?.ok_or(FeedbackRefused::BadToken)?,
        };
        let is_kept = auth_events::set_feedback(tx, &pool.id, &user.id, event_id, &feedback).await?;
        is_kept.then_some(()).ok_or(FeedbackRefused::NoSuchEvent)
    })
    .await
}

fn place(pool_id: &UserPoolId) -> [&str; 2] {
    ["auth event feedback", pool_id.as_str()]
}
