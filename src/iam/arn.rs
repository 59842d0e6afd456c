//! Amazon Resource Names, in the partition of their region.

use std::fmt;

use serde::Serialize;

use crate::kit::id::{AccountId, IdentityPoolId, UserPoolId};
use crate::policy::is_account;

/// The partition of a region: `cn-…` is China's, `us-gov-…` the US government's.
///
/// Source: AWS Fault Isolation Boundaries whitepaper, appendix A.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// The ARN of something of ours: made of what was found, never of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Arn(String);

impl Arn {
    /// A user pool's.
    #[must_use]
    pub fn user_pool(region: &str, account_id: &AccountId, pool_id: &UserPoolId) -> Self {
        Self(format!("arn:{}:cognito-idp:{region}:{account_id}:userpool/{pool_id}", partition(region)))
    }

    /// An identity pool's.
    #[must_use]
    pub fn identity_pool(region: &str, account_id: &AccountId, identity_pool_id: &IdentityPoolId) -> Self {
        Self(format!("arn:{}:cognito-identity:{region}:{account_id}:identitypool/{identity_pool_id}", partition(region)))
    }

    /// An IAM user's; `path` begins and ends with `/`.
    #[must_use]
    pub fn user(account_id: &AccountId, path: &str, name: &str) -> Self {
        Self(format!("arn:aws:iam::{account_id}:user{path}{name}"))
    }

    /// A group's; `path` begins and ends with `/`.
    #[must_use]
    pub fn group(account_id: &AccountId, path: &str, name: &str) -> Self {
        Self(format!("arn:aws:iam::{account_id}:group{path}{name}"))
    }

    /// A role's; `path` begins and ends with `/`.
    #[must_use]
    pub fn role(account_id: &AccountId, path: &str, name: &str) -> Self {
        Self(format!("arn:aws:iam::{account_id}:role{path}{name}"))
    }

    /// A virtual MFA device's, which is its serial number; `path` begins and ends with `/`.
    #[must_use]
    pub fn mfa_device(account_id: &AccountId, path: &str, name: &str) -> Self {
        Self(format!("arn:aws:iam::{account_id}:mfa{path}{name}"))
    }

    /// An OpenID Connect provider's, by its issuer without the scheme.
    #[must_use]
    pub fn oidc_provider(account_id: &AccountId, name: &str) -> Self {
        Self(format!("arn:aws:iam::{account_id}:oidc-provider/{name}"))
    }

    /// A managed policy's, of an account or of AWS (`aws`); `path` begins and ends with `/`.
    #[must_use]
    pub fn policy(owner: &str, path: &str, name: &str) -> Self {
        Self(format!("arn:aws:iam::{owner}:policy{path}{name}"))
    }

    /// A role session's. It leaves the role's path out.
    #[must_use]
    pub fn assumed_role(account_id: &AccountId, role_name: &str, session_name: &str) -> Self {
        Self(format!("arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}"))
    }

    /// That of somebody for whom a user vouches.
    #[must_use]
    pub fn federated_user(account_id: &AccountId, name: &str) -> Self {
        Self(format!("arn:aws:sts::{account_id}:federated-user/{name}"))
    }

    /// The ARN's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.0
    }
}

impl PartialEq<str> for Arn {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl PartialEq<&str> for Arn {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl PartialEq<String> for Arn {
    fn eq(&self, text: &String) -> bool {
        self.0 == *text
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a text that is a role's ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleName<'a> {
    /// The account: twelve digits.
    pub account_id: &'a str,
    /// Begins and ends with `/`.
    pub path: &'a str,
    /// The name.
    pub name: &'a str,
}

/// What a role's ARN names. Only the partition that our own ARNs have: in another there is no role of ours.
#[must_use]
pub fn parse_role(arn: &str) -> Option<RoleName<'_>> {
    let (account_id, path, name) = parse_named(arn, "role")?;
    is_account(account_id).then_some(RoleName { account_id, path, name })
}

/// What a text that is a managed policy's ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyName<'a> {
    /// The account, twelve digits; `None` for AWS's own.
    pub account_id: Option<&'a str>,
    /// Begins and ends with `/`.
    pub path: &'a str,
    /// The name.
    pub name: &'a str,
}

/// What a managed policy's ARN names.
#[must_use]
pub fn parse_policy(arn: &str) -> Option<PolicyName<'_>> {
    let (owner, path, name) = parse_named(arn, "policy")?;
    let account_id = is_account(owner).then_some(owner);
    (owner == AWS || account_id.is_some()).then_some(PolicyName { account_id, path, name })
}

/// What stands for the account in the ARNs of AWS's own policies.
pub const AWS: &str = "aws";

/// Owner, path and name of an ARN of IAM of this kind.
fn parse_named<'a>(arn: &'a str, kind: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", "aws", "iam", "", owner, resource] = parts.as_slice() else { return None };
    let path_and_name = resource.strip_prefix(kind).filter(|rest| rest.starts_with('/'))?;
    let name_at = path_and_name.rfind('/')? + 1;
    let (path, name) = path_and_name.split_at_checked(name_at)?;
    (!name.is_empty()).then_some((owner, path, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_are_taken_apart() {
        assert_eq!(parse_role("arn:aws:iam::000000000000:role/app"), Some(RoleName { account_id: "000000000000", path: "/", name: "app" }));
        assert_eq!(
            parse_role("arn:aws:iam::000000000000:role/a/b/app"),
            Some(RoleName { account_id: "000000000000", path: "/a/b/", name: "app" })
        );
        for other in [
            "",
            "arn:aws:iam::0:role/app",
            "arn:aws:iam::000000000000:user/app",
            "arn:aws:iam::000000000000:role/",
            "arn:aws-cn:iam::000000000000:role/app",
        ] {
            assert_eq!(parse_role(other), None, "{other}");
        }
    }

    #[test]
    fn policy_arns_are_taken_apart() {
        let of = |account_id, path, name| Some(PolicyName { account_id, path, name });
        for (text, named) in [
            ("arn:aws:iam::000000000000:policy/p", of(Some("000000000000"), "/", "p")),
            ("arn:aws:iam::000000000000:policy/a/b/p", of(Some("000000000000"), "/a/b/", "p")),
            ("arn:aws:iam::aws:policy/job-function/Billing", of(None, "/job-function/", "Billing")),
            ("arn:aws:iam::awx:policy/p", None),
            ("arn:aws:iam::000000000000:policy/", None),
            ("arn:aws:iam::000000000000:role/p", None),
            ("arn:aws-cn:iam::aws:policy/p", None),
        ] {
            assert_eq!(parse_policy(text), named, "{text}");
        }
    }

    #[test]
    fn the_partition_follows_the_region() {
        let arn = Arn::user_pool("cn-north-1", &"1".into(), &"p".into());
        assert_eq!(arn.as_str(), "arn:aws-cn:cognito-idp:cn-north-1:1:userpool/p");
    }
}
