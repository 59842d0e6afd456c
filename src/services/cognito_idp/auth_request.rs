//! AuthParameters and ChallengeResponses: what the wire names, read into what the flows take.

use std::collections::BTreeMap;
use std::time::Duration;

use super::errors::{Error, no_session};
use crate::crypto::srp::{ClientPublic, parse_timestamp};
use crate::flows::sign_in::{Answer, Begin, Chosen, LevelAsked, PasswordClaim};
use crate::kit::secret::Secret;
use crate::userpools::challenge::Flow;
use crate::userpools::device::LONGEST_KEY;
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::second_factor::SecondFactor;

/// The longest username of the model, in characters. The maps' values have no bound of their own there.
const LONGEST_USERNAME: usize = 128;

/// Parameters of flows and challenges, as the wire gives them.
pub type Parameters = BTreeMap<String, String>;

/// Who drives the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The user's own device.
    Client,
    /// A backend, by the signed operations.
    Admin,
}

/// What InitiateAuth asks for.
pub enum Initiate {
    /// A sign-in.
    SignIn(Begin),
    /// New tokens of one that goes on.
    Refresh {
        /// The refresh token.
        token: String,
    },
}

/// What a challenge is answered with.
pub enum Respond {
    /// A proof of the password, which carries its own session.
    Claim(PasswordClaim),
    /// The beginning of a remembered device's proof.
    Device {
        /// The name that comes with it.
        username: String,
        /// The challenge's session, which some clients leave out.
        session: Option<String>,
        /// `A`.
        public: Box<ClientPublic>,
    },
    /// A proof of a remembered device's secret, which carries its own session.
    DeviceClaim(PasswordClaim),
    /// Any other answer.
    Answer {
        /// The name that comes with it.
        username: String,
        /// The challenge's session.
        session: String,
        /// The answer.
        answer: Answer,
    },
}

/// Reads AuthFlow, AuthParameters and Session.
///
/// # Errors
/// [`Error::InvalidParameter`].
pub fn initiate(side: Side, flow: &str, parameters: &Parameters, session: Option<&str>) -> Result<Initiate, Error> {
    if flow != "USER_AUTH" {
        no_session(session)?;
        // Whoever asks for a level and is let in below it would not know.
        if parameters.contains_key("TARGET_ACR_VALUES") {
            return Err(Error::parameter("TARGET_ACR_VALUES requires the USER_AUTH flow"));
        }
    }
    let password = |flow| {
        let password = Secret::from(required(parameters, "PASSWORD")?.to_owned());
        Ok(Initiate::SignIn(Begin::Password { flow, username: username(parameters)?, password }))
    };
    match (flow, side) {
        ("USER_PASSWORD_AUTH", _) => password(Flow::Password),
        ("ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH", Side::Admin) => password(Flow::AdminPassword),
        ("ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH", Side::Client) => Err(Error::parameter("Initiate Auth method not supported.")),
        ("USER_SRP_AUTH", _) => {
            let public = Box::new(public(required(parameters, "SRP_A")?)?);
            Ok(Initiate::SignIn(Begin::Srp { username: username(parameters)?, public }))
        }
        ("USER_AUTH", _) => {
            let preferred =
                parameters.get("PREFERRED_CHALLENGE").map(|name| chosen(name, "PREFERRED_CHALLENGE", parameters)).transpose()?;
            Ok(Initiate::SignIn(Begin::Choice {
                username: username(parameters)?,
                preferred,
                confirmed: session.map(str::to_owned),
                level: level(parameters)?,
            }))
        }
        ("CUSTOM_AUTH", _) => {
            let public = match parameters.get("CHALLENGE_NAME").map(String::as_str) {
                Some("SRP_A") => {
                    let public = ClientPublic::parse(required(parameters, "SRP_A")?);
                    Some(Box::new(public.map_err(|refused| Error::parameter(refused.to_string()))?))
                }
                None | Some("CUSTOM_CHALLENGE") => None,
                Some(other) => return Err(Error::parameter(format!("Challenge {other} is not supported"))),
            };
            Ok(Initiate::SignIn(Begin::Custom { username: username(parameters)?, public }))
        }
        ("REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN", _) => Ok(Initiate::Refresh { token: required(parameters, "REFRESH_TOKEN")?.to_owned() }),
        _ => Err(Error::parameter(format!("{flow} flow not enabled for this client"))),
    }
}

