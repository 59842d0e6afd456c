//! WEB_AUTHN: a passkey in place of the password. Nobody has none, and is asked and refused like somebody. What a passkey signs is
//! not guessed: no try is charged, and no lock stands in its way.

use std::time::Duration;

use serde_json::json;

use super::asked::ChallengeAsked;
use super::choice::{begun, spend_in};
use super::driver::{self, Outcome};
use super::proof::AnswerProof;
use super::refused::SignInRefused;
use super::session::{self, Session};
use super::subject::Subject;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::entrance::Entrance;
use crate::flows::triggers;
use crate::flows::web_authn::{TIMEOUT_MILLISECONDS, descriptors};
use crate::kit::id::UserId;
use crate::store::web_authn::{self, Place};
use crate::store::{Conn, StoreError, users};
use crate::userpools::authentication_level::{Method, Target};
use crate::userpools::challenge::{Barred, Challenge, Flow};
use crate::userpools::first_factor::{self, FirstFactor};
use crate::userpools::web_authn::assertion::{Assertion, Used};
use crate::userpools::web_authn::{Challenge as PasskeyChallenge, Expected, MOST_OF_A_USER, RelyingParty, WebAuthnCredential};

/// How long a page may stand open that would take anybody's passkey.
const ANYBODY_WAITS: Duration = Duration::from_secs(30 * 60);

/// Asks for a passkey, in place of the session that was answered by choosing one.
///
/// # Errors
/// [`SignInRefused`].
pub async fn ask(
    app: &App,
    app_client: &AppClient,
    subject: &Subject,
    answered: Option<&Session>,
    target: Option<Target>,
) -> Result<Outcome, SignInRefused> {
    let party = RelyingParty::of_pool(&app_client.pool).map_err(|_| SignInRefused::NotOffered)?;
    let challenge = PasskeyChallenge::generate(&mut app.rng());
    let pool_id = &app_client.pool.id;
    // SECURITY: where users are hidden nobody's passkeys are named, and authenticators find their own.
    let names_them = !app_client.client.configuration.hides_users();
    let (known, progress) = app
        .write(async |tx| {
            spend_in(app, app_client, tx, answered).await?;
            let user = users::find_by_id(tx, pool_id, &subject.id).await?;
            let limit = if names_them { MOST_OF_A_USER } else { 0 };
            let known = web_authn::of_user(tx, pool_id, &subject.id, &Place::BEGINNING, limit).await?;
            Ok::<_, SignInRefused>((known, begun(user.as_ref(), Some(FirstFactor::WebAuthn), target.clone())))
        })
        .await?;
    let known: Vec<WebAuthnCredential> = known.into_iter().filter(|credential| credential.relying_party_id == party.id).collect();
    let options = options(&party, &challenge, &known);
    let session = Session::new(app, app_client, &subject.id, Challenge::WebAuthn, progress);
    let session = Session { web_authn_challenge: Some(challenge.hashed()), ..session }.to_text(app, app_client)?;
    Ok(Outcome::Asked(ChallengeAsked::WebAuthn { session, options }))
}

/// PublicKeyCredentialRequestOptionsJSON.
fn options(party: &RelyingParty, challenge: &PasskeyChallenge, known: &[WebAuthnCredential]) -> String {
    let options = json!({
        "rpId": party.id,
        "challenge": challenge.to_text(),
        "timeout": TIMEOUT_MILLISECONDS,
        "allowCredentials": descriptors(known),
        "userVerification": party.verification.as_str(),
    });
    options.to_string()
}

/// What the session of a passkey that may be anybody's is sealed for.
const ANYBODYS: &str = "passkey of anybody";

