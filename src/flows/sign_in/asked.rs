//! What a user is asked for, and what they are told with it.

use std::collections::BTreeMap;

use super::session::Session;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::codes::CodeDelivery;
use crate::flows::failed::Failed;
use crate::userpools::attributes::{full_schema, missing};
use crate::userpools::challenge::target::second_asked;
use crate::userpools::challenge::{Challenge, Progress};
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::second_factor::{self, Asked, SecondFactor};
use crate::userpools::user::{User, UserStatus};

/// A challenge, and what the user is told with it.
#[derive(Debug)]
pub enum ChallengeAsked {
    /// A proof of the password.
    PasswordVerifier {
        /// The name that the proof is made for.
        srp_name: String,
        /// Hexadecimal.
        salt: String,
        /// `B`, hexadecimal.
        server_public: String,
        /// What must come back with the proof.
        secret_block: String,
    },
    /// To choose what the sign-in begins with.
    SelectFirst {
        /// What must come back with it.
        session: String,
        /// What there is to choose from.
        offered: Vec<FirstFactor>,
    },
    /// What they chose to begin with: the password, or `A`.
    First {
        /// What must come back with it.
        session: String,
        /// What they chose.
        factor: FirstFactor,
    },
    /// A code that was sent.
    Code {
        /// What must come back with it.
        session: String,
        /// The challenge's name.
        name: &'static str,
        /// The user's name, once they have proven who they are.
        username: Option<String>,
        /// Where it went.
        delivery: CodeDelivery,
    },
    /// A passkey.
    WebAuthn {
        /// What must come back with it.
        session: String,
        /// PublicKeyCredentialRequestOptionsJSON.
        options: String,
    },
    /// To choose the second factor.
    SelectMfa {
        /// What must come back with it.
        session: String,
        /// The user's name.
        username: String,
        /// What there is to choose from.
        factors: Vec<SecondFactor>,
    },
    /// A password of their own.
    NewPassword {
        /// What must come back with it.
        session: String,
        /// The user's name.
        username: String,
        /// The required attributes that they lack.
        missing: Vec<String>,
        /// Those that they have.
        attributes: BTreeMap<String, String>,
        /// Whether the password so far is a temporary one; else it is too old.
        is_temporary: bool,
    },
    /// What the pool's functions ask.
    Custom {
        /// What must come back with the answer.
        session: String,
        /// The user's name.
        username: String,
        /// What the functions tell the client.
        parameters: BTreeMap<String, String>,
    },
    /// A code of their authenticator.
    SoftwareToken {
        /// What must come back with it.
        session: String,
        /// The user's name.
        username: String,
        /// What they call its device.
        device_name: Option<String>,
    },
    /// To set up a second factor.
    MfaSetup {
        /// What must come back with it.
        session: String,
        /// The user's name.
        username: String,
        /// What they may set up.
        offered: Vec<SecondFactor>,
    },
    /// To begin the proof of a remembered device.
    DeviceSrp {
        /// What must come back with it.
        session: String,
    },
    /// A proof of a remembered device's secret.
    DevicePassword {
        /// The user's name.
        username: String,
        /// The device.
        device_key: String,
        /// Hexadecimal.
        salt: String,
        /// `B`, hexadecimal.
        server_public: String,
        /// What must come back with the proof.
        secret_block: String,
    },
}

/// Asks a user, who has proven who they are, for the next thing, in a session of this id.
///
/// # Errors
/// Our own failures only.
pub fn ask(
    app: &App,
    app_client: &AppClient,
    user: User,
    progress: Progress,
    challenge: Challenge,
    session_id: String,
    delivery: Option<CodeDelivery>,
) -> Result<ChallengeAsked, Failed> {
    let offered = |factor: &SecondFactor| second_factor::offers(&app_client.pool, *factor);
    let factors = match second_asked(&app_client.pool, &user, &progress) {
        Asked::Choice(factors) => factors,
        Asked::Nothing | Asked::One(_) | Asked::Setup | Asked::Lacking => Vec::new(),
    };
    let session = Session { id: session_id, ..Session::new(app, app_client, &user.id, challenge, progress) }.to_text(app, app_client)?;
    let username = user.username;
    match challenge {
        Challenge::SelectFirst
        | Challenge::Password
        | Challenge::PasswordSrp
        | Challenge::EmailOtp
        | Challenge::SmsOtp
        | Challenge::WebAuthn
        | Challenge::Custom => Err(Failed::because("who has proven who they are is not asked for it again")),
        Challenge::SelectMfa => Ok(ChallengeAsked::SelectMfa { session, username, factors }),
        Challenge::EmailMfa | Challenge::SmsMfa => {
            let delivery = delivery.ok_or_else(|| Failed::because("a code that is asked for was sent"))?;
            let name = if challenge == Challenge::SmsMfa { SecondFactor::Sms } else { SecondFactor::Email }.as_str();
            Ok(ChallengeAsked::Code { session, name, username: Some(username), delivery })
        }
        Challenge::NewPassword => {
            let schema = full_schema(&app_client.pool.configuration.schema);
            let missing = missing(&schema, &user.attributes).map(str::to_owned).collect();
            let is_temporary = user.status == UserStatus::ForceChangePassword;
            Ok(ChallengeAsked::NewPassword { session, username, missing, attributes: user.attributes, is_temporary })
        }
        Challenge::SoftwareToken => Ok(ChallengeAsked::SoftwareToken { session, username, device_name: user.totp_device_name }),
        Challenge::Device => Ok(ChallengeAsked::DeviceSrp { session }),
        Challenge::MfaSetup => {
            Ok(ChallengeAsked::MfaSetup { session, username, offered: SecondFactor::ALL.into_iter().filter(offered).collect() })
        }
    }
}
