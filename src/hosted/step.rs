//! Where a sign-in at the pages stands: what the browser's cookie holds, sealed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cookies::{Browser, LONGEST};
use crate::context::App;
use crate::crypto::sealed::{Sealed, sealed_as_json};
use crate::flows::clients::AppClient;
use crate::flows::codes::CodeDelivery;
use crate::flows::failed::Failed;
use crate::flows::sign_in::ChallengeAsked;
use crate::kit::id::UserId;
use crate::userpools::first_factor::FirstFactor;
use crate::userpools::second_factor::SecondFactor;

/// How long a browser is taken to be where it was.
const LIVES: Duration = Duration::from_secs(30 * 60);

/// Where a sign-in stands. It holds secrets, so there is no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Step {
    /// The name that was typed.
    pub username: String,
    /// What is asked.
    pub ask: Ask,
    /// Milliseconds.
    expires_at: i64,
}

sealed_as_json!(Step);

/// What is asked of whoever signs in.
#[derive(Clone, Serialize, Deserialize)]
pub enum Ask {
    /// What the sign-in begins with.
    Factor { session: String, offered: Vec<FirstFactor> },
    /// The password.
    Password { session: String },
    /// A code that was sent.
    Code { session: String, code: SentCode, destination: String },
    /// What anybody's passkey signs, beside their name.
    AnyPasskey { session: String },
    /// What a passkey signs.
    Passkey { session: String, options: String },
    /// A code of their authenticator.
    SoftwareToken { session: String, device_name: Option<String> },
    /// Which second factor they show.
    SecondFactor { session: String, offered: Vec<SecondFactor> },
    /// Which second factor they set up.
    SetUp { session: String, offered: Vec<SecondFactor> },
    /// The first code of an authenticator.
    SetUpSoftwareToken { session: String, secret: String },
    /// An address for codes.
    SetUpEmail { session: String },
    /// A password of their own.
    NewPassword { session: String, missing: Vec<String>, is_first: bool },
    /// The code of their sign-up.
    ConfirmSignUp { destination: Option<String>, session: Option<String> },
    /// Whether the client gets what it asks for, from this user.
    Consent { user_id: UserId, request: String },
    /// The code of a forgotten password.
    Reset { destination: String },
}

/// What a code that was sent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SentCode {
    /// In place of the password, by mail.
    EmailOtp,
    /// In place of the password, by text message.
    SmsOtp,
    /// After the password, by mail.
    EmailMfa,
    /// After the password, by text message.
    SmsMfa,
}

impl Step {
    /// A step that begins now.
    pub fn new(app: &App, username: &str, ask: Ask) -> Self {
        let expires_at = app.now().plus(LIVES).millis();
        Self { username: username.to_owned(), ask, expires_at }
    }

    /// What a challenge asks at the pages.
    ///
    /// # Errors
    /// Our own failures only: for what the pages never begin.
    pub fn of(app: &App, username: &str, asked: ChallengeAsked) -> Result<Self, Failed> {
        let ask = match asked {
            ChallengeAsked::SelectFirst { session, offered } => Ask::Factor { session, offered },
            ChallengeAsked::First { session, .. } => Ask::Password { session },
            // Whether the code stands for the password is told by whether the user has proven who they are.
            ChallengeAsked::Code { session, name, username, delivery } => {
                let code = match (name, username.is_some()) {
                    ("SMS_OTP", _) => SentCode::SmsOtp,
                    ("SMS_MFA", _) => SentCode::SmsMfa,
                    (_, true) => SentCode::EmailMfa,
                    (_, false) => SentCode::EmailOtp,
                };
                Ask::Code { session, code, destination: delivery.destination }
            }
            ChallengeAsked::WebAuthn { session, options } => Ask::Passkey { session, options: shortened(options) },
            ChallengeAsked::SoftwareToken { session, device_name, .. } => Ask::SoftwareToken { session, device_name },
            ChallengeAsked::SelectMfa { session, factors, .. } => Ask::SecondFactor { session, offered: factors },
            ChallengeAsked::MfaSetup { session, offered, .. } => Ask::SetUp { session, offered },
            ChallengeAsked::NewPassword { session, missing, is_temporary, .. } => {
                Ask::NewPassword { session, missing, is_first: is_temporary }
            }
            ChallengeAsked::PasswordVerifier { .. }
            | ChallengeAsked::Custom { .. }
            | ChallengeAsked::DeviceSrp { .. }
            | ChallengeAsked::DevicePassword { .. } => return Err(Failed::because("the pages ask for no such proof")),
        };
        Ok(Self::new(app, username, ask))
    }

