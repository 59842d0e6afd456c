//! The tokens that an exchange is given: of the pool itself, whose they are, and what they are good for.

use std::collections::BTreeSet;

use super::provided::{self, ProvidedToken};
use super::{ExchangeRefused, TokenKind};
use crate::context::App;
use crate::flows::clients::{self, AppClient};
use crate::flows::failed::{Failed, fails_with_the_store};
use crate::flows::federation::brought::Word;
use crate::flows::pool_keys;
use crate::flows::triggers::TriggerRefused;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId};
use crate::store::{self, StoreError};
use crate::tokens::claims::{AccessClaims, Actor, IdClaims, USER_ADMIN_SCOPE};
use crate::tokens::keys::PublicKey;
use crate::tokens::verify::{RawJwt, TokenRefused};
use crate::userpools::group::{GroupClaims, Membership};
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// What somebody presents as a token.
pub enum PresentedToken {
    /// One of the pool's own.
    Own {
        /// The text.
        text: String,
        /// What it is said to be.
        kind: TokenKind,
    },
    /// One of a provider of the pool's.
    Provided(ProvidedToken),
}

/// Why a token is not believed.
#[derive(Debug, thiserror::Error)]
pub enum PartyRefused {
    /// Not one of this pool, or of another kind.
    #[error("not a token of this pool of that kind")]
    Invalid,
    /// Past its time.
    #[error("expired")]
    Expired,
    /// The sign-in that it comes from is over, or the user or the client is gone.
    #[error("revoked")]
    Revoked,
    /// The user may not do anything.
    #[error("the user is disabled")]
    UserDisabled,
    /// The client takes no tokens of a provider of this name.
    #[error("no identity provider {0} of the client")]
    NoSuchProvider(String),
    /// The provider has no tokens of the kind that this is said to be.
    #[error("the identity provider {0} has no tokens of that kind that are exchanged")]
    OtherKind(String),
    /// The provider is not reached, or its settings are none.
    #[error("it could not be verified")]
    Unverified,
    /// It served before, and serves once.
    #[error("used before")]
    Spent,
    /// The provider knows them, and the pool does not.
    #[error("no such user")]
    NoSuchUser,
    /// A function of the pool does not take it.
    #[error(transparent)]
    Trigger(TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(PartyRefused);

impl PartyRefused {
    /// As the refusal of an exchange.
    pub(super) fn named(self, of: fn(Self) -> ExchangeRefused) -> ExchangeRefused {
        match self {
            Self::Failed(failed) => ExchangeRefused::Failed(failed),
            Self::Trigger(refused) => ExchangeRefused::Trigger(refused),
            refused => of(refused),
        }
    }
}

impl From<TokenRefused> for PartyRefused {
    fn from(refused: TokenRefused) -> Self {
        match refused {
            TokenRefused::Expired => Self::Expired,
            TokenRefused::Malformed
            | TokenRefused::UnknownKey
            | TokenRefused::BadSignature
            | TokenRefused::WrongUse
            | TokenRefused::WrongIssuer => Self::Invalid,
        }
    }
}

/// The scopes of access tokens that tell who the user is.
const TELLING: [&str; 2] = ["openid", USER_ADMIN_SCOPE];

/// A user, by their token, whose sign-in goes on.
pub(super) struct Subject {
    pub user: User,
    pub groups: GroupClaims,
    pub origin_jti: String,
    pub authenticated_at: i64,
    pub expires_at: Timestamp,
    /// An ID token has none.
    pub scopes: Vec<String>,
    pub act: Option<Actor>,
    /// The client that the token was given to; of one that is bound, whom it is for; of a provider's, nobody of the pool.
    pub client_id: Option<ClientId>,
    /// Whom it is for, where that is no client of the pool.
    pub bound_to: Option<String>,
    /// What it tells of the user, beside who they are.
    pub tells: Tells,
    /// Whether it tells who the user is: an ID token, or an access token with the scope for that.
    pub tells_who: bool,
}

/// What a token tells of its user: no other that is made of it tells more.
pub(super) enum Tells {
    /// By scopes.
    Scopes(String),
    /// These attributes.
    Attributes(BTreeSet<String>),
}

/// What a user's token says.
enum Claims {
    Access(AccessClaims),
    Id(IdClaims),
}

/// The user of a token, and the word of the provider that it is of.
///
/// # Errors
/// [`PartyRefused`].
pub(super) async fn subject(app: &App, app_client: &AppClient, token: &PresentedToken) -> Result<(Subject, Option<Word>), PartyRefused> {
    match token {
        PresentedToken::Own { text, kind } => Ok((own_subject(app, &app_client.pool, text, *kind).await?, None)),
        PresentedToken::Provided(token) => {
            let (subject, word) = provided::subject(app, app_client, token).await?;
            Ok((subject, Some(word)))
        }
    }
}

/// Who acts by a token, and the word of the provider that it is of.
///
/// # Errors
/// [`PartyRefused`].
pub(super) async fn actor(app: &App, app_client: &AppClient, token: &PresentedToken) -> Result<(Actor, Option<Word>), PartyRefused> {
    match token {
        PresentedToken::Own { text, kind } => Ok((own_actor(app, &app_client.pool, text, *kind).await?, None)),
        PresentedToken::Provided(token) => {
            let (actor, word) = provided::actor(app, app_client, token).await?;
            Ok((actor, Some(word)))
        }
    }
}

/// The user of a token of this pool.
async fn own_subject(app: &App, pool: &Pool, text: &str, kind: TokenKind) -> Result<Subject, PartyRefused> {
    let raw = RawJwt::parse(text)?;
    let keys = keys_of(app, pool, &raw).await?;
    let issuer = app.issuer(&pool.id);
    let claims = match kind {
        TokenKind::Access => Claims::Access(raw.verify_access(&keys, &issuer, app.now())?),
        TokenKind::Id => Claims::Id(raw.verify_id(&keys, &issuer, app.now())?),
    };
    let (sub, origin_jti, told) = match &claims {
        Claims::Access(claims) => (&claims.sub, &claims.origin_jti, &claims.groups),
        Claims::Id(claims) => (&claims.sub, &claims.origin_jti, &claims.groups),
    };
    let (user, mut memberships) = holder(app, pool, sub, origin_jti).await?;
    // SECURITY: a function may have left groups out, and who left one meanwhile is in it no more.
    memberships.retain(|membership| told.contains(&membership.name));
    let groups = GroupClaims::of(memberships);
    Ok(match claims {
        Claims::Access(claims) => Subject {
            user,
            groups,
            bound_to: claims.bound_to().map(str::to_owned),
            tells_who: claims.scope.split_whitespace().any(|scope| TELLING.contains(&scope)),
            client_id: Some(claims.client_id),
            origin_jti: claims.origin_jti,
            authenticated_at: claims.auth_time,
            expires_at: Timestamp::from_seconds(claims.exp),
            scopes: claims.scope.split_whitespace().map(str::to_owned).collect(),
            tells: Tells::Scopes(claims.scope),
            act: claims.act,
        },
        Claims::Id(claims) => Subject {
            user,
            groups,
            bound_to: if clients::find_in(app, pool, &claims.aud).await?.is_some() { None } else { Some(claims.aud.to_string()) },
            tells_who: true,
            client_id: Some(claims.aud),
            origin_jti: claims.origin_jti,
            authenticated_at: claims.auth_time,
            expires_at: Timestamp::from_seconds(claims.exp),
            scopes: Vec::new(),
            tells: Tells::Attributes(claims.attributes.keys().cloned().collect()),
            act: claims.act,
        },
    })
}

/// Who acts by a token of this pool: a user, or an app client by its own token.
async fn own_actor(app: &App, pool: &Pool, text: &str, kind: TokenKind) -> Result<Actor, PartyRefused> {
    let raw = RawJwt::parse(text)?;
    let keys = keys_of(app, pool, &raw).await?;
    let issuer = app.issuer(&pool.id);
    let (sub, origin_jti, client_id) = match kind {
        TokenKind::Access => match raw.verify_machine(&keys, &issuer, app.now()) {
            Ok(claims) => {
                // A client that is gone acts no more.
                clients::find_in(app, pool, &claims.client_id).await?.ok_or(PartyRefused::Revoked)?;
                return Ok(Actor { iss: None, sub: claims.sub.into(), client_id: Some(claims.client_id), act: None });
            }
            // It is genuine, and not a machine's.
            Err(TokenRefused::Malformed) => {
                let claims = raw.verify_access(&keys, &issuer, app.now())?;
                (claims.sub, claims.origin_jti, claims.client_id)
            }
            Err(refused) => return Err(refused.into()),
        },
        TokenKind::Id => {
            let claims = raw.verify_id(&keys, &issuer, app.now())?;
            (claims.sub, claims.origin_jti, claims.aud)
        }
    };
    let (user, _) = holder(app, pool, &sub, &origin_jti).await?;
    Ok(Actor { iss: None, sub: user.id.into(), client_id: Some(client_id), act: None })
}

/// The keys of the pool, for a token that claims to come from it.
///
/// SECURITY: a token of another pool, even of the same account, is nobody's here.
async fn keys_of(app: &App, pool: &Pool, raw: &RawJwt<'_>) -> Result<Vec<PublicKey>, PartyRefused> {
    match pool_keys::claimed(app, raw).await? {
        Some((claimed, keys)) if claimed.id == pool.id => Ok(keys.public.clone()),
        _ => Err(PartyRefused::Invalid),
    }
}

/// The user of a sign-in that goes on, and the groups that they are in.
async fn holder(app: &App, pool: &Pool, sub: &UserId, origin_jti: &str) -> Result<(User, Vec<Membership>), PartyRefused> {
    let found = app
        .read(async |tx| {
            let Some(user) = store::users::find_by_family(tx, &pool.id, sub, origin_jti).await? else { return Ok(None) };
            let memberships = store::groups::memberships(tx, &pool.id, &user.id).await?;
            Ok::<_, StoreError>(Some((user, memberships)))
        })
        .await?;
    let (user, memberships) = found.ok_or(PartyRefused::Revoked)?;
    if user.enabled { Ok((user, memberships)) } else { Err(PartyRefused::UserDisabled) }
}
