//! Token exchange (RFC 8693): a user's token for one that is narrower, and bound to the service that it is for.

mod presented;
mod provided;

use std::time::Duration;

use serde_json::Value;

pub use presented::{PartyRefused, PresentedToken};
pub use provided::{ProvidedKind, ProvidedToken};

use self::presented::{Subject, Tells, actor, subject};
use super::auth_events::{self, Of};
use super::clients::{self, AppClient, NoSuchClient};
use super::failed::{Failed, fails_with_the_store};
use super::issue::attribute_claims;
use super::triggers::TriggerRefused;
use super::triggers::tokens::{self, TokensFor, members};
use super::whence::Whence;
use crate::audit::Counted;
use crate::audit::auth_events::{AuthEventType, EventResponse};
use crate::context::App;
use crate::crypto::ids;
use crate::flows::pool_keys;
use crate::kit::clock::Timestamp;
use crate::kit::id::ClientId;
use crate::store;
use crate::tokens::claims::{ACCESS, AccessClaims, Actor, ID, IdClaims, USER_ADMIN_SCOPE};
use crate::tokens::overrides::Overrides;
use crate::userpools::oauth_settings::ClientKind;
use crate::userpools::resource_server::{ResourceServer, exists};
use crate::userpools::scopes::Scopes;
use crate::userpools::token_exchange::granted;

/// The flow without an actor, and the flow with one.
const FLOWS: [&str; 2] = ["TOKEN_EXCHANGE_IMPERSONATION", "TOKEN_EXCHANGE_DELEGATION"];

/// How many may act one after the other: each is in the token.
const MOST_ACTORS: usize = 5;

/// Which kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token.
    Access,
    /// An ID token.
    Id,
}

/// What a new token is bound to.
pub enum Target {
    /// Nothing in particular.
    Anywhere,
    /// A service, by the name that it knows itself by.
    Audience(String),
    /// A resource server of the pool.
    Resource(String),
}

/// What is asked for.
pub struct Exchange {
    /// The token of the user.
    pub subject: PresentedToken,
    /// The token of whoever acts in their stead.
    pub actor: Option<PresentedToken>,
    /// The scopes; none is all that the subject token has.
    pub scopes: Vec<String>,
    /// What the token is for.
    pub target: Target,
    /// Which kind is wanted.
    pub wanted: TokenKind,
}

/// What an exchange gives.
pub struct Issued {
    /// The token.
    pub token: String,
    /// How long it lives: never longer than the subject token.
    pub lifetime: Duration,
    /// The scopes that it has.
    pub scopes: Vec<String>,
}

