//! Sign-in through a SAML provider (SAML 2.0 Profiles §4.1): the browser leaves with a request, and posts the answer to it.
//!
//! What it posts from the provider's page comes without our cookies. So the answer is verified when it comes, and kept with what the
//! browser left with; whose browser it is, is seen when that is sent on, by GET.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Departure, FederationRefused, Way, place};
use crate::context::App;
use crate::crypto::digest::{HashedToken, PlainToken};
use crate::federation::NotBelieved;
use crate::federation::saml::{
    self, Assertion, Authentication, Begun, Brought, Encryption, Expected, IdentityProvider as SamlProvider, Key, Parameter,
    ServiceProvider,
};
use crate::flows::addresses;
use crate::flows::failed::Failed;
use crate::flows::saml_certificate;
use crate::kit::id::UserPoolId;
use crate::store::{federation_requests, identity_providers};
use crate::tokens::keys::PrivateKey;
use crate::userpools::federation_request::{FederationRequest, Vouched};
use crate::userpools::identity_provider::mapping::NAME_ID;
use crate::userpools::identity_provider::{IdentityProvider, ProviderType, SamlMetadata};
use crate::userpools::pool::Pool;

/// Where assertions are posted to, below a pool.
const ACS: &str = "saml2/idpresponse";

/// Where tokens are given, below a pool.
const TOKENS: &str = "oauth2/token";

/// Where sign-outs come to.
const LOGOUT: &str = "saml2/logout";

/// The pool as SAML providers know it. Its endpoints are below this address, which ends in a slash.
///
/// Source: Amazon Cognito developer guide, "Configuring your third-party SAML identity provider".
fn ourselves(pool_id: &UserPoolId, base: &str) -> ServiceProvider {
    ServiceProvider { entity_id: entity_id(pool_id), acs_url: format!("{base}{ACS}"), logout_url: format!("{base}{LOGOUT}") }
}

fn entity_id(pool_id: &UserPoolId) -> String {
    format!("urn:amazon:cognito:sp:{pool_id}")
}

/// The metadata of a pool, for administrators of providers.
///
/// # Errors
/// [`Failed`].
pub async fn metadata(app: &App, pool: &Pool, base: &str) -> Result<Option<String>, Failed> {
    let Some(certificate) = saml_certificate::current(app, pool).await? else { return Ok(None) };
    let der = STANDARD.decode(&certificate.certificate).map_err(Failed::because)?;
    Ok(Some(saml::metadata(&ourselves(&pool.id, base), &der, Some(&der))))
}

/// Has a browser leave for a provider, with a request of this id.
pub(super) async fn leave(
    app: &App,
    pool: &Pool,
    provider: &IdentityProvider,
    departure: &Departure<'_>,
    (state, id): (&str, &str),
) -> Result<Way, FederationRefused> {
    let (ours, theirs) = (ourselves(&pool.id, departure.base), known(app, provider).await?);
    let authentication = if departure.wish.prompt.is_some() { Authentication::Anew } else { Authentication::Any };
    let message = saml::authn_request(&ours, &theirs, Begun { id, at: app.now() }, authentication, departure.wish.login_hint);
    let key = if provider.configuration.details.contains_key("RequestSigningAlgorithm") { Some(key(app, pool).await?) } else { None };
    let signing = key.as_ref().map(|key| Key::from_pkcs8(key.pkcs8()));
    let address = saml::redirect(&theirs.sign_in, Parameter::Request, &message, Some(state), signing).map_err(NotBelieved::Saml)?;
    Ok(Way { address, redirect_uri: ours.acs_url })
}

/// Takes a provider's answer that a browser posts, and keeps it with what that browser left with.
///
/// SECURITY: it answers the one request that was made for this browser, and one answer is kept of it: another that comes, or the same
/// again, is not taken.
///
/// # Errors
/// [`FederationRefused`].
pub async fn answered(app: &App, pool: &Pool, state: &str, response: &str, base: &str) -> Result<(), FederationRefused> {
    let returned = super::returned(app, &pool.id, state).await?.ok_or(FederationRefused::Stale)?;
    let (pool_id, name) = (&pool.id, returned.provider());
    let found = app.read(async |tx| identity_providers::find(tx, pool_id, name).await).await?;
    let provider = found.filter(|provider| provider.kind == ProviderType::Saml).ok_or(FederationRefused::NoSuchProvider)?;
    // Claimed before it is verified: whoever has the state has one document looked at by it.
    let state = &returned.stored.state;
    change(app, pool_id, state, |request| (!request.is_answered).then_some(FederationRequest { is_answered: true, ..request })).await?;
    let assertion = verified(app, pool, &provider, &returned.request, response, base).await?;
    let authenticated_at = assertion.authenticated_at.millis();
    let vouched = Vouched { claims: claims(assertion), authenticated_at };
    change(app, pool_id, state, |request| Some(FederationRequest { vouched: Some(vouched.clone()), ..request })).await
}

