//! A message to a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::language::Language;
use crate::crypto::sealed::sealed_as_json;
use crate::kit::id::UserPoolId;

/// A message, ready to be delivered. It holds a code: it rests sealed, and has no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Message {
    /// `email` or `sms`.
    pub channel: String,
    /// The address.
    pub to: String,
    /// Of an email.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// The code in the text.
    pub code: Option<String>,
    /// The link in the text.
    pub link: Option<String>,
    /// The pool it comes from.
    pub user_pool_id: UserPoolId,
    /// Whom it is about.
    pub username: String,
    /// What it was sent for, in the words of the custom-message trigger (`CustomMessage_SignUp`).
    pub trigger_source: String,
    /// The language, where the text is ours; a pool's own text is in whichever its owner wrote.
    #[serde(default)]
    pub language: Option<Language>,
    /// What an email has of its own.
    #[serde(default)]
    pub own: OwnEmail,
}

sealed_as_json!(Message);

/// What an email has of its own, where most have what their pool has. It holds links that act for who has them: it has no `Debug`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnEmail {
    /// What the text is.
    pub form: Form,
    /// Whom it comes from.
    pub from: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The links in the text.
    pub links: Vec<String>,
    /// What a function of the pool that delivers it is told beside the user's attributes.
    pub told: BTreeMap<String, String>,
}

/// What the text of an email is.
#[derive(Clone, Default, Serialize, Deserialize)]
pub enum Form {
    /// A pool's own is HTML where it has a tag, as Amazon Cognito sends it; ours is text.
    #[default]
    AsItLooks,
    /// Text, whatever looks like a tag in it.
    Text,
    /// HTML, and nothing else.
    Html,
    /// Text, and beside it this HTML.
    Both(String),
}

/// A message that a function of its pool delivers: what it is called with, but for the code, which is encrypted for it when it
/// is called. It rests sealed, and has no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct SenderEvent {
    /// The function.
    pub function: String,
    /// The key that the code is encrypted with.
    pub key_id: String,
    /// The event.
    pub event: serde_json::Value,
    /// The code, or the temporary password; none where the message has none.
    pub code: Option<String>,
}

sealed_as_json!(SenderEvent);
