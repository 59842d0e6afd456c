//! Clients that register themselves: what their metadata makes of them, as far as their pool lets it (RFC 7591; OpenID Connect
//! Dynamic Client Registration 1.0). Metadata that nothing here knows is ignored (RFC 7591 §2), and nothing of it is ever fetched.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::attributes::{NEVER_WRITTEN, full_schema};
use super::client::ClientConfiguration;
use super::device_grant;
use super::identity_provider::OWN;
use super::oauth_settings::{ClientKind, RefreshTokenRotation, SettingsRefused, check_address};
use super::resource_server::STANDARD_SCOPES;
use super::scopes::{ADDRESS, EMAIL, OFFLINE_ACCESS, OPENID, PHONE, PROFILE};

/// The scope of the tokens by which clients are registered. It is of no resource server, and there while a pool has registration on.
///
/// Source: Amazon Cognito developer guide, "Dynamic client registration".
pub const SCOPE: &str = "aws.cognito/dcr/register";

/// How many app clients a pool has that still takes one that registers itself: those of its administrators count too.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", app clients per user pool; "Dynamic client registration":
/// "Registered clients count toward the app client quota of your user pool."
pub const MOST_IN_A_POOL: i64 = 1000;

/// How many of them may be such as nobody vouches for. SECURITY: strangers shut registration for nobody who brings a token.
pub const MOST_OPEN: i64 = 500;

/// The longest metadata, in bytes.
pub const LONGEST: usize = 16 * 1024;

/// The scopes that every registered client may ask for.
///
/// Source: Amazon Cognito API reference, DcrConfigurationType, AllowedScopes.
const OF_ALL: [&str; 4] = [OPENID, EMAIL, PHONE, PROFILE];

/// How long the refresh token before the newest gets that again: an answer that was lost on its way ends no sign-in.
const GRACE_SECONDS: u32 = 10;

/// The bounds of an app client's lists and texts, as the API's model has them.
const MOST_ADDRESSES: usize = 100;
const MOST_SCOPES: usize = 50;
const LONGEST_ADDRESS: usize = 1024;
const LONGEST_NAME: usize = 128;

const CODE: &str = "authorization_code";
const MACHINE: &str = "client_credentials";
const REFRESH: &str = "refresh_token";

/// How a client registered itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// By no token: nobody vouches for it.
    Openly,
    /// By the token of a client that its pool's administrators let do so.
    ByToken,
}

/// Whether a client registered itself, as the API calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ClientType {
    /// It did not.
    Regular,
    /// It did.
    Dcr,
}

impl ClientType {
    /// Of a client that is registered so.
    #[must_use]
    pub const fn of(registered: Option<Registered>) -> Self {
        if registered.is_some() { Self::Dcr } else { Self::Regular }
    }

    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "REGULAR",
            Self::Dcr => "DCR",
        }
    }
}

/// What a pool lets a client that registers itself have.
#[derive(Clone, Debug, Default)]
pub struct Offer<'a> {
    /// `code`, `client_credentials`.
    pub flows: Vec<&'a str>,
    /// Scopes beside OpenID Connect's own.
    pub scopes: Vec<String>,
    /// The names of the providers that vouch for the pool's users, beside the pool itself.
    pub providers: Vec<String>,
}

/// A client as its metadata wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What people call it, as far as an app client can be called so.
    pub name: Option<String>,
    /// Whether it gets a secret.
    pub kind: ClientKind,
    /// How it proves itself: `token_endpoint_auth_method`.
    pub auth_method: &'static str,
    /// How it behaves.
    pub configuration: ClientConfiguration,
}

/// Why a client is not registered (RFC 7591 §3.2.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefused {
    /// `invalid_redirect_uri`.
    #[error("{0}")]
    RedirectUri(String),
    /// `invalid_client_metadata`.
    #[error("{0}")]
    Metadata(String),
}

impl From<SettingsRefused> for RegistrationRefused {
    fn from(refused: SettingsRefused) -> Self {
        Self::Metadata(refused.to_string())
    }
}

