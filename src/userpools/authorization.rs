//! Authorization requests (RFC 6749 §4.1.1, OpenID Connect Core 1.0 §3.1.2.1), held to their client as it is now.

mod redirect;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::client::Client;
use super::registration::Registered;
use super::scopes;
use crate::crypto::digest::sha256;
use crate::kit::clock::Timestamp;
use crate::kit::secret::constant_time_equals;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use redirect::{is_registered, with_fragment, with_query};

/// The longest value of a parameter, in bytes: what comes back is carried by browsers.
const LONGEST: usize = 4096;

/// The longest hint: a token of ours, with all that it tells of its user.
const LONGEST_HINT: usize = 16 * 1024;

/// The longest address of a resource, which is in every token.
const LONGEST_RESOURCE: usize = 1024;

/// `response_type` of a request whose answer goes to a device that waits: our own pages ask so, for who has typed its code (RFC 8628).
pub const DEVICE: &str = "device";

/// The parameters of a request: each stands once (RFC 6749 §3.1).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    values: BTreeMap<String, String>,
    repeated: BTreeSet<String>,
}

impl Parameters {
    /// Reads a query or a form. An empty value is one that is not there (RFC 6749 §3.1).
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(text).filter(|(_, value)| !value.is_empty()) {
            if parameters.values.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                parameters.repeated.insert(name.into_owned());
            }
        }
        parameters
    }

    /// A parameter, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }

    /// All but some of them as a query, with this one in place of its namesake.
    #[must_use]
    pub fn written_without(&self, names: &[&str], with: (&str, &str)) -> String {
        let kept = self.values.iter().filter(|(name, _)| !names.contains(&name.as_str()) && *name != with.0);
        let mut written = form_urlencoded::Serializer::new(String::new());
        written.append_pair(with.0, with.1);
        written.extend_pairs(kept).finish()
    }

    /// Whether a value has a NUL, which no database takes.
    #[must_use]
    pub fn has_nul(&self) -> bool {
        self.values.values().any(|value| value.contains('\0'))
    }

    /// A parameter that stands twice.
    #[must_use]
    pub fn repeated(&self) -> Option<&str> {
        self.repeated.first().map(String::as_str)
    }

    /// Whether one of these stands twice.
    #[must_use]
    pub fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.repeated.contains(*name))
    }
}

/// What is given in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// A code, which the client exchanges for tokens.
    Code,
    /// Tokens at once: the implicit grant.
    Token,
    /// Nothing to the browser: a device is let in.
    Device,
}

/// How the browser carries the answer (OAuth 2.0 Multiple Response Type Encoding Practices §2.1; OAuth 2.0 Form Post Response Mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the address.
    Query,
    /// In its fragment, which no server sees.
    Fragment,
    /// In a form that it posts.
    FormPost,
    /// It does not: it stays at our pages.
    Stays,
}

/// Where the answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// One of the client's callback addresses.
    pub redirect_uri: String,
    /// Whether the request named it; a client may leave it out that has a default.
    pub is_named: bool,
    /// How it gets there.
    pub mode: ResponseMode,
    /// What comes back with it.
    pub state: Option<String>,
}

/// Why nothing is answered but a page: it is not known that whoever asked is to be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoReturn {
    /// The client does not use the OAuth endpoints.
    #[error("the client does not use the OAuth endpoints")]
    NotAClient,
    /// No callback address.
    #[error("redirect_uri is missing")]
    NoRedirectUri,
    /// None of the client's callback addresses.
    #[error("redirect_uri is none of the client's callback addresses")]
    UnknownRedirectUri,
    /// A parameter that stands twice and may not be either.
    #[error("a parameter is given twice")]
    Repeated,
}

/// Why a request is refused, as its client is told: one of OAuth's words, and ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {description}")]
pub struct Refused {
    /// `error` (RFC 6749 §4.1.2.1; OpenID Connect Core 1.0 §3.1.2.6).
    pub error: &'static str,
    /// `error_description`.
    pub description: String,
}

impl Refused {
    /// A refusal.
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }
}

/// A request that its client may make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// What is given.
    pub response_type: ResponseType,
    /// What is granted, blank-separated.
    pub scope: String,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// What the code's holder is to know the origin of (RFC 7636).
    pub code_challenge: Option<String>,
    /// What is asked of the user.
    pub prompt: Prompt,
    /// Whether they are asked to agree to what the client gets.
    pub asks_consent: bool,
    /// How long ago the user may have proven who they are.
    pub max_age: Option<Duration>,
    /// What the access token is for: a resource server, or any that knows itself by this address (RFC 8707).
    pub resource: Option<String>,
    /// Whom the client expects, as the user would type it.
    pub login_hint: Option<String>,
    /// Whom the client expects, as a token of ours says it.
    pub id_token_hint: Option<String>,
    /// The levels that the client wishes for (OpenID Connect Core 1.0 §3.1.2.1, acr_values), blank-separated.
    pub acr_values: Option<String>,
    /// The device that is to be let in, sealed for the browser in which its code was typed.
    pub device: Option<String>,
    /// The provider that it names.
    pub provider: Option<NamedProvider>,
}

