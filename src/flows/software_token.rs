//! TOTP of a signed-in user: a seed is handed out, its first code verifies it, and each later code serves once.

use super::access::Holder;
use super::refused::Refused;
use super::sign_in::SignInRefused;
use crate::context::App;
use crate::crypto::totp::TotpSeed;
use crate::store::user_secrets::Enrolment;
use crate::store::{StoreError, user_secrets, users};
use crate::userpools::user::User;

/// The longest name of a device, in characters. The model sets no bound; each sign-in reads the name.
const LONGEST_DEVICE_NAME: usize = 256;

/// Hands out a new seed, in place of one that waits; answers its base32 form.
///
/// # Errors
/// Failures of the store only.
pub async fn associate(app: &App, holder: &Holder) -> Result<String, SignInRefused> {
    let seed = TotpSeed::generate(&mut app.rng());
    let sealed = app.keys.at_rest.seal(&place_of_pending(holder), &seed, &mut app.rng()).map_err(StoreError::from)?;
    app.write(async |tx| user_secrets::set_pending_totp(tx, &holder.user, &sealed).await).await?;
    Ok(seed.to_base32().to_string())
}

/// Verifies the seed that waits by its first code, which is spent by that. What the user chose of MFA stays as it is.
///
/// # Errors
/// [`SignInRefused::NoPendingToken`], [`SignInRefused::EnrolmentMismatch`].
pub async fn verify(app: &App, holder: &Holder, code: &str, device_name: Option<&str>) -> Result<(), SignInRefused> {
    check_device_name(device_name)?;
    app.write(async |tx| {
        let user = users::find_by_family(tx, &holder.pool.id, &holder.user.id, &holder.claims.origin_jti).await?;
        let user = user.filter(|user| user.enabled).ok_or(SignInRefused::NoPendingToken)?;
        let sealed = user.sealed_pending_totp_seed.as_ref().ok_or(SignInRefused::NoPendingToken)?;
        // SECURITY: the seed was sealed for the sign-in that asked for it: no other one has a say in it.
        let seed = app.keys.at_rest.open(&place_of_pending(holder), sealed).map_err(|_| SignInRefused::NoPendingToken)?;
        let enrolment = enrolment(app, &user, &seed, code, device_name)?;
        let enrolment = enrolment.ok_or(SignInRefused::EnrolmentMismatch)?;
        Ok(user_secrets::enrol_totp(tx, &user, &enrolment, app.now()).await?)
    })
    .await
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
/// [`SignInRefused::DeviceNameTooLong`].
pub(super) fn check_device_name(name: Option<&str>) -> Result<(), SignInRefused> {
    let fits = name.is_none_or(|name| name.chars().count() <= LONGEST_DEVICE_NAME);
    if fits { Ok(()) } else { Err(SignInRefused::DeviceNameTooLong) }
}

/// The step that a code is of, by the user's own seed; `None` when it is a wrong one.
///
/// # Errors
/// [`Refused::Internal`] when the seed does not open.
pub(super) fn matching_step(app: &App, user: &User, code: &str) -> Result<Option<i64>, Refused> {
    let Some(sealed) = &user.sealed_totp_seed else { return Ok(None) };
    let seed = app.keys.at_rest.open(&place(user), sealed).map_err(|error| Refused::Internal(Box::new(error)))?;
    Ok(seed.matching_step(code, app.now()))
}

fn place(user: &User) -> [&str; 4] {
    ["users", "seed", user.pool_id.as_str(), user.id.as_str()]
}

fn place_of_pending(holder: &Holder) -> [&str; 5] {
    ["users", "pending", holder.user.pool_id.as_str(), holder.user.id.as_str(), &holder.claims.origin_jti]
}