/// The client that metadata asks for.
///
/// What is asked for and not to be had is refused where a client could not do without it (its grant, how it proves itself, its scopes),
/// and else left out, as the answer tells it (RFC 7591 §3.2.1).
///
/// # Errors
/// [`RegistrationRefused`].
pub fn wanted(metadata: &Map<String, Value>, offer: &Offer<'_>) -> Result<Wanted, RegistrationRefused> {
    check_identity(metadata)?;
    let (kind, auth_method) = auth_method(metadata)?;
    let flows = flows(metadata, offer)?;
    let is_by_browser = flows.contains(&"code");
    check_response_types(metadata, is_by_browser)?;
    let callback_urls = addresses(metadata, "redirect_uris", RegistrationRefused::RedirectUri)?;
    if is_by_browser && callback_urls.is_empty() {
        return Err(RegistrationRefused::RedirectUri("redirect_uris is missing".to_owned()));
    }
    let rotates = is_by_browser && kind == ClientKind::Public;
    let configuration = ClientConfiguration {
        allowed_oauth_flows_user_pool_client: true,
        allowed_oauth_scopes: scopes(metadata, offer, is_by_browser)?,
        allowed_oauth_flows: flows.into_iter().map(str::to_owned).collect(),
        callback_urls,
        logout_urls: addresses(metadata, "post_logout_redirect_uris", RegistrationRefused::Metadata)?,
        supported_identity_providers: match is_by_browser {
            true => std::iter::once(OWN).chain(offer.providers.iter().map(String::as_str)).map(str::to_owned).collect(),
            false => Vec::new(),
        },
        // SECURITY: users sign in at the pool's pages, where they see where the client leads, and never at the client itself.
        explicit_auth_flows: Some(Vec::new()),
        // SECURITY: without these it would have all, what the pool keeps of its users for itself too (`custom:role`): whoever registers
        // a client would sign up with whatever the pool's own clients may not write.
        read_attributes: Some(standard_attributes(&[])),
        write_attributes: Some(standard_attributes(&NEVER_WRITTEN)),
        prevent_user_existence_errors: Some("ENABLED".to_owned()),
        // RFC 9700 §2.2.2: refresh tokens of clients without a secret rotate.
        refresh_token_rotation: rotates
            .then(|| RefreshTokenRotation { feature: "ENABLED".to_owned(), retry_grace_period_seconds: Some(GRACE_SECONDS) }),
        ..ClientConfiguration::default()
    };
    configuration.check_settings(kind)?;
    Ok(Wanted { name: text(metadata, "client_name")?.map(name_of).filter(|name| !name.is_empty()), kind, auth_method, configuration })
}

/// The attributes that every pool has, but for some.
fn standard_attributes(except: &[&str]) -> Vec<String> {
    full_schema(&[]).into_iter().map(|attribute| attribute.name).filter(|name| !except.contains(&name.as_str())).collect()
}

/// What a change of a client that registered itself leaves as it was, where it says nothing of it.
///
/// SECURITY: its defaults are those of clients that an administrator knows: users would sign in at it and not at the pool's pages.
#[must_use]
pub fn kept(before: &ClientConfiguration, wanted: ClientConfiguration) -> ClientConfiguration {
    ClientConfiguration {
        explicit_auth_flows: wanted.explicit_auth_flows.or_else(|| before.explicit_auth_flows.clone()),
        read_attributes: wanted.read_attributes.or_else(|| before.read_attributes.clone()),
        write_attributes: wanted.write_attributes.or_else(|| before.write_attributes.clone()),
        prevent_user_existence_errors: wanted.prevent_user_existence_errors.or_else(|| before.prevent_user_existence_errors.clone()),
        refresh_token_rotation: wanted.refresh_token_rotation.or_else(|| before.refresh_token_rotation.clone()),
        ..wanted
    }
}

/// The grants that a client of these flows has, as metadata calls them; `has_device_grant` says whether devices are let in by it.
#[must_use]
pub fn grant_types(configuration: &ClientConfiguration, has_device_grant: bool) -> Vec<&'static str> {
    // Every code brings a refresh token.
    let by_browser = configuration.takes_oauth_flow("code").then_some([CODE, REFRESH]);
    let by_device = has_device_grant.then_some(device_grant::GRANT);
    let by_itself = configuration.takes_oauth_flow(MACHINE).then_some(MACHINE);
    by_browser.into_iter().flatten().chain(by_device).chain(by_itself).collect()
}

/// What would change what a client gets, so that to ignore it would be to promise it.
fn check_identity(metadata: &Map<String, Value>) -> Result<(), RegistrationRefused> {
    for (name, only) in [("subject_type", "public"), ("id_token_signed_response_alg", "RS256")] {
        if text(metadata, name)?.is_some_and(|value| value != only) {
            return Err(metadata_refused(format!("{name} is {only}")));
        }
    }
    Ok(())
}

fn auth_method(metadata: &Map<String, Value>) -> Result<(ClientKind, &'static str), RegistrationRefused> {
    match text(metadata, "token_endpoint_auth_method")? {
        // RFC 7591 §2.
        None | Some("client_secret_basic") => Ok((ClientKind::Confidential, "client_secret_basic")),
        Some("client_secret_post") => Ok((ClientKind::Confidential, "client_secret_post")),
        Some("none") => Ok((ClientKind::Public, "none")),
        Some(_) => Err(metadata_refused("token_endpoint_auth_method is client_secret_basic, client_secret_post or none")),
    }
}

