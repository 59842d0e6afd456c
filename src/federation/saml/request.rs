//! The messages that we send: requests to authenticate, and to end sessions, and answers to the latter.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::assertion::NameId;
use super::logout::LogoutEnd;
use super::names::{ASSERTION, BY_POST, PROTOCOL, STATUS};
use super::party::{IdentityProvider, ServiceProvider};
use super::refused::SamlRefused;
use crate::kit::clock::Timestamp;

/// What is new in each message of ours.
#[derive(Clone, Copy, Debug)]
pub struct Begun<'a> {
    /// Its ID: by chance, and no digit at its beginning (`xs:ID`).
    pub id: &'a str,
    /// The present moment.
    pub at: Timestamp,
}

/// Whether the provider may take an earlier authentication for a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// It may.
    Any,
    /// It may not: ForceAuthn.
    Anew,
}

/// A request to authenticate somebody (Core §3.4.1), whose answer is to be posted. With a hint, it names who is expected.
#[must_use]
pub fn authn_request(
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    begun: Begun<'_>,
    authentication: Authentication,
    login_hint: Option<&str>,
) -> String {
    let force = if authentication == Authentication::Anew { " ForceAuthn=\"true\"" } else { "" };
    let more = format!("{force} ProtocolBinding=\"{BY_POST}\" AssertionConsumerServiceURL=\"{}\"", escape(&ours.acs_url));
    let subject = login_hint.map(|hint| format!("<saml:Subject><saml:NameID>{}</saml:NameID></saml:Subject>", escape(hint)));
    message("AuthnRequest", ours, &provider.sign_in, begun, &more, &subject.unwrap_or_default())
}

/// A request to end a person's session at the provider, and those that it began elsewhere (Core §3.7.1).
///
/// # Errors
/// [`SamlRefused::NoLogout`].
pub fn logout_request(
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    begun: Begun<'_>,
    name_id: &NameId,
    session_index: Option<&str>,
) -> Result<String, SamlRefused> {
    let address = provider.sign_out.as_deref().ok_or(SamlRefused::NoLogout)?;
    let mut body = "<saml:NameID".to_owned();
    for (name, value) in
        [("NameQualifier", &name_id.name_qualifier), ("SPNameQualifier", &name_id.sp_name_qualifier), ("Format", &name_id.format)]
    {
        if let Some(value) = value {
            let _ = write!(body, " {name}=\"{}\"", escape(value));
        }
    }
    let _ = write!(body, ">{}</saml:NameID>", escape(&name_id.value));
    if let Some(index) = session_index {
        let _ = write!(body, "<samlp:SessionIndex>{}</samlp:SessionIndex>", escape(index));
    }
    Ok(message("LogoutRequest", ours, address, begun, "", &body))
}

/// The answer to a provider that ended a session (Core §3.7.2).
///
/// # Errors
/// [`SamlRefused::NoLogout`].
pub fn logout_response(
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    begun: Begun<'_>,
    in_response_to: &str,
    end: LogoutEnd,
) -> Result<String, SamlRefused> {
    let address = provider.sign_out.as_deref().ok_or(SamlRefused::NoLogout)?;
    let code = match end {
        LogoutEnd::Complete => "Success",
        LogoutEnd::Partial => "Responder",
    };
    let more = format!(" InResponseTo=\"{}\"", escape(in_response_to));
    let body = format!("<samlp:Status><samlp:StatusCode Value=\"{STATUS}{code}\"/></samlp:Status>");
    Ok(message("LogoutResponse", ours, address, begun, &more, &body))
}

fn message(kind: &str, ours: &ServiceProvider, destination: &str, begun: Begun<'_>, more: &str, body: &str) -> String {
    format!(
        "<samlp:{kind} xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{}\" Version=\"2.0\" IssueInstant=\"{}\" \
         Destination=\"{}\"{more}><saml:Issuer>{}</saml:Issuer>{body}</samlp:{kind}>",
        escape(begun.id),
        begun.at.to_rfc3339(),
        escape(destination),
        escape(&ours.entity_id),
    )
}
