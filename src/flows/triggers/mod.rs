//! The functions of a pool, as flows call them: one event an occasion, one way in.
//!
//! A function is called outside of transactions, for their bodies may run again. What it decides is about what was found before
//! the call: the transaction that acts looks again.

pub mod challenge;
pub mod federation;
pub mod message;
pub mod migration;
pub mod sign_in;
pub mod sign_up;
pub mod tokens;
mod told;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

pub use told::Told;

use super::clients::AppClient;
use super::failed::{Failed, fails_with_the_store};
use crate::context::App;
use crate::kit::id::ClientId;
use crate::triggers::CallRefused;
use crate::userpools::lambda_config::Trigger;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// Why a function does not let a flow go on.
#[derive(Debug, thiserror::Error)]
pub enum TriggerRefused {
    /// The function refused, in its words.
    #[error("{trigger} failed with error {message}.")]
    Function {
        /// On which occasion.
        trigger: Trigger,
        /// In its words.
        message: String,
    },
    /// It was not run: the error of what runs it.
    #[error("{trigger} invocation failed due to error {error}.")]
    NotRun {
        /// On which occasion.
        trigger: Trigger,
        /// The error's name.
        error: String,
    },
    /// It took too long.
    #[error("{0} failed with error Socket timeout while invoking Lambda function.")]
    TimedOut(Trigger),
    /// What it answered with is not what it is asked for.
    #[error("{0}")]
    Response(&'static str),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(TriggerRefused);

impl TriggerRefused {
    /// An answer that cannot be read as what was asked for.
    pub(crate) const UNRECOGNIZABLE: Self = Self::Response("Unrecognizable lambda output");

    fn of(trigger: Trigger, refused: CallRefused) -> Self {
        match refused {
            CallRefused::Function(message) => Self::Function { trigger, message },
            CallRefused::NotRun(error) => Self::NotRun { trigger, error },
            CallRefused::TimedOut => Self::TimedOut(trigger),
            CallRefused::Unreadable => Self::UNRECOGNIZABLE,
        }
    }
}

/// What a call comes through: a client, or an administrator's operation.
#[derive(Clone, Copy)]
pub struct Through<'a> {
    /// The pool.
    pub pool: &'a Pool,
    client_id: Option<&'a ClientId>,
    hides_users: bool,
    told: &'a Told,
}

impl<'a> Through<'a> {
    /// A user's own operation, with a token that was given to this client.
    #[must_use]
    pub const fn holder(pool: &'a Pool, client_id: &'a ClientId, told: &'a Told) -> Self {
        Self { pool, client_id: Some(client_id), hides_users: false, told }
    }

    /// An administrator's operation, which names no client.
    #[must_use]
    pub const fn administrator(pool: &'a Pool, told: &'a Told) -> Self {
        Self { pool, client_id: None, hides_users: false, told }
    }
}

impl<'a> From<&'a AppClient> for Through<'a> {
    fn from(app_client: &'a AppClient) -> Self {
        Self {
            pool: &app_client.pool,
            client_id: Some(&app_client.client.id),
            hides_users: app_client.client.configuration.hides_users(),
            told: &app_client.told,
        }
    }
}

/// What a function is called with.
struct Event<'a> {
    trigger: Trigger,
    /// `triggerSource`
    source: &'a str,
    version: &'static str,
    username: &'a str,
    request: Map<String, Value>,
    /// What it may answer with, and nothing of it yet.
    response: Value,
}

/// Calls a pool's function; `None` where the pool has none.
///
/// # Errors
/// [`TriggerRefused`].
async fn call<T: DeserializeOwned>(app: &App, through: Through<'_>, event: Event<'_>) -> Result<Option<T>, TriggerRefused> {
    let Event { trigger, source, version, username, mut request, response } = event;
    let Some(function) = through.pool.configuration.lambda_config.function(trigger) else { return Ok(None) };
    through.told.add_to(trigger, &mut request);
    let event = json!({
        "version": version,
        "triggerSource": source,
        "region": through.pool.region,
        "userPoolId": through.pool.id,
        "userName": username,
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": through.client_id.map_or("CLIENT_ID_NOT_APPLICABLE", ClientId::as_str),
        },
        "request": request,
        "response": response,
    });
    let answer = app.functions.call(function, &event, app.now()).await.map_err(|refused| TriggerRefused::of(trigger, refused))?;
    // Functions give the whole event back.
    let response = answer.get("response").cloned().ok_or(TriggerRefused::UNRECOGNIZABLE)?;
    let response = if response.is_null() { json!({}) } else { response };
    serde_json::from_value(response).map(Some).map_err(|_| TriggerRefused::UNRECOGNIZABLE)
}

/// A function that is only told: whatever object it answers with.
#[derive(Deserialize)]
struct Nothing {}

/// A user's attributes as functions are told of them.
fn attributes_of(user: &User) -> Map<String, Value> {
    let own = user.attributes.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    let mut attributes: Map<String, Value> = own.collect();
    attributes.insert("sub".to_owned(), Value::from(user.id.as_str()));
    attributes.insert("cognito:user_status".to_owned(), Value::from(user.status.as_str()));
    attributes
}

/// The members of a request.
fn request<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The request about somebody, or, where users are hidden, about nobody.
fn about(through: Through<'_>, user: Option<&User>) -> Map<String, Value> {
    let mut members = request([("userAttributes", Value::Object(user.map(attributes_of).unwrap_or_default()))]);
    if through.hides_users {
        members.insert("userNotFound".to_owned(), Value::Bool(user.is_none()));
    }
    members
}

/// Functions of many languages write `null` for what they leave out.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Names and texts.
type Texts = BTreeMap<String, String>;

#[cfg(test)]
mod tests;
