//! Sign-in: one driver for every flow and challenge, so that no variant skips throttling, lock-out or state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clients::ClientOfPool;
use super::issue::{self, AuthenticationResult};
use super::refused::{INCORRECT, Refused};
use super::{passwords, refresh, sessions, software_token};
use crate::context::App;
use crate::crypto::ids;
use crate::crypto::srp::{ClientPublic, Proof, ServerChallenge, Verifier, parse_timestamp};
use crate::kit::secret::Secret;
use crate::store::{self, tokens};
use crate::userpools::attributes::{Writer, check_new, full_schema};
use crate::userpools::pool::MfaMode;
use crate::userpools::user::{User, UserStatus};

const PASSWORD_VERIFIER: &str = "PASSWORD_VERIFIER";
const NEW_PASSWORD_REQUIRED: &str = "NEW_PASSWORD_REQUIRED";
const SOFTWARE_TOKEN_MFA: &str = "SOFTWARE_TOKEN_MFA";
const MFA_SETUP: &str = "MFA_SETUP";

/// How old an SRP proof's TIMESTAMP may be, and how far ahead: seconds.
const SRP_TIMESTAMP_SECONDS: i64 = 600;

/// Parameters of flows and challenges, as the wire gives them.
pub type Parameters = BTreeMap<String, String>;

/// What InitiateAuth and RespondToAuthChallenge answer.
#[derive(Serialize, Default)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    challenge_parameters: Parameters,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_result: Option<AuthenticationResult>,
}

/// Who drives the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The user's own device.
    Client,
    /// A backend, by the signed operations.
    Admin,
}

/// Begins a sign-in.
///
/// # Errors
/// [`Refused`].
pub async fn initiate(app: &App, of: &ClientOfPool, side: Side, flow: &str, parameters: &Parameters) -> Result<Answer, Refused> {
    let configuration = &of.client.configuration;
    let enabled = |allow: &str| {
        let refused = || Refused::parameter(format!("{flow} flow not enabled for this client"));
        configuration.allows(allow).then_some(()).ok_or_else(refused)
    };
    match (flow, side) {
        ("USER_PASSWORD_AUTH", _) => {
            enabled("ALLOW_USER_PASSWORD_AUTH")?;
            password(app, of, parameters).await
        }
        ("ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH", Side::Admin) => {
            enabled("ALLOW_ADMIN_USER_PASSWORD_AUTH")?;
            password(app, of, parameters).await
        }
        ("USER_SRP_AUTH", _) => {
            enabled("ALLOW_USER_SRP_AUTH")?;
            srp(app, of, parameters).await
        }
        ("REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN", _) => {
            enabled("ALLOW_REFRESH_TOKEN_AUTH")?;
            let token = required(parameters, "REFRESH_TOKEN")?;
            let result = refresh::refresh(app, of, token, optional(parameters, "SECRET_HASH")).await?;
            Ok(Answer { authentication_result: Some(result), ..Answer::default() })
        }
        ("ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH", Side::Client) => Err(Refused::parameter("Initiate Auth method not supported.")),
        _ => Err(Refused::parameter(format!("{flow} flow not enabled for this client"))),
    }
}

/// Answers a challenge.
///
/// # Errors
/// [`Refused`].
pub async fn respond(
    app: &App,
    of: &ClientOfPool,
    challenge: &str,
    session: Option<&str>,
    responses: &Parameters,
) -> Result<Answer, Refused> {
    match challenge {
        PASSWORD_VERIFIER => password_verifier(app, of, responses).await,
        SOFTWARE_TOKEN_MFA => software_token_mfa(app, of, session, responses).await,
        NEW_PASSWORD_REQUIRED => new_password(app, of, session, responses).await,
        MFA_SETUP => mfa_setup(app, of, session, responses).await,
        other => Err(Refused::parameter(format!("Challenge {other} is not supported"))),
    }
}