/// Reads ChallengeName, Session and ChallengeResponses.
///
/// # Errors
/// [`Error::InvalidParameter`].
pub fn respond(challenge: &str, session: Option<&str>, responses: &Parameters) -> Result<Respond, Error> {
    let answer = match challenge {
        "PASSWORD_VERIFIER" => return claim(responses).map(Respond::Claim),
        "DEVICE_PASSWORD_VERIFIER" => return claim(responses).map(Respond::DeviceClaim),
        "DEVICE_SRP_AUTH" => {
            let (username, public) = (username(responses)?, Box::new(public(required(responses, "SRP_A")?)?));
            return Ok(Respond::Device { username, session: session.map(str::to_owned), public });
        }
        "SELECT_CHALLENGE" => Answer::SelectFirst(chosen(required(responses, "ANSWER")?, "ANSWER", responses)?),
        "PASSWORD" => {
            required(responses, "PASSWORD")?;
            Answer::First(chosen(challenge, "ChallengeName", responses)?)
        }
        "PASSWORD_SRP" => {
            required(responses, "SRP_A")?;
            Answer::First(chosen(challenge, "ChallengeName", responses)?)
        }
        "EMAIL_OTP" => Answer::EmailCode { code: required(responses, "EMAIL_OTP_CODE")?.to_owned() },
        "SMS_OTP" => Answer::SmsOtp { code: required(responses, "SMS_OTP_CODE")?.to_owned() },
        "SMS_MFA" => Answer::SmsMfa { code: required(responses, "SMS_MFA_CODE")?.to_owned() },
        "SELECT_MFA_TYPE" => {
            let factor = SecondFactor::parse(required(responses, "ANSWER")?);
            Answer::SelectMfa { factor: factor.ok_or_else(|| Error::parameter("ANSWER is no MFA type"))? }
        }
        "WEB_AUTHN" => Answer::Passkey { credential: required(responses, "CREDENTIAL")?.to_owned() },
        "SOFTWARE_TOKEN_MFA" => Answer::SoftwareToken { code: required(responses, "SOFTWARE_TOKEN_MFA_CODE")?.to_owned() },
        "NEW_PASSWORD_REQUIRED" => {
            let attributes = responses.iter().filter_map(|(name, value)| Some((name.strip_prefix("userAttributes.")?, value)));
            Answer::NewPassword {
                password: Secret::from(required(responses, "NEW_PASSWORD")?.to_owned()),
                attributes: attributes.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
            }
        }
        "MFA_SETUP" => Answer::MfaSetup { email: responses.get("EMAIL").cloned() },
        "CUSTOM_CHALLENGE" => Answer::Custom { answer: required(responses, "ANSWER")?.to_owned() },
        other => return Err(Error::parameter(format!("Challenge {other} is not supported"))),
    };
    let session = session.ok_or_else(|| missing("Session"))?.to_owned();
    Ok(Respond::Answer { username: username(responses)?, session, answer })
}

/// The longest TARGET_ACR_VALUES: each of the four names of a pool, of 64 characters, several times.
const LONGEST_LEVELS: usize = 1_024;

/// TARGET_ACR_VALUES, and what goes with it. MAX_AGE alone is about no earlier sign-in: each is its own.
fn level(parameters: &Parameters) -> Result<Option<LevelAsked>, Error> {
    let max_age = parameters.get("MAX_AGE").map(|text| seconds(text).ok_or_else(|| Error::parameter("MAX_AGE is no number of seconds")));
    let (max_age, access_token) = (max_age.transpose()?, parameters.get("ACCESS_TOKEN").cloned());
    match parameters.get("TARGET_ACR_VALUES") {
        Some(levels) if levels.len() > LONGEST_LEVELS => Err(Error::parameter("TARGET_ACR_VALUES is too long")),
        Some(levels) => Ok(Some(LevelAsked { levels: levels.clone(), access_token, max_age })),
        None if access_token.is_some() => Err(Error::parameter("ACCESS_TOKEN requires TARGET_ACR_VALUES")),
        None => Ok(None),
    }
}

/// Digits only: no sign, no fraction.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse::<u32>().ok().map(|seconds| Duration::from_secs(seconds.into())) } else { None }
}

/// A first factor, and what came with it.
fn chosen(factor: &str, member: &str, parameters: &Parameters) -> Result<Chosen, Error> {
    let factor = FirstFactor::parse(factor).ok_or_else(|| Error::parameter(format!("{member} is no challenge to begin with")))?;
    Ok(Chosen {
        factor,
        password: parameters.get("PASSWORD").map(|password| Secret::from(password.clone())),
        public: parameters.get("SRP_A").map(|text| public(text).map(Box::new)).transpose()?,
    })
}

fn public(text: &str) -> Result<ClientPublic, Error> {
    ClientPublic::parse(text).map_err(|refused| Error::parameter(refused.to_string()))
}

/// SECRET_HASH.
pub fn secret_hash(parameters: &Parameters) -> Option<&str> {
    parameters.get("SECRET_HASH").map(String::as_str)
}

/// DEVICE_KEY.
///
/// # Errors
/// [`Error::InvalidParameter`].
pub fn device_key(parameters: &Parameters) -> Result<Option<&str>, Error> {
    let key = parameters.get("DEVICE_KEY").map(String::as_str).filter(|key| !key.is_empty());
    let is_long = key.is_some_and(|key| key.chars().count() > LONGEST_KEY);
    if is_long { Err(Error::parameter("DEVICE_KEY is too long")) } else { Ok(key) }
}

fn claim(responses: &Parameters) -> Result<PasswordClaim, Error> {
    let timestamp = required(responses, "TIMESTAMP")?.to_owned();
    let form = || Error::parameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
    Ok(PasswordClaim {
        username: username(responses)?,
        secret_block: required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?.to_owned(),
        signature: required(responses, "PASSWORD_CLAIM_SIGNATURE")?.to_owned(),
        signed_at: parse_timestamp(&timestamp).ok_or_else(form)?,
        timestamp,
    })
}

/// SECURITY: its length is bounded before anything makes it canonical.
fn username(parameters: &Parameters) -> Result<String, Error> {
    let name = required(parameters, "USERNAME")?;
    if name.chars().count() <= LONGEST_USERNAME { Ok(name.to_owned()) } else { Err(Error::parameter("USERNAME is too long")) }
}

fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, Error> {
    parameters.get(name).map(String::as_str).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Error {
    Error::parameter(format!("Missing required parameter {name}"))
}
