//! Session policies: what a request for credentials says that they may do at most.

use serde::Deserialize;

use super::errors::Error;
use crate::context::Context;
use crate::kit::id::{AccountId, UniqueId};
use crate::policy::{self, PolicyKind};
use crate::store;

/// AWS's bound on the plain text of session policies, the ARNs of managed ones included.
const MAX_SESSION_POLICY: usize = 2048;

/// How many managed policies may be session policies (STS API reference, AssumeRole, PolicyArns).
const MAX_POLICY_ARNS: usize = 10;

/// A managed policy by its ARN.
#[derive(Deserialize)]
pub struct PolicyDescriptor {
    arn: Option<String>,
}

/// The session policies of a session.
pub struct SessionPolicies {
    /// The inline one, as a list of it; absent where there is none of any kind.
    pub inline: Option<Vec<String>>,
    /// The managed ones.
    pub managed: Vec<UniqueId>,
    /// How much of what they may be they are, in per cent; absent where there is none.
    pub packed_size: Option<usize>,
}

impl SessionPolicies {
    /// What a request asks for; managed ones are of this account, or AWS's.
    pub async fn read(cx: &Context, account_id: &AccountId, inline: Option<&String>, managed: &[PolicyDescriptor]) -> Result<Self, Error> {
        // SECURITY: one that names no policy must not leave a session without the limit that was asked for.
        let nameless = || Error::Validation("A managed session policy is named by its ARN.".to_owned());
        let arns = managed.iter().map(|named| named.arn.as_deref().ok_or_else(nameless)).collect::<Result<Vec<_>, _>>()?;
        let size = inline.into_iter().map(String::len).chain(arns.iter().map(|arn| arn.len())).sum::<usize>();
        if size > MAX_SESSION_POLICY {
            return Err(Error::PackedPolicyTooLarge);
        }
        if let Some(text) = inline {
            policy::parse_as(text, PolicyKind::Session).map_err(|error| Error::MalformedPolicyDocument(error.problem))?;
        }
        let managed = found(cx, account_id, &arns).await?;
        let is_given = inline.is_some() || !managed.is_empty();
        // SECURITY: a node of a release that knows no managed session policies takes an empty list for one that allows nothing.
        let inline = is_given.then(|| Vec::from_iter(inline.cloned()));
        Ok(Self { inline, managed, packed_size: is_given.then_some(size * 100 / MAX_SESSION_POLICY) })
    }
}

/// The managed policies of the account, and AWS's, that are to be session policies.
async fn found(cx: &Context, account_id: &AccountId, arns: &[&str]) -> Result<Vec<UniqueId>, Error> {
    if arns.len() > MAX_POLICY_ARNS {
        return Err(Error::Validation(format!("A session has at most {MAX_POLICY_ARNS} managed session policies.")));
    }
    cx.read(async |tx| {
        let mut ids = Vec::with_capacity(arns.len());
        for arn in arns {
            let found = store::iam::find_policy_by_arn(tx, account_id, arn).await?;
            // SECURITY: nor must one that is not there.
            ids.push(found.ok_or_else(|| Error::Validation(format!("Policy {arn} does not exist.")))?.id);
        }
        Ok(ids)
    })
    .await
}
