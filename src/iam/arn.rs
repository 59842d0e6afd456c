//! Amazon Resource Names, in the partition of their region.

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

/// The ARN of a user pool.
#[must_use]
pub fn user_pool(region: &str, account_id: &AccountId, pool_id: &UserPoolId) -> String {
    format!("arn:{}:cognito-idp:{region}:{account_id}:userpool/{pool_id}", partition(region))
}

/// The ARN of an identity pool.
#[must_use]
pub fn identity_pool(region: &str, account_id: &AccountId, identity_pool_id: &IdentityPoolId) -> String {
    format!("arn:{}:cognito-identity:{region}:{account_id}:identitypool/{identity_pool_id}", partition(region))
}

/// The ARN of an IAM user; `path` begins and ends with `/`.
#[must_use]
pub fn user(account_id: &AccountId, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account_id}:user{path}{name}")
}

/// The ARN of a role; `path` begins and ends with `/`.
#[must_use]
pub fn role(account_id: &AccountId, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account_id}:role{path}{name}")
}

/// The ARN of a role's session. It leaves the role's path out.
#[must_use]
pub fn assumed_role(account_id: &AccountId, role_name: &str, session_name: &str) -> String {
    format!("arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}")
}

/// Account, path and name in a role's ARN. Only the partition that our own ARNs have: in another there is no role of ours.
#[must_use]
pub fn parse_role(arn: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", "aws", "iam", "", account_id, resource] = parts.as_slice() else { return None };
    let is_account = is_account(account_id);
    let path_and_name = resource.strip_prefix("role").filter(|rest| rest.starts_with('/') && is_account)?;
    let name_at = path_and_name.rfind('/')? + 1;
    let (path, name) = path_and_name.split_at_checked(name_at)?;
    (!name.is_empty()).then_some((account_id, path, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_are_taken_apart() {
        assert_eq!(parse_role("arn:aws:iam::000000000000:role/app"), Some(("000000000000", "/", "app")));
        assert_eq!(parse_role("arn:aws:iam::000000000000:role/a/b/app"), Some(("000000000000", "/a/b/", "app")));
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
    fn the_partition_follows_the_region() {
        assert_eq!(user_pool("cn-north-1", &"1".into(), &"p".into()), "arn:aws-cn:cognito-idp:cn-north-1:1:userpool/p");
    }
}