/// The provider that a request names, by which its user is to sign in.
///
/// Source: Amazon Cognito developer guide, "The redirect and authorization endpoint".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedProvider {
    /// `identity_provider`
    Name(String),
    /// `idp_identifier`
    Identifier(String),
}

/// What is asked of a user who may be signed in (OpenID Connect Core 1.0 §3.1.2.1, prompt).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prompt {
    /// Nothing of who is.
    #[default]
    IfNeeded,
    /// Nothing of anybody: who is not signed in is refused.
    Never,
    /// To prove who they are.
    Login,
    /// To say as whom they go on.
    SelectAccount,
}

/// Where the answer to a request goes.
///
/// # Errors
/// [`NoReturn`].
pub fn destination(parameters: &Parameters, client: &Client) -> Result<Return, NoReturn> {
    let configuration = &client.configuration;
    if parameters.repeats(&["client_id", "redirect_uri"]) {
        return Err(NoReturn::Repeated);
    }
    // A machine signs nobody in.
    if !["code", "implicit"].into_iter().any(|flow| configuration.takes_oauth_flow(flow)) {
        return Err(NoReturn::NotAClient);
    }
    if parameters.get("response_type") == Some(DEVICE) {
        return Ok(Return { redirect_uri: String::new(), is_named: false, mode: ResponseMode::Stays, state: None });
    }
    let named = parameters.get("redirect_uri");
    let redirect_uri = match named {
        Some(uri) if is_registered(uri, &configuration.callback_urls, client.kind()) => uri.to_owned(),
        Some(_) => return Err(NoReturn::UnknownRedirectUri),
        None => configuration.default_redirect_uri.clone().ok_or(NoReturn::NoRedirectUri)?,
    };
    // What cannot be read goes the way that the type of the response has by itself.
    let is_token = parameters.get("response_type").is_some_and(|kind| kind.split(' ').any(|kind| ["token", "id_token"].contains(&kind)));
    let mode = match parameters.get("response_mode") {
        Some("form_post") => ResponseMode::FormPost,
        Some("fragment") => ResponseMode::Fragment,
        _ if is_token => ResponseMode::Fragment,
        _ => ResponseMode::Query,
    };
    Ok(Return { redirect_uri, is_named: named.is_some(), mode, state: parameters.owned("state") })
}

/// What a request asks for, as far as its client may; `exists` says which scopes there are.
///
/// # Errors
/// [`Refused`].
pub fn request(parameters: &Parameters, client: &Client, exists: impl Fn(&str) -> bool) -> Result<Authorization, Refused> {
    if let Some(name) = parameters.repeated() {
        return Err(Refused::new("invalid_request", format!("{name} is given twice")));
    }
    // OpenID Connect Core 1.0 §6: to ignore them would be to answer another request than was made.
    for (name, error) in [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")] {
        if parameters.get(name).is_some() {
            return Err(Refused::new(error, format!("{name} is not supported")));
        }
    }
    if let Some((name, _)) =
        parameters.values.iter().find(|(name, value)| value.len() > longest(name) || value.chars().any(char::is_control))
    {
        return Err(Refused::new("invalid_request", format!("{name} is too long, or has characters that it may not have")));
    }
    let response_type = response_type(parameters, client)?;
    mode(parameters, response_type)?;
    let allowed = &client.configuration.allowed_oauth_scopes;
    let scope =
        scopes::grant(parameters.get("scope"), allowed, exists).map_err(|refused| Refused::new("invalid_scope", format!("{refused}")))?;
    Ok(Authorization {
        response_type,
        scope,
        nonce: parameters.owned("nonce"),
        code_challenge: code_challenge(parameters, client, response_type)?,
        prompt: prompt(parameters)?,
        // Whoever lets a device in is told what it gets: somebody may have talked them into it (RFC 8628 §5.4). Of a client that
        // anybody made, too: it is told where it leads.
        asks_consent: response_type == ResponseType::Device
            || client.registered == Some(Registered::Openly)
            || parameters.get("prompt").is_some_and(|prompt| prompt.split(' ').any(|value| value == "consent")),
        max_age: max_age(parameters)?,
        resource: resource(parameters)?,
        login_hint: parameters.owned("login_hint"),
        id_token_hint: parameters.owned("id_token_hint"),
        acr_values: parameters.owned("acr_values"),
        device: parameters.owned("device").filter(|_| response_type == ResponseType::Device),
        provider: match (parameters.owned("identity_provider"), parameters.owned("idp_identifier")) {
            (Some(name), _) => Some(NamedProvider::Name(name)),
            (None, identifier) => identifier.map(NamedProvider::Identifier),
        },
    })
}

fn longest(name: &str) -> usize {
    if name == "id_token_hint" { LONGEST_HINT } else { LONGEST }
}