async fn password(app: &App, of: &ClientOfPool, parameters: &Parameters) -> Result<Answer, Refused> {
    let username = required(parameters, "USERNAME")?;
    let password = Secret::from(required(parameters, "PASSWORD")?.to_owned());
    of.check_secret_hash(app, &[username], optional(parameters, "SECRET_HASH"))?;
    let Some(user) = app.read(async |tx| store::users::find(tx, &of.pool, username).await).await? else {
        // SECURITY: an unknown user costs the time of a known one.
        app.hasher.verify_nobody(password).await?;
        return Err(unknown_user(of));
    };
    passwords::check(app, &user, password).await?;
    after_password(app, of, user).await
}

fn unknown_user(of: &ClientOfPool) -> Refused {
    if of.client.configuration.hides_users() { Refused::not_authorized(INCORRECT) } else { Refused::NoSuchUser }
}

/// What a SECRET_BLOCK carries: clients answer PASSWORD_VERIFIER without a session.
#[derive(Serialize, Deserialize)]
struct SecretBlock {
    /// The challenge's session, its user empty for users who do not exist.
    session: sessions::Session,
    username: String,
    exchange: Vec<u8>,
}

async fn srp(app: &App, of: &ClientOfPool, parameters: &Parameters) -> Result<Answer, Refused> {
    let username = required(parameters, "USERNAME")?;
    let public = ClientPublic::parse(required(parameters, "SRP_A")?).map_err(|refused| Refused::parameter(refused.to_string()))?;
    of.check_secret_hash(app, &[username], optional(parameters, "SECRET_HASH"))?;
    let user = app.read(async |tx| store::users::find(tx, &of.pool, username).await).await?;
    let known = user.as_ref().and_then(|user| user.password.as_ref().map(|password| (user, password)));
    if user.is_none() && !of.client.configuration.hides_users() {
        return Err(Refused::NoSuchUser);
    }
    let verifier = match known {
        Some((user, password)) => passwords::open_verifier(app, user, password)?,
        None => {
            let (key, pool_id, name) = (app.keys.nobody.clone(), of.pool.id.clone(), username.to_owned());
            app.hasher.run(move || Verifier::fake(&key, &pool_id, &name)).await?
        }
    };
    let salt = verifier.salt_hex();
    let secret = ServerChallenge::draw_secret(&mut app.rng());
    let exchange = app.hasher.run(move || ServerChallenge::start(&verifier, public, secret)).await?;
    let srp_name = user.as_ref().map_or(username, |user| user.username.as_str()).to_owned();
    let block = SecretBlock {
        session: sessions::Session {
            id: ids::uuid(&mut app.rng()),
            user_id: known.map(|(user, _)| user.id.clone()).unwrap_or_default(),
            challenge: PASSWORD_VERIFIER.to_owned(),
            expires_at: app.now().plus(of.client.configuration.session_lifetime()).millis(),
        },
        username: srp_name.clone(),
        exchange: exchange.to_bytes().to_vec(),
    };
    let parameters = [
        ("SALT", salt),
        ("SRP_B", exchange.server_public_hex()),
        ("SECRET_BLOCK", sessions::seal(app, of, "secret block", &block)?),
        ("USERNAME", srp_name.clone()),
        ("USER_ID_FOR_SRP", srp_name),
    ];
    Ok(Answer {
        challenge_name: Some(PASSWORD_VERIFIER),
        challenge_parameters: parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ..Answer::default()
    })
}

