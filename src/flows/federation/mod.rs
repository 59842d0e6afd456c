//! Sign-in through another provider: a browser leaves for it and comes back, and whom the provider vouches for is signed in here.

pub mod brought;
mod refused;
pub mod saml;
mod user;

use std::time::Duration;

use serde_json::{Map, Value};

use super::clients::AppClient;
use super::failed::Failed;
use super::whence::Whence;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::federation::{Leaving, NotBelieved, Party, Said, Shown};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::kit::secret::constant_time_equals;
use crate::store::federation_requests::{self, StoredRequest};
use crate::store::identity_providers;
use crate::userpools::federation_request::FederationRequest;
use crate::userpools::identity_provider::{IdentityProvider, OWN, ProviderSecrets, ProviderType, sealed_at};

pub use crate::federation::Wish;
pub use refused::FederationRefused;

/// Where the answers of providers that speak OAuth go, below a pool.
const BACK: &str = "oauth2/idpresponse";

/// How long a browser may be away.
const AWAY: Duration = Duration::from_secs(15 * 60);

/// By how much a provider's clock may go wrong.
const SKEW: Duration = Duration::from_secs(120);

/// The name that Apple tells of a user, once, and beside the token: a claim of ours.
const APPLE_NAME: [&str; 2] = ["firstName", "lastName"];

/// What a browser leaves with.
#[derive(Clone, Copy)]
pub struct Departure<'a> {
    /// The authorization request that it was sent to us with, as a query.
    pub query: &'a str,
    /// Which browser it is.
    pub browser: &'a str,
    /// Where the pool's endpoints are, with a slash at its end: there the provider's answer goes.
    pub base: &'a str,
    /// What the client has asked of the user.
    pub wish: Wish<'a>,
}

/// The way to a provider.
struct Way {
    /// Where the browser is sent.
    address: String,
    /// Where the answer goes.
    redirect_uri: String,
}

/// A browser that came back: what it left with, while that is not used up.
pub struct Returned {
    /// What it left with.
    pub request: FederationRequest,
    stored: StoredRequest,
}

impl Returned {
    /// The provider that it comes from.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.stored.provider_name
    }
}

/// What came back with a browser.
pub struct Answer<'a> {
    /// Which browser it is.
    pub browser: &'a str,
    /// How long ago the user may have proven who they are.
    pub max_age: Option<Duration>,
    /// Who says that they answer (`iss`), if anybody does.
    pub issuer: Option<&'a str>,
    /// What the provider says.
    pub word: Word<'a>,
}