fn flows(metadata: &Map<String, Value>, offer: &Offer<'_>) -> Result<Vec<&'static str>, RegistrationRefused> {
    // RFC 7591 §2.
    let asked = texts(metadata, "grant_types")?.unwrap_or_else(|| vec![CODE]);
    let mut flows = Vec::new();
    for (grant, flow) in [(CODE, "code"), (MACHINE, MACHINE)] {
        match (asked.contains(&grant), offer.flows.contains(&flow)) {
            (true, true) => flows.push(flow),
            (true, false) => return Err(metadata_refused(format!("the user pool does not let clients register for {grant}"))),
            (false, _) => {}
        }
    }
    if flows.is_empty() {
        return Err(metadata_refused(format!("grant_types has neither {CODE} nor {MACHINE}")));
    }
    Ok(flows)
}

/// RFC 7591 §2.1: grants and response types go together.
fn check_response_types(metadata: &Map<String, Value>, is_by_browser: bool) -> Result<(), RegistrationRefused> {
    match texts(metadata, "response_types")? {
        Some(types) if types.contains(&"code") != is_by_browser => {
            Err(metadata_refused(format!("response_types has code where grant_types has {CODE}")))
        }
        _ => Ok(()),
    }
}

fn addresses(
    metadata: &Map<String, Value>,
    name: &str,
    refused: fn(String) -> RegistrationRefused,
) -> Result<Vec<String>, RegistrationRefused> {
    let given = texts(metadata, name).map_err(|_| refused(format!("{name} is a list of addresses")))?.unwrap_or_default();
    if given.len() > MOST_ADDRESSES {
        return Err(refused(format!("{name} has more than {MOST_ADDRESSES} addresses")));
    }
    for address in &given {
        // SECURITY: people are shown the host before they agree: none is hidden behind a name and `@`, and no letter is another's double
        // or turns the text around.
        let is_written = address.chars().all(|character| character.is_ascii_graphic() && character != '\\');
        let authority = address.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
        if !is_written || authority.contains('@') || address.len() > LONGEST_ADDRESS {
            return Err(refused(format!("{name} has an address that is too long, or has characters that it may not have")));
        }
        check_address(address).map_err(|bad| refused(bad.to_string()))?;
    }
    Ok(given.into_iter().map(str::to_owned).collect())
}

/// SECURITY: what a pool does not let registered clients ask for, none is given, whatever the pool's resource servers have; and no
/// registered client ever registers others.
fn scopes(metadata: &Map<String, Value>, offer: &Offer<'_>, is_by_browser: bool) -> Result<Vec<String>, RegistrationRefused> {
    let own: &[&str] = if is_by_browser { &OF_ALL } else { &[] };
    // A machine has no profile, and nothing of its own to change.
    let more = offer.scopes.iter().map(String::as_str).filter(|scope| is_by_browser || !STANDARD_SCOPES.contains(scope));
    let mut allowed: Vec<&str> = own.to_vec();
    for scope in more.filter(|scope| *scope != SCOPE) {
        if !allowed.contains(&scope) {
            allowed.push(scope);
        }
    }
    let mut wanted: Vec<&str> = Vec::new();
    for scope in text(metadata, "scope")?.unwrap_or_default().split(' ').filter(|scope| !scope.is_empty() && *scope != OFFLINE_ACCESS) {
        // `address` is a part of `profile`, and nothing that a client is set to.
        let means = if scope == ADDRESS { PROFILE } else { scope };
        if !allowed.contains(&means) {
            return Err(metadata_refused(format!("the user pool does not let clients register for the scope {scope}")));
        }
        if !wanted.contains(&means) {
            wanted.push(means);
        }
    }
    let wanted = if wanted.is_empty() { allowed } else { wanted };
    if wanted.is_empty() {
        return Err(metadata_refused(format!("the user pool lets clients register for no scope of {MACHINE}")));
    }
    Ok(wanted.into_iter().take(MOST_SCOPES).map(str::to_owned).collect())
}

/// What an app client can be called of a name: other characters than its name may have are blanks. SECURITY: none is left that would
/// turn the text around it, or that nobody sees.
fn name_of(given: &str) -> String {
    let is_unseen = |character: char| ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'].contains(&character);
    let is_taken = |character: char| (character.is_alphanumeric() && !is_unseen(character)) || "_+=,.@-".contains(character);
    let plain: String = given.chars().map(|character| if is_taken(character) { character } else { ' ' }).collect();
    let name: String = plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect();
    name.trim_end().to_owned()
}

fn text<'a>(metadata: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, RegistrationRefused> {
    match metadata.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(metadata_refused(format!("{name} is a text"))),
    }
}

fn texts<'a>(metadata: &'a Map<String, Value>, name: &str) -> Result<Option<Vec<&'a str>>, RegistrationRefused> {
    let refused = || metadata_refused(format!("{name} is a list of texts"));
    match metadata.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().ok_or_else(refused)).collect::<Result<_, _>>().map(Some),
        Some(_) => Err(refused()),
    }
}

fn metadata_refused(words: impl Into<String>) -> RegistrationRefused {
    RegistrationRefused::Metadata(words.into())
}