async fn password_verifier(app: &App, of: &ClientOfPool, responses: &Parameters) -> Result<Answer, Refused> {
    let wrong = || Refused::not_authorized(INCORRECT);
    let username = required(responses, "USERNAME")?;
    let block_text = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?;
    let signature = required(responses, "PASSWORD_CLAIM_SIGNATURE")?.to_owned();
    let timestamp = required(responses, "TIMESTAMP")?.to_owned();
    let signed_at = parse_timestamp(&timestamp)
        .ok_or_else(|| Refused::parameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."))?;
    let block: SecretBlock = sessions::open(app, of, "secret block", block_text).ok_or_else(wrong)?;
    of.check_secret_hash(app, &[username, &block.username], optional(responses, "SECRET_HASH"))?;
    let session = block.session;
    if app.now().millis() >= session.expires_at || (app.now().seconds() - signed_at.seconds()).abs() > SRP_TIMESTAMP_SECONDS {
        return Err(wrong());
    }
    let user = app.read(async |tx| store::users::find(tx, &of.pool, username).await).await?;
    // SECURITY: the block is of this user, and of no other whose name is given with it.
    let user = user.filter(|user| user.id == session.user_id);
    let verifier = match user.as_ref().and_then(|user| user.password.as_ref().map(|password| (user, password))) {
        Some((user, password)) => {
            passwords::charge_attempt(app, user).await?;
            Some(passwords::open_verifier(app, user, password)?)
        }
        None => None,
    };
    let (key, pool_id) = (app.keys.nobody.clone(), of.pool.id.clone());
    let (srp_name, srp_user, block_text) = (of.pool.srp_name().to_owned(), block.username, block_text.to_owned());
    let exchange = ServerChallenge::from_bytes(&block.exchange).ok_or_else(wrong)?;
    let proving = app.hasher.run(move || {
        let exists = verifier.is_some();
        let verifier = verifier.unwrap_or_else(|| Verifier::fake(&key, &pool_id, &srp_user));
        let secret_block = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &block_text).unwrap_or_default();
        let proof =
            Proof { pool_name: &srp_name, user_id: &srp_user, secret_block: &secret_block, timestamp: &timestamp, signature: &signature };
        exchange.proves(&verifier, &proof) && exists
    });
    let proven = match &user {
        Some(user) => passwords::judge(app, user, proving).await?,
        None => proving.await?,
    };
    let user = user.filter(|_| proven).ok_or_else(wrong)?;
    app.write(async |tx| sessions::spend(app, tx, &of.pool.id, &session).await).await?;
    after_password(app, of, user).await
}

/// What follows a right password: the user's state, then the second factor, then tokens.
async fn after_password(app: &App, of: &ClientOfPool, user: User) -> Result<Answer, Refused> {
    if !user.enabled {
        return Err(Refused::not_authorized("User is disabled."));
    }
    match user.status {
        UserStatus::Unconfirmed => {
            app.write(async |tx| store::users::clear_failures(tx, &user.pool_id, &user.id).await).await?;
            Err(Refused::NotConfirmed)
        }
        UserStatus::ResetRequired => Err(Refused::PasswordResetRequired),
        UserStatus::ForceChangePassword => {
            let until = user.password.as_ref().and_then(|password| password.temporary_until);
            if until.is_some_and(|until| app.now() >= until) {
                return Err(Refused::not_authorized("Temporary password has expired and must be reset by an administrator."));
            }
            app.write(async |tx| store::users::clear_failures(tx, &user.pool_id, &user.id).await).await?;
            challenge_new_password(app, of, &user)
        }
        UserStatus::Confirmed => second_factor(app, of, user).await,
    }
}

fn challenge_new_password(app: &App, of: &ClientOfPool, user: &User) -> Result<Answer, Refused> {
    let schema = full_schema(&of.pool.configuration.schema);
    let missing =
        schema.iter().filter(|attribute| attribute.required && attribute.name != "sub" && !user.attributes.contains_key(&attribute.name));
    let missing: Vec<String> = missing.map(|attribute| format!("userAttributes.{}", attribute.name)).collect();
    let text = |value: serde_json::Result<String>| value.map_err(|error| Refused::Internal(Box::new(error)));
    let parameters = [
        ("USER_ID_FOR_SRP", user.username.clone()),
        ("requiredAttributes", text(serde_json::to_string(&missing))?),
        ("userAttributes", text(serde_json::to_string(&user.attributes))?),
    ];
    challenge(app, of, user, NEW_PASSWORD_REQUIRED, parameters)
}