/// What a provider says by a browser.
pub enum Word<'a> {
    /// A code, and what it has the browser tell of the user, unsigned: Apple's form of names.
    Code(&'a str, Option<Map<String, Value>>),
    /// An assertion, which came before.
    Asserted,
    /// Why there is neither, in the provider's words.
    Refused(&'a str),
}

/// The providers that a client's users may sign in through, and which there are; never the pool itself.
///
/// # Errors
/// [`Failed`].
pub async fn offered(app: &App, app_client: &AppClient) -> Result<Vec<(String, ProviderType)>, Failed> {
    let names = &app_client.client.configuration.supported_identity_providers;
    if !names.iter().any(|name| name != OWN) {
        return Ok(Vec::new());
    }
    let pool_id = &app_client.pool.id;
    let there = app.read(async |tx| identity_providers::kinds(tx, pool_id).await).await?;
    Ok(there.into_iter().filter(|(name, _)| names.contains(name)).collect())
}

/// The provider of the client's that an identifier names: other names of it, and the domains of its users' addresses.
///
/// # Errors
/// [`Failed`].
pub async fn identified(app: &App, app_client: &AppClient, identifier: &str) -> Result<Option<String>, Failed> {
    let pool_id = &app_client.pool.id;
    let name = app.read(async |tx| identity_providers::name_of(tx, pool_id, identifier).await).await?;
    Ok(name.filter(|name| app_client.client.configuration.takes_users_of(name)))
}

/// Has a browser leave for a provider: the address that it is sent to.
///
/// # Errors
/// [`FederationRefused`].
pub async fn leave(app: &App, app_client: &AppClient, name: &str, departure: Departure<'_>) -> Result<String, FederationRefused> {
    let provider = usable(app, app_client, name).await?;
    let token = || PlainToken::generate(&mut app.rng());
    let (state, nonce, verifier) = (token(), token(), token());
    let nonce = if provider.kind == ProviderType::Saml { saml::id(&nonce) } else { nonce.expose_secret().to_owned() };
    let way = match provider.kind {
        ProviderType::Saml => saml::leave(app, &app_client.pool, &provider, &departure, (state.expose_secret(), &nonce)).await?,
        _ => {
            let leaving = Leaving { state: state.expose_secret(), nonce: &nonce, verifier: verifier.expose_secret(), wish: departure.wish };
            by_oauth(app, &provider, departure.base, leaving).await?
        }
    };
    let request = FederationRequest {
        query: departure.query.to_owned(),
        browser: departure.browser.to_owned(),
        nonce,
        verifier: verifier.expose_secret().to_owned(),
        redirect_uri: way.redirect_uri,
        is_answered: false,
        vouched: None,
    };
    let pool_id = &app_client.pool.id;
    let sealed = app.keys.at_rest.seal(&place(pool_id, state.hashed().as_str()), &request, &mut app.rng());
    let stored = StoredRequest {
        pool_id: pool_id.clone(),
        state: state.hashed(),
        provider_name: provider.name,
        sealed_request: sealed.map_err(Failed::because)?,
        expires_at: app.now().plus(AWAY),
    };
    let is_recorded = app.write(async |tx| federation_requests::insert(tx, &stored).await).await?;
    if is_recorded { Ok(way.address) } else { Err(FederationRefused::NoSuchProvider) }
}

/// The way to a provider that speaks OAuth.
async fn by_oauth(app: &App, provider: &IdentityProvider, base: &str, leaving: Leaving<'_>) -> Result<Way, FederationRefused> {
    let (redirect_uri, secrets) = (format!("{base}{BACK}"), secrets(app, provider)?);
    let party = party(provider, &secrets, &redirect_uri);
    let endpoints = app.federation.endpoints(&party, app.now()).await?;
    Ok(Way { address: endpoints.leave(&party, leaving)?, redirect_uri })
}

/// What a browser that came back left with; `None` where nobody left so, or too long ago, or has come back.
///
/// # Errors
/// [`Failed`].
pub async fn returned(app: &App, pool_id: &UserPoolId, state: &str) -> Result<Option<Returned>, Failed> {
    let state = PlainToken::presented(state).hashed();
    let found = app.read(async |tx| federation_requests::find(tx, pool_id, &state, app.now()).await).await?;
    let Some(stored) = found else { return Ok(None) };
    let opened = app.keys.at_rest.open(&place(pool_id, stored.state.as_str()), &stored.sealed_request);
    Ok(Some(Returned { request: opened.map_err(Failed::because)?, stored }))
}

/// Signs in whom the provider vouches for: what the browser is to hold from now on.
///
/// SECURITY: the answer is for the browser that left, and for it once; another's would sign its owner in as somebody else. The
/// provider is read anew, and must still be one of the client's.
///
/// # Errors
/// [`FederationRefused`].
pub async fn come_back(
    app: &App,
    app_client: &AppClient,
    returned: Returned,
    answer: Answer<'_>,
    whence: Whence<'_>,
) -> Result<PlainToken, FederationRefused> {
    let Returned { request, stored } = returned;
    if !constant_time_equals(request.browser.as_bytes(), answer.browser.as_bytes()) {
        return Err(FederationRefused::Stale);
    }
    let is_first = app.write(async |tx| federation_requests::delete(tx, &stored.pool_id, &stored.state).await).await?;
    if !is_first {
        return Err(FederationRefused::Stale);
    }
    let provider = usable(app, app_client, &stored.provider_name).await?;
    let said = match (answer.word, request.vouched) {
        (Word::Refused(error), _) => return Err(FederationRefused::ByProvider(error.to_owned())),
        (Word::Asserted, Some(vouched)) if provider.kind == ProviderType::Saml => Said {
            assertion: Some(vouched.claims),
            authenticated_at: Some(Timestamp::from_millis(vouched.authenticated_at)),
            ..Said::default()
        },
        (Word::Code(code, user), _) if provider.kind != ProviderType::Saml => {
            let secrets = secrets(app, &provider)?;
            let party = party(&provider, &secrets, &request.redirect_uri);
            let endpoints = app.federation.endpoints(&party, app.now()).await?;
            // SECURITY: a provider may have sent the browser on to another, whose code it would get here (RFC 9207 §2.4).
            let issuer = endpoints.tokens.as_ref().map(|(issuer, _)| issuer.as_str());
            if answer.issuer != issuer && (answer.issuer.is_some() || endpoints.names_itself) {
                return Err(NotBelieved::Answer("the answer is another issuer's").into());
            }
            let shown = Shown { code, verifier: &request.verifier, nonce: &request.nonce };
            let said = app.federation.ask(&party, &endpoints, shown, &provider.configuration.attribute_mapping, app.now()).await?;
            match (provider.kind, user) {
                (ProviderType::SignInWithApple, Some(user)) => Said { user_info: Some(names_of_apple(&user)), ..said },
                _ => said,
            }
        }
        (Word::Asserted | Word::Code(..), _) => return Err(FederationRefused::Stale),
    };
    // A provider may take no notice of what it was asked.
    let is_too_old = |age: Duration| said.authenticated_at.is_some_and(|at| app.now().since(at) > age + SKEW);
    if answer.max_age.is_some_and(is_too_old) {
        return Err(NotBelieved::Answer("the user proved who they are too long ago").into());
    }
    user::sign_in(app, app_client, &provider, &said, whence).await
}

/// The names that Apple's form tells, and nothing else of it: nobody has signed it.
fn names_of_apple(user: &Map<String, Value>) -> Map<String, Value> {
    let name = user.get("name");
    let part = |part: &str| Some((part.to_owned(), name?.get(part)?.clone()));
    APPLE_NAME.into_iter().filter_map(part).collect()
}

/// A provider that the client's users may sign in through.
async fn usable(app: &App, app_client: &AppClient, name: &str) -> Result<IdentityProvider, FederationRefused> {
    let pool_id = &app_client.pool.id;
    if !app_client.client.configuration.takes_users_of(name) {
        return Err(FederationRefused::NoSuchProvider);
    }
    let found = app.read(async |tx| identity_providers::find(tx, pool_id, name).await).await?;
    found.ok_or(FederationRefused::NoSuchProvider)
}

fn secrets(app: &App, provider: &IdentityProvider) -> Result<ProviderSecrets, Failed> {
    let place = sealed_at(&provider.pool_id, &provider.name);
    let opened = provider.sealed_secrets.as_ref().map(|sealed| app.keys.at_rest.open(&place, sealed));
    Ok(opened.transpose().map_err(Failed::because)?.unwrap_or_default())
}

fn party<'a>(provider: &'a IdentityProvider, secrets: &'a ProviderSecrets, redirect_uri: &'a str) -> Party<'a> {
    Party { kind: provider.kind, details: &provider.configuration.details, secrets, redirect_uri }
}

fn place<'a>(pool_id: &'a UserPoolId, state: &'a str) -> [&'a str; 3] {
    ["federation_requests", pool_id.as_str(), state]
}

/// What functions are told of a provider's answer.
fn raw(said: &Said) -> Value {
    let object = |members: &Option<Map<String, Value>>| members.clone().map_or(Value::Null, Value::Object);
    serde_json::json!({
        "tokenResponse": said.tokens,
        "idToken": object(&said.id_token),
        "userInfo": object(&said.user_info),
        "samlResponse": object(&said.assertion),
    })
}
