//! What InitiateAuth and RespondToAuthChallenge answer, with and without `Admin`.

use std::net::IpAddr;

use serde::Serialize;

use super::auth_request::{Initiate, Parameters, Respond, device_key, secret_hash};
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::codes::Medium;
use crate::flows::entrance::{Entrance, Shown};
use crate::flows::issue::Tokens;
use crate::flows::refresh;
use crate::flows::sign_in::{self, ChallengeAsked, DeviceAsk, Outcome};
use crate::flows::triggers::Told;
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::second_factor::SecondFactor;

/// The answer.
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    available_challenges: Vec<&'static str>,
}

/// AuthenticationResultType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthenticationResult {
    access_token: String,
    expires_in: u64,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_device_metadata: Option<NewDeviceMetadata>,
}

/// NewDeviceMetadataType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewDeviceMetadata {
    device_key: String,
    device_group_key: String,
}

impl From<Tokens> for AuthenticationResult {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            expires_in: tokens.lifetime.as_secs(),
            token_type: "Bearer",
            refresh_token: tokens.refresh_token,
            id_token: tokens.id_token,
            new_device_metadata: tokens
                .new_device
                .map(|device| NewDeviceMetadata { device_key: device.key, device_group_key: device.group_key }),
        }
    }
}

/// The way in of a request with these parameters, of a user at this address.
pub async fn enter<'a>(
    cx: &'a Context,
    app_client: AppClient,
    told: Told,
    address: Option<IpAddr>,
    given: &'a Parameters,
) -> Result<Entrance<'a>, Error> {
    let shown = Shown { address, device_key: device_key(given)?, secret_hash: secret_hash(given) };
    Ok(Entrance::admitted(cx, app_client, told, shown).await?)
}

/// Begins, or refreshes.
pub async fn initiate(entrance: &Entrance<'_>, asked: Initiate) -> Result<Answer, Error> {
    match asked {
        Initiate::Refresh { token } => Ok(Answer::signed_in(refresh::refresh(entrance, &token).await?)),
        Initiate::SignIn(begin) => Answer::of(sign_in::begin(entrance, begin).await?),
    }
}

/// Goes on.
pub async fn respond(entrance: &Entrance<'_>, response: Respond) -> Result<Answer, Error> {
    Answer::of(match response {
        Respond::Claim(claim) => sign_in::prove(entrance, claim).await?,
        Respond::Device { username, session, public } => {
            let asked = DeviceAsk { username: &username, session: session.as_deref(), public: *public };
            sign_in::ask_device(entrance, asked).await?
        }
        Respond::DeviceClaim(claim) => sign_in::prove_device(entrance, claim).await?,
        Respond::Answer { username, session, answer } => sign_in::respond(entrance, &username, &session, answer).await?,
    })
}

impl Answer {
    fn of(outcome: Outcome) -> Result<Self, Error> {
        match outcome {
            Outcome::SignedIn { tokens, .. } => Ok(Self::signed_in(tokens)),
            Outcome::Asked(asked) => Self::asked(asked),
            Outcome::BrowserSignedIn { .. } => Err(Error::internal("no operation signs a browser in")),
        }
    }

    fn signed_in(tokens: Tokens) -> Self {
        Self { authentication_result: Some(tokens.into()), ..Self::default() }
    }

