//! Devices: confirmed by their user, remembered or not, forgotten; and what binds refresh tokens to them.

use super::access::Holder;
use super::failed::{Failed, fails_with_the_store};
use crate::context::App;
use crate::crypto::digest::hex;
use crate::crypto::ids;
use crate::crypto::srp::Verifier;
use crate::kit::id::{UserId, UserPoolId};
use crate::store::devices;
use crate::store::tokens::TokenFamily;
use crate::store::{Conn, StoreError, users};
use crate::userpools::device::{Device, DeviceStatus, NewDevice};
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// The longest salt that is kept, in bytes: clients draw 16.
const LONGEST_SALT: usize = 64;

/// Why nothing is done with a device.
#[derive(Debug, thiserror::Error)]
pub enum DeviceRefused {
    /// No sign-in of the user was given this key.
    #[error("no sign-in was given this device key")]
    UnknownKey,
    /// It was confirmed before.
    #[error("the device is confirmed already")]
    Exists,
    /// No salt and verifier, or none that prove anything.
    #[error("no salt and verifier that a device can be known by")]
    BadSecret,
    /// No device of the user has this key.
    #[error("no such device")]
    NoSuchDevice,
    /// The sign-in is over meanwhile.
    #[error("the access token was revoked")]
    Revoked,
    /// Nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(DeviceRefused);

/// What a device is confirmed with.
pub struct Confirmation<'a> {
    /// Its key, as the sign-in gave it.
    pub key: &'a str,
    /// The salt of its secret.
    pub salt: Vec<u8>,
    /// The verifier of its secret.
    pub verifier: Vec<u8>,
    /// What it is called.
    pub name: Option<&'a str>,
    /// Where from.
    pub ip_address: Option<String>,
}

/// Confirms the device that a sign-in of the user was given; answers what it is now.
///
/// # Errors
/// [`DeviceRefused`].
pub async fn confirm(app: &App, holder: &Holder, given: Confirmation<'_>) -> Result<DeviceStatus, DeviceRefused> {
    let pool = &holder.pool;
    if given.salt.is_empty() || given.salt.len() > LONGEST_SALT {
        return Err(DeviceRefused::BadSecret);
    }
    let verifier = Verifier::given(&given.verifier).ok_or(DeviceRefused::BadSecret)?;
    let status = DeviceStatus::of_new(pool.configuration.device_configuration.unwrap_or_default());
    let place = place(&pool.id, &holder.user.id, given.key);
    let sealed_verifier = app.keys.at_rest.seal(&place, &verifier, &mut app.rng()).map_err(StoreError::from)?;
    let now = app.now();
    app.write(async |tx| {
        let user = signed_in(tx, holder).await?;
        if devices::find(tx, &pool.id, &user.id, given.key).await?.is_some() {
            return Err(DeviceRefused::Exists);
        }
        // SECURITY: only a key that one of the user's own sign-ins was given, and that was not confirmed or forgotten since.
        let group_key = devices::waiting(tx, &pool.id, &user.id, given.key).await?.ok_or(DeviceRefused::UnknownKey)?;
        let device = Device {
            pool_id: pool.id.clone(),
            user_id: user.id,
            key: given.key.to_owned(),
            group_key,
            salt: hex(&given.salt),
            sealed_verifier: sealed_verifier.clone(),
            name: given.name.map(str::to_owned),
            status,
            last_ip_used: given.ip_address.clone(),
            created_at: now,
            modified_at: now,
            authenticated_at: now,
        };
        devices::settle(tx, &device.pool_id, &device.user_id, &device.key).await?;
        if devices::insert(tx, &device).await? { Ok(status) } else { Err(DeviceRefused::Exists) }
    })
    .await
}

/// What is done with a device.
#[derive(Clone, Copy)]
pub enum Change {
    /// It is forgotten: its refresh tokens serve no more, and it proves nothing.
    Forget,
    /// It is remembered, or not.
    Mark(DeviceStatus),
}

/// Changes a device of a signed-in user.
///
/// # Errors
/// [`DeviceRefused`].
pub async fn change_own(app: &App, holder: &Holder, key: &str, change: Change) -> Result<(), DeviceRefused> {
    app.write(async |tx| {
        let user = signed_in(tx, holder).await?;
        apply(app, tx, &user, key, change).await
    })
    .await
}

/// Changes a device of any user.
///
/// # Errors
/// [`DeviceRefused`].
pub async fn change_for(app: &App, pool: &Pool, username: &str, key: &str, change: Change) -> Result<(), DeviceRefused> {
    app.write(async |tx| {
        let user = users::find(tx, pool, username).await?.ok_or(DeviceRefused::NoSuchUser)?;
        apply(app, tx, &user, key, change).await
    })
    .await
}

async fn apply(app: &App, tx: &mut Conn, user: &User, key: &str, change: Change) -> Result<(), DeviceRefused> {
    let is_there = match change {
        Change::Forget => devices::delete(tx, &user.pool_id, &user.id, key).await?,
        Change::Mark(status) => devices::set_status(tx, &user.pool_id, &user.id, key, status, app.now()).await?,
    };
    is_there.then_some(()).ok_or(DeviceRefused::NoSuchDevice)
}

async fn signed_in(tx: &mut Conn, holder: &Holder) -> Result<User, DeviceRefused> {
    let user = users::find_by_family(tx, &holder.pool.id, &holder.user.id, &holder.claims.origin_jti).await?;
    user.filter(|user| user.enabled).ok_or(DeviceRefused::Revoked)
}

/// What a device's secret is checked by.
///
/// # Errors
/// When it does not open.
pub fn open_verifier(app: &App, device: &Device) -> Result<Verifier, Failed> {
    let place = place(&device.pool_id, &device.user_id, &device.key);
    app.keys.at_rest.open(&place, &device.sealed_verifier).map_err(Failed::because)
}

fn place<'a>(pool_id: &'a UserPoolId, user_id: &'a UserId, key: &'a str) -> [&'a str; 4] {
    ["user_devices", pool_id.as_str(), user_id.as_str(), key]
}

/// A device for a sign-in that names none, in a pool that tracks them.
#[must_use]
pub fn new_device(app: &App, pool: &Pool) -> Option<NewDevice> {
    pool.configuration.device_configuration?;
    let rng = &mut app.rng();
    Some(NewDevice { key: ids::device_key(&pool.region, rng), group_key: ids::device_group_key(rng) })
}

/// Whether a sign-in that was given a device may be refreshed by a client that names `key`: while the pool tracks devices, the
/// device is confirmed and names itself. What was confirmed and is forgotten refreshes no more in any pool.
///
/// Source: Amazon Cognito user pools API reference, GetTokensFromRefreshToken, DeviceKey; the answer is "Invalid Refresh Token".
///
/// # Errors
/// [`StoreError`].
pub async fn may_refresh(app: &App, pool: &Pool, family: &TokenFamily, key: Option<&str>) -> Result<bool, StoreError> {
    let Some(own) = family.device_key.as_deref() else { return Ok(true) };
    let found = app.read(async |tx| devices::of_family(tx, &family.pool_id, &family.origin_jti).await).await?;
    let tracks = pool.configuration.device_configuration.is_some();
    Ok(match found {
        Some(device) if device.is_confirmed() => !tracks || key == Some(own),
        Some(device) => device.waits() && !tracks,
        None => false,
    })
}
