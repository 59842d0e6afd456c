//! Tokens of the pool's providers in an exchange: whose they are here, what they are good for, and that they are used.
//!
//! Source: API reference, GetDerivedToken, SubjectTokenProviderName: "validate it against that provider's configuration".

use serde_json::Value;

use super::presented::{PartyRefused, Subject, Tells};
use super::{ExchangeRefused, MOST_ACTORS, TokenKind};
use crate::context::App;
use crate::crypto::ids;
use crate::federation::BroughtKind;
use crate::flows::clients::AppClient;
use crate::flows::federation::brought::{self, BroughtRefused, Token, Word};
use crate::flows::issue;
use crate::kit::causes::Causes;
use crate::kit::clock::Timestamp;
use crate::store::{self, StoreError, tokens};
use crate::tokens::claims::Actor;
use crate::userpools::group::GroupClaims;

/// The longest that an actor's names are, in characters: they go on in tokens.
const LONGEST_NAME: usize = 512;

/// A token of a provider's.
pub struct ProvidedToken {
    /// The text.
    pub text: String,
    /// What it is said to be.
    pub kind: ProvidedKind,
    /// The provider's name in the pool.
    pub provider: String,
}

/// What a provider's token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvidedKind {
    /// A JWT.
    Jwt(TokenKind),
    /// A SAML assertion.
    Assertion,
}

/// The user of a provider's token, who is one of the pool's.
///
/// SECURITY: the scopes that a provider gave are of its own realm, whatever they are called: none of them is the pool's.
///
/// # Errors
/// [`PartyRefused`].
pub(super) async fn subject(app: &App, app_client: &AppClient, token: &ProvidedToken) -> Result<(Subject, Word), PartyRefused> {
    let word = verified(app, app_client, token).await?;
    let pool_id = &app_client.pool.id;
    let found = app
        .read(async |tx| {
            let Some(user) = word.user(tx).await? else { return Ok(None) };
            let memberships = store::groups::memberships(tx, pool_id, &user.id).await?;
            Ok::<_, StoreError>(Some((user, memberships)))
        })
        .await?;
    let (user, memberships) = found.ok_or(PartyRefused::NoSuchUser)?;
    if !user.enabled {
        return Err(PartyRefused::UserDisabled);
    }
    let act = word.act.as_ref().map(|act| actors(act, &word.issuer).ok_or(PartyRefused::Invalid)).transpose()?;
    let subject = Subject {
        user,
        groups: GroupClaims::of(memberships),
        origin_jti: ids::uuid(&mut app.rng()),
        authenticated_at: word.authenticated_at.seconds(),
        expires_at: word.expires_at,
        scopes: Vec::new(),
        act,
        client_id: None,
        bound_to: None,
        tells: Tells::Attributes(word.tells()),
        tells_who: true,
    };
    Ok((subject, word))
}

/// Who acts by a provider's token, by the name that the provider has for them: a service need be nobody of the pool's.
///
/// # Errors
/// [`PartyRefused`].
pub(super) async fn actor(app: &App, app_client: &AppClient, token: &ProvidedToken) -> Result<(Actor, Word), PartyRefused> {
    let word = verified(app, app_client, token).await?;
    let actor = named(&word.subject, &word.issuer).ok_or(PartyRefused::Invalid)?;
    // Where they are somebody here, they may have been stopped.
    let user = app.read(async |tx| word.user(tx).await).await?;
    if user.is_some_and(|user| !user.enabled) { Err(PartyRefused::UserDisabled) } else { Ok((actor, word)) }
}

/// Uses the words of providers, and begins the sign-in that the subject's token comes from from now on, by which it is revoked: its
/// refresh token is nobody's.
///
/// # Errors
/// [`ExchangeRefused`].
pub(super) async fn begin(
    app: &App,
    app_client: &AppClient,
    (from, of_subject): (&Subject, Option<&Word>),
    of_actor: Option<&Word>,
    ends: Timestamp,
) -> Result<(), ExchangeRefused> {
    let (mut family, _) = issue::new_family(app, app_client, &from.user.id, None)?;
    family.origin_jti.clone_from(&from.origin_jti);
    family.authenticated_at = Timestamp::from_seconds(from.authenticated_at);
    family.expires_at = ends;
    family.scope = Some(String::new());
    app.write(async |tx| {
        if let Some(word) = of_subject {
            let refused = |refused: PartyRefused| refused.named(ExchangeRefused::Subject);
            word.spend(tx).await.map_err(|why| refused(party(app_client, word.provider(), why)))?;
            // The link, or the user, may be gone since they were found.
            let user = word.user(tx).await?.filter(|user| user.id == from.user.id);
            let user = user.ok_or_else(|| refused(PartyRefused::NoSuchUser))?;
            if !user.enabled {
                return Err(refused(PartyRefused::UserDisabled));
            }
            if !tokens::insert_family(tx, &family).await? {
                return Err(ExchangeRefused::NoSuchClient(app_client.gone()));
            }
        }
        if let Some(word) = of_actor {
            let refused = |refused: PartyRefused| refused.named(ExchangeRefused::Actor);
            word.spend(tx).await.map_err(|why| refused(party(app_client, word.provider(), why)))?;
            if word.user(tx).await?.is_some_and(|user| !user.enabled) {
                return Err(refused(PartyRefused::UserDisabled));
            }
        }
        Ok(())
    })
    .await
}

