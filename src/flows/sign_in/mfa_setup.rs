//! MFA_SETUP: a second factor is enrolled by AssociateSoftwareToken and VerifySoftwareToken, which are given the challenge's
//! session; then the challenge is answered. The seed travels in the session, so that no other session has a say in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::driver::Applied;
use super::refused::SessionRefused;
use super::session::{Session, client_of};
use crate::context::App;
use crate::crypto::ids;
use crate::crypto::totp::TotpSeed;
use crate::flows::clients::AppClient;
use crate::flows::notices::{self, Notice};
use crate::flows::software_token::{EnrolmentRefused, check_device_name, check_offered, enrolment};
use crate::store::{Conn, user_secrets, users};
use crate::userpools::challenge::{Challenge, Done, NextRefused, Step, next};
use crate::userpools::second_factor::{SecondFactor, Wish};
use crate::userpools::user::User;

/// Hands out a seed in an MFA_SETUP session, which serves for that once: the seed's base32 form, and the session that carries it.
///
/// # Errors
/// [`EnrolmentRefused`].
pub async fn associate(app: &App, text: &str) -> Result<(String, String), EnrolmentRefused> {
    let app_client = client_of(app, text).await??;
    let session = Session::open(app, &app_client, &[Challenge::MfaSetup], text)?;
    app.write(async |tx| {
        waiting(app, &app_client, tx, &session).await?;
        Ok::<_, EnrolmentRefused>(session.spend(app, tx, &app_client.pool.id).await??)
    })
    .await?;
    let seed = TotpSeed::generate(&mut app.rng());
    let session = Session { id: ids::uuid(&mut app.rng()), pending_seed: Some(STANDARD.encode(seed.expose_secret())), ..session };
    Ok((seed.to_base32().to_string(), session.to_text(app, &app_client)?))
}

/// Verifies the session's seed by its first code, and makes it the user's: it is asked for from then on, and preferred. Answers
/// the session that MFA_SETUP is answered with.
///
/// # Errors
/// [`EnrolmentRefused`].
pub async fn verify(app: &App, text: &str, code: &str, device_name: Option<&str>) -> Result<String, EnrolmentRefused> {
    check_device_name(device_name)?;
    let app_client = client_of(app, text).await??;
    let session = Session::open(app, &app_client, &[Challenge::MfaSetup], text)?;
    let seed = session.pending_seed.as_ref().and_then(|text| STANDARD.decode(text).ok());
    let seed = TotpSeed::stored(Zeroizing::new(seed.ok_or(EnrolmentRefused::NoPendingToken)?));
    let next_id = ids::uuid(&mut app.rng());
    let verified = app
        .write(async |tx| {
            let user = waiting(app, &app_client, tx, &session).await?;
            let Some(enrolment) = enrolment(app, &user, &seed, code, device_name)? else {
                session.fail(tx, &app_client.pool.id).await?;
                return Ok(Err(EnrolmentRefused::Mismatch));
            };
            session.spend(app, tx, &app_client.pool.id).await??;
            user_secrets::enrol_totp(tx, &user, &enrolment, app.now()).await?;
            notices::tell(app, tx, &app_client.pool, &user, Notice::AuthenticatorAdded).await?;
            let preference = user.mfa.with(Wish { factor: SecondFactor::SoftwareToken, enabled: true, preferred: true });
            user_secrets::set_mfa(tx, &user, preference, app.now()).await?;
            let user = users::find_by_id(tx, &app_client.pool.id, &user.id).await?.ok_or(SessionRefused::Invalid)?;
            let progress = session.progress.clone().after(Done::Enrolment, &user);
            Ok::<_, EnrolmentRefused>(Ok(Session { id: next_id.clone(), progress, pending_seed: None, ..session.clone() }))
        })
        .await??;
    Ok(verified.to_text(app, &app_client)?)
}

/// Answers the challenge: it was met by [`verify`], in this very session.
pub fn apply(session: &Session) -> Applied {
    if session.progress.has(Done::Enrolment) { Applied::Accepted(Done::MfaSetup) } else { Applied::Refused(SessionRefused::Invalid.into()) }
}

/// The user of a session that waits for an enrolment. It waits no more once any factor was enrolled, here or elsewhere.
async fn waiting(app: &App, app_client: &AppClient, tx: &mut Conn, session: &Session) -> Result<User, EnrolmentRefused> {
    check_offered(&app_client.pool)?;
    session.check_unused(tx, &app_client.pool.id).await??;
    let user = users::find_by_id(tx, &app_client.pool.id, &session.user_id).await?.ok_or(SessionRefused::Invalid)?;
    let step = next(&app_client.pool, &app_client.client, &user, &session.progress, app.now());
    let step = step.map_err(|refused| match refused {
        NextRefused::Stale => SessionRefused::Invalid.into(),
        NextRefused::Barred(barred) => EnrolmentRefused::Barred(barred),
    })?;
    if step != Step::Ask(Challenge::MfaSetup) || session.progress.has(Done::Enrolment) {
        return Err(SessionRefused::Invalid.into());
    }
    Ok(user)
}