async fn second_factor(app: &App, of: &ClientOfPool, user: User) -> Result<Answer, Refused> {
    let offered = of.pool.configuration.software_token_mfa_enabled();
    let has_token = user.sealed_totp_seed.is_some();
    let asked = match of.pool.configuration.mfa {
        MfaMode::Off => false,
        MfaMode::Optional => user.mfa.software_token_enabled && has_token,
        MfaMode::On => has_token,
    };
    if asked {
        app.write(async |tx| store::users::clear_failures(tx, &user.pool_id, &user.id).await).await?;
        return challenge(app, of, &user, SOFTWARE_TOKEN_MFA, [("USER_ID_FOR_SRP", user.username.clone())]);
    }
    if of.pool.configuration.mfa == MfaMode::On {
        let factors = if offered { "[\"SOFTWARE_TOKEN_MFA\"]" } else { "[]" };
        let parameters = [("MFAS_CAN_SETUP", factors.to_owned()), ("USER_ID_FOR_SRP", user.username.clone())];
        return challenge(app, of, &user, MFA_SETUP, parameters);
    }
    complete(app, of, user, None).await
}

fn challenge<const N: usize>(
    app: &App,
    of: &ClientOfPool,
    user: &User,
    name: &'static str,
    parameters: [(&str, String); N],
) -> Result<Answer, Refused> {
    Ok(Answer {
        challenge_name: Some(name),
        session: Some(sessions::start(app, of, user, name)?),
        challenge_parameters: parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        authentication_result: None,
    })
}

/// Signs the user in: spends the session, forgets wrong tries, records the sign-in, in one transaction.
async fn complete(app: &App, of: &ClientOfPool, user: User, session: Option<&sessions::Session>) -> Result<Answer, Refused> {
    let (family, refresh_token) = issue::new_family(app, of, &user)?;
    app.write(async |tx| {
        if let Some(session) = session {
            sessions::spend(app, tx, &of.pool.id, session).await?;
        }
        store::users::clear_failures(tx, &user.pool_id, &user.id).await?;
        Ok::<_, Refused>(tokens::insert_family(tx, &family).await?)
    })
    .await?;
    let result = issue::tokens(app, of, &user, &family, Some(refresh_token)).await?;
    Ok(Answer { authentication_result: Some(result), ..Answer::default() })
}

/// The session of an answer, and its user; the name that is given must be theirs.
async fn resume(
    app: &App,
    of: &ClientOfPool,
    challenge: &str,
    session: Option<&str>,
    responses: &Parameters,
) -> Result<(sessions::Session, User), Refused> {
    let invalid = || Refused::not_authorized("Invalid session for the user.");
    let session = sessions::resume(app, of, challenge, session)?;
    let username = required(responses, "USERNAME")?;
    let user = app
        .read(async |tx| {
            sessions::check_unused(tx, &of.pool.id, &session).await?;
            Ok::<_, Refused>(store::users::find(tx, &of.pool, username).await?)
        })
        .await?;
    // SECURITY: the session of one user with the name of another is nobody's.
    let user = user.filter(|user| user.id == session.user_id).ok_or_else(invalid)?;
    of.check_secret_hash(app, &[username, &user.username], optional(responses, "SECRET_HASH"))?;
    if !user.enabled {
        return Err(Refused::not_authorized("User is disabled."));
    }
    Ok((session, user))
}

