//! The domains that a pool's users sign in at.

use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

/// A domain of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPoolDomain {
    /// The pool.
    pub pool_id: UserPoolId,
    /// The prefix alone, or the whole name of a custom domain. It is one pool's in the whole deployment.
    pub domain: String,
    /// Which of the two.
    pub kind: DomainKind,
    /// 1 for the classic pages, 2 for managed login.
    pub managed_login_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// What kind of domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainKind {
    /// A label below the deployment's own domain.
    Prefix,
    /// A name of the owner's.
    Custom {
        /// The certificate's ARN.
        certificate_arn: String,
        /// The oldest TLS that browsers may speak.
        security_policy: Option<String>,
    },
}

impl DomainKind {
    /// The store's word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Custom { .. } => "custom",
        }
    }
}

/// Why a domain is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DomainRefused {
    /// A prefix has a word that would make people take it for Amazon's.
    #[error("Domain cannot contain reserved word: {0}")]
    Reserved(&'static str),
    /// A prefix is one label.
    #[error("Invalid domain prefix: it is of lower-case letters, digits and hyphens, without a hyphen at its ends.")]
    NoLabel,
    /// A custom domain is a whole name.
    #[error("Custom domain is not a valid subdomain: it is a fully-qualified name such as auth.example.com.")]
    NoName,
    /// A certificate is one of ACM in us-east-1.
    #[error("Invalid certificate ARN: it is the ARN of an ACM certificate in us-east-1.")]
    Certificate,
    /// There are two versions.
    #[error("ManagedLoginVersion must be 1 or 2")]
    Version,
}

/// Source: Amazon Cognito developer guide, "Using the Amazon Cognito prefix domain".
const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];

/// Whether a domain is one of its kind.
///
/// # Errors
/// [`DomainRefused`].
pub fn check(domain: &str, kind: &DomainKind) -> Result<(), DomainRefused> {
    match kind {
        DomainKind::Prefix => {
            if !is_label(domain) {
                return Err(DomainRefused::NoLabel);
            }
            RESERVED.into_iter().find(|word| domain.contains(word)).map_or(Ok(()), |word| Err(DomainRefused::Reserved(word)))
        }
        DomainKind::Custom { certificate_arn, .. } => {
            let is_name = domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label);
            // An address of a machine is no name: its last label is a number.
            let is_address = domain.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
            if !is_name || is_address {
                return Err(DomainRefused::NoName);
            }
            check_certificate(certificate_arn)
        }
    }
}

/// Whether an ARN is one of a certificate for a custom domain.
fn check_certificate(arn: &str) -> Result<(), DomainRefused> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let fits = matches!(parts.as_slice(), ["arn", partition, "acm", "us-east-1", account, resource]
        if partition.starts_with("aws") && account.len() == 12 && resource.starts_with("certificate/"));
    if fits { Ok(()) } else { Err(DomainRefused::Certificate) }
}

/// The version that is asked for; the classic pages where none is.
///
/// # Errors
/// [`DomainRefused::Version`].
pub fn check_version(asked: Option<i64>) -> Result<i64, DomainRefused> {
    match asked {
        None => Ok(1),
        Some(version @ (1 | 2)) => Ok(version),
        Some(_) => Err(DomainRefused::Version),
    }
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_label_that_nobody_takes_for_amazons() {
        for (domain, accepted) in [
            ("app-1", true),
            ("a", true),
            ("my-aws-app", false),
            ("amazonia", false),
            ("cognito", false),
            ("App", false),
            ("-a", false),
            ("a-", false),
            ("a.b", false),
            ("", false),
        ] {
            assert_eq!(check(domain, &DomainKind::Prefix).is_ok(), accepted, "{domain}");
        }
        assert_eq!(check("my-aws", &DomainKind::Prefix).unwrap_err().to_string(), "Domain cannot contain reserved word: aws");
    }

    #[test]
    fn a_custom_domain_is_a_whole_name_with_a_certificate() {
        let custom = |arn: &str| DomainKind::Custom { certificate_arn: arn.into(), security_policy: None };
        let good = custom("arn:aws:acm:us-east-1:000000000000:certificate/1-2");
        for (domain, accepted) in [
            ("auth.example.com", true),
            ("auth.my-cognito.example", true),
            ("localhost", false),
            ("127.0.0.1", false),
            ("auth..example", false),
            ("auth.example.", false),
            ("auth.-a.example", false),
            ("AUTH.example", false),
        ] {
            assert_eq!(check(domain, &good).is_ok(), accepted, "{domain}");
        }
        for arn in ["arn:aws:acm:eu-west-1:000000000000:certificate/1", "arn:aws:iam::000000000000:role/a", "certificate/1"] {
            assert_eq!(check("auth.example.com", &custom(arn)), Err(DomainRefused::Certificate), "{arn}");
        }
    }
}
