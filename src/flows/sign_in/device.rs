//! DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER: a remembered device proves its secret. And what a sign-in leaves of its device.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::asked::ChallengeAsked;
use super::driver::{Applied, Outcome, advance, counted};
use super::proof::AnswerProof;
use super::refused::{SessionRefused, SignInRefused};
use super::session::{self, Session};
use super::srp::PasswordClaim;
use super::subject::is_live;
use crate::context::App;
use crate::crypto::sealed::sealed_as_json;
use crate::crypto::srp::{ClientPublic, Proof, ServerChallenge};
use crate::flows::clients::AppClient;
use crate::flows::devices::open_verifier;
use crate::flows::entrance::Entrance;
use crate::flows::failed::Failed;
use crate::flows::sessions;
use crate::flows::whence::Whence;
use crate::kit::clock::Timestamp;
use crate::store::tokens::TokenFamily;
use crate::store::{Conn, StoreError, devices, tokens, users};
use crate::userpools::challenge::{Challenge, Done, NextRefused, Progress, Step, next_on};
use crate::userpools::device::{Device, NewDevice};
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// How old a proof's TIMESTAMP may be, and how far ahead: seconds.
const TIMESTAMP_SECONDS: i64 = 600;

/// What a device's SECRET_BLOCK carries.
#[derive(Serialize, Deserialize)]
struct DeviceBlock {
    session: Session,
    device_key: String,
    exchange: String,
}

sealed_as_json!(DeviceBlock);

/// An answer to DEVICE_SRP_AUTH.
pub struct DeviceAsk<'a> {
    /// Any of the user's names.
    pub username: &'a str,
    /// The challenge's session, if the client has it.
    pub session: Option<&'a str>,
    /// `A`.
    pub public: ClientPublic,
}

/// Answers DEVICE_SRP_AUTH.
///
/// # Errors
/// [`SignInRefused`].
pub async fn ask_device(entrance: &Entrance<'_>, given: DeviceAsk<'_>) -> Result<Outcome, SignInRefused> {
    let DeviceAsk { username, session, public } = given;
    let outcome = ask(entrance, username, session, public).await.and_then(|(asked, user)| {
        entrance.check_secret_hash(&[username, &user.username])?;
        Ok(Outcome::Asked(asked))
    });
    counted(entrance, outcome)
}

/// Answers DEVICE_PASSWORD_VERIFIER.
///
/// # Errors
/// [`SignInRefused`].
pub async fn prove_device(entrance: &Entrance<'_>, claim: PasswordClaim) -> Result<Outcome, SignInRefused> {
    counted(entrance, device_proven(entrance, claim).await)
}

async fn device_proven(entrance: &Entrance<'_>, claim: PasswordClaim) -> Result<Outcome, SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let username = claim.username.clone();
    let user = app.read(async |tx| users::find(tx, &app_client.pool, &username).await).await?;
    let user = user.ok_or(SignInRefused::Incorrect)?;
    entrance.check_secret_hash(&[&username, &user.username])?;
    let (session, is_right) = judge(entrance, claim).await?;
    // SECURITY: the block of one user with the name of another is nobody's.
    if session.user_id != user.id {
        return Err(SignInRefused::Incorrect);
    }
    let progress = session.progress.clone();
    advance(entrance, user.id, progress, AnswerProof::Device { session, is_right }).await
}

