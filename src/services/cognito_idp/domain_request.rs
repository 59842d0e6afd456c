//! What CreateUserPoolDomain and UpdateUserPoolDomain share: the settings of a domain, and what is answered of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::Error;
use crate::context::Context;
use crate::userpools::domain::{DomainKind, DomainRefused};

/// CustomDomainConfigType.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomDomainConfig {
    certificate_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_policy: Option<String>,
}

impl CustomDomainConfig {
    /// Of a custom domain; a prefix has none.
    pub fn of(kind: DomainKind) -> Option<Self> {
        match kind {
            DomainKind::Prefix => None,
            DomainKind::Custom { certificate_arn, security_policy } => Some(Self { certificate_arn, security_policy }),
        }
    }
}

impl From<Option<CustomDomainConfig>> for DomainKind {
    fn from(given: Option<CustomDomainConfig>) -> Self {
        given.map_or(Self::Prefix, |given| Self::Custom { certificate_arn: given.certificate_arn, security_policy: given.security_policy })
    }
}

/// What is answered of a domain that was made or changed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    managed_login_version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_front_domain: Option<String>,
}

impl Response {
    /// Of a domain of this kind and version.
    pub fn of(cx: &Context, kind: &DomainKind, managed_login_version: i64) -> Self {
        let cloud_front_domain = matches!(kind, DomainKind::Custom { .. }).then(|| served_at(cx));
        Self { managed_login_version, cloud_front_domain }
    }
}

/// The name that the owner of a custom domain points it to: the deployment's own.
pub fn served_at(cx: &Context) -> String {
    let address = cx.public_url.split_once("://").map_or(cx.public_url.as_str(), |(_, address)| address);
    address.split(['/', ':']).next().unwrap_or_default().to_owned()
}

/// Refuses a routing by a health check of Route 53, which nobody here asks.
pub fn refuse_routing(routing: Option<&Value>) -> Result<(), Error> {
    routing.map_or(Ok(()), |_| Err(Error::parameter("Routing is not supported")))
}

impl From<DomainRefused> for Error {
    fn from(refused: DomainRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}
