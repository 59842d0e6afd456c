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

impl FactorSettings {
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
