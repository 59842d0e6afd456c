//! USER_SRP_AUTH and PASSWORD_VERIFIER: a proof of the password. Who exists and who does not get answers of the same form and
//! length, for the same work.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::asked::ChallengeAsked;
use super::refused::SignInRefused;
use super::session::{self, Session};
use super::subject::Subject;
use crate::context::App;
use crate::crypto::sealed::sealed_as_json;
use crate::crypto::srp::{ClientPublic, Proof, ServerChallenge, Verifier};
use crate::flows::clients::AppClient;
use crate::flows::passwords;
use crate::kit::clock::Timestamp;
use crate::store::attempts::Target;
use crate::userpools::challenge::{Challenge, Flow, Progress};
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::user::{PasswordRecord, User};

/// How old a proof's TIMESTAMP may be, and how far ahead: seconds.
const TIMESTAMP_SECONDS: i64 = 600;

/// What PASSWORD_VERIFIER is answered with.
pub struct PasswordClaim {
    /// USERNAME: any of the user's names.
    pub username: String,
    /// PASSWORD_CLAIM_SECRET_BLOCK.
    pub secret_block: String,
    /// PASSWORD_CLAIM_SIGNATURE.
    pub signature: String,
    /// TIMESTAMP, as it was sent.
    pub timestamp: String,
    /// The moment that it names.
    pub signed_at: Timestamp,
}

/// What a SECRET_BLOCK carries: clients answer PASSWORD_VERIFIER without a session. Every part has the same length for
/// somebody and for nobody.
#[derive(Serialize, Deserialize)]
pub struct SecretBlock {
    /// The challenge's session.
    pub session: Session,
    /// What tries are counted by.
    pub target: Target,
    /// USER_ID_FOR_SRP.
    pub srp_name: String,
    /// The server's half of the exchange, base64.
    exchange: String,
}

sealed_as_json!(SecretBlock);

/// Asks for a proof.
///
/// # Errors
/// [`SignInRefused::Busy`], and our own failures.
pub async fn ask(
    app: &App,
    app_client: &AppClient,
    subject: Subject,
    public: ClientPublic,
    flow: Flow,
    first: Option<FirstFactor>,
) -> Result<ChallengeAsked, SignInRefused> {
    let known = with_password(subject.user.as_ref());
    let verifier = match known {
        Some((user, password)) => passwords::open_verifier(app, user, password)?,
        None => Verifier::fake(&app.keys.nobody, app_client.pool.id.as_str(), &subject.srp_name),
    };
    let salt = verifier.salt_hex();
    let secret = ServerChallenge::draw_secret(&mut app.rng());
    let exchange = app.hasher.run(move || ServerChallenge::start(&verifier, public, secret)).await?;
    let (password, factor) = known.map(|(user, _)| (user.password_generation, user.factor_generation)).unwrap_or_default();
    let begun = Progress { first, ..Progress::begin(flow, password, factor) };
    let block = SecretBlock {
        session: Session::new(app, app_client, &subject.id, Challenge::Password, begun),
        target: subject.target,
        srp_name: subject.srp_name.clone(),
        exchange: STANDARD.encode(exchange.to_bytes().as_slice()),
    };
    Ok(ChallengeAsked::PasswordVerifier {
        srp_name: subject.srp_name,
        salt,
        server_public: exchange.server_public_hex(),
        secret_block: session::seal(app, app_client, "secret block", &block)?,
    })
}

/// Opens a claim's block.
///
/// # Errors
/// [`SignInRefused::Incorrect`] when it is none of ours, or old.
pub fn open(app: &App, app_client: &AppClient, claim: &PasswordClaim) -> Result<SecretBlock, SignInRefused> {
    let block: SecretBlock = session::open(app, app_client, "secret block", &claim.secret_block).ok_or(SignInRefused::Incorrect)?;
    let is_old = (app.now().seconds() - claim.signed_at.seconds()).abs() > TIMESTAMP_SECONDS;
    if is_old || block.session.is_expired(app) { Err(SignInRefused::Incorrect) } else { Ok(block) }
}

/// Whether the claim proves the password of `user`, who was found by the claim's name.
///
/// # Errors
/// [`SignInRefused::Busy`], and our own failures.
pub async fn judge(
    app: &App,
    app_client: &AppClient,
    user: Option<&User>,
    block: &SecretBlock,
    claim: PasswordClaim,
) -> Result<bool, SignInRefused> {
    // SECURITY: the block is of this user, and of no other whose name is given with it; and of the password that they have.
    let begun_by =
        |user: &&User| user.id == block.session.user_id && user.password_generation == block.session.progress.password_generation;
    let known = with_password(user.filter(begun_by));
    let exists = known.is_some();
    let verifier = match known {
        Some((user, password)) => passwords::open_verifier(app, user, password)?,
        None => Verifier::fake(&app.keys.nobody, app_client.pool.id.as_str(), &block.srp_name),
    };
    let exchange = STANDARD.decode(&block.exchange).ok().and_then(|bytes| ServerChallenge::from_bytes(&bytes));
    let exchange = exchange.ok_or(SignInRefused::Incorrect)?;
    let (pool_name, srp_name) = (app_client.pool.srp_name().to_owned(), block.srp_name.clone());
    let proven = app.hasher.run(move || {
        let secret_block = STANDARD.decode(&claim.secret_block).unwrap_or_default();
        let proof = Proof {
            pool_name: &pool_name,
            user_id: &srp_name,
            secret_block: &secret_block,
            timestamp: &claim.timestamp,
            signature: &claim.signature,
        };
        exchange.proves(&verifier, &proof)
    });
    Ok(proven.await? && exists)
}

fn with_password(user: Option<&User>) -> Option<(&User, &PasswordRecord)> {
    user.and_then(|user| Some((user, user.password.as_ref()?)))
}
