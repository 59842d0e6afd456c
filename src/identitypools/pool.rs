//! An identity pool and its configuration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, ClientId, IdentityPoolId};

/// An identity pool.
#[derive(Clone, Debug)]
pub struct IdentityPool {
    /// `us-east-1:` and a UUID.
    pub id: IdentityPoolId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it is.
    pub region: String,
    /// What people call it.
    pub name: String,
    /// How it behaves.
    pub configuration: IdentityPoolConfiguration,
    /// Whose credentials it gives.
    pub roles: Roles,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How an identity pool behaves.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct IdentityPoolConfiguration {
    /// Whether guests get identities.
    pub allow_unauthenticated_identities: bool,
    /// The user pools that it trusts.
    pub cognito_identity_providers: Vec<CognitoProvider>,
}

/// A user pool's client that an identity pool trusts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CognitoProvider {
    /// `cognito-idp.us-east-1.amazonaws.com/us-east-1_…`
    pub provider_name: String,
    /// The app client.
    pub client_id: ClientId,
    /// Whether sign-out must hold here at once.
    #[serde(default)]
    pub server_side_token_check: bool,
}

/// Whose credentials an identity pool gives: `authenticated` and `unauthenticated` to role ARNs.
pub type Roles = BTreeMap<String, String>;
