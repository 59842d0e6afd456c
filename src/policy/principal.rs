//! Who asks, and how the `Principal` element names them.

use std::fmt;

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Nobody in particular.
    Anonymous,
    /// The account's root.
    Root {
        /// Twelve digits.
        account: String,
    },
    /// An IAM user.
    User {
        /// Twelve digits.
        account: String,
        /// `arn:aws:iam::…:user/…`
        arn: String,
        /// `AIDA…`
        id: String,
    },
    /// A session of a role.
    AssumedRole {
        /// Twelve digits.
        account: String,
        /// `arn:aws:sts::…:assumed-role/…/…`
        session_arn: String,
        /// `arn:aws:iam::…:role/…`
        role_arn: String,
        /// `AROA…`
        role_id: String,
    },
    /// An AWS service.
    Service(
        /// `lambda.amazonaws.com`
        String,
    ),
    /// Somebody whom an identity provider vouches for, who has no session yet.
    Federated(
        /// `cognito-identity.amazonaws.com`, or a provider's ARN.
        String,
    ),
}

impl Principal {
    /// The account that the principal belongs to, if any.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account } | Self::User { account, .. } | Self::AssumedRole { account, .. } => Some(account),
            Self::Anonymous | Self::Service(_) | Self::Federated(_) => None,
        }
    }
}

/// The principal's ARN or name, as messages give it.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Root { account } => write!(f, "arn:aws:iam::{account}:root"),
            Self::User { arn, .. } => f.write_str(arn),
            Self::AssumedRole { session_arn, .. } => f.write_str(session_arn),
            Self::Service(name) | Self::Federated(name) => f.write_str(name),
        }
    }
}

/// One entry of a `Principal` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalPattern {
    /// `*`: everyone.
    Everyone,
    /// An account: its number or root ARN.
    Account(String),
    /// A user, role or session ARN, or a unique id.
    Arn(String),
    /// `Service`.
    Service(String),
    /// `Federated`.
    Federated(String),
    /// `CanonicalUser`: none of ours has one.
    Canonical(String),
}

/// How closely a `Principal` element names somebody. The order is from loose to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// Not at all.
    None,
    /// By their account: what they may do is left to its identity policies.
    Account,
    /// By the role whose session they have, or as one of everyone.
    RoleOrEveryone,
    /// Themselves: the user, the session, the root, the service, the provider.
    Exact,
}

impl PrincipalPattern {
    /// How closely this entry names a principal.
    pub fn names(&self, principal: &Principal) -> Naming {
        let named = |matches: bool, naming: Naming| if matches { naming } else { Naming::None };
        match (self, principal) {
            (Self::Everyone, _) => Naming::RoleOrEveryone,
            (Self::Account(account), Principal::Root { account: own }) => named(account == own, Naming::Exact),
            (Self::Account(account), principal) => named(principal.account() == Some(account), Naming::Account),
            (Self::Arn(arn), Principal::User { arn: own, id, .. }) => named(arn == own || arn == id, Naming::Exact),
            (Self::Arn(arn), Principal::AssumedRole { session_arn, role_arn, role_id, .. }) => {
                let role = named(arn == role_arn || arn == role_id, Naming::RoleOrEveryone);
                role.max(named(arn == session_arn, Naming::Exact))
            }
            (Self::Service(name), Principal::Service(own)) => named(name.eq_ignore_ascii_case(own), Naming::Exact),
            (Self::Federated(name), Principal::Federated(own)) => named(name == own, Naming::Exact),
            _ => Naming::None,
        }
    }
}
