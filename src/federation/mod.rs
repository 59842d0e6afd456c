//! Other providers that vouch for a pool's users: how they are asked, and what of their answers is believed.
//!
//! Nothing here knows a database: who a provider is comes in, and what it says of a user goes out.

mod apple;
mod brought;
mod documents;
mod exchange;
mod id_token;
mod party;
pub mod saml;
mod web_token;

use std::sync::Arc;

use crate::kit::clock::Timestamp;
use crate::kit::outward::{Outward, Question, Unreached};
use serde_json::{Map, Value};

use self::documents::Documents;
use crate::userpools::identity_provider::SamlMetadata;

pub use brought::{Brought, BroughtKind};
pub use documents::Metadata;
pub use exchange::{Said, Shown};
pub use party::{Endpoints, Leaving, Party, Wish};
pub use web_token::TokenNotTaken;

/// The longest document that is read, in bytes: some are remembered.
const LONGEST: usize = 100_000;

/// Why a provider's word is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotBelieved {
    /// It, or something that it refers to, is not reached.
    #[error("{what}: {why}")]
    Unreached {
        /// What is not.
        what: &'static str,
        /// Why.
        why: Unreached,
    },
    /// What it answers with is not what was asked for.
    #[error("{0}")]
    Answer(&'static str),
    /// It refuses, in OAuth's words.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// Its ID token does not hold, and why.
    #[error("the provider's ID token does not hold: {0}")]
    IdToken(&'static str),
    /// Its SAML message is not what was asked for.
    #[error(transparent)]
    Saml(#[from] saml::SamlRefused),
    /// Its settings are none.
    #[error("the provider's settings: {0}")]
    Settings(&'static str),
}

/// The way to other providers, and what is remembered of them.
pub struct Federation {
    outward: Outward,
    documents: Documents,
}

impl Federation {
    /// A way that knows no provider yet.
    #[must_use]
    pub fn new(outward: Outward) -> Self {
        Self { outward, documents: Documents::default() }
    }

    /// The text of a document that is at an address.
    async fn text(&self, what: &'static str, url: &str) -> Result<String, NotBelieved> {
        let body = self.get(what, Question { headers: vec![("accept".to_owned(), "*/*".to_owned())], ..Question::get(url) }).await?;
        String::from_utf8(body).map_err(|_| NotBelieved::Answer("a document is no text"))
    }

    /// A JSON object that is at an address.
    async fn object(&self, what: &'static str, question: Question<'_>) -> Result<Map<String, Value>, NotBelieved> {
        let body = self.get(what, question).await?;
        serde_json::from_slice(&body).map_err(|_| NotBelieved::Answer("a document is no JSON object"))
    }

    async fn get(&self, what: &'static str, question: Question<'_>) -> Result<Vec<u8>, NotBelieved> {
        let heard = self.outward.ask(question).await.map_err(|why| NotBelieved::Unreached { what, why })?;
        match heard.status {
            200 if heard.body.len() > LONGEST => Err(NotBelieved::Answer("a document is too long")),
            200 => Ok(heard.body),
            status => Err(NotBelieved::Unreached { what, why: Unreached::Failed(format!("status {status}")) }),
        }
    }

    /// Whether this very machine is reached too, as where developers work.
    #[must_use]
    pub const fn reaches_here(&self) -> bool {
        self.outward.reaches_here()
    }

    /// What a SAML provider's metadata says.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub async fn saml_metadata(&self, url: &str, now: Timestamp) -> Result<Arc<SamlMetadata>, NotBelieved> {
        self.documents.saml_metadata(self, url, now).await
    }

    /// What an issuer's discovery document says.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub async fn metadata(&self, issuer: &str, now: Timestamp) -> Result<Arc<Metadata>, NotBelieved> {
        self.documents.metadata(self, issuer, now).await
    }
}
