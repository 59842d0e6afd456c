//! The device authorization grant (RFC 8628): a device without a keyboard shows a code, a person types it into a browser and signs in
//! there, and the device, which asks meanwhile, gets tokens.

use std::time::Duration;

use super::authorization::{self, GrantRefused};
use super::browser::SignedIn;
use super::clients::AppClient;
use super::failed::{Failed, fails_with_the_store};
use super::issue::{self, Issue, Tokens};
use super::triggers::tokens::TokensFor;
use super::whence::Whence;
use crate::context::App;
use crate::crypto::digest::{HashedToken, PlainToken};
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::store::device_authorizations::{self as devices, DeviceAuthorization, DeviceGrant, Standing};
use crate::store::tokens::TokenFamily;
use crate::store::{Conn, StoreError, browser_sessions};
use crate::userpools::device_grant;
use crate::userpools::group::GroupClaims;
use crate::userpools::user::User;

/// How long a person has.
pub const LIVES: Duration = Duration::from_secs(10 * 60);

/// How long a device waits from one time that it asks to the next; and how much longer after it did not (RFC 8628 §3.5).
pub const INTERVAL: Duration = Duration::from_secs(5);

/// What comes so soon after the last is not written: nobody has us write as fast as they can ask.
const UNWRITTEN: Duration = Duration::from_secs(1);

/// How long an answer waits for its device at least.
const ANSWERED: Duration = Duration::from_secs(60);

/// What a device is given to begin with.
pub struct Begun {
    /// What it asks by.
    pub device_code: PlainToken,
    /// What it shows.
    pub user_code: String,
}