/// Why a token is not exchanged.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeRefused {
    /// The client is not set to the flow, which is this.
    #[error("the client does not take the flow {0}")]
    Disabled(&'static str),
    /// The user's token.
    #[error("subject token: {0}")]
    Subject(PartyRefused),
    /// The actor's token.
    #[error("actor token: {0}")]
    Actor(PartyRefused),
    /// There are too many actors.
    #[error("too many act one after the other")]
    TooManyActors,
    /// None of the scopes that are asked for is granted.
    #[error("none of the scopes is granted")]
    Scopes,
    /// No resource server of this identifier.
    #[error("no resource server {0}")]
    NoSuchResource(String),
    /// The token is for another service, and whoever brings it proves to be none.
    #[error("the subject token is bound")]
    Bound,
    /// The token does not tell whoever brings it who the user is.
    #[error("the subject token does not tell who the user is")]
    Untold,
    /// An ID token that would be another client's.
    #[error("the audience {0} is another app client")]
    AnothersAudience(String),
    /// A function of the pool does not let the token be signed, or take what it comes from.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(ExchangeRefused);

/// Exchanges a token, for a client that is proven.
///
/// # Errors
/// [`ExchangeRefused`].
pub async fn exchange(app: &App, app_client: &AppClient, asked: Exchange, whence: Whence<'_>) -> Result<Issued, ExchangeRefused> {
    let [impersonation, delegation] = FLOWS;
    let flow = if asked.actor.is_some() { delegation } else { impersonation };
    if !app_client.client.configuration.allows(&format!("ALLOW_{flow}")) {
        return Err(ExchangeRefused::Disabled(flow));
    }
    let found = subject(app, app_client, &asked.subject).await;
    let (from, of_subject) = found.map_err(|refused| refused.named(ExchangeRefused::Subject))?;
    let (act, of_actor) = match &asked.actor {
        // Who acted before stays in the token: an exchange hides nobody.
        None => (from.act.clone(), None),
        Some(token) => {
            let found = actor(app, app_client, token).await;
            let (acting, of_actor) = found.map_err(|refused| refused.named(ExchangeRefused::Actor))?;
            (Some(Actor { act: from.act.clone().map(Box::new), ..acting }), of_actor)
        }
    };
    if act.as_ref().is_some_and(|act| act.depth() > MOST_ACTORS) {
        return Err(ExchangeRefused::TooManyActors);
    }
    let is_own = from.client_id.as_ref() == Some(&app_client.client.id);
    let is_proven = app_client.client.kind() == ClientKind::Confidential;
    // SECURITY: whoever holds a token of a user could bring it as a public client, and have its wider rights in place of the
    // narrower ones that the token was given for.
    if asked.wanted == TokenKind::Id && !(from.tells_who && (is_own || is_proven)) {
        return Err(ExchangeRefused::Untold);
    }
    if from.bound_to.is_some() && !is_proven {
        return Err(ExchangeRefused::Bound);
    }
    let servers = app.read(async |tx| store::resource_servers::all(tx, &app_client.pool.id).await).await?;
    // What is bound stays bound: without a target, to whom it is for.
    let audience = audience(app, app_client, &servers, &asked).await?.or_else(|| from.bound_to.clone());
    let gives = |scope: &str| exists(&servers, scope) && (is_own || is_proven || scope != USER_ADMIN_SCOPE);
    let scopes = granted(&asked.scopes, &from.scopes, &app_client.client.configuration.allowed_oauth_scopes, gives);
    if scopes.is_empty() && !asked.scopes.is_empty() && asked.wanted == TokenKind::Access {
        return Err(ExchangeRefused::Scopes);
    }
    let mut draft = Draft { app, app_client, from, act, audience, scopes, overrides: None };
    if of_subject.is_some() {
        // What the pool's own tokens say, its function has judged; of this one it has heard nothing.
        draft.judge().await?;
    }
    let ends = draft.ends(asked.wanted)?;
    if of_subject.is_some() || of_actor.is_some() {
        provided::begin(app, app_client, (&draft.from, of_subject.as_ref()), of_actor.as_ref(), ends).await?;
    }
    let user_id = draft.from.user.id.clone();
    let issued = draft.sign(asked.wanted, ends).await?;
    if of_subject.is_some() {
        let of = Of { pool_id: &app_client.pool.id, user_id: &user_id, client_id: &app_client.client.id };
        auth_events::note(app, whence.origin, of, AuthEventType::SignIn, EventResponse::Pass);
        app.journal.count(&app_client.pool.id, Counted::SignIn { mfa: false }, app.now());
    }
    Ok(issued)
}

/// What the token is bound to, where that may be.
async fn audience(
    app: &App,
    app_client: &AppClient,
    servers: &[ResourceServer],
    asked: &Exchange,
) -> Result<Option<String>, ExchangeRefused> {
    match &asked.target {
        Target::Anywhere => Ok(None),
        Target::Resource(identifier) if servers.iter().any(|server| server.identifier == *identifier) => Ok(Some(identifier.clone())),
        Target::Resource(identifier) => Err(ExchangeRefused::NoSuchResource(identifier.clone())),
        Target::Audience(audience) => {
            // SECURITY: an ID token's audience is the client that it was given to. Who could choose another's would sign in there.
            let is_another = asked.wanted == TokenKind::Id
                && app_client.client.id != audience.as_str()
                && clients::find(app, &ClientId::from(audience.as_str())).await?.is_some();
            if is_another { Err(ExchangeRefused::AnothersAudience(audience.clone())) } else { Ok(Some(audience.clone())) }
        }
    }
}

/// A token that is about to be signed.
struct Draft<'a> {
    app: &'a App,
    app_client: &'a AppClient,
    from: Subject,
    act: Option<Actor>,
    audience: Option<String>,
    scopes: Vec<String>,
    /// What the pool's function changes.
    overrides: Option<Overrides>,
}

