//! SOFTWARE_TOKEN_MFA: a code of the user's authenticator. Tries are counted by user, across sessions and nodes.

use super::driver::Applied;
use super::refused::SignInRefused;
use super::subject::attempts_of;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::software_token::matching_step;
use crate::store::attempts::{self, Charge};
use crate::store::{Conn, user_data, user_secrets};
use crate::userpools::challenge::Done;
use crate::userpools::lockout::Factor;
use crate::userpools::user::User;

/// Charges a try, judges the code, and spends its step.
///
/// # Errors
/// Failures of our own.
pub async fn apply(app: &App, app_client: &AppClient, tx: &mut Conn, user: &User, code: &str) -> Result<Applied, SignInRefused> {
    // A pool that is being recovered takes no such code: refused before it is judged, none is spent, and nothing is told of it.
    // Source: Amazon Cognito API reference, InitiatePointInTimeRecovery.
    user_data::check_open(tx, &user.pool_id).await?;
    let target = attempts_of(app, user);
    match attempts::charge(tx, &user.pool_id, &target, Factor::Second, app.now()).await? {
        Charge::Made => {}
        Charge::Locked => return Ok(Applied::Refused(SignInRefused::CodesLocked)),
        Charge::NoSuchPool => return Err(app_client.gone().into()),
    }
    let Some(step) = matching_step(app, user, code)? else { return Ok(Applied::Wrong(SignInRefused::WrongCode)) };
    if !user_secrets::use_totp_step(tx, user, step).await? {
        return Ok(Applied::Wrong(SignInRefused::CodeUsed));
    }
    Ok(Applied::Accepted(Done::SoftwareToken))
}