/// What a sign-in asks for next, as everything is in this transaction: its device too.
///
/// # Errors
/// [`StoreError`]; inside, [`NextRefused`].
pub async fn next_in(
    app: &App,
    tx: &mut Conn,
    app_client: &AppClient,
    user: &User,
    progress: &Progress,
) -> Result<Result<Step, NextRefused>, StoreError> {
    let device = match progress.device.as_deref() {
        Some(key) => devices::find(tx, &user.pool_id, &user.id, key).await?,
        None => None,
    };
    // SECURITY: what rests on an earlier sign-in ends with it.
    if let Some(credit) = progress.target.as_ref().and_then(|target| target.credit.as_ref()) {
        let family = tokens::find_family(tx, &user.pool_id, &credit.origin_jti).await?;
        if !family.is_some_and(|family| is_live(&family, &user.id)) {
            return Ok(Err(NextRefused::Stale));
        }
    }
    // SECURITY: a sign-in that named a device which is the user's no more does not go on as one that named none.
    if progress.has(Done::Device) && device.is_none() {
        return Ok(Err(NextRefused::Stale));
    }
    Ok(next_on(device.as_ref(), &app_client.pool, &app_client.client, user, progress, app.now()))
}

/// Whether the device that a sign-in names is one of the user's, where the pool tracks devices.
///
/// # Errors
/// [`StoreError`].
pub async fn is_known(tx: &mut Conn, pool: &Pool, user: &User, progress: &Progress) -> Result<bool, StoreError> {
    match (progress.device.as_deref(), pool.configuration.device_configuration) {
        (Some(key), Some(_)) => Ok(devices::find(tx, &pool.id, &user.id, key).await?.is_some()),
        _ => Ok(true),
    }
}

/// Answers DEVICE_SRP_AUTH: the session is the one that comes with it, or of clients that carry none the one that was kept for
/// the public value with which they proved the password.
///
/// # Errors
/// [`SignInRefused`].
async fn ask(
    entrance: &Entrance<'_>,
    username: &str,
    session: Option<&str>,
    public: ClientPublic,
) -> Result<(ChallengeAsked, User), SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let session = match session {
        Some(session) => session.to_owned(),
        None => kept(app, app_client, &public).await?,
    };
    let session = Session::open(app, app_client, &[Challenge::Device], &session)?;
    let (user, device) = app
        .read(async |tx| {
            let user = users::find(tx, &app_client.pool, username).await?;
            // SECURITY: the session of one user with the name of another is nobody's; and of one device with the key of another.
            let user = user.filter(|user| user.id == session.user_id).ok_or(SessionRefused::Invalid)?;
            if entrance.whence.device_key.is_none() || entrance.whence.device_key != session.progress.device.as_deref() {
                return Err(SessionRefused::Invalid.into());
            }
            session.check_unused(tx, &app_client.pool.id).await??;
            let asked = next_in(app, tx, app_client, &user, &session.progress).await?;
            if asked != Ok(Step::Ask(Challenge::Device)) {
                return Err(SessionRefused::Invalid.into());
            }
            let key = entrance.whence.device_key.unwrap_or_default();
            let device = devices::find(tx, &user.pool_id, &user.id, key).await?.ok_or(SessionRefused::Invalid)?;
            Ok::<_, SignInRefused>((user, device))
        })
        .await?;
    let verifier = open_verifier(app, &device)?;
    let secret = ServerChallenge::draw_secret(&mut app.rng());
    let exchange = app.hasher.run(move || ServerChallenge::start(&verifier, public, secret)).await?;
    let block = DeviceBlock { session, device_key: device.key.clone(), exchange: STANDARD.encode(exchange.to_bytes().as_slice()) };
    let asked = ChallengeAsked::DevicePassword {
        username: user.username.clone(),
        device_key: device.key,
        salt: device.salt,
        server_public: exchange.server_public_hex(),
        secret_block: session::seal(app, app_client, "device secret block", &block)?,
    };
    Ok((asked, user))
}