    fn asked(asked: ChallengeAsked) -> Result<Self, Error> {
        let text = |value: serde_json::Result<String>| value.map_err(Error::internal);
        Ok(match asked {
            ChallengeAsked::PasswordVerifier { srp_name, salt, server_public, secret_block } => Self::challenge(
                "PASSWORD_VERIFIER",
                None,
                [
                    ("SALT", Some(salt)),
                    ("SRP_B", Some(server_public)),
                    ("SECRET_BLOCK", Some(secret_block)),
                    ("USERNAME", Some(srp_name.clone())),
                    ("USER_ID_FOR_SRP", Some(srp_name)),
                ],
            ),
            ChallengeAsked::NewPassword { session, username, missing, attributes, .. } => {
                let missing: Vec<String> = missing.into_iter().map(|name| format!("userAttributes.{name}")).collect();
                let parameters = [
                    ("USER_ID_FOR_SRP", Some(username)),
                    ("requiredAttributes", Some(text(serde_json::to_string(&missing))?)),
                    ("userAttributes", Some(text(serde_json::to_string(&attributes))?)),
                ];
                Self::challenge("NEW_PASSWORD_REQUIRED", Some(session), parameters)
            }
            ChallengeAsked::Custom { session, username, mut parameters } => {
                parameters.insert("USERNAME".to_owned(), username);
                let answer = Self::challenge("CUSTOM_CHALLENGE", Some(session), []);
                Self { challenge_parameters: parameters, ..answer }
            }
            ChallengeAsked::SoftwareToken { session, username, device_name } => {
                let parameters = [("USER_ID_FOR_SRP", Some(username)), ("FRIENDLY_DEVICE_NAME", device_name)];
                Self::challenge("SOFTWARE_TOKEN_MFA", Some(session), parameters)
            }
            ChallengeAsked::DeviceSrp { session } => Self::challenge("DEVICE_SRP_AUTH", Some(session), []),
            ChallengeAsked::DevicePassword { username, device_key, salt, server_public, secret_block } => Self::challenge(
                "DEVICE_PASSWORD_VERIFIER",
                None,
                [
                    ("SALT", Some(salt)),
                    ("SRP_B", Some(server_public)),
                    ("SECRET_BLOCK", Some(secret_block)),
                    ("USERNAME", Some(username)),
                    ("DEVICE_KEY", Some(device_key)),
                ],
            ),
            ChallengeAsked::SelectFirst { session, offered } => {
                let available_challenges = offered.into_iter().map(FirstFactor::as_str).collect();
                Self { available_challenges, ..Self::challenge("SELECT_CHALLENGE", Some(session), []) }
            }
            ChallengeAsked::First { session, factor } => Self::challenge(factor.as_str(), Some(session), []),
            ChallengeAsked::Code { session, name, username, delivery } => {
                let medium = match delivery.medium {
                    Medium::Email => "EMAIL",
                    Medium::Sms => "SMS",
                };
                let parameters = [
                    ("CODE_DELIVERY_DELIVERY_MEDIUM", Some(medium.to_owned())),
                    ("CODE_DELIVERY_DESTINATION", Some(delivery.destination)),
                    ("USER_ID_FOR_SRP", username),
                ];
                Self::challenge(name, Some(session), parameters)
            }
            ChallengeAsked::WebAuthn { session, options } => {
                Self::challenge("WEB_AUTHN", Some(session), [("CREDENTIAL_REQUEST_OPTIONS", Some(options))])
            }
            ChallengeAsked::SelectMfa { session, username, factors } => {
                let parameters = [("MFAS_CAN_CHOOSE", Some(text(names(factors))?)), ("USER_ID_FOR_SRP", Some(username))];
                Self::challenge("SELECT_MFA_TYPE", Some(session), parameters)
            }
            ChallengeAsked::MfaSetup { session, username, offered } => {
                let parameters = [("MFAS_CAN_SETUP", Some(text(names(offered))?)), ("USER_ID_FOR_SRP", Some(username))];
                Self::challenge("MFA_SETUP", Some(session), parameters)
            }
        })
    }

    fn challenge<const N: usize>(name: &'static str, session: Option<String>, parameters: [(&str, Option<String>); N]) -> Self {
        let parameters = parameters.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        Self { challenge_name: Some(name), session, challenge_parameters: parameters, ..Self::default() }
    }
}

/// As the parameters of challenges list factors.
fn names(factors: Vec<SecondFactor>) -> serde_json::Result<String> {
    serde_json::to_string(&factors.into_iter().map(SecondFactor::as_str).collect::<Vec<_>>())
}