async fn software_token_mfa(app: &App, of: &ClientOfPool, session: Option<&str>, responses: &Parameters) -> Result<Answer, Refused> {
    let code = required(responses, "SOFTWARE_TOKEN_MFA_CODE")?;
    let (session, user) = resume(app, of, SOFTWARE_TOKEN_MFA, session, responses).await?;
    passwords::charge_attempt(app, &user).await?;
    let step = match software_token::matching_step(app, &user, code) {
        Ok(step) => step,
        Err(refused) => {
            app.write(async |tx| sessions::fail(tx, &of.pool.id, &session).await).await?;
            return Err(refused);
        }
    };
    let fresh = app.write(async |tx| store::users::use_totp_step(tx, &user, step).await).await?;
    if !fresh {
        app.write(async |tx| sessions::fail(tx, &of.pool.id, &session).await).await?;
        return Err(Refused::TotpUsed);
    }
    complete(app, of, user, Some(&session)).await
}

async fn new_password(app: &App, of: &ClientOfPool, session: Option<&str>, responses: &Parameters) -> Result<Answer, Refused> {
    let password = Secret::from(required(responses, "NEW_PASSWORD")?.to_owned());
    let (session, mut user) = resume(app, of, NEW_PASSWORD_REQUIRED, session, responses).await?;
    if user.status != UserStatus::ForceChangePassword {
        return Err(Refused::not_authorized("Invalid session for the user."));
    }
    let given = responses.iter().filter_map(|(name, value)| Some((name.strip_prefix("userAttributes.")?.to_owned(), value.clone())));
    let given: BTreeMap<String, String> = given.collect();
    let mut attributes = user.attributes.clone();
    if given.keys().any(|name| !of.client.configuration.may_write(name) || name.ends_with("_verified")) {
        return Err(Refused::not_authorized("A client attempted to write unauthorized attribute"));
    }
    attributes.extend(given);
    check_new(&full_schema(&of.pool.configuration.schema), &attributes, Writer::Administrator)?;
    user.attributes = attributes;
    let record = passwords::make_record(app, &of.pool, (&user.id, &user.username), &password, None).await?;
    app.write(async |tx| {
        sessions::spend(app, tx, &of.pool.id, &session).await?;
        Ok::<_, Refused>(store::users::set_password(tx, &user, &record, UserStatus::Confirmed, app.now()).await?)
    })
    .await?;
    user.status = UserStatus::Confirmed;
    user.password = Some(record);
    second_factor(app, of, user).await
}

async fn mfa_setup(app: &App, of: &ClientOfPool, session: Option<&str>, responses: &Parameters) -> Result<Answer, Refused> {
    let (session, user) = resume(app, of, MFA_VERIFIED, session, responses).await?;
    complete(app, of, user, Some(&session)).await
}

/// The state of a session whose user has verified an authenticator during MFA_SETUP: only such a session ends it.
const MFA_VERIFIED: &str = "MFA_SETUP verified";

/// The user of an MFA_SETUP session, for AssociateSoftwareToken and VerifySoftwareToken.
///
/// # Errors
/// [`Refused::NotAuthorized`].
pub async fn mfa_setup_user(app: &App, text: &str) -> Result<(ClientOfPool, sessions::Session, User), Refused> {
    let invalid = || Refused::not_authorized("Invalid session for the user.");
    let (client_id, _) = text.split_once(':').ok_or_else(invalid)?;
    let of = super::clients::find(app, client_id).await.map_err(|_| invalid())?;
    let session = sessions::resume(app, &of, MFA_SETUP, Some(text))?;
    let user = app
        .read(async |tx| {
            sessions::check_unused(tx, &of.pool.id, &session).await?;
            Ok::<_, Refused>(store::users::find_by_id(tx, &of.pool.id, &session.user_id).await?)
        })
        .await?;
    Ok((of, session, user.ok_or_else(invalid)?))
}

/// The session that follows a verified authenticator.
///
/// # Errors
/// [`Refused::Internal`].
pub fn mfa_verified_session(app: &App, of: &ClientOfPool, user: &User) -> Result<String, Refused> {
    sessions::start(app, of, user, MFA_VERIFIED)
}

fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, Refused> {
    optional(parameters, name).ok_or_else(|| Refused::parameter(format!("Missing required parameter {name}")))
}

fn optional<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    parameters.get(name).map(String::as_str)
}
