//! What a user is asked for, and what they are told with it.

use std::collections::BTreeMap;

use super::session::Session;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::failed::Failed;
use crate::userpools::attributes::{full_schema, missing};
use crate::userpools::challenge::{Challenge, Progress};
use crate::userpools::user::User;

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
        /// Whether an authenticator is one that they may set up.
        offers_software_token: bool,
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

/// Asks a user, whose password is proven, for the next thing.
///
/// # Errors
/// Our own failures only.
pub fn ask(app: &App, app_client: &AppClient, user: User, progress: Progress, challenge: Challenge) -> Result<ChallengeAsked, Failed> {
    let session = Session::new(app, app_client, &user.id, challenge, progress).to_text(app, app_client)?;
    let username = user.username;
    match challenge {
        Challenge::Password => Err(Failed::because("a proven password is not asked for again")),
        Challenge::NewPassword => {
            let schema = full_schema(&app_client.pool.configuration.schema);
            let missing = missing(&schema, &user.attributes).map(str::to_owned).collect();
            Ok(ChallengeAsked::NewPassword { session, username, missing, attributes: user.attributes })
        }
        Challenge::SoftwareToken => Ok(ChallengeAsked::SoftwareToken { session, username, device_name: user.totp_device_name }),
        Challenge::Device => Ok(ChallengeAsked::DeviceSrp { session }),
        Challenge::MfaSetup => {
            let offers_software_token = app_client.pool.configuration.software_token_mfa_enabled();
            Ok(ChallengeAsked::MfaSetup { session, username, offers_software_token })
        }
    }
}
