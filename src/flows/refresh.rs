//! REFRESH_TOKEN_AUTH and GetTokensFromRefreshToken: new tokens of a sign-in that goes on.

use super::clients::{AppClient, NoSuchClient, SecretRefused};
use super::entrance::Entrance;
use super::failed::{Failed, fails_with_the_store};
use super::issue::{self, Issue, Tokens, refuses_to_issue};
use super::refresh_token::{self, Presented};
use super::triggers::TriggerRefused;
use super::triggers::tokens::TokensFor;
use super::whence::Whence;
use super::{devices, sessions};
use crate::context::App;
use crate::store::tokens::{self, FamilyOfMember, TokenFamily};
use crate::store::{Conn, StoreError};
use crate::tokens::claims::USER_ADMIN_SCOPE;
use crate::userpools::group::GroupClaims;
use crate::userpools::refresh_rotation::{Standing, standing};
use crate::userpools::scopes::{self, NoSuchScope};
use crate::userpools::user::User;

/// Why a sign-in is not refreshed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshRefused {
    /// The client does not take refresh tokens.
    #[error("refreshing is not enabled for the client")]
    Disabled,
    /// Not a refresh token of this client.
    #[error("not a refresh token of this client")]
    Invalid,
    /// A token that another has followed.
    #[error("the refresh token has been followed by another")]
    Reused,
    /// The sign-in was ended.
    #[error("the sign-in was revoked")]
    Revoked,
    /// Past its time.
    #[error("the refresh token has expired")]
    Expired,
    /// A scope that the sign-in has not.
    #[error(transparent)]
    Scope(#[from] NoSuchScope),
    /// A resource that the sign-in is not for (RFC 8707 §2.2).
    #[error("the sign-in is for another resource")]
    Resource,
    /// The user may not sign in.
    #[error("the user is disabled")]
    UserDisabled,
    /// The caller does not know the client's secret.
    #[error(transparent)]
    Secret(#[from] SecretRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(RefreshRefused);

refuses_to_issue!(RefreshRefused);

/// Refreshes by InitiateAuth, whose answer has no other refresh token.
///
/// # Errors
/// [`RefreshRefused`]; never [`RefreshRefused::Reused`], for which it has no error.
pub async fn refresh(entrance: &Entrance<'_>, token: &str) -> Result<Tokens, RefreshRefused> {
    let (app, app_client, whence) = (entrance.app, &entrance.app_client, entrance.whence);
    if !app_client.client.configuration.allows_refresh_by_initiate_auth() {
        return Err(RefreshRefused::Disabled);
    }
    let asked = Asked { app, app_client, token: refresh_token::read(token).ok_or(RefreshRefused::Invalid)? };
    let found = app.read(async |tx| asked.find(tx).await).await?;
    let (family, user, groups) = asked.genuine(found)?;
    entrance.check_secret_hash(&[&user.username, user.id.as_str()])?;
    if asked.standing(&family)? != Standing::Current {
        // Another followed it while the client had them rotate.
        app.write(async |tx| tokens::revoke_family(tx, &family.pool_id, &family.origin_jti, app.now()).await).await?;
        return Err(RefreshRefused::Revoked);
    }
    asked.goes_on(&family, &user)?;
    asked.check_device(&family, whence).await?;
    sessions::used(app, &app_client.pool, &family, whence).await?;
    Ok(issue::tokens(app, app_client, &user, groups, Issue::of(&family, None, TokensFor::Refresh)).await?)
}

/// Refreshes by GetTokensFromRefreshToken, whose answer has the refresh token that follows, where the client has them rotate.
///
/// # Errors
/// [`RefreshRefused`].
pub async fn exchange(app: &App, app_client: &AppClient, token: &str, whence: Whence<'_>) -> Result<Tokens, RefreshRefused> {
    let configuration = &app_client.client.configuration;
    if !configuration.rotates_refresh_tokens() && !configuration.allows_refresh_by_initiate_auth() {
        return Err(RefreshRefused::Disabled);
    }
    go_on(app, app_client, token, Wanted::default(), whence).await
}

/// What a client names of what it was granted.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Fewer scopes (RFC 6749 §6).
    pub scope: Option<&'a str>,
    /// The resource that the tokens are for, again (RFC 8707 §2.2).
    pub resource: Option<&'a str>,
}

/// The same at the token endpoint, which gives refresh tokens to the clients that use it, and takes them (RFC 6749 §6).
///
/// # Errors
/// [`RefreshRefused`].
pub async fn at_token_endpoint(
    app: &App,
    app_client: &AppClient,
    token: &str,
    wanted: Wanted<'_>,
    whence: Whence<'_>,
) -> Result<Tokens, RefreshRefused> {
    if !app_client.client.configuration.allowed_oauth_flows_user_pool_client {
        return Err(RefreshRefused::Disabled);
    }
    go_on(app, app_client, token, wanted, whence).await
}

async fn go_on(app: &App, app_client: &AppClient, token: &str, wanted: Wanted<'_>, whence: Whence<'_>) -> Result<Tokens, RefreshRefused> {
    let configuration = &app_client.client.configuration;
    let asked = Asked { app, app_client, token: refresh_token::read(token).ok_or(RefreshRefused::Invalid)? };
    let found = app.read(async |tx| asked.find(tx).await).await?;
    // What is no token at all is refused before anything is locked for it.
    let (family, user, groups) = asked.genuine(found)?;
    if wanted.resource.is_some() && wanted.resource != family.resource.as_deref() {
        return Err(RefreshRefused::Resource);
    }
    let narrowed = wanted.scope.map(|scope| scopes::narrow(scope, family.scope.as_deref().unwrap_or(USER_ADMIN_SCOPE))).transpose()?;
    if !configuration.rotates_refresh_tokens() && asked.standing(&family)? == Standing::Current {
        asked.goes_on(&family, &user)?;
        asked.check_device(&family, whence).await?;
        sessions::used(app, &app_client.pool, &family, whence).await?;
        let issue = Issue { narrowed, ..Issue::of(&family, None, TokensFor::Refresh) };
        return Ok(issue::tokens(app, app_client, &user, groups, issue).await?);
    }
    asked.check_device(&family, whence).await?;
    // Reuse is a refusal that is remembered.
    let (family, user, groups) = app.write(async |tx| asked.take(tx).await).await??;
    sessions::used(app, &app_client.pool, &family, whence).await?;
    let next = Some(refresh_token::of_generation(app, &family, family.generation));
    let issue = Issue { narrowed, ..Issue::of(&family, next, TokensFor::Refresh) };
    Ok(issue::tokens(app, app_client, &user, groups, issue).await?)
}

type Refreshed = (TokenFamily, User, GroupClaims);

/// A refresh token that is to be used.
struct Asked<'a> {
    app: &'a App,
    app_client: &'a AppClient,
    token: Presented<'a>,
}

