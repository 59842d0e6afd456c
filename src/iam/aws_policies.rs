//! Policies that AWS manages, with AWS's own names and texts: those that are about services which are served here. Nobody
//! changes them.
//!
//! Source: AWS managed policy reference.

use super::managed_policy::{ManagedPolicy, PolicyVersion};
use crate::kit::clock::Timestamp;
use crate::kit::id::UniqueId;

/// A policy of AWS.
#[derive(Debug)]
pub struct AwsPolicy {
    name: &'static str,
    id: &'static str,
    description: &'static str,
    /// The number of its newest version, which alone is known here.
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Its text.
    pub document: &'static str,
}

macro_rules! policy {
    ($name:literal, $id:literal, $version:literal, $created:literal, $updated:literal, $description:literal) => {
        AwsPolicy {
            name: $name,
            id: $id,
            description: $description,
            version: $version,
            created_at: Timestamp::from_seconds($created),
            updated_at: Timestamp::from_seconds($updated),
            document: include_str!(concat!("aws_policies/", $name, ".json")),
        }
    };
}

/// All of them, by unique id.
pub const ALL: &[AwsPolicy] = &[
    policy!(
        "IAMFullAccess",
        "ANPAI7XKCFMBPM3QQRRVQ",
        2,
        1_423_248_000,
        1_561_146_000,
        "Provides full access to IAM via the AWS Management Console."
    ),
    policy!(
        "AmazonCognitoDeveloperAuthenticatedIdentities",
        "ANPAIQOKZ5BGKLCMTXH4W",
        1,
        1_427_217_720,
        1_427_217_720,
        "Provides access to Amazon Cognito APIs to support developer authenticated identities from your authentication backend."
    ),
    policy!(
        "AdministratorAccess",
        "ANPAIWMBCKSKIEE64ZLYK",
        1,
        1_423_247_940,
        1_423_247_940,
        "Provides full access to AWS services and resources."
    ),
    policy!(
        "IAMUserChangePassword",
        "ANPAJ4L4MM2A7QIEB56MS",
        3,
        1_479_169_500,
        1_748_555_520,
        "Provides the ability for an IAM user to change their own password."
    ),
    policy!(
        "AmazonCognitoReadOnly",
        "ANPAJBFTRZD2GQGJHSVQK",
        4,
        1_427_216_760,
        1_564_687_260,
        "Provides read only access to Amazon Cognito resources."
    ),
    policy!(
        "IAMReadOnlyAccess",
        "ANPAJKSO7NDY4T57MWDSQ",
        4,
        1_423_248_000,
        1_516_907_460,
        "Provides read only access to IAM via the AWS Management Console."
    ),
    policy!(
        "AmazonCognitoPowerUser",
        "ANPAJKW5H2HNCPGCYGR6Y",
        9,
        1_427_217_240,
        1_770_919_200,
        "Provides administrative access to existing Amazon Cognito resources. You will need AWS account admin privileges to create new Cognito resources."
    ),
    policy!(
        "PowerUserAccess",
        "ANPAJYRXTHIB4FOVS3ZXS",
        12,
        1_423_247_940,
        1_770_919_140,
        "Provides full access to AWS services and resources, but does not allow management of Users and groups."
    ),
    policy!("AWSDenyAll", "ANPAZKAPJZG4P43IUQ5E5", 2, 1_556_750_160, 1_702_917_720, "Deny all access."),
];

impl AwsPolicy {
    /// As managed policies are known: without an account.
    #[must_use]
    pub fn policy(&self) -> ManagedPolicy {
        ManagedPolicy {
            account_id: None,
            name: self.name.to_owned(),
            id: self.id.into(),
            path: "/".to_owned(),
            description: Some(self.description.to_owned()),
            default_version: self.version,
            last_version: self.version,
            tags: Vec::new(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// Its newest version.
    #[must_use]
    pub fn newest(&self) -> PolicyVersion {
        PolicyVersion { number: self.version, document: self.document.to_owned(), created_at: self.updated_at }
    }
}

/// The one of this path and name, in its very letters.
#[must_use]
pub fn named(path: &str, name: &str) -> Option<&'static AwsPolicy> {
    ALL.iter().find(|policy| path == "/" && policy.name == name)
}

/// The one of this unique id.
#[must_use]
pub fn by_id(id: &UniqueId) -> Option<&'static AwsPolicy> {
    ALL.iter().find(|policy| *id == policy.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{self, PolicyKind};

    #[test]
    fn every_one_is_a_policy_in_the_order_of_unique_ids() {
        for aws in ALL {
            policy::parse_as(aws.document, PolicyKind::Managed).unwrap_or_else(|error| panic!("{}: {error}", aws.name));
            assert!(aws.id.starts_with("ANPA") && aws.id.len() == 21, "{}", aws.name);
            assert!(named("/", aws.name).is_some() && by_id(&aws.id.into()).is_some());
        }
        assert!(ALL.is_sorted_by(|one, other| one.id < other.id));
    }
}
