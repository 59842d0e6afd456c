//! Dynamic client registration (RFC 7591): who may have a client made at a pool, and the client that is made.

use serde_json::{Map, Value};

use super::client_secrets;
use super::failed::{Failed, fails_with_the_store};
use super::pool_keys;
use crate::audit::{Details, Event, Outcome};
use crate::context::App;
use crate::crypto::ids;
use crate::iam::arn::Arn;
use crate::iam::origin::Origin;
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::store::{Conn, identity_providers, resource_servers, user_pools};
use crate::tokens::verify::RawJwt;
use crate::userpools::client::Client;
use crate::userpools::client_secret::ClientSecret;
use crate::userpools::oauth_settings::ClientKind;
use crate::userpools::pool::Pool;
use crate::userpools::registration::{self, MOST_IN_A_POOL, MOST_OPEN, Offer, Registered, RegistrationRefused, SCOPE};
use crate::userpools::resource_server;

/// What the trail calls a registration: no operation of the API makes one.
const ACTION: &str = "passwright:RegisterClient";

/// Who has a client made.
pub enum Registrar {
    /// Nobody who says so.
    Nobody,
    /// A client of the pool, by its own access token.
    Client(ClientId),
}

impl Registrar {
    const fn registers(&self) -> Registered {
        match self {
            Self::Nobody => Registered::Openly,
            Self::Client(_) => Registered::ByToken,
        }
    }
}

/// A client that was made, and what only its maker is told.
pub struct NewClient {
    /// The client.
    pub client: Client,
    /// Its secret, if it has one: nobody is told it again.
    pub secret: Option<Secret>,
    /// `token_endpoint_auth_method`
    pub auth_method: &'static str,
}

/// Why no client is made.
#[derive(Debug, thiserror::Error)]
pub enum RegisterRefused {
    /// The pool has no registration.
    #[error("clients do not register themselves at this user pool")]
    Off,
    /// It takes nobody without a token.
    #[error("an initial access token is missing")]
    NoToken,
    /// The token does not hold.
    #[error("not an access token of a client of this user pool, or an expired one")]
    Token,
    /// The token, or its client by now, does not have the scope.
    #[error("the access token does not have the scope {SCOPE}")]
    Scope,
    /// It takes nobody with a token.
    #[error("this user pool takes no clients by initial access tokens")]
    Closed,
    /// It has as many clients as it can have.
    #[error("the user pool has as many app clients as it can have")]
    Full,
    /// The metadata is no good.
    #[error(transparent)]
    Rule(#[from] RegistrationRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(RegisterRefused);

/// Who asks, as far as can be told before anything is read of what they ask.
///
/// # Errors
/// [`RegisterRefused`].
pub async fn admit(app: &App, pool: &Pool, token: Option<&str>) -> Result<Registrar, RegisterRefused> {
    if pool.configuration.dcr().is_none() {
        return Err(RegisterRefused::Off);
    }
    let registrar = match token {
        None => Registrar::Nobody,
        Some(token) => Registrar::Client(of_token(app, pool, token).await?),
    };
    flows(pool, &registrar)?;
    Ok(registrar)
}

/// The client whose own access token this is, for registering clients at this pool.
async fn of_token(app: &App, pool: &Pool, token: &str) -> Result<ClientId, RegisterRefused> {
    let raw = RawJwt::parse(token).map_err(|_| RegisterRefused::Token)?;
    let claimed = pool_keys::claimed(app, &raw).await?.filter(|(claimed, _)| claimed.id == pool.id);
    let (_, keys) = claimed.ok_or(RegisterRefused::Token)?;
    let claims = raw.verify_machine(&keys.public, &app.issuer(&pool.id), app.now()).map_err(|_| RegisterRefused::Token)?;
    // SECURITY: what is for another service serves nobody here, who may have got it there.
    let is_for_us = claims.aud.as_deref().is_none_or(|aud| claims.client_id == *aud);
    if is_for_us && claims.scope.split(' ').any(|scope| scope == SCOPE) { Ok(claims.client_id) } else { Err(RegisterRefused::Scope) }
}

/// The flows that a client may have whom this one has made.
fn flows<'a>(pool: &'a Pool, registrar: &Registrar) -> Result<Vec<&'a str>, RegisterRefused> {
    let flows = pool.configuration.dcr().ok_or(RegisterRefused::Off)?.flows(registrar.registers());
    match registrar {
        _ if !flows.is_empty() => Ok(flows),
        Registrar::Nobody => Err(RegisterRefused::NoToken),
        Registrar::Client(_) => Err(RegisterRefused::Closed),
    }
}

