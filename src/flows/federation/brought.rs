//! Tokens of a provider that somebody brings to have them exchanged: no browser left for them, and nobody is made a user by them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::user::{Whom, Words, find, whom};
use super::{FederationRefused, party, saml, usable};
use crate::context::App;
use crate::crypto::digest::{hex, sha256};
use crate::federation::{Brought, BroughtKind, NotBelieved, Said, TokenNotTaken, saml::SamlRefused};
use crate::flows::clients::AppClient;
use crate::flows::failed::{Failed, fails_with_the_store};
use crate::flows::triggers::TriggerRefused;
use crate::kit::clock::Timestamp;
use crate::store::{Conn, StoreError, identity_providers, spent_assertions};
use crate::userpools::attributes::ADDRESSES;
use crate::userpools::identity_provider::{IdentityProvider, ProviderSecrets, ProviderType};
use crate::userpools::user::User;

/// Beyond any year that a calendar has, in seconds.
const LATEST: f64 = 1e12;

/// What is brought.
#[derive(Clone, Copy)]
pub enum Token<'a> {
    /// A JWT of a provider that speaks OpenID Connect.
    Jwt(BroughtKind, &'a str),
    /// A SAML assertion.
    Assertion(&'a str),
}

/// Why a provider's token is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BroughtRefused {
    /// No provider of this client's has the name, or has it any more.
    #[error("no such identity provider of the client")]
    NoSuchProvider,
    /// The provider has no tokens of this kind, or none that are exchanged.
    #[error("the provider has no tokens of this kind")]
    OtherKind,
    /// It is not the provider's, for another, or tells of nobody.
    #[error(transparent)]
    NotBelieved(NotBelieved),
    /// The provider, or its settings, leave it open whether it is.
    #[error(transparent)]
    Unverified(NotBelieved),
    /// It had its time.
    #[error("the token has expired")]
    Expired,
    /// It served before.
    #[error("the assertion was used")]
    Spent,
    /// A function of the pool does not take it.
    #[error(transparent)]
    Trigger(TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(BroughtRefused);

impl From<NotBelieved> for BroughtRefused {
    fn from(refused: NotBelieved) -> Self {
        match refused {
            NotBelieved::Saml(SamlRefused::Expired) => Self::Expired,
            NotBelieved::IdToken(_) | NotBelieved::Saml(_) => Self::NotBelieved(refused),
            NotBelieved::Unreached { .. } | NotBelieved::Answer(_) | NotBelieved::Refused(_) | NotBelieved::Settings(_) => {
                Self::Unverified(refused)
            }
        }
    }
}

impl From<TokenNotTaken> for BroughtRefused {
    fn from(refused: TokenNotTaken) -> Self {
        match refused {
            TokenNotTaken::Expired => Self::Expired,
            TokenNotTaken::NotBelieved(refused) => refused.into(),
        }
    }
}

impl From<FederationRefused> for BroughtRefused {
    fn from(refused: FederationRefused) -> Self {
        match refused {
            FederationRefused::NoSuchProvider => Self::NoSuchProvider,
            FederationRefused::NotBelieved(refused) => refused.into(),
            FederationRefused::NoSubject => NotBelieved::IdToken("it tells of nobody").into(),
            FederationRefused::Trigger(refused) => Self::Trigger(refused),
            FederationRefused::Failed(failed) => Self::Failed(failed),
            // Those are of browsers, and of users who are made.
            refused => Self::Failed(Failed::because(refused)),
        }
    }
}

/// What a provider says by a token that holds.
pub struct Word {
    /// The provider, as it calls itself.
    pub issuer: String,
    /// Whom it names, as it calls them.
    pub subject: String,
    /// When they proved who they are, as far as it says; not after now.
    pub authenticated_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// Who acts in their stead (`act`), in its words.
    pub act: Option<Value>,
    provider: IdentityProvider,
    whom: Whom,
    /// What serves once, and until when it would serve again.
    once: Option<(String, Timestamp)>,
}

impl Word {
    /// The provider's name in the pool.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider.name
    }

    /// The user of the pool whom it names: whom a sign-in through the provider would be of. Nobody is made one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user(&self, tx: &mut Conn) -> Result<Option<User>, StoreError> {
        Ok(find(tx, &self.provider, &self.whom, Words::OneToken).await?.map(|known| known.user))
    }

    /// The attributes of the pool's that it tells, and what is verified of them.
    #[must_use]
    pub fn tells(&self) -> BTreeSet<String> {
        let told = &self.whom.attributes;
        let verified = ADDRESSES.into_iter().filter(|(address, _)| told.contains_key(*address)).map(|(_, verified)| verified.to_owned());
        told.keys().cloned().chain(verified).collect()
    }

    /// Uses it, in the transaction that records what it is used for.
    ///
    /// SECURITY: the provider must be what it was when its word was verified. An assertion serves once: of two who bring it at once, one
    /// does.
    ///
    /// # Errors
    /// [`BroughtRefused::NoSuchProvider`], [`BroughtRefused::Spent`].
    pub async fn spend(&self, tx: &mut Conn) -> Result<(), BroughtRefused> {
        let now = identity_providers::find(tx, &self.provider.pool_id, &self.provider.name).await?;
        let is_same = |now: &IdentityProvider| {
            now.kind == self.provider.kind
                && now.configuration == self.provider.configuration
                && now.created_at == self.provider.created_at
                && now.modified_at == self.provider.modified_at
        };
        if !now.as_ref().is_some_and(is_same) {
            return Err(BroughtRefused::NoSuchProvider);
        }
        match &self.once {
            Some((hash, until)) if !spent_assertions::insert(tx, &self.provider.pool_id, hash, *until).await? => Err(BroughtRefused::Spent),
            _ => Ok(()),
        }
    }
}

