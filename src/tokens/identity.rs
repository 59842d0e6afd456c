//! The tokens of identity pools: what they say of an identity, as Amazon Cognito's do.
//!
//! Source: Amazon Cognito developer guide, "Identity pools authentication flow"; IAM user guide, "Pass session tags in AWS STS",
//! "Passing session tags using AssumeRoleWithWebIdentity".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kit::id::{IdentityId, IdentityPoolId};

/// What an identity pool's token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityClaims {
    /// The identity.
    pub sub: IdentityId,
    /// Its pool.
    pub aud: IdentityPoolId,
    /// Whether it is a guest's, and who vouched for whom it is.
    pub amr: Vec<String>,
    /// The issuer.
    pub iss: String,
    /// The pool's ARN.
    #[serde(rename = "https://cognito-identity.amazonaws.com/identity-pool-arn")]
    pub identity_pool_arn: String,
    /// The tags of sessions that it is given for.
    #[serde(rename = "https://aws.amazon.com/tags", skip_serializing_if = "Option::is_none", default)]
    pub tags: Option<TokenTags>,
    /// When it expires.
    pub exp: i64,
    /// When it was made.
    pub iat: i64,
}

/// Tags of sessions, as tokens have them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenTags {
    /// Values by keys: one of each.
    pub principal_tags: BTreeMap<String, Vec<String>>,
    /// Those that go on to further sessions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transitive_tag_keys: Vec<String>,
}

impl TokenTags {
    /// As a token has them; nothing where there are none.
    #[must_use]
    pub fn of(tags: BTreeMap<String, String>) -> Option<Self> {
        let principal_tags: BTreeMap<String, Vec<String>> = tags.into_iter().map(|(key, value)| (key, vec![value])).collect();
        (!principal_tags.is_empty()).then_some(Self { principal_tags, transitive_tag_keys: Vec::new() })
    }

    /// Each with its one value; `None` where one has none, or several.
    #[must_use]
    pub fn read(&self) -> Option<BTreeMap<String, String>> {
        let one = |(key, values): (&String, &Vec<String>)| match values.as_slice() {
            [value] => Some((key.clone(), value.clone())),
            _ => None,
        };
        self.principal_tags.iter().map(one).collect()
    }
}
