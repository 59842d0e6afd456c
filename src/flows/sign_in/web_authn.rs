//! WEB_AUTHN: a passkey in place of the password. Nobody has none, and is asked and refused like somebody. What a passkey signs is
//! not guessed: no try is charged, and no lock stands in its way.

use serde_json::json;

use super::asked::ChallengeAsked;
use super::choice::{begun, spend_in};
use super::driver::Outcome;
use super::refused::SignInRefused;
use super::session::Session;
use super::subject::Subject;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::web_authn::{TIMEOUT_MILLISECONDS, descriptors};
use crate::kit::id::UserId;
use crate::store::web_authn::{self, Place};
use crate::store::{Conn, StoreError, users};
use crate::userpools::authentication_level::{Method, Target};
use crate::userpools::challenge::Challenge;
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::web_authn::assertion::{Assertion, Used};
use crate::userpools::web_authn::{Challenge as PasskeyChallenge, Expected, MOST_OF_A_USER, RelyingParty, WebAuthnCredential};

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
    let options = json!({
        "rpId": party.id,
        "challenge": challenge.to_text(),
        "timeout": TIMEOUT_MILLISECONDS,
        "allowCredentials": descriptors(&known),
        "userVerification": party.verification.as_str(),
    });
    let session = Session::new(app, app_client, &subject.id, Challenge::WebAuthn, progress);
    let session = Session { web_authn_challenge: Some(challenge.hashed()), ..session }.to_text(app, app_client)?;
    Ok(Outcome::Asked(ChallengeAsked::WebAuthn { session, options: options.to_string() }))
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
