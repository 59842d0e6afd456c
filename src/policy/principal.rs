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
        /// `AIDA…`; empty where it is not known.
        id: String,
    },
    /// A role itself, without a session: a question about what its sessions may do.
    Role {
        /// Twelve digits.
        account: String,
        /// `arn:aws:iam::…:role/…`
        arn: String,
        /// `AROA…`; empty where it is not known.
        id: String,
    },
    /// A session of a role.
    AssumedRole {
        /// Twelve digits.
        account: String,
        /// `arn:aws:sts::…:assumed-role/…/…`
        session_arn: String,
        /// `arn:aws:iam::…:role/…`; `None` where only the session's ARN is known, which leaves the role's path out.
        role_arn: Option<String>,
        /// `AROA…`; empty where it is not known.
        role_id: String,
    },
    /// A session that an IAM user federated (`GetFederationToken`).
    FederatedUser {
        /// Twelve digits.
        account: String,
        /// `arn:aws:sts::…:federated-user/…`
        arn: String,
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
    /// The principal of an ARN: root, user, role, session of a role, federated user.
    #[must_use]
    pub fn from_arn(arn: &str) -> Option<Self> {
        let (service, account, resource) = parts(arn)?;
        let (account, arn) = (account.to_owned(), arn.to_owned());
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        match (service, kind, rest) {
            ("iam", "root", "") => Some(Self::Root { account }),
            (_, _, "") => None,
            ("iam", "user", _) => Some(Self::User { account, arn, id: String::new() }),
            ("iam", "role", _) => Some(Self::Role { account, arn, id: String::new() }),
            ("sts", "assumed-role", rest) if rest.contains('/') => {
                Some(Self::AssumedRole { account, session_arn: arn, role_arn: None, role_id: String::new() })
            }
            ("sts", "federated-user", _) => Some(Self::FederatedUser { account, arn }),
            _ => None,
        }
    }

    /// The account that the principal belongs to, if any.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::Role { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Anonymous | Self::Service(_) | Self::Federated(_) => None,
        }
    }

    /// Whether it is a service-linked role or a session of one: organizations' policies do not reach those.
    pub(super) fn is_service_linked(&self) -> bool {
        let by_path = |arn: &str| parts(arn).is_some_and(|(_, _, resource)| resource.starts_with("role/aws-service-role/"));
        match self {
            Self::Role { arn, .. } | Self::AssumedRole { role_arn: Some(arn), .. } => by_path(arn),
            // The path is not known; the prefix of the name is reserved for such roles.
            Self::AssumedRole { role_arn: None, session_arn, .. } => {
                parts(session_arn).is_some_and(|(_, _, resource)| resource.starts_with("assumed-role/AWSServiceRoleFor"))
            }
            Self::Anonymous | Self::Root { .. } | Self::User { .. } | Self::FederatedUser { .. } => false,
            Self::Service(_) | Self::Federated(_) => false,
        }
    }
}

/// Service, account and resource of an ARN without a region.
fn parts(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let ("arn", Some(_partition)) = (parts.next()?, parts.next()) else { return None };
    let (service, "", account, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?) else { return None };
    is_account(account).then_some((service, account, resource))
}

/// Whether a text is an account id: 12 digits.
#[must_use]
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The principal's ARN or name, as messages give it.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Root { account } => write!(f, "arn:aws:iam::{account}:root"),
            Self::User { arn, .. } | Self::Role { arn, .. } | Self::FederatedUser { arn, .. } => f.write_str(arn),
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
    /// By the role whose session they have, or by the user who federated them: boundary and session policy still limit them.
    Behind,
    /// Themselves, or as one of everyone: the user, the session, the root, the service, the provider.
    Itself,
}