/// Why a device does not wait, or gets no tokens.
#[derive(Debug, thiserror::Error)]
pub enum DeviceRefused {
    /// The client does not use the grant, or its pool does not have it.
    #[error("the client does not use this grant")]
    Disabled,
    /// No code that this client was given.
    #[error("not a device code of this client")]
    Invalid,
    /// Nobody has answered yet.
    #[error("nobody has typed the code and agreed yet")]
    Pending,
    /// The same, and the device asks too often.
    #[error("asked again too early")]
    SlowDown,
    /// Somebody did not agree.
    #[error("the user does not agree")]
    Denied,
    /// Nobody answered in time.
    #[error("the device code has expired")]
    Expired,
    /// What it gives is not given.
    #[error(transparent)]
    Refused(#[from] GrantRefused),
}

impl From<StoreError> for DeviceRefused {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Failed> for DeviceRefused {
    fn from(failed: Failed) -> Self {
        Self::Refused(failed.into())
    }
}

/// Why a person lets no device in.
#[derive(Debug, thiserror::Error)]
pub enum AnswerRefused {
    /// No device waits by this code any more, for what was asked.
    #[error("no device waits by this code")]
    Stale,
    /// The browser is signed out meanwhile.
    #[error("the browser is signed out")]
    SignedOut,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(AnswerRefused);

/// A device that waits from now on.
///
/// # Errors
/// [`DeviceRefused::Disabled`], and our own failures.
pub async fn begin(app: &App, app_client: &AppClient, scope: &str, resource: Option<&str>) -> Result<Begun, DeviceRefused> {
    if !app_client.client.takes_device_grant(&app_client.pool.configuration) {
        return Err(DeviceRefused::Disabled);
    }
    let (device_code, user_code, now) = (PlainToken::generate(&mut app.rng()), device_grant::user_code(&mut app.rng()), app.now());
    let new = DeviceAuthorization {
        pool_id: app_client.pool.id.clone(),
        device_code: device_code.hashed(),
        user_code: hashed(&user_code),
        client_id: app_client.client.id.clone(),
        scope: scope.to_owned(),
        resource: resource.map(str::to_owned),
        standing: Standing::Waiting,
        // It may ask at once.
        polled_at: Timestamp::from_millis(0),
        interval: INTERVAL,
        expires_at: now.plus(LIVES),
    };
    let is_there = app.write(async |tx| devices::insert(tx, &new).await).await?;
    if is_there { Ok(Begun { device_code, user_code }) } else { Err(GrantRefused::NoSuchClient(app_client.gone()).into()) }
}

/// The device that waits by what a person typed, if one does.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(app: &App, pool_id: &UserPoolId, typed: &str) -> Result<Option<DeviceAuthorization>, StoreError> {
    let Some(user_code) = device_grant::typed(typed) else { return Ok(None) };
    let found = app.read(async |tx| devices::find_by_user_code(tx, pool_id, &hashed(&user_code)).await).await?;
    Ok(found.filter(|device| device.standing == Standing::Waiting && app.now() < device.expires_at))
}

/// Lets a device in, or not, for what this client asked for. `by` is who does; nobody, who does not.
///
/// # Errors
/// [`AnswerRefused`].
pub async fn answer(
    app: &App,
    app_client: &AppClient,
    device_code: &HashedToken,
    scope: &str,
    by: Option<&SignedIn>,
) -> Result<(), AnswerRefused> {
    let pool_id = &app_client.pool.id;
    app.write(async |tx| {
        let found = devices::find(tx, pool_id, device_code).await?;
        // SECURITY: what was agreed to is what was asked for.
        let is_asked = |device: &DeviceAuthorization| device.client_id == app_client.client.id && device.scope == scope;
        let Some(device) = found.filter(|device| is_asked(device) && app.now() < device.expires_at) else {
            return Err(AnswerRefused::Stale);
        };
        let standing = match by {
            None => Standing::Denied,
            Some(signed_in) => {
                let session = &signed_in.session;
                if browser_sessions::find(tx, pool_id, &session.token, app.now()).await?.is_none() {
                    return Err(AnswerRefused::SignedOut);
                }
                let grant = DeviceGrant {
                    session_id: session.session_id.clone(),
                    authenticated_at: session.authenticated_at.millis(),
                    methods: session.methods.clone(),
                };
                Standing::Granted(signed_in.user.id.clone(), grant)
            }
        };
        // Whoever was let in at the last moment is told so, and so is the device.
        let until = device.expires_at.max(app.now().plus(ANSWERED));
        if devices::answer(tx, pool_id, &device.device_code, &standing, until).await? { Ok(()) } else { Err(AnswerRefused::Stale) }
    })
    .await
}

/// The tokens of a device, once somebody has let it in.
///
/// # Errors
/// [`DeviceRefused`].
pub async fn redeem(app: &App, app_client: &AppClient, device_code: &PlainToken, whence: Whence<'_>) -> Result<Tokens, DeviceRefused> {
    if !app_client.client.takes_device_grant(&app_client.pool.configuration) {
        return Err(DeviceRefused::Disabled);
    }
    // Whose it is, is known by the code only: the transaction fills it in.
    let (blank, refresh_token) = issue::new_family(app, app_client, &UserId::from(""), None)?;
    let hashed = device_code.hashed();
    let redeemed = app.write(async |tx| redeem_in(app, tx, app_client, &hashed, &blank, whence).await).await??;
    let (family, user, groups) = redeemed;
    let issue = Issue::of(&family, Some(refresh_token), TokensFor::HostedAuth);
    Ok(authorization::signed(app, app_client, &user, groups, issue).await?)
}

type Redeemed = (TokenFamily, User, GroupClaims);

/// The transaction; inside, refusals that are remembered.
async fn redeem_in(
    app: &App,
    tx: &mut Conn,
    app_client: &AppClient,
    device_code: &HashedToken,
    blank: &TokenFamily,
    whence: Whence<'_>,
) -> Result<Result<Redeemed, DeviceRefused>, DeviceRefused> {
    let (pool_id, now) = (&app_client.pool.id, app.now());
    let found = devices::find(tx, pool_id, device_code).await?;
    // SECURITY: another client's code is no code, and stays what it is.
    let Some(device) = found.filter(|device| device.client_id == app_client.client.id) else { return Ok(Err(DeviceRefused::Invalid)) };
    if now >= device.expires_at {
        return Ok(Err(DeviceRefused::Expired));
    }
    let (user_id, grant) = match device.standing {
        Standing::Waiting => {
            let is_early = now < device.polled_at.plus(device.interval);
            if now < device.polled_at.plus(UNWRITTEN) {
                return Ok(Err(DeviceRefused::SlowDown));
            }
            let interval = if is_early { device.interval.saturating_add(INTERVAL) } else { device.interval };
            devices::polled(tx, pool_id, device_code, now, interval).await?;
            return Ok(Err(if is_early { DeviceRefused::SlowDown } else { DeviceRefused::Pending }));
        }
        Standing::Denied => {
            devices::delete(tx, pool_id, device_code).await?;
            return Ok(Err(DeviceRefused::Denied));
        }
        Standing::Granted(user_id, grant) => (user_id, grant),
    };
    let family = TokenFamily {
        user_id,
        scope: Some(device.scope),
        browser_session_id: Some(grant.session_id),
        resource: device.resource,
        authenticated_at: Timestamp::from_millis(grant.authenticated_at),
        methods: grant.methods,
        ..blank.clone()
    };
    if !devices::delete(tx, pool_id, device_code).await? {
        return Ok(Err(DeviceRefused::Invalid));
    }
    let begun = authorization::begin(app, tx, app_client, &family, whence).await?;
    Ok(begun.map_or(Err(DeviceRefused::Denied), |(user, groups)| Ok((family, user, groups))))
}

fn hashed(user_code: &str) -> HashedToken {
    PlainToken::presented(user_code).hashed()
}