fn response_type(parameters: &Parameters, client: &Client) -> Result<ResponseType, Refused> {
    let allows = |flow: &str| client.configuration.takes_oauth_flow(flow);
    match parameters.get("response_type") {
        None => Err(Refused::new("invalid_request", "response_type is missing")),
        Some("code") if allows("code") => Ok(ResponseType::Code),
        Some("token") if allows("implicit") => Ok(ResponseType::Token),
        Some(DEVICE) if allows("code") && parameters.get("device").is_some() => Ok(ResponseType::Device),
        Some("code" | "token") => Err(Refused::new("unauthorized_client", "the client does not use this response_type")),
        Some(_) => Err(Refused::new("unsupported_response_type", "response_type is code or token")),
    }
}

/// SECURITY: tokens never stand in a query, which servers and histories keep (Multiple Response Type Encoding Practices §5).
fn mode(parameters: &Parameters, response_type: ResponseType) -> Result<(), Refused> {
    match (parameters.get("response_mode"), response_type) {
        (_, ResponseType::Device) | (None | Some("fragment" | "form_post"), _) | (Some("query"), ResponseType::Code) => Ok(()),
        (Some("query"), ResponseType::Token) => Err(Refused::new("invalid_request", "tokens are not returned in a query")),
        (Some(_), _) => Err(Refused::new("invalid_request", "response_mode is query, fragment or form_post")),
    }
}

/// SECURITY: a code that a public client is sent could be exchanged by whoever gets hold of it, so it is bound to what only that
/// client knows, and by a hash, which tells it to nobody (RFC 9700 §2.1.1).
fn code_challenge(parameters: &Parameters, client: &Client, response_type: ResponseType) -> Result<Option<String>, Refused> {
    let refused = |description: &str| Err(Refused::new("invalid_request", description));
    match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (None, Some(_)) => refused("code_challenge is missing"),
        (None, None) if response_type == ResponseType::Code && client.secrets.is_empty() => {
            refused("code_challenge is missing: a client without a secret uses PKCE")
        }
        (None, None) => Ok(None),
        (Some(_), method) if method != Some("S256") => refused("code_challenge_method is S256"),
        (Some(challenge), _) if URL_SAFE_NO_PAD.decode(challenge).is_ok_and(|hash| hash.len() == 32) => Ok(Some(challenge.to_owned())),
        (Some(_), _) => refused("code_challenge is no SHA-256"),
    }
}

/// The resource that is named.
///
/// Source: Amazon Cognito developer guide, "Authorize endpoint", resource: "Values must begin with `https://`, `http://localhost`, or
/// a custom URL scheme like `myapp://`"; RFC 8707 §2.
///
/// # Errors
/// `invalid_target`.
pub fn resource(parameters: &Parameters) -> Result<Option<String>, Refused> {
    let Some(resource) = parameters.get("resource") else { return Ok(None) };
    let (scheme, rest) = resource.split_once("://").unwrap_or_default();
    let is_plain = scheme == "http"
        && !["localhost", "localhost/"].contains(&rest)
        && !rest.starts_with("localhost:")
        && !rest.starts_with("localhost/");
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+.-".contains(character));
    let is_written = rest.chars().all(|character| character.is_ascii_graphic() && character != '#');
    if is_scheme && is_written && !rest.is_empty() && !is_plain && resource.len() <= LONGEST_RESOURCE {
        return Ok(Some(resource.to_owned()));
    }
    Err(Refused::new("invalid_target", "resource is an https address, without a fragment"))
}

fn prompt(parameters: &Parameters) -> Result<Prompt, Refused> {
    let values: Vec<&str> = parameters.get("prompt").unwrap_or_default().split(' ').filter(|value| !value.is_empty()).collect();
    if values.contains(&"none") && values.len() > 1 {
        return Err(Refused::new("invalid_request", "prompt is none, or something else"));
    }
    if values.contains(&"none") {
        return Ok(Prompt::Never);
    }
    if values.contains(&"login") {
        return Ok(Prompt::Login);
    }
    Ok(if values.contains(&"select_account") { Prompt::SelectAccount } else { Prompt::IfNeeded })
}

fn max_age(parameters: &Parameters) -> Result<Option<Duration>, Refused> {
    let Some(text) = parameters.get("max_age") else { return Ok(None) };
    text.parse().map(|seconds| Some(Duration::from_secs(seconds))).map_err(|_| Refused::new("invalid_request", "max_age is a number"))
}

impl Authorization {
    /// Whether it is enough that the user proved who they are at this moment.
    #[must_use]
    pub fn takes(&self, authenticated_at: Timestamp, now: Timestamp) -> bool {
        self.max_age.is_none_or(|most| now.since(authenticated_at) <= most)
    }
}

/// Whether a verifier is the origin of a challenge (RFC 7636 §4.6).
#[must_use]
pub fn verifies(verifier: &str, challenge: &str) -> bool {
    let is_one = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'));
    is_one && constant_time_equals(URL_SAFE_NO_PAD.encode(sha256(&[verifier.as_bytes()])).as_bytes(), challenge.as_bytes())
}