impl PrincipalPattern {
    /// How closely this entry names a principal.
    pub fn names(&self, principal: &Principal) -> Naming {
        let named = |matches: bool, naming: Naming| if matches { naming } else { Naming::None };
        match (self, principal) {
            (Self::Everyone, _) => Naming::Itself,
            (Self::Account(account), Principal::Root { account: own }) => named(account == own, Naming::Itself),
            (Self::Account(account), principal) => named(principal.account() == Some(account), Naming::Account),
            (Self::Arn(arn), Principal::User { arn: own, id, .. }) => named(arn == own || arn == id, Naming::Itself),
            (Self::Arn(arn), Principal::Role { arn: own, id, .. }) => named(arn == own || arn == id, Naming::Behind),
            (Self::Arn(arn), Principal::AssumedRole { session_arn, .. }) if arn == session_arn => Naming::Itself,
            (Self::Arn(arn), Principal::AssumedRole { .. }) => named(is_role_of(arn, principal), Naming::Behind),
            (Self::Arn(arn), Principal::FederatedUser { arn: own, .. }) if arn == own => Naming::Itself,
            (Self::Arn(arn), Principal::FederatedUser { arn: own, .. }) => named(is_user_of(arn, own), Naming::Behind),
            (Self::Service(name), Principal::Service(own)) => named(name.eq_ignore_ascii_case(own), Naming::Itself),
            (Self::Federated(name), Principal::Federated(own)) => named(name == own, Naming::Itself),
            _ => Naming::None,
        }
    }
}

/// Whether an entry is the role (its ARN or unique id) of a session. Names of roles are unique within an account whatever
/// their path, so the name suffices where the session's ARN is all that is known.
fn is_role_of(entry: &str, session: &Principal) -> bool {
    let Principal::AssumedRole { session_arn, role_arn, role_id, .. } = session else { return false };
    let by_name = || {
        let (("iam", account, role), ("sts", own, session)) = (parts(entry)?, parts(session_arn)?) else { return None };
        let name = role.strip_prefix("role/")?.rsplit('/').next()?;
        let (own_name, _) = session.strip_prefix("assumed-role/")?.split_once('/')?;
        Some(account == own && name == own_name)
    };
    match role_arn {
        _ if !role_id.is_empty() && entry == role_id => true,
        Some(role_arn) => entry == role_arn,
        None => by_name().unwrap_or(false),
    }
}

/// Whether an entry is the ARN of the user whose name a federated session carries.
fn is_user_of(entry: &str, federated: &str) -> bool {
    let of = |entry| {
        let (("iam", account, user), ("sts", own, federated)) = (parts(entry)?, parts(federated)?) else { return None };
        Some(account == own && user.strip_prefix("user/")? == federated.strip_prefix("federated-user/")?)
    };
    of(entry).unwrap_or(false)
}

/// `NotPrincipal` spares a session only if the session, its role and its account are all listed, and a user only if the
/// user and the account are (IAM user guide, "AWS JSON policy elements: NotPrincipal").
pub(super) fn spares(patterns: &[PrincipalPattern], principal: &Principal) -> bool {
    let has = |naming: Naming| patterns.iter().any(|pattern| pattern.names(principal) == naming);
    let everyone = patterns.contains(&PrincipalPattern::Everyone);
    everyone
        || match principal {
            Principal::Anonymous => false,
            Principal::Root { .. } | Principal::Service(_) | Principal::Federated(_) => has(Naming::Itself),
            Principal::User { .. } => has(Naming::Itself) && has(Naming::Account),
            Principal::Role { .. } => has(Naming::Behind) && has(Naming::Account),
            Principal::AssumedRole { .. } => has(Naming::Itself) && has(Naming::Behind) && has(Naming::Account),
            Principal::FederatedUser { .. } => has(Naming::Itself) && has(Naming::Account),
        }
}

impl fmt::Display for PrincipalPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("*"),
            Self::Account(name) | Self::Arn(name) | Self::Service(name) | Self::Federated(name) | Self::Canonical(name) => {
                f.write_str(name)
            }
        }
    }
}
