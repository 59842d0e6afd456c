//! What a request chooses of MFA: TOTP. The other factors are refused until they are built.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::userpools::user::MfaPreference;

/// The settings of SetUserMFAPreference and AdminSetUserMFAPreference.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FactorSettings {
    software_token_mfa_settings: Option<Settings>,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<Settings>,
    email_mfa_settings: Option<Settings>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    preferred_mfa: bool,
}

/// MFAOptionType: what was said of text messages before the factors had settings of their own.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaOption {
    delivery_medium: Option<String>,
    attribute_name: Option<String>,
}

impl FactorSettings {
    /// What the old options choose: text messages to the phone number, or none.
    ///
    /// Source: Amazon Cognito API reference, SetUserSettings.
    pub fn of_options(options: &[MfaOption]) -> Result<Self, Error> {
        let is_sms = |option: &MfaOption| {
            option.delivery_medium.as_deref() == Some("SMS") && option.attribute_name.as_deref() == Some("phone_number")
        };
        if !options.iter().all(is_sms) {
            return Err(Error::parameter("MFAOptions can only deliver by SMS to phone_number"));
        }
        let sms_mfa_settings = Some(Settings { enabled: !options.is_empty(), preferred_mfa: false });
        Ok(Self { sms_mfa_settings, software_token_mfa_settings: None, email_mfa_settings: None, rest: Map::new() })
    }

    /// What is chosen; `None` where nothing is said of a factor that we have.
    pub fn preference(&self) -> Result<Option<MfaPreference>, Error> {
        refuse_unsupported(&self.rest)?;
        let others = [&self.sms_mfa_settings, &self.email_mfa_settings];
        if others.into_iter().flatten().any(|settings| settings.enabled || settings.preferred_mfa) {
            return Err(Error::parameter("User does not have delivery config set to turn on SMS_MFA"));
        }
        let preference = |settings: &Settings| MfaPreference {
            software_token_enabled: settings.enabled,
            software_token_preferred: settings.preferred_mfa,
        };
        Ok(self.software_token_mfa_settings.as_ref().map(preference))
    }
}
