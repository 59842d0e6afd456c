//! Passkeys of a signed-in user: made in two steps, listed and deleted.

use std::time::Duration;

use serde_json::{Value, json};

use super::access::Holder;
use super::failed::{Failed, fails_with_the_store};
use super::notices::{self, Notice};
use crate::context::App;
use crate::crypto::cose::Algorithm;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::web_authn::{self, Place, Registration};
use crate::store::{Conn, StoreError, users};
use crate::userpools::user::{User, UserStatus};
use crate::userpools::web_authn::assertion::user_handle;
use crate::userpools::web_authn::registration::{self, Registered};
use crate::userpools::web_authn::{CeremonyRefused, Challenge, Expected, MOST_OF_A_USER, NoPasskeys, RelyingParty, WebAuthnCredential};

/// How long a registration waits for its passkey.
///
/// Source: WebAuthn Level 3 §15.1, the recommended range where users are to be verified: 300 to 600 seconds.
const REGISTRATION_LIVES: Duration = Duration::from_secs(300);

/// How long the browser waits for its user, in milliseconds, as Cognito tells it.
pub(super) const TIMEOUT_MILLISECONDS: u32 = 60_000;

/// Why a passkey is not made, listed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyRefused {
    /// The pool has none.
    #[error(transparent)]
    NoPasskeys(#[from] NoPasskeys),
    /// The sign-in is over meanwhile.
    #[error("the access token was revoked")]
    Revoked,
    /// The password must be reset first.
    #[error("the password must be reset")]
    ResetRequired,
    /// No registration waits.
    #[error("no registration waits")]
    NoRegistration,
    /// The registration was begun through another client.
    #[error("the registration was begun through another client")]
    OtherClient,
    /// The passkey is not what it says.
    #[error(transparent)]
    Ceremony(#[from] CeremonyRefused),
    /// A passkey of that id is registered, with whomever.
    #[error("the passkey is registered")]
    Registered,
    /// The user has as many passkeys as they can have.
    #[error("the user has too many passkeys")]
    TooMany,
    /// The user has no such passkey.
    #[error("no such passkey")]
    NoSuchPasskey,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(PasskeyRefused);

/// Begins a registration, in place of one that waits: PublicKeyCredentialCreationOptionsJSON.
///
/// # Errors
/// [`PasskeyRefused`].
pub async fn start(app: &App, holder: &Holder) -> Result<Value, PasskeyRefused> {
    let party = RelyingParty::of_pool(&holder.pool)?;
    let challenge = Challenge::generate(&mut app.rng());
    let registration = Registration {
        challenge_hash: challenge.hashed(),
        client_id: holder.claims.client_id.clone(),
        expires_at: app.now().plus(REGISTRATION_LIVES).millis(),
    };
    let (user, known) = app
        .write(async |tx| {
            let user = present(tx, holder).await?;
            let known = web_authn::of_user(tx, &user.pool_id, &user.id, &Place::BEGINNING, MOST_OF_A_USER).await?;
            if !has_room(tx, &user).await? {
                return Err(PasskeyRefused::TooMany);
            }
            web_authn::begin(tx, &user.pool_id, &user.id, &registration).await?;
            Ok::<_, PasskeyRefused>((user, known))
        })
        .await?;
    Ok(creation_options(&party, &user, &known, &challenge))
}

/// Completes the registration that waits. Whatever becomes of it, its challenge has served.
///
/// # Errors
/// [`PasskeyRefused`].
pub async fn complete(app: &App, holder: &Holder, credential: &Value) -> Result<(), PasskeyRefused> {
    let party = RelyingParty::of_pool(&holder.pool)?;
    let now = app.now();
    app.write(async |tx| {
        let user = present(tx, holder).await?;
        let waiting = web_authn::waiting(tx, &user.pool_id, &user.id).await?;
        let waiting = waiting.filter(|waiting| now.millis() < waiting.expires_at).ok_or(PasskeyRefused::NoRegistration)?;
        if waiting.client_id != holder.claims.client_id {
            return Err(PasskeyRefused::OtherClient);
        }
        // Refused inside of `Ok`: the challenge stays spent.
        web_authn::end(tx, &user.pool_id, &user.id).await?;
        if !has_room(tx, &user).await? {
            return Ok(Err(PasskeyRefused::TooMany));
        }
        let expected = Expected { challenge_hash: &waiting.challenge_hash, relying_party_id: &party.id, verification: party.verification };
        let registered = match registration::verify(credential, &expected) {
            Ok(registered) => registered,
            Err(refused) => return Ok(Err(refused.into())),
        };
        let credential = made(registered, &user, &party, now);
        if !web_authn::insert(tx, &credential).await? {
            return Ok(Err(PasskeyRefused::Registered));
        }
        Ok(Ok(notices::tell(app, tx, &holder.pool, &user, Notice::PasskeyAdded).await?))
    })
    .await?
}

/// A page of the holder's passkeys, the oldest first.
///
/// # Errors
/// [`PasskeyRefused`].
pub async fn list(app: &App, holder: &Holder, after: &Place, limit: i64) -> Result<Vec<WebAuthnCredential>, PasskeyRefused> {
    check_state(&holder.user)?;
    let (pool_id, user_id) = (&holder.user.pool_id, &holder.user.id);
    Ok(app.read(async |tx| web_authn::of_user(tx, pool_id, user_id, after, limit).await).await?)
}

/// Deletes a passkey of the holder's.
///
/// # Errors
/// [`PasskeyRefused`].
pub async fn delete(app: &App, holder: &Holder, credential_id: &str) -> Result<(), PasskeyRefused> {
    app.write(async |tx| {
        let user = present(tx, holder).await?;
        let deleted = web_authn::delete(tx, &user.pool_id, &user.id, credential_id).await?;
        if !deleted {
            return Err(PasskeyRefused::NoSuchPasskey);
        }
        Ok(notices::tell(app, tx, &holder.pool, &user, Notice::PasskeyRemoved).await?)
    })
    .await
}

/// The holder as the transaction finds them, while their sign-in goes on.
async fn present(tx: &mut Conn, holder: &Holder) -> Result<User, PasskeyRefused> {
    let user = users::find_by_family(tx, &holder.pool.id, &holder.user.id, &holder.claims.origin_jti).await?;
    let user = user.filter(|user| user.enabled).ok_or(PasskeyRefused::Revoked)?;
    check_state(&user)?;
    Ok(user)
}

fn check_state(user: &User) -> Result<(), PasskeyRefused> {
    if user.status == UserStatus::ResetRequired { Err(PasskeyRefused::ResetRequired) } else { Ok(()) }
}

async fn has_room(tx: &mut Conn, user: &User) -> Result<bool, StoreError> {
    Ok(web_authn::count_of_user(tx, &user.pool_id, &user.id).await? < MOST_OF_A_USER)
}

fn made(registered: Registered, user: &User, party: &RelyingParty, now: Timestamp) -> WebAuthnCredential {
    WebAuthnCredential {
        pool_id: UserPoolId::clone(&user.pool_id),
        id: registered.id,
        user_id: user.id.clone(),
        relying_party_id: party.id.clone(),
        public_key: registered.public_key,
        sign_count: registered.sign_count,
        is_backup_eligible: registered.is_backup_eligible,
        is_backed_up: registered.is_backed_up,
        friendly_name: registered.friendly_name.to_owned(),
        attachment: registered.attachment,
        transports: registered.transports,
        created_at: now,
        last_used_at: None,
    }
}

/// As Cognito's: a passkey is always one that its authenticator finds by itself.
fn creation_options(party: &RelyingParty, user: &User, known: &[WebAuthnCredential], challenge: &Challenge) -> Value {
    let algorithms: Vec<Value> = Algorithm::ALL.into_iter().map(|algorithm| json!({"alg": algorithm.id(), "type": "public-key"})).collect();
    json!({
        "rp": {"id": party.id, "name": party.id},
        "user": {"id": user_handle(user.id.as_str()), "name": user.username, "displayName": user.username},
        "challenge": challenge.to_text(),
        "pubKeyCredParams": algorithms,
        "timeout": TIMEOUT_MILLISECONDS,
        "excludeCredentials": descriptors(known),
        "authenticatorSelection": {
            "requireResidentKey": true, "residentKey": "required", "userVerification": party.verification.as_str(),
        },
    })
}

/// PublicKeyCredentialDescriptorJSON of each.
pub(super) fn descriptors(credentials: &[WebAuthnCredential]) -> Vec<Value> {
    let descriptor = |credential: &WebAuthnCredential| {
        let mut descriptor = json!({"type": "public-key", "id": credential.id});
        if let (Some(members), false) = (descriptor.as_object_mut(), credential.transports.is_empty()) {
            members.insert("transports".to_owned(), json!(credential.transports));
        }
        descriptor
    };
    credentials.iter().map(descriptor).collect()
}
