//! TOTP of a signed-in user: a seed is handed out, its first code verifies it, and each later code serves once.

use super::access::Holder;
use super::failed::{Failed, fails_with_the_store};
use super::notices::{self, Notice};
use super::sign_in::SessionRefused;
use crate::context::App;
use crate::crypto::totp::TotpSeed;
use crate::store::user_secrets::Enrolment;
use crate::store::{StoreError, user_secrets, users};
use crate::userpools::challenge::Barred;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// The longest name of a device, in characters. The model sets no bound; each sign-in reads the name.
const LONGEST_DEVICE_NAME: usize = 256;

/// Why an authenticator is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentRefused {
    /// An authenticator is none of the pool's factors.
    #[error("an authenticator is none of the pool's factors")]
    NotOffered,
    /// No authenticator waits for its first code.
    #[error("no authenticator waits")]
    NoPendingToken,
    /// A wrong first code.
    #[error("wrong first code")]
    Mismatch,
    /// A name for a device that is too long.
    #[error("the device's name is too long")]
    DeviceNameTooLong,
    /// The session that it is set up in does not serve.
    #[error(transparent)]
    Session(#[from] SessionRefused),
    /// The sign-in that it is set up in is barred.
    #[error(transparent)]
    Barred(Barred),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(EnrolmentRefused);

/// Hands out a new seed, in place of one that waits; answers its base32 form.
///
/// # Errors
/// [`EnrolmentRefused::NotOffered`].
pub async fn associate(app: &App, holder: &Holder) -> Result<String, EnrolmentRefused> {
    check_offered(&holder.pool)?;
    let seed = TotpSeed::generate(&mut app.rng());
    let sealed = app.keys.at_rest.seal(&place_of_pending(holder), &seed, &mut app.rng()).map_err(StoreError::from)?;
    app.write(async |tx| user_secrets::set_pending_totp(tx, &holder.user, &sealed).await).await?;
    Ok(seed.to_base32().to_string())
}

/// Verifies the seed that waits by its first code, which is spent by that. What the user chose of MFA stays as it is.
///
/// # Errors
/// [`EnrolmentRefused`].
pub async fn verify(app: &App, holder: &Holder, code: &str, device_name: Option<&str>) -> Result<(), EnrolmentRefused> {
    check_offered(&holder.pool)?;
    check_device_name(device_name)?;
    app.write(async |tx| {
        let user = users::find_by_family(tx, &holder.pool.id, &holder.user.id, &holder.claims.origin_jti).await?;
        let user = user.filter(|user| user.enabled).ok_or(EnrolmentRefused::NoPendingToken)?;
        let sealed = user.sealed_pending_totp_seed.as_ref().ok_or(EnrolmentRefused::NoPendingToken)?;
        // SECURITY: the seed was sealed for the sign-in that asked for it: no other one has a say in it.
        let seed = app.keys.at_rest.open(&place_of_pending(holder), sealed).map_err(|_| EnrolmentRefused::NoPendingToken)?;
        let enrolment = enrolment(app, &user, &seed, code, device_name)?;
        let enrolment = enrolment.ok_or(EnrolmentRefused::Mismatch)?;
        user_secrets::enrol_totp(tx, &user, &enrolment, app.now()).await?;
        Ok(notices::tell(app, tx, &holder.pool, &user, Notice::AuthenticatorAdded).await?)
    })
    .await
}

/// Refuses where the pool has no authenticators.
///
/// # Errors
/// [`EnrolmentRefused::NotOffered`].
pub(super) const fn check_offered(pool: &Pool) -> Result<(), EnrolmentRefused> {
    if pool.configuration.software_token_mfa_enabled() { Ok(()) } else { Err(EnrolmentRefused::NotOffered) }
}

/// A seed that its first code verifies, as it is to rest.
pub(super) fn enrolment(
    app: &App,
    user: &User,
    seed: &TotpSeed,
    code: &str,
    device_name: Option<&str>,
) -> Result<Option<Enrolment>, StoreError> {
    let Some(step) = seed.matching_step(code, app.now()) else { return Ok(None) };
    let sealed_seed = app.keys.at_rest.seal(&place(user), seed, &mut app.rng())?;
    Ok(Some(Enrolment { sealed_seed, step, device_name: device_name.map(str::to_owned) }))
}

/// Refuses a name that is longer than any label.
///
/// # Errors
/// [`EnrolmentRefused::DeviceNameTooLong`].
pub(super) fn check_device_name(name: Option<&str>) -> Result<(), EnrolmentRefused> {
    let fits = name.is_none_or(|name| name.chars().count() <= LONGEST_DEVICE_NAME);
    if fits { Ok(()) } else { Err(EnrolmentRefused::DeviceNameTooLong) }
}

/// The step that a code is of, by the user's own seed; `None` when it is a wrong one.
///
/// # Errors
/// When the seed does not open.
pub(super) fn matching_step(app: &App, user: &User, code: &str) -> Result<Option<i64>, Failed> {
    let Some(sealed) = &user.sealed_totp_seed else { return Ok(None) };
    let seed = app.keys.at_rest.open(&place(user), sealed).map_err(Failed::because)?;
    Ok(seed.matching_step(code, app.now()))
}

fn place(user: &User) -> [&str; 4] {
    ["users", "seed", user.pool_id.as_str(), user.id.as_str()]
}

fn place_of_pending(holder: &Holder) -> [&str; 5] {
    ["users", "pending", holder.user.pool_id.as_str(), holder.user.id.as_str(), &holder.claims.origin_jti]
}