    /// The code of a sign-up.
    pub fn confirm(app: &App, username: &str, delivery: Option<CodeDelivery>, session: Option<String>) -> Self {
        Self::new(app, username, Ask::ConfirmSignUp { destination: delivery.map(|delivery| delivery.destination), session })
    }

    /// The page that asks for it.
    pub const fn page(&self) -> &'static str {
        match self.ask {
            Ask::Factor { .. } | Ask::Password { .. } | Ask::Passkey { .. } | Ask::NewPassword { .. } => "challenge",
            Ask::Code { code: SentCode::EmailOtp | SentCode::SmsOtp, .. } => "challenge",
            Ask::Code { .. }
            | Ask::SoftwareToken { .. }
            | Ask::SecondFactor { .. }
            | Ask::SetUp { .. }
            | Ask::SetUpSoftwareToken { .. }
            | Ask::SetUpEmail { .. } => "mfa",
            Ask::AnyPasskey { .. } => "login",
            Ask::ConfirmSignUp { .. } => "confirm",
            Ask::Consent { .. } => "consent",
            Ask::Reset { .. } => "resetPassword",
        }
    }

    /// As a browser holds it. SECURITY: it is of this pool, client and browser, and nobody reads or changes it.
    ///
    /// # Errors
    /// Our own failures: for one that no cookie holds, too.
    pub fn seal(&self, app: &App, app_client: &AppClient, browser: &Browser) -> Result<String, Failed> {
        let of_browser = browser.form_token(app, &app_client.pool.id);
        let sealed = app.keys.travelling.seal(&place(app_client, &of_browser), self, &mut app.rng());
        let sealed = sealed.map_err(Failed::because)?.to_text();
        if sealed.len() > LONGEST { Err(Failed::because("a step is longer than a cookie")) } else { Ok(sealed) }
    }

    /// What a browser holds, if it is ours and its time is not over.
    pub fn open(app: &App, app_client: &AppClient, browser: &Browser, held: &str) -> Option<Self> {
        let of_browser = browser.form_token(app, &app_client.pool.id);
        let step: Self = app.keys.travelling.open(&place(app_client, &of_browser), &Sealed::from_text(held)?).ok()?;
        (app.now().millis() < step.expires_at).then_some(step)
    }
}

/// Options that a cookie holds: of a user with many passkeys none is named, and the browser offers those that it has.
fn shortened(options: String) -> String {
    if options.len() <= LONGEST / 2 {
        return options;
    }
    let Ok(Value::Object(mut members)) = serde_json::from_str(&options) else { return options };
    members.remove("allowCredentials");
    Value::Object(members).to_string()
}

fn place<'a>(app_client: &'a AppClient, of_browser: &'a str) -> [&'a str; 4] {
    ["hosted step", app_client.pool.id.as_str(), app_client.client.id.as_str(), of_browser]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_many_passkeys_none_is_named_and_the_challenge_stays() {
        let options = |count: usize| {
            let credentials: Vec<Value> = (0..count).map(|number| json!({"type": "public-key", "id": format!("{number:0>86}")})).collect();
            json!({"challenge": "the-challenge", "rpId": "login.example", "allowCredentials": credentials}).to_string()
        };
        assert_eq!(shortened(options(2)), options(2));
        let short: Value = serde_json::from_str(&shortened(options(20))).unwrap();
        assert_eq!(short, json!({"challenge": "the-challenge", "rpId": "login.example"}));
    }
}