/// What a provider of the client's says by a token.
///
/// # Errors
/// [`BroughtRefused`].
pub async fn verified(app: &App, app_client: &AppClient, name: &str, token: Token<'_>) -> Result<Word, BroughtRefused> {
    let provider = usable(app, app_client, name).await?;
    match (provider.kind, token) {
        (ProviderType::Oidc, Token::Jwt(kind, text)) => by_jwt(app, app_client, provider, kind, text).await,
        (ProviderType::Saml, Token::Assertion(text)) => by_assertion(app, app_client, provider, text).await,
        _ => Err(BroughtRefused::OtherKind),
    }
}

async fn by_jwt(
    app: &App,
    app_client: &AppClient,
    provider: IdentityProvider,
    kind: BroughtKind,
    text: &str,
) -> Result<Word, BroughtRefused> {
    let (secrets, now) = (ProviderSecrets::default(), app.now());
    let endpoints = app.federation.endpoints(&party(&provider, &secrets, ""), now).await?;
    let (issuer, jwks_uri) = endpoints.tokens.ok_or(BroughtRefused::OtherKind)?;
    let client_id = provider.configuration.details.get("client_id").filter(|id| !id.is_empty());
    let client_id = client_id.ok_or(NotBelieved::Settings("client_id is missing"))?;
    let own_issuer = app.issuer(&provider.pool_id);
    let brought = Brought { kind, issuer: &issuer, jwks_uri: &jwks_uri, client_id, own_issuer: &own_issuer };
    let claims = app.federation.brought_token(text, &brought, now).await?;
    let subject = claims.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty());
    let subject = subject.ok_or(NotBelieved::IdToken("it tells of nobody"))?.to_owned();
    // When an access token was made says nothing of when its user was there: it may be the hundredth of a sign-in.
    let made_at = || moment(&claims, "iat").filter(|_| kind == BroughtKind::Id);
    let authenticated_at = moment(&claims, "auth_time").or_else(made_at).unwrap_or_default().min(now);
    let expires_at = moment(&claims, "exp").ok_or(BroughtRefused::Expired)?;
    let act = claims.get("act").cloned();
    let said = match kind {
        BroughtKind::Id => Said { id_token: Some(claims), ..Said::default() },
        BroughtKind::Access => Said { user_info: Some(claims), ..Said::default() },
    };
    let whom = whom(app, app_client, &provider, &said).await?;
    Ok(Word { issuer, subject, authenticated_at, expires_at, act, provider, whom, once: None })
}

async fn by_assertion(app: &App, app_client: &AppClient, provider: IdentityProvider, text: &str) -> Result<Word, BroughtRefused> {
    let (issuer, assertion) = saml::brought(app, &app_client.pool, &provider, text).await?;
    let (subject, authenticated_at) = (assertion.name_id.value.clone(), assertion.authenticated_at.min(app.now()));
    // Nothing is added to its end: who has one that is over has it for longer than its provider meant.
    let expires_at = assertion.valid_until;
    if expires_at <= app.now() {
        return Err(BroughtRefused::Expired);
    }
    // By the provider's own name, so that it serves once by whatever name the pool has the provider.
    let hash = hex(&sha256(&[issuer.as_bytes(), b"\0", assertion.id.as_bytes()]));
    let once = Some((hash, assertion.remember_until));
    let said = Said { assertion: Some(saml::claims(assertion)), ..Said::default() };
    let whom = whom(app, app_client, &provider, &said).await?;
    Ok(Word { issuer, subject, authenticated_at, expires_at, act: None, provider, whom, once })
}

/// A moment that a claim names, in whole seconds.
fn moment(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let seconds = claims.get(name)?.as_f64()?.clamp(0.0, LATEST);
    #[expect(clippy::cast_possible_truncation, reason = "it is far below 2^63, and a second that has not ended is none")]
    let seconds = seconds as i64;
    Some(Timestamp::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::flows::clients;
    use crate::testing::{TestApp, TestProvider};

    #[actix_web::test]
    async fn a_word_is_used_while_its_provider_is_what_it_was() {
        let app = TestApp::dev().await;
        let (pool, provider) = (app.pool().await, TestProvider::start(&app).await);
        provider.join(&pool, "Corp", json!({})).await;
        let app_client = clients::find(&app.app, &pool.client_id).await.unwrap().unwrap();
        let text = provider.id_token(json!({}));
        let said = async || verified(&app.app, &app_client, "Corp", Token::Jwt(BroughtKind::Id, &text)).await.unwrap();
        let is_gone = async |word: &Word| {
            let used = app.app.write(async |tx| word.spend(tx).await).await;
            matches!(used, Err(BroughtRefused::NoSuchProvider))
        };
        let word = said().await;
        assert!(!is_gone(&word).await && !is_gone(&word).await, "a JWT holds until it is over");
        pool.admin("UpdateIdentityProvider", json!({"ProviderName": "Corp", "AttributeMapping": {"name": "name"}})).await.ok();
        assert!(is_gone(&word).await, "it is believed otherwise now");
        let word = said().await;
        assert!(!is_gone(&word).await);
        pool.admin("DeleteIdentityProvider", json!({"ProviderName": "Corp"})).await.ok();
        assert!(is_gone(&word).await);
        app.advance(Duration::from_secs(1));
        provider.join(&pool, "Corp", json!({"name": "name"})).await;
        assert!(is_gone(&word).await, "another of the same name");
    }
}