impl Draft<'_> {
    /// Has the pool's function change what the token says, if it has one.
    async fn judge(&mut self) -> Result<(), TriggerRefused> {
        let (from, scope) = (&self.from, self.scopes.join(" "));
        let changed = tokens::change(self.app, self.app_client, &from.user, &from.groups, &scope, TokensFor::SignIn).await?;
        if let Some(changed) = changed {
            (self.from.groups, self.overrides) = (changed.groups, Some(changed.overrides));
        }
        Ok(())
    }

    /// When the token ends: no later than what it comes from.
    fn ends(&self, wanted: TokenKind) -> Result<Timestamp, Failed> {
        let configuration = &self.app_client.client.configuration;
        let lifetime = match wanted {
            TokenKind::Access => configuration.access_token_lifetime(),
            TokenKind::Id => configuration.id_token_lifetime(),
        };
        Ok(self.app.now().plus(lifetime.map_err(Failed::because)?).min(self.from.expires_at))
    }

    async fn sign(mut self, wanted: TokenKind, ends: Timestamp) -> Result<Issued, ExchangeRefused> {
        let (app, app_client) = (self.app, self.app_client);
        let gone = || ExchangeRefused::NoSuchClient(app_client.gone());
        let keys = pool_keys::load(app, &app_client.pool.id).await?.ok_or_else(gone)?;
        let now = app.now();
        let token = match (wanted, self.overrides.take()) {
            (TokenKind::Access, None) => keys.current.sign(&self.access(now, ends)),
            (TokenKind::Id, None) => keys.current.sign(&self.id(now, ends)),
            (TokenKind::Access, Some(overrides)) => {
                let mut changed = overrides.of_access(members(&self.access(now, ends))?);
                // No function unbinds it.
                changed.extend(self.audience.clone().map(|audience| ("aud".to_owned(), Value::String(audience))));
                let scope = changed.get("scope").and_then(Value::as_str).unwrap_or_default();
                self.scopes = scope.split_whitespace().map(str::to_owned).collect();
                keys.current.sign(&changed)
            }
            (TokenKind::Id, Some(overrides)) => keys.current.sign(&overrides.of_id(members(&self.id(now, ends))?)),
        };
        Ok(Issued { token: token.map_err(Failed::because)?, lifetime: ends.since(now), scopes: self.scopes })
    }

    fn access(&self, now: Timestamp, ends: Timestamp) -> AccessClaims {
        let (app, from) = (self.app, &self.from);
        AccessClaims {
            sub: from.user.id.clone(),
            groups: from.groups.groups.clone(),
            iss: app.issuer(&self.app_client.pool.id),
            client_id: self.app_client.client.id.clone(),
            // It ends with the sign-in that it comes from.
            origin_jti: from.origin_jti.clone(),
            event_id: ids::uuid(&mut app.rng()),
            token_use: ACCESS.to_owned(),
            scope: self.scopes.join(" "),
            auth_time: from.authenticated_at,
            // Who holds it is another, who proved nothing.
            acr: None,
            amr: Vec::new(),
            exp: ends.seconds(),
            iat: now.seconds(),
            jti: ids::uuid(&mut app.rng()),
            username: from.user.username.clone(),
            device_key: None,
            aud: self.audience.clone(),
            act: self.act.clone(),
        }
    }

    fn id(&self, now: Timestamp, ends: Timestamp) -> IdClaims {
        let (app, from) = (self.app, &self.from);
        IdClaims {
            sub: from.user.id.clone(),
            groups: from.groups.groups.clone(),
            roles: from.groups.roles.clone(),
            preferred_role: from.groups.preferred_role.clone(),
            iss: app.issuer(&self.app_client.pool.id),
            username: from.user.username.clone(),
            origin_jti: from.origin_jti.clone(),
            aud: self.audience.as_deref().map_or_else(|| self.app_client.client.id.clone(), ClientId::from),
            nonce: None,
            at_hash: None,
            sid: None,
            event_id: ids::uuid(&mut app.rng()),
            token_use: ID.to_owned(),
            auth_time: from.authenticated_at,
            // Who holds it is another, who proved nothing.
            acr: None,
            amr: Vec::new(),
            exp: ends.seconds(),
            iat: now.seconds(),
            jti: ids::uuid(&mut app.rng()),
            act: self.act.clone(),
            attributes: match &from.tells {
                Tells::Scopes(scopes) => attribute_claims(self.app_client, &from.user, Scopes::granted(Some(scopes))),
                Tells::Attributes(told) => {
                    let all = attribute_claims(self.app_client, &from.user, Scopes::granted(None));
                    all.into_iter().filter(|(name, _)| told.contains(name)).collect()
                }
            },
        }
    }
}
