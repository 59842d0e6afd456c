//! CIMD policies as requests name them and answers have them.

use serde::Serialize;

use super::errors::Error;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store::{self, Conn};
use crate::userpools::cimd::CimdPolicy;
use crate::userpools::client::Client;
use crate::userpools::pool::Pool;

/// The answer that is a policy.
#[derive(Serialize)]
pub struct Response {
    #[serde(rename = "CIMDPolicy")]
    cimd_policy: CimdPolicyAnswer,
}

/// CIMDPolicyType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CimdPolicyAnswer {
    user_pool_id: UserPoolId,
    #[serde(rename = "URLPatterns")]
    url_patterns: Vec<String>,
    #[serde(flatten)]
    summary: Summary,
}

/// CIMDPolicySummaryType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summary {
    #[serde(rename = "CIMDPolicyId")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
    policy_name: String,
    cache_duration: i64,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
}

impl From<CimdPolicy> for Summary {
    fn from(policy: CimdPolicy) -> Self {
        Self {
            id: policy.id,
            client_id: policy.client_id,
            policy_name: policy.name,
            cache_duration: policy.cache_seconds,
            creation_date: policy.created_at,
            last_modified_date: policy.modified_at,
        }
    }
}

impl From<CimdPolicy> for Response {
    fn from(policy: CimdPolicy) -> Self {
        let (user_pool_id, url_patterns) = (policy.pool_id.clone(), policy.url_patterns.clone());
        Self { cimd_policy: CimdPolicyAnswer { user_pool_id, url_patterns, summary: policy.into() } }
    }
}

/// The policy of this id, in the transaction that acts on it.
pub async fn find(tx: &mut Conn, pool: &Pool, id: &str) -> Result<CimdPolicy, Error> {
    let missing = || Error::ResourceNotFound(format!("CIMD policy {id} does not exist."));
    store::client_metadata::find(tx, &pool.id, id).await?.ok_or_else(missing)
}

/// The same, for who only reads.
pub async fn read(cx: &Context, pool: &Pool, id: &str) -> Result<CimdPolicy, Error> {
    cx.read(async |tx| find(tx, pool, id).await).await
}

/// Whether a client can stand for others.
///
/// SECURITY: who is known by an address proves nothing: a client with a secret is no client of theirs (developer guide, "CIMD
/// clients are public clients").
pub fn check_public(client: &Client) -> Result<(), Error> {
    if client.secrets.is_empty() {
        return Ok(());
    }
    Err(Error::parameter("A CIMD policy must be associated with a public app client, which has no client secret."))
}