/// Asks for a passkey of whoever has one here, which tells whose it is; answers the session, and what the browser is asked. Nothing
/// is written: what is asked of everybody who looks costs nothing until it is answered.
///
/// # Errors
/// [`SignInRefused::NotOffered`] where the pool has no passkeys.
pub fn ask_anybody(app: &App, app_client: &AppClient) -> Result<(String, String), SignInRefused> {
    if !first_factor::of_pool(&app_client.pool).contains(&FirstFactor::WebAuthn) {
        return Err(SignInRefused::NotOffered);
    }
    let party = RelyingParty::of_pool(&app_client.pool).map_err(|_| SignInRefused::NotOffered)?;
    let challenge = PasskeyChallenge::generate(&mut app.rng());
    let progress = begun(None, Some(FirstFactor::WebAuthn), None);
    let session = Session::new(app, app_client, &UserId::from(""), Challenge::WebAuthn, progress);
    let expires_at = app.now().plus(ANYBODY_WAITS).millis();
    let session = Session { web_authn_challenge: Some(challenge.hashed()), expires_at, ..session };
    Ok((session::seal_as(app, app_client, ANYBODYS, session)?, options(&party, &challenge, &[])))
}

/// Signs in whoever's passkey answered.
///
/// SECURITY: whose it is, the passkey says; that it is theirs, its signature proves. Until then nothing rests on anybody's password
/// or factors, so what they are now is what the sign-in rests on.
///
/// # Errors
/// [`SignInRefused`].
pub async fn answer_anybody(entrance: &Entrance<'_>, session: &str, credential: &str) -> Result<Outcome, SignInRefused> {
    driver::counted(entrance, answered_by_anybody(entrance, session, credential).await)
}

async fn answered_by_anybody(entrance: &Entrance<'_>, session: &str, credential: &str) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    if !Flow::Choice.is_taken_by(&app_client.client.configuration) {
        return Err(Barred::FlowDisabled(Flow::Choice).into());
    }
    let session = session::open_as(app, app_client, ANYBODYS, session)?;
    let claimed = Assertion::parse(credential).ok().and_then(|assertion| assertion.claimed_user()).map(|sub| UserId::from(sub.as_str()));
    let user = match &claimed {
        Some(sub) => app.read(async |tx| users::find_by_id(tx, &app_client.pool.id, sub).await).await?,
        None => None,
    };
    let user = user.ok_or(SignInRefused::Incorrect)?;
    triggers::sign_in::before(app, app_client, &user.username, Some(&user)).await?;
    let progress = begun(Some(&user), Some(FirstFactor::WebAuthn), None);
    let session = Session { user_id: user.id.clone(), progress: progress.clone(), ..session };
    driver::advance(entrance, user.id, progress, AnswerProof::Passkey { session, credential: credential.to_owned() }).await
}

/// Judges what a browser answered, for nobody as for somebody, and notes the use of what is right: what kind of passkey it is.
///
/// # Errors
/// [`StoreError`]; inside, [`SignInRefused::Incorrect`], and what is wrong with the session.
pub async fn prove(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    user_id: &UserId,
    session: &Session,
    credential: &str,
) -> Result<Result<Method, SignInRefused>, StoreError> {
    let pool_id = &app_client.pool.id;
    if let Err(refused) = session.check_unused(tx, pool_id).await? {
        return Ok(Err(refused.into()));
    }
    let assertion = Assertion::parse(credential).ok();
    let found = match &assertion {
        Some(assertion) => web_authn::find(tx, pool_id, user_id, &assertion.credential_id).await?,
        None => None,
    };
    let used = found.as_ref().zip(assertion.as_ref()).and_then(|(found, assertion)| judge(app_client, session, found, assertion));
    match (found, used) {
        (Some(found), Some(used)) => {
            web_authn::note_use(tx, &found, used, app.now()).await?;
            Ok(Ok(Method::of_passkey(found.attachment.as_deref())))
        }
        _ => {
            session.fail(tx, pool_id).await?;
            Ok(Err(SignInRefused::Incorrect))
        }
    }
}

/// By the pool as it is now: another domain, or users who must be verified, count from then on.
fn judge(app_client: &AppClient, session: &Session, credential: &WebAuthnCredential, assertion: &Assertion) -> Option<Used> {
    let party = RelyingParty::of_pool(&app_client.pool).ok()?;
    let challenge_hash = session.web_authn_challenge.as_deref()?;
    let expected = Expected { challenge_hash, relying_party_id: &party.id, verification: party.verification };
    assertion.verify(credential, &expected).ok()
}
