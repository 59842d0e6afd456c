//! What a request chooses of MFA.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::userpools::second_factor::{SecondFactor, Wish};

/// The settings of SetUserMFAPreference and AdminSetUserMFAPreference.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FactorSettings {
    software_token_mfa_settings: Option<Settings>,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<Settings>,
    email_mfa_settings: Option<Settings>,
    web_authn_mfa_settings: Option<PasskeySettings>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    preferred_mfa: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PasskeySettings {
    enabled: Option<bool>,
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
        Ok(Self {
            sms_mfa_settings,
            software_token_mfa_settings: None,
            email_mfa_settings: None,
            web_authn_mfa_settings: None,
            rest: Map::new(),
        })
    }

    /// Whether passkeys are wished to be both factors; nothing where nothing is said of it.
    pub fn passkeys(&self) -> Option<bool> {
        self.web_authn_mfa_settings.map(|settings| settings.enabled.unwrap_or_default())
    }

    /// What is wished; nothing of a factor of which nothing is said.
    pub fn wishes(&self) -> Result<Vec<Wish>, Error> {
        refuse_unsupported(&self.rest)?;
        let given = [
            (SecondFactor::Sms, self.sms_mfa_settings),
            (SecondFactor::SoftwareToken, self.software_token_mfa_settings),
            (SecondFactor::Email, self.email_mfa_settings),
        ];
        let wish = |(factor, settings): (SecondFactor, Option<Settings>)| {
            settings.map(|settings| Wish { factor, enabled: settings.enabled, preferred: settings.preferred_mfa })
        };
        Ok(given.into_iter().filter_map(wish).collect())
    }
}