impl Asked<'_> {
    async fn find(&self, tx: &mut Conn) -> Result<Option<FamilyOfMember>, StoreError> {
        tokens::find_family_of_member(tx, &self.app_client.pool.id, self.token.origin_jti).await
    }

    /// The transaction: the sign-in as it is when the token was used, its newest token counted.
    ///
    /// SECURITY: whose token is used again although another followed it, may have stolen it, or been stolen from. Which of the two
    /// cannot be told, so the sign-in ends (RFC 9700 §4.14.2).
    async fn take(&self, tx: &mut Conn) -> Result<Result<Refreshed, RefreshRefused>, RefreshRefused> {
        let found = self.find(tx).await?;
        let (mut family, user, groups) = self.genuine(found)?;
        let standing = self.standing(&family)?;
        if standing == Standing::Reused {
            tokens::revoke_family(tx, &family.pool_id, &family.origin_jti, self.app.now()).await?;
            return Ok(Err(RefreshRefused::Reused));
        }
        self.goes_on(&family, &user)?;
        if standing == Standing::Current {
            if !tokens::rotate(tx, &family, self.app.now()).await? {
                return Err(RefreshRefused::Revoked);
            }
            family.generation = family.generation.saturating_add(1);
        }
        Ok(Ok((family, user, groups)))
    }

    /// The sign-in, if the token is one that it was given.
    fn genuine(&self, found: Option<FamilyOfMember>) -> Result<Refreshed, RefreshRefused> {
        let FamilyOfMember { family, user, memberships } = found.ok_or(RefreshRefused::Invalid)?;
        // SECURITY: bound to the client that it was given to (RFC 6749 §10.4).
        if !self.token.is_genuine(self.app, &family) || family.client_id != self.app_client.client.id {
            return Err(RefreshRefused::Invalid);
        }
        Ok((family, user, GroupClaims::of(memberships)))
    }

    /// SECURITY: what was given to a remembered device serves that device, while it is remembered.
    async fn check_device(&self, family: &TokenFamily, whence: Whence<'_>) -> Result<(), RefreshRefused> {
        let may = devices::may_refresh(self.app, &self.app_client.pool, family, whence.device_key).await?;
        if may { Ok(()) } else { Err(RefreshRefused::Invalid) }
    }

    fn standing(&self, family: &TokenFamily) -> Result<Standing, RefreshRefused> {
        let grace = self.app_client.client.configuration.rotation_grace();
        standing(self.token.generation, family.generation, family.rotated_at, grace, self.app.now()).ok_or(RefreshRefused::Invalid)
    }

    fn goes_on(&self, family: &TokenFamily, user: &User) -> Result<(), RefreshRefused> {
        // Disabling revokes too: what the user is told is the cause.
        if !user.enabled {
            return Err(RefreshRefused::UserDisabled);
        }
        if family.revoked_at.is_some() {
            return Err(RefreshRefused::Revoked);
        }
        if self.app.now() >= family.expires_at { Err(RefreshRefused::Expired) } else { Ok(()) }
    }
}