/// Makes a client of its metadata, as its pool lets it at this moment.
///
/// # Errors
/// [`RegisterRefused`].
pub async fn register(
    app: &App,
    pool: &Pool,
    registrar: &Registrar,
    metadata: &Map<String, Value>,
    origin: &Origin,
) -> Result<NewClient, RegisterRefused> {
    let id = ids::client_id(&mut app.rng());
    let secret = ids::client_secret(&mut app.rng());
    let sealed = client_secrets::seal(app, (&pool.id, &id), &secret)?;
    let now = app.now();
    let made = app
        .write(async |tx| {
            let pool = user_pools::find(tx, &pool.id).await?.ok_or(RegisterRefused::Off)?;
            check_holds(tx, &pool, registrar).await?;
            let wanted = registration::wanted(metadata, &offer(tx, &pool, registrar).await?)?;
            let is_full = user_pools::count_clients(tx, &pool.id, MOST_IN_A_POOL).await? >= MOST_IN_A_POOL;
            let is_open_full =
                matches!(registrar, Registrar::Nobody) && user_pools::count_openly_registered(tx, &pool.id, MOST_OPEN).await? >= MOST_OPEN;
            if is_full || is_open_full {
                return Err(RegisterRefused::Full);
            }
            let is_confidential = wanted.kind == ClientKind::Confidential;
            let kept = is_confidential.then(|| ClientSecret { sealed: sealed.clone(), created_at: now, is_withheld: true });
            let client = Client {
                pool_id: pool.id,
                // RFC 7591 §2, client_name: people are shown the id in its place.
                name: wanted.name.unwrap_or_else(|| id.to_string()),
                configuration: wanted.configuration,
                secrets: kept.into_iter().collect(),
                registered: Some(registrar.registers()),
                id: id.clone(),
                created_at: now,
                modified_at: now,
            };
            user_pools::insert_client(tx, &client).await?;
            Ok((client, wanted.auth_method))
        })
        .await?;
    let (client, auth_method) = made;
    note(app, pool, registrar, &client.id, origin);
    let secret = (!client.secrets.is_empty()).then_some(secret);
    Ok(NewClient { client, secret, auth_method })
}

/// SECURITY: a token goes on registering clients only while its own client is there and may, whatever the token says.
async fn check_holds(tx: &mut Conn, pool: &Pool, registrar: &Registrar) -> Result<(), RegisterRefused> {
    let Registrar::Client(client_id) = registrar else { return Ok(()) };
    let client = user_pools::find_client(tx, client_id).await?.filter(|client| client.pool_id == pool.id);
    let client = client.ok_or(RegisterRefused::Token)?;
    let may = client.registered.is_none() && client.configuration.has_scope(SCOPE);
    if may { Ok(()) } else { Err(RegisterRefused::Scope) }
}

async fn offer<'a>(tx: &mut Conn, pool: &'a Pool, registrar: &Registrar) -> Result<Offer<'a>, RegisterRefused> {
    let flows = flows(pool, registrar)?;
    let dcr = pool.configuration.dcr().ok_or(RegisterRefused::Off)?;
    let servers = resource_servers::all(tx, &pool.id).await?;
    let scopes = dcr.allowed_scopes.iter().flatten().filter(|scope| resource_server::exists(&servers, scope)).cloned().collect();
    let providers = identity_providers::kinds(tx, &pool.id).await?.into_iter().map(|(name, _)| name).collect();
    Ok(Offer { flows, scopes, providers })
}

fn note(app: &App, pool: &Pool, registrar: &Registrar, client_id: &ClientId, origin: &Origin) {
    let arn = Arn::user_pool(&pool.region, &pool.account_id, &pool.id);
    let who = match registrar {
        Registrar::Nobody => "anonymous",
        Registrar::Client(client_id) => client_id.as_str(),
    };
    let (principal, resource) = (format!("{}/{who}", arn.as_str()), format!("{} {client_id}", pool.id));
    let (source_ip, request_id) = (origin.source_ip.map(|address| address.to_string()), ids::uuid(&mut app.rng()));
    app.journal.record(Event {
        at: app.now(),
        account_id: pool.account_id.clone(),
        request_id,
        principal,
        action: ACTION.to_owned(),
        outcome: Outcome::Done,
        details: Details { source_ip, region: Some(pool.region.clone()), resource: Some(resource), reason: None, asked_by: None },
    });
}