async fn verified(app: &App, app_client: &AppClient, token: &ProvidedToken) -> Result<Word, PartyRefused> {
    let brought = match token.kind {
        ProvidedKind::Jwt(TokenKind::Access) => Token::Jwt(BroughtKind::Access, &token.text),
        ProvidedKind::Jwt(TokenKind::Id) => Token::Jwt(BroughtKind::Id, &token.text),
        ProvidedKind::Assertion => Token::Assertion(&token.text),
    };
    let verified = brought::verified(app, app_client, &token.provider, brought).await;
    verified.map_err(|refused| party(app_client, &token.provider, refused))
}

/// The refusal of a provider's word. Why it is not believed is for the pool's people.
fn party(app_client: &AppClient, provider: &str, refused: BroughtRefused) -> PartyRefused {
    let pool_id = &app_client.pool.id;
    match refused {
        BroughtRefused::NoSuchProvider => PartyRefused::NoSuchProvider(provider.to_owned()),
        BroughtRefused::OtherKind => PartyRefused::OtherKind(provider.to_owned()),
        BroughtRefused::NotBelieved(why) => {
            tracing::warn!(%pool_id, provider, error = %Causes(&why), "a provider's token is not believed");
            PartyRefused::Invalid
        }
        BroughtRefused::Unverified(why) => {
            tracing::warn!(%pool_id, provider, error = %Causes(&why), "a provider's token cannot be verified");
            PartyRefused::Unverified
        }
        BroughtRefused::Expired => PartyRefused::Expired,
        BroughtRefused::Spent => PartyRefused::Spent,
        BroughtRefused::Trigger(refused) => PartyRefused::Trigger(refused),
        BroughtRefused::Failed(failed) => PartyRefused::Failed(failed),
    }
}

/// Who acts by a provider's own words, the outermost first; `None` where they are no such words. Of more than a token can have, one more
/// is read, so that they are seen to be too many.
fn actors(act: &Value, issuer: &str) -> Option<Actor> {
    let links = std::iter::successors(Some(act), |act| act.get("act"));
    let named = links.take(MOST_ACTORS + 1).map(|act| {
        let issuer = act.get("iss").map_or(Some(issuer), Value::as_str)?;
        named(act.get("sub")?.as_str()?, issuer)
    });
    let all: Vec<Actor> = named.collect::<Option<_>>()?;
    all.into_iter().rev().fold(None, |before, actor| Some(Actor { act: before.map(Box::new), ..actor }))
}

/// An actor by a provider's name (RFC 8693 §4.1: "iss" and "sub" identify together).
fn named(sub: &str, issuer: &str) -> Option<Actor> {
    let fits = [sub, issuer].iter().all(|name| !name.is_empty() && name.chars().count() <= LONGEST_NAME);
    fits.then(|| Actor { iss: Some(issuer.to_owned()), sub: sub.to_owned(), client_id: None, act: None })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_acts_at_a_provider_is_read_to_the_last_or_not_at_all() {
        let read = |act: Value| actors(&act, "https://op.example").map(|actor| serde_json::to_value(actor).unwrap());
        assert_eq!(
            read(json!({"sub": "a", "client_id": "x", "exp": 1, "act": {"sub": "b", "iss": "https://other.example"}})),
            Some(json!({"iss": "https://op.example", "sub": "a", "act": {"iss": "https://other.example", "sub": "b"}}))
        );
        let chain = |count: usize| {
            (0..count).fold(Value::Null, |act, number| {
                if act.is_null() { json!({"sub": number.to_string()}) } else { json!({"sub": number.to_string(), "act": act}) }
            })
        };
        for (count, depth) in [(1, 1), (5, 5), (6, 6), (40, 6)] {
            assert_eq!(actors(&chain(count), "i").unwrap().depth(), depth, "{count}");
        }
        for wrong in [
            json!(null),
            json!("a"),
            json!({}),
            json!({"sub": ""}),
            json!({"sub": 1}),
            json!({"sub": "a", "iss": 1}),
            json!({"sub": "a", "act": null}),
            json!({"sub": "a", "act": {"iss": "b"}}),
            json!({"sub": "x".repeat(513)}),
        ] {
            assert_eq!(read(wrong.clone()), None, "{wrong}");
        }
    }
}
