//! The settings of a pool that can be given anew at any time: what CreateUserPool and UpdateUserPool share. What is left out has
//! its default; what we don't honour yet is refused, never ignored.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::userpools::pool::{BY_CODE, MfaMode, PoolConfiguration, SoftwareToken};

/// The members of a request that are a pool's settings.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PoolSettings {
    #[serde(default)]
    email_configuration: EmailConfiguration,
    user_pool_tier: Option<String>,
    /// The pool's configuration, and what we don't honour yet.
    #[serde(flatten)]
    given: Map<String, Value>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct EmailConfiguration {
    email_sending_account: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl PoolSettings {
    /// The configuration that is given, in a pool with this authenticator: without one, MFA of everyone would let nobody in.
    pub fn read(self, authenticator: SoftwareToken) -> Result<PoolConfiguration, Error> {
        refuse_unsupported(&self.email_configuration.rest)?;
        let mut configuration = read(self.given)?;
        let neutral = [
            ("EmailSendingAccount", self.email_configuration.email_sending_account.as_deref(), "COGNITO_DEFAULT"),
            ("UserPoolTier", self.user_pool_tier.as_deref(), "ESSENTIALS"),
            ("DefaultEmailOption", Some(configuration.verification_message_template.default_email_option.as_str()), BY_CODE),
        ];
        if let Some((name, ..)) = neutral.iter().find(|(_, value, only)| value.is_some_and(|value| value != *only)) {
            return Err(Error::parameter(format!("{name} is not supported")));
        }
        if configuration.mfa == MfaMode::On && !authenticator.enabled {
            return Err(Error::parameter(
                "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
            ));
        }
        configuration.check_first_factors()?;
        configuration.software_token_mfa_configuration = SoftwareToken { enabled: configuration.mfa != MfaMode::Off };
        Ok(configuration.with_both_names())
    }
}

/// The configuration that is given. What it asks for and a pool's configuration does not have is refused, at any depth.
fn read(given: Map<String, Value>) -> Result<PoolConfiguration, Error> {
    let internal = |error: serde_json::Error| Error::internal(error);
    let given = Value::Object(given);
    let mut configuration: PoolConfiguration = serde_json::from_value(given.clone()).map_err(internal)?;
    refuse_unsupported(&left_out(&given, &serde_json::to_value(&configuration).map_err(internal)?))?;
    let days = given.pointer("/Policies/PasswordPolicy/TemporaryPasswordValidityDays");
    if let (None, Some(unused)) = (days, configuration.admin_create_user_config.unused_account_validity_days) {
        configuration.policies.password_policy.temporary_password_validity_days = unused;
    }
    Ok(configuration)
}

/// The members of `given` that `understood` does not have, by their own names. Nothing, zero and the empty text ask for nothing.
fn left_out(given: &Value, understood: &Value) -> Map<String, Value> {
    let mut rest = Map::new();
    for (name, value) in given.as_object().into_iter().flatten() {
        match understood.get(name) {
            Some(understood) => rest.extend(left_out(value, understood)),
            None if value == 0 || value == "" => {}
            None => drop(rest.insert(name.clone(), value.clone())),
        }
    }
    rest
}
