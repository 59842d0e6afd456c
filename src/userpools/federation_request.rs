//! What a browser leaves for another provider with, and comes back to.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::crypto::sealed::sealed_as_json;

/// A browser on its way. It holds secrets, so there is no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct FederationRequest {
    /// The authorization request that it was sent to us with, as a query.
    pub query: String,
    /// Which browser it is.
    pub browser: String,
    /// What the provider's ID token repeats; of SAML, the ID of the request.
    pub nonce: String,
    /// What proves that the provider's code was asked for here.
    pub verifier: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Whether a SAML provider's answer has come, which is looked at once.
    #[serde(default)]
    pub is_answered: bool,
    /// What a SAML provider's assertion says, once it has come and is believed.
    #[serde(default)]
    pub vouched: Option<Vouched>,
}

/// What an assertion says.
#[derive(Clone, Serialize, Deserialize)]
pub struct Vouched {
    /// Its attributes, and whom it names.
    pub claims: Map<String, Value>,
    /// When they proved who they are: milliseconds.
    pub authenticated_at: i64,
}

sealed_as_json!(FederationRequest);
