//! Authorization codes: what a browser carries to a client, and the client exchanges for tokens (RFC 6749 §4.1).

use std::time::Duration;

use super::browser::SignedIn;
use super::clients::{AppClient, NoSuchClient};
use super::failed::{Failed, fails_with_the_store};
use super::issue::{self, Issue, Tokens, refuses_to_issue};
use super::sessions;
use super::triggers::TriggerRefused;
use super::triggers::tokens::TokensFor;
use super::whence::Whence;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserId;
use crate::store::authorization_codes::{self, AuthorizationCode, Grant};
use crate::store::browser_sessions::BrowserSession;
use crate::store::tokens::{self, TokenFamily};
use crate::store::{Conn, StoreError, browser_sessions, groups, users};
use crate::userpools::authorization::{Authorization, Return, verifies};
use crate::userpools::group::GroupClaims;
use crate::userpools::user::User;

/// How long a code serves. Source: Amazon Cognito developer guide, "Authorize endpoint": "The authorization code is valid for 5 minutes".
const VALID: Duration = Duration::from_secs(5 * 60);

/// How long it is known that a code was there, so that a second use ends what the first gave.
const KNOWN: Duration = Duration::from_secs(24 * 3600);

/// Why nothing is given for a sign-in.
#[derive(Debug, thiserror::Error)]
pub enum GrantRefused {
    /// The browser is signed out meanwhile, or the user may not do anything.
    #[error("the browser is signed out")]
    SignedOut,
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// A function of the pool does not let tokens be signed.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(GrantRefused);

refuses_to_issue!(GrantRefused);

/// Why a code is not exchanged.
#[derive(Debug, thiserror::Error)]
pub enum RedeemRefused {
    /// None that this client was given for this, or one that is too old.
    #[error("not a code of this client")]
    Invalid,
    /// It was exchanged before.
    #[error("the code was used")]
    Used,
    /// It was given for another resource.
    #[error("the code is for another resource")]
    Resource,
    /// The client does not take codes any more.
    #[error("the client takes no codes")]
    Disabled,
    /// What it gives is not given.
    #[error(transparent)]
    Refused(#[from] GrantRefused),
}

impl From<StoreError> for RedeemRefused {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Failed> for RedeemRefused {
    fn from(failed: Failed) -> Self {
        Self::Refused(failed.into())
    }
}

/// A code for what a signed-in user's browser asks for, from an address that no list blocks: a [`Whence`] is proof of that.
///
/// # Errors
/// [`GrantRefused`].
pub async fn code(
    app: &App,
    app_client: &AppClient,
    signed_in: &SignedIn,
    asked: &Authorization,
    to: &Return,
    _admitted: Whence<'_>,
) -> Result<PlainToken, GrantRefused> {
    let (plain, now, session) = (PlainToken::generate(&mut app.rng()), app.now(), &signed_in.session);
    let code = AuthorizationCode {
        pool_id: app_client.pool.id.clone(),
        code: plain.hashed(),
        client_id: app_client.client.id.clone(),
        user_id: signed_in.user.id.clone(),
        grant: Grant {
            redirect_uri: to.is_named.then(|| to.redirect_uri.clone()),
            default_redirect_uri: (!to.is_named).then(|| to.redirect_uri.clone()),
            scope: asked.scope.clone(),
            nonce: asked.nonce.clone(),
            code_challenge: asked.code_challenge.clone(),
            resource: asked.resource.clone(),
            session_id: session.session_id.clone(),
            authenticated_at: session.authenticated_at.millis(),
            methods: session.methods.clone(),
            acr: told_level(asked, session),
        },
        valid_until: now.plus(VALID),
        origin_jti: None,
        expires_at: now.plus(KNOWN),
    };
    let is_given = app.write(async |tx| authorization_codes::insert(tx, &code, &session.token).await).await?;
    if is_given { Ok(plain) } else { Err(GrantRefused::SignedOut) }
}

/// The level that the browser's sign-in reached, for a client that asks.
fn told_level(asked: &Authorization, session: &BrowserSession) -> Option<String> {
    session.acr.clone().filter(|_| asked.acr_values.is_some())
}

/// Tokens at once, without a refresh token: the implicit grant (RFC 6749 §4.2).
///
/// # Errors
/// [`GrantRefused`].
pub async fn at_once(
    app: &App,
    app_client: &AppClient,
    signed_in: &SignedIn,
    asked: &Authorization,
    whence: Whence<'_>,
) -> Result<Tokens, GrantRefused> {
    let (family, _) = issue::new_family(app, app_client, &signed_in.user.id, None)?;
    let session = &signed_in.session;
    let family = TokenFamily {
        scope: Some(asked.scope.clone()),
        browser_session_id: Some(session.session_id.clone()),
        resource: asked.resource.clone(),
        authenticated_at: session.authenticated_at,
        methods: session.methods.clone(),
        acr: told_level(asked, session),
        ..family
    };
    let begun = app
        .write(async |tx| {
            // SECURITY: whoever was signed out meanwhile gets nothing, as no code is given then.
            let goes_on = browser_sessions::find(tx, &session.pool_id, &session.token, app.now()).await?.is_some();
            if goes_on { begin(app, tx, app_client, &family, whence).await } else { Ok(None) }
        })
        .await?;
    let (user, groups) = begun.ok_or(GrantRefused::SignedOut)?;
    let issue = Issue { nonce: asked.nonce.clone(), ..Issue::of(&family, None, TokensFor::HostedAuth) };
    signed(app, app_client, &user, groups, issue).await
}

/// Exchanges a code of a client, which has proven its secret, if it has one.
///
/// # Errors
/// [`RedeemRefused`].
pub async fn redeem(app: &App, app_client: &AppClient, shown: Shown<'_>, whence: Whence<'_>) -> Result<Tokens, RedeemRefused> {
    if !app_client.client.configuration.takes_oauth_flow("code") {
        return Err(RedeemRefused::Disabled);
    }
    // Whose it is, is known by the code only: the transaction fills it in.
    let (blank, refresh_token) = issue::new_family(app, app_client, &UserId::from(""), None)?;
    let redeemed = app.write(async |tx| redeem_in(app, tx, app_client, shown, &blank, whence).await).await??;
    let Redeemed { family, user, groups, nonce } = redeemed;
    let issue = Issue { nonce, ..Issue::of(&family, Some(refresh_token), TokensFor::HostedAuth) };
    Ok(signed(app, app_client, &user, groups, issue).await?)
}

/// What comes with a code.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The code.
    pub code: &'a PlainToken,
    /// The address that it was sent to.
    pub redirect_uri: Option<&'a str>,
    /// The origin of the challenge.
    pub code_verifier: Option<&'a str>,
    /// What the access token is to be for, if it is said again.
    pub resource: Option<&'a str>,
}

struct Redeemed {
    family: TokenFamily,
    user: User,
    groups: GroupClaims,
    nonce: Option<String>,
}

/// The transaction. SECURITY: a second use of a code is a refusal that is remembered: what the first gave ends with it, for one of
/// the two was a thief's (RFC 6749 §4.1.2).
async fn redeem_in(
    app: &App,
    tx: &mut Conn,
    app_client: &AppClient,
    shown: Shown<'_>,
    blank: &TokenFamily,
    whence: Whence<'_>,
) -> Result<Result<Redeemed, RedeemRefused>, RedeemRefused> {
    let (pool_id, hashed) = (&app_client.pool.id, shown.code.hashed());
    let found = authorization_codes::find(tx, pool_id, &hashed).await?;
    // SECURITY: another client's code is no code, and stays what it is.
    let Some(code) = found.filter(|code| code.client_id == app_client.client.id) else { return Ok(Err(RedeemRefused::Invalid)) };
    if let Some(origin_jti) = &code.origin_jti {
        tokens::revoke_family(tx, pool_id, origin_jti, app.now()).await?;
        return Ok(Err(RedeemRefused::Used));
    }
    if shown.resource.is_some() && shown.resource != code.grant.resource.as_deref() {
        return Ok(Err(RedeemRefused::Resource));
    }
    if app.now() >= code.valid_until || !fits(&code.grant, shown) {
        return Ok(Err(RedeemRefused::Invalid));
    }
    let grant = code.grant;
    let family = TokenFamily {
        user_id: code.user_id,
        scope: Some(grant.scope),
        browser_session_id: Some(grant.session_id),
        resource: grant.resource,
        authenticated_at: Timestamp::from_millis(grant.authenticated_at),
        methods: grant.methods,
        acr: grant.acr,
        ..blank.clone()
    };
    if !authorization_codes::spend(tx, pool_id, &hashed, &family.origin_jti).await? {
        return Ok(Err(RedeemRefused::Used));
    }
    let Some((user, groups)) = begin(app, tx, app_client, &family, whence).await? else { return Ok(Err(RedeemRefused::Invalid)) };
    Ok(Ok(Redeemed { family, user, groups, nonce: grant.nonce }))
}

/// Whether what comes with a code is what it was given for.
///
/// SECURITY: a verifier for a code without a challenge is refused as well: an attacker took the challenge out of the request, and
/// would inject a code of their own (RFC 9700 §4.8.2).
fn fits(grant: &Grant, shown: Shown<'_>) -> bool {
    // What the request did not name need not be named here, and may be (RFC 6749 §4.1.3).
    let is_its_address = match (&grant.redirect_uri, shown.redirect_uri) {
        (Some(named), shown) => shown == Some(named),
        (None, None) => true,
        (None, shown) => shown == grant.default_redirect_uri.as_deref(),
    };
    let is_its_origin = match (&grant.code_challenge, shown.code_verifier) {
        (Some(challenge), Some(verifier)) => verifies(verifier, challenge),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    is_its_address && is_its_origin
}

/// Records a sign-in in this transaction; `None` if there is nobody to sign in any more.
pub(super) async fn begin(
    app: &App,
    tx: &mut Conn,
    app_client: &AppClient,
    family: &TokenFamily,
    whence: Whence<'_>,
) -> Result<Option<(User, GroupClaims)>, GrantRefused> {
    let user = users::find_by_id(tx, &app_client.pool.id, &family.user_id).await?;
    let Some(user) = user.filter(|user| user.enabled) else { return Ok(None) };
    if !tokens::insert_family(tx, family).await? {
        return Err(GrantRefused::NoSuchClient(app_client.gone()));
    }
    sessions::begin(app, tx, &app_client.pool, family, whence).await?;
    let memberships = groups::memberships(tx, &app_client.pool.id, &user.id).await?;
    Ok(Some((user, GroupClaims::of(memberships))))
}

/// The tokens of a sign-in that is recorded. One that nobody holds a token of is none.
pub(super) async fn signed(
    app: &App,
    app_client: &AppClient,
    user: &User,
    groups: GroupClaims,
    issue: Issue<'_>,
) -> Result<Tokens, GrantRefused> {
    let (pool_id, origin_jti) = (&app_client.pool.id, issue.family.origin_jti.clone());
    let given = issue::tokens(app, app_client, user, groups, issue).await;
    if given.is_err() {
        app.write(async |tx| tokens::revoke_family(tx, pool_id, &origin_jti, app.now()).await).await?;
    }
    Ok(given?)
}
