//! Single logout as it comes to us: the provider's answers to our requests, and its own requests (Profiles §4.4).

use std::time::Duration;

use super::assertion::{NameId, name_id};
use super::document::{Node, parse};
use super::instant::{begun, instant, not_over};
use super::names::{ASSERTION, PROTOCOL, VERSION};
use super::party::{IdentityProvider, ServiceProvider};
use super::post::decode;
use super::redirect::{Parameter, received};
use super::refused::SamlRefused;
use super::response::check_success;
use super::signature::{is_name, signed};
use crate::kit::clock::Timestamp;

/// How long a message of sign-out is worth anything: it takes a redirect.
const LIFETIME: Duration = Duration::from_secs(300);

/// How a sign-out ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutEnd {
    /// The session is over.
    Complete,
    /// It is not, or not everywhere.
    Partial,
}

/// A provider's answer to our LogoutRequest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutAnswered {
    /// How it ended.
    pub end: LogoutEnd,
    /// What we sent along.
    pub relay_state: Option<String>,
}

/// A provider's own LogoutRequest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRequested {
    /// Its ID, which the answer names.
    pub id: String,
    /// Whose sessions are to be ended.
    pub name_id: NameId,
    /// Which of them; none are all.
    pub session_indexes: Vec<String>,
    /// What the answer brings back.
    pub relay_state: Option<String>,
}

/// Reads an answer from the query of `/saml2/logout`.
///
/// # Errors
/// [`SamlRefused`].
pub fn logout_answered_by_redirect(
    query: &str,
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    in_response_to: &str,
    now: Timestamp,
) -> Result<LogoutAnswered, SamlRefused> {
    let received = received(query, Parameter::Response, provider)?;
    let document = parse(&received.message)?;
    let end = answered(Node::root(&document)?, ours, provider, in_response_to, now)?;
    Ok(LogoutAnswered { end, relay_state: received.relay_state })
}

/// Reads an answer from the field `SAMLResponse` of a form, as Amazon Cognito wants it ("your IdP must send the LogoutResponse in an
/// HTTP POST request"). The message itself is signed then.
///
/// # Errors
/// [`SamlRefused`].
pub fn logout_answered_by_post(
    response: &str,
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    in_response_to: &str,
    now: Timestamp,
) -> Result<LogoutEnd, SamlRefused> {
    let text = decode(response)?;
    let document = parse(&text)?;
    let response = Node::root(&document)?;
    if signed(&[response], provider)?.is_empty() {
        return Err(SamlRefused::Unsigned);
    }
    answered(response, ours, provider, in_response_to, now)
}

/// Reads a provider's request from the query of `/saml2/logout`.
///
/// # Errors
/// [`SamlRefused`].
pub fn logout_requested_by_redirect(
    query: &str,
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    now: Timestamp,
) -> Result<LogoutRequested, SamlRefused> {
    let received = received(query, Parameter::Request, provider)?;
    let document = parse(&received.message)?;
    let request = Node::root(&document)?;
    check_envelope(request, "LogoutRequest", ours, provider, now)?;
    if let Some(until) = request.attribute("NotOnOrAfter") {
        not_over(instant(until)?, now)?;
    }
    let id = request.attribute("ID").filter(|id| is_name(id)).ok_or(SamlRefused::Form("ID"))?;
    let indexes = request.all(PROTOCOL, "SessionIndex").map(|index| index.text("SessionIndex")).collect::<Result<_, _>>()?;
    Ok(LogoutRequested { id: id.to_owned(), name_id: name_id(request)?, session_indexes: indexes, relay_state: received.relay_state })
}

fn answered(
    response: Node<'_>,
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    in_response_to: &str,
    now: Timestamp,
) -> Result<LogoutEnd, SamlRefused> {
    check_envelope(response, "LogoutResponse", ours, provider, now)?;
    if response.attribute("InResponseTo") != Some(in_response_to) {
        return Err(SamlRefused::InResponseTo);
    }
    match check_success(response) {
        Ok(()) => Ok(LogoutEnd::Complete),
        Err(SamlRefused::Unsuccessful(_)) => Ok(LogoutEnd::Partial),
        Err(refused) => Err(refused),
    }
}

/// That a message is the provider's, for us, and of now. A signed one names its destination (Bindings §3.4.5.2, §3.5.5.2).
fn check_envelope(
    message: Node<'_>,
    kind: &'static str,
    ours: &ServiceProvider,
    provider: &IdentityProvider,
    now: Timestamp,
) -> Result<(), SamlRefused> {
    if !message.is(PROTOCOL, kind) || message.attribute("Version") != Some(VERSION) {
        return Err(SamlRefused::Form(kind));
    }
    if message.one(ASSERTION, "Issuer")?.text("Issuer")?.trim() != provider.entity_id {
        return Err(SamlRefused::Issuer);
    }
    if message.attribute("Destination") != Some(&ours.logout_url) {
        return Err(SamlRefused::Destination);
    }
    let at = instant(message.attribute("IssueInstant").unwrap_or_default())?;
    begun(at, now)?;
    not_over(at.plus(LIFETIME), now)
}