/// Judges a proof of a device's secret: the session that it answers, and whether it is right.
///
/// # Errors
/// [`SignInRefused::Incorrect`] when the block is none of ours, or old.
async fn judge(entrance: &Entrance<'_>, claim: PasswordClaim) -> Result<(Session, bool), SignInRefused> {
    let (app, app_client) = (entrance.app, &entrance.app_client);
    let block: DeviceBlock = session::open(app, app_client, "device secret block", &claim.secret_block).ok_or(SignInRefused::Incorrect)?;
    let is_old = (app.now().seconds() - claim.signed_at.seconds()).abs() > TIMESTAMP_SECONDS;
    if is_old || block.session.is_expired(app) || entrance.whence.device_key != Some(block.device_key.as_str()) {
        return Err(SignInRefused::Incorrect);
    }
    let user_id = &block.session.user_id;
    let device = app.read(async |tx| devices::find(tx, &app_client.pool.id, user_id, &block.device_key).await).await?;
    let device: Device = device.ok_or(SignInRefused::Incorrect)?;
    let verifier = open_verifier(app, &device)?;
    let exchange = STANDARD.decode(&block.exchange).ok().and_then(|bytes| ServerChallenge::from_bytes(&bytes));
    let exchange = exchange.ok_or(SignInRefused::Incorrect)?;
    let is_right = app.hasher.run(move || {
        let secret_block = STANDARD.decode(&claim.secret_block).unwrap_or_default();
        let proof = Proof {
            pool_name: &device.group_key,
            user_id: &device.key,
            secret_block: &secret_block,
            timestamp: &claim.timestamp,
            signature: &claim.signature,
        };
        exchange.proves(&verifier, &proof)
    });
    Ok((block.session, is_right.await?))
}

/// What a proof comes to.
pub const fn apply(is_right: bool) -> Applied {
    if is_right { Applied::Accepted(Done::Device) } else { Applied::Wrong(SignInRefused::Incorrect) }
}

/// Records what is left of a sign-in that is complete: of its device, and as a session.
///
/// # Errors
/// [`StoreError`].
pub async fn arrive(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    family: &TokenFamily,
    new: Option<&NewDevice>,
    whence: Whence<'_>,
) -> Result<(), StoreError> {
    match (new, family.device_key.as_deref()) {
        (Some(new), _) => devices::set_waiting(tx, &pool.id, &family.origin_jti, &new.group_key).await?,
        (None, Some(key)) => {
            let ip_address = whence.ip_address();
            devices::authenticated(tx, &pool.id, &family.user_id, key, ip_address.as_deref(), app.now()).await?;
        }
        (None, None) => {}
    }
    sessions::begin(app, tx, pool, family, whence).await
}

/// Keeps the session of a DEVICE_SRP_AUTH for a client that comes without it, by the public value that it proved the password
/// with. pycognito is one.
///
/// SECURITY: nobody but the client knows that value, which is drawn anew for each sign-in: it serves as the session string does.
///
/// # Errors
/// Our own failures only.
pub async fn keep(app: &App, app_client: &AppClient, fingerprint: &str, asked: &ChallengeAsked) -> Result<(), SignInRefused> {
    let ChallengeAsked::DeviceSrp { session } = asked else { return Ok(()) };
    let pool_id = &app_client.pool.id;
    let place = ["device_sign_ins", pool_id.as_str(), fingerprint];
    let sealed = app.keys.at_rest.seal(&place, session, &mut app.rng()).map_err(Failed::because)?;
    let until: Timestamp = app.now().plus(app_client.client.configuration.session_lifetime());
    Ok(app.write(async |tx| devices::keep_session(tx, pool_id, fingerprint, &sealed, until).await).await?)
}

async fn kept(app: &App, app_client: &AppClient, public: &ClientPublic) -> Result<String, SignInRefused> {
    let (pool_id, fingerprint) = (&app_client.pool.id, public.fingerprint());
    let sealed = app.read(async |tx| devices::kept_session(tx, pool_id, &fingerprint).await).await?;
    let sealed = sealed.ok_or(SessionRefused::Invalid)?;
    let place = ["device_sign_ins", pool_id.as_str(), fingerprint.as_str()];
    Ok(app.keys.at_rest.open(&place, &sealed).map_err(Failed::because)?)
}