/// Changes what a browser left with; [`FederationRefused::Stale`] where that is gone, or not to be changed so.
async fn change(
    app: &App,
    pool_id: &UserPoolId,
    state: &HashedToken,
    changed: impl Fn(FederationRequest) -> Option<FederationRequest>,
) -> Result<(), FederationRefused> {
    app.write(async |tx| {
        let stored = federation_requests::find(tx, pool_id, state, app.now()).await?.ok_or(FederationRefused::Stale)?;
        let place = place(pool_id, stored.state.as_str());
        let request: FederationRequest = app.keys.at_rest.open(&place, &stored.sealed_request).map_err(Failed::because)?;
        let request = changed(request).ok_or(FederationRefused::Stale)?;
        let sealed = app.keys.at_rest.seal(&place, &request, &mut app.rng()).map_err(Failed::because)?;
        Ok(federation_requests::answer(tx, pool_id, state, &sealed).await?)
    })
    .await
}

/// What a response vouches for. A signature and a long document are work: it is done where hashes are.
async fn verified(
    app: &App,
    pool: &Pool,
    provider: &IdentityProvider,
    request: &FederationRequest,
    response: &str,
    base: &str,
) -> Result<Assertion, FederationRefused> {
    let (ours, theirs, key) = (ourselves(&pool.id, base), known(app, provider).await?, key(app, pool).await?);
    let encryption = encryption(provider);
    let (response, id, now) = (response.to_owned(), request.nonce.clone(), app.now());
    let verify = move || {
        let keys = [Key::from_pkcs8(key.pkcs8())];
        let expected = Expected { in_response_to: Some(&id), now, encryption, keys: &keys };
        saml::assertion(&response, &ours, &theirs, &expected)
    };
    let verified = app.hasher.run(verify).await.map_err(Failed::because)?;
    Ok(verified.map_err(NotBelieved::Saml)?)
}

/// What an assertion that somebody brings vouches for, and who the provider is by its own name.
///
/// Where it may be brought, is said as for a browser, or as for a token endpoint (RFC 7522 §3, 5): at any of the pool's addresses.
pub(super) async fn brought(
    app: &App,
    pool: &Pool,
    provider: &IdentityProvider,
    text: &str,
) -> Result<(String, Assertion), FederationRefused> {
    let bases = addresses::all(app, &pool.id).await?;
    let (theirs, key, now) = (known(app, provider).await?, key(app, pool).await?, app.now());
    let (entity_id, encryption) = (entity_id(&pool.id), encryption(provider));
    let (text, issuer) = (text.to_owned(), theirs.entity_id.clone());
    let verify = move || {
        let recipients: Vec<String> = bases.iter().flat_map(|base| [ACS, TOKENS].map(|place| format!("{base}{place}"))).collect();
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        let keys = [Key::from_pkcs8(key.pkcs8())];
        let brought = Brought { entity_id: &entity_id, recipients: &recipients, now, encryption, keys: &keys };
        saml::brought_assertion(&text, &theirs, &brought)
    };
    let verified = app.hasher.run(verify).await.map_err(Failed::because)?;
    Ok((issuer, verified.map_err(NotBelieved::Saml)?))
}

fn encryption(provider: &IdentityProvider) -> Encryption {
    let is_required = provider.configuration.details.get("EncryptedResponses").is_some_and(|flag| flag == "true");
    if is_required { Encryption::Required } else { Encryption::Optional }
}

/// An assertion as claims: what is said once as a text, what is said several times as a list, and whom it names.
pub(super) fn claims(assertion: Assertion) -> Map<String, Value> {
    let claim = |mut values: Vec<String>| match (values.pop(), values.is_empty()) {
        (Some(only), true) => Value::String(only),
        (last, _) => values.into_iter().chain(last).map(Value::String).collect(),
    };
    let mut claims: Map<String, Value> = assertion.attributes.into_iter().map(|(name, values)| (name, claim(values))).collect();
    // Whom it names, no attribute says.
    claims.insert(NAME_ID.to_owned(), Value::String(assertion.name_id.value));
    claims
}

/// A provider as its metadata has it.
async fn known(app: &App, provider: &IdentityProvider) -> Result<SamlProvider, FederationRefused> {
    let details = &provider.configuration.details;
    let metadata = match (details.get("MetadataFile"), details.get("MetadataURL")) {
        (Some(file), _) => SamlMetadata::read(file).map_err(|_| NotBelieved::Settings("the metadata is none"))?,
        (None, Some(url)) => SamlMetadata::clone(&*app.federation.saml_metadata(url, app.now()).await?),
        (None, None) => return Err(NotBelieved::Settings("there is no metadata").into()),
    };
    let certificates: Result<Vec<_>, _> = metadata.certificates.iter().map(|certificate| STANDARD.decode(certificate)).collect();
    Ok(SamlProvider {
        entity_id: metadata.entity_id,
        certificates: certificates.map_err(|_| NotBelieved::Settings("a certificate is none"))?,
        sign_in: metadata.sign_in,
        sign_out: metadata.sign_out,
    })
}

/// The pool's own key.
async fn key(app: &App, pool: &Pool) -> Result<PrivateKey, FederationRefused> {
    let certificate = saml_certificate::current(app, pool).await?.ok_or(FederationRefused::NoSuchProvider)?;
    Ok(saml_certificate::key(app, &pool.id, &certificate)?)
}

/// An id of a request: by chance, and no digit at its beginning (`xs:ID`).
pub(super) fn id(token: &PlainToken) -> String {
    format!("_{}", token.expose_secret())
}
