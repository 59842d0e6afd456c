//! SMS_MFA and EMAIL_OTP after the password, SELECT_MFA_TYPE, and the address that becomes a second factor in MFA_SETUP.

use super::driver::Applied;
use super::one_time_code::{self, CodeChallenge};
use super::refused::{SessionRefused, SignInRefused};
use super::session::Session;
use super::subject::attempts_of;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::new_user::{AliasRefused, claim_alias};
use crate::flows::notices::{self, Notice};
use crate::flows::user_attributes::move_name;
use crate::store::attempts::{self, Charge};
use crate::store::{self, Conn, user_secrets, users};
use crate::userpools::attributes::{AttributeRefused, is_email};
use crate::userpools::challenge::target::second_asked;
use crate::userpools::challenge::{Done, Progress};
use crate::userpools::second_factor::{self, Asked, SecondFactor, Wish};
use crate::userpools::user::User;

/// Charges a try and judges the code. The address that it reached is verified by that.
///
/// # Errors
/// [`SignInRefused::Alias`] where a new address is another user's name; failures of our own.
pub async fn apply(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    user: &User,
    session: &Session,
    challenge: CodeChallenge,
    code: &str,
) -> Result<Applied, SignInRefused> {
    match attempts::charge(tx, &user.pool_id, &attempts_of(app, user), challenge.factor(), app.now()).await? {
        Charge::Made => {}
        Charge::Locked => return Ok(Applied::Refused(SignInRefused::CodesLocked)),
        Charge::NoSuchPool => return Err(app_client.gone().into()),
    }
    if !one_time_code::redeem(app, app_client, tx, challenge, &session.id, user.id.as_str(), code).await? {
        return Ok(Applied::Wrong(SignInRefused::WrongSentCode));
    }
    match &session.progress.new_email {
        Some(address) => set_up(app, app_client, tx, user, address).await?,
        None => verify(app, app_client, tx, user, challenge).await?,
    }
    Ok(Applied::Accepted(challenge.done()))
}

/// Takes the user's choice among the factors that they have.
pub fn choose(app_client: &AppClient, user: &User, progress: &Progress, factor: SecondFactor) -> Applied {
    match second_asked(&app_client.pool, user, progress) {
        Asked::Choice(factors) if factors.contains(&factor) => Applied::Chosen(factor),
        _ => Applied::Refused(SignInRefused::NotOffered),
    }
}

/// Takes the address that is to become the second factor of a user who has none. It is theirs once a code has reached it.
pub fn begin_set_up(app_client: &AppClient, session: &Session, address: &str) -> Applied {
    if session.progress.has(Done::Enrolment) || !second_factor::offers(&app_client.pool, SecondFactor::Email) {
        return Applied::Refused(SessionRefused::Invalid.into());
    }
    if !app_client.client.configuration.may_write("email") {
        return Applied::Refused(AttributeRefused::Unauthorized.into());
    }
    if !is_email(address) {
        return Applied::Refused(AttributeRefused::Invalid("Invalid email address format.".to_owned()).into());
    }
    Applied::NewEmail(address.to_owned())
}

/// Makes an address that a code has reached the user's, and their second factor.
async fn set_up(app: &App, app_client: &AppClient, tx: &mut Conn, user: &User, address: &str) -> Result<(), SignInRefused> {
    let mut after = user.clone();
    after.attributes.insert("email".to_owned(), address.to_owned());
    after.attributes.insert("email_verified".to_owned(), "true".to_owned());
    move_name(tx, &app_client.pool, &after, CodeChallenge::EMAIL_KIND).await?;
    claim_alias(tx, &app_client.pool, &after, CodeChallenge::EMAIL_KIND, false).await?;
    users::set_attributes(tx, &after, app.now()).await?;
    if after.address(CodeChallenge::EMAIL_KIND) != user.address(CodeChallenge::EMAIL_KIND) {
        notices::tell(app, tx, &app_client.pool, user, Notice::EmailChanged).await?;
    }
    notices::tell(app, tx, &app_client.pool, user, Notice::SecondFactorsChanged).await?;
    let wish = Wish { factor: SecondFactor::Email, enabled: true, preferred: true };
    Ok(user_secrets::set_mfa(tx, &after, user.mfa.with(wish), app.now()).await?)
}

/// Marks the address as verified, unless another user has it as a name.
async fn verify(app: &App, app_client: &AppClient, tx: &mut Conn, user: &User, challenge: CodeChallenge) -> Result<(), SignInRefused> {
    let kind = challenge.kind();
    // A pool that is being recovered lets users in, and keeps nothing of it that it would put back.
    if user.has_verified(kind) || store::recoveries::pauses(tx, &user.pool_id, app.now()).await? {
        return Ok(());
    }
    let mut after = user.clone();
    after.attributes.insert(format!("{}_verified", kind.as_str()), "true".to_owned());
    match claim_alias(tx, &app_client.pool, &after, kind, false).await {
        Ok(()) => Ok(users::set_attributes(tx, &after, app.now()).await?),
        Err(AliasRefused::Exists(_) | AliasRefused::Unfit(_)) => Ok(()),
        Err(AliasRefused::Failed(failed)) => Err(failed.into()),
    }
}
