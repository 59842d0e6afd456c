//! The settings of a pool that can be given anew at any time: what CreateUserPool and UpdateUserPool share. What is left out has
//! its default; what we don't honour yet is refused, never ignored.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use crate::config::IssuerStyle;
use crate::context::Context;
use crate::iam::entity::Tag;
use crate::userpools::pool::{IssuerConfiguration, IssuerType, MfaMode, PoolConfiguration, SmsConfiguration, SoftwareToken};
use crate::userpools::recovery;

/// The members of a request that are a pool's settings.
#[derive(Clone, Deserialize)]
pub struct PoolSettings {
    /// The pool's configuration, and what we don't honour yet.
    #[serde(flatten)]
    given: Map<String, Value>,
}

impl PoolSettings {
    /// The configuration that is given, in a pool with this authenticator: without one, MFA of everyone would let nobody in.
    pub fn read(self, cx: &Context, authenticator: SoftwareToken) -> Result<PoolConfiguration, Error> {
        let mut configuration = read(self.given)?.checked(&cx.region)?;
        // Our own issuers are of no region: they are what the updated form asks for.
        let is_updated = configuration.issuer_configuration == Some(IssuerConfiguration { kind: IssuerType::Updated });
        if is_updated && cx.issuer_style == IssuerStyle::Aws {
            return Err(Error::parameter("IssuerConfiguration: UPDATED is not supported with issuers in AWS's form"));
        }
        recovery::check(&configuration).map_err(|refused| Error::parameter(refused.to_string()))?;
        if configuration.mfa == MfaMode::On && !authenticator.enabled {
            return Err(Error::parameter(
                "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
            ));
        }
        configuration.check_first_factors()?;
        configuration.software_token_mfa_configuration = SoftwareToken { enabled: configuration.mfa != MfaMode::Off };
        Ok(configuration.with_both_names())
    }

    /// How text messages go, as far as the request says.
    pub fn sms_configuration(&self) -> Option<SmsConfiguration> {
        self.given.get("SmsConfiguration").and_then(|given| serde_json::from_value(given.clone()).ok())
    }

    /// The tags that the pool would have, as decisions are made by them.
    pub fn tags(&self) -> Vec<Tag> {
        let given = self.given.get("UserPoolTags").and_then(Value::as_object).into_iter().flatten();
        given.map(|(key, value)| Tag { key: key.clone(), value: value.as_str().unwrap_or_default().to_owned() }).collect()
    }
}

/// The configuration that is given. What it asks for and a pool's configuration does not have is refused, at any depth.
fn read(given: Map<String, Value>) -> Result<PoolConfiguration, Error> {
    let internal = |error: serde_json::Error| Error::internal(error);
    let given = Value::Object(given);
    let mut configuration: PoolConfiguration = serde_json::from_value(given.clone()).map_err(internal)?;
    refuse_unsupported(&left_out(&given, &serde_json::to_value(&configuration).map_err(internal)?))?;
    configuration.lambda_config = configuration.lambda_config.checked().map_err(|refused| Error::parameter(refused.to_string()))?;
    // What is given of it turns it on; nothing given of it does not.
    if given.get("DeviceConfiguration").and_then(Value::as_object).is_some_and(Map::is_empty) {
        configuration.device_configuration = None;
    }
    let days = given.pointer("/Policies/PasswordPolicy/TemporaryPasswordValidityDays").and_then(Value::as_i64).filter(|days| *days != 0);
    let unused = configuration.admin_create_user_config.unused_account_validity_days.filter(|days| *days != 0);
    match (days, unused) {
        // Both are answered, and what was answered can be given back.
        (Some(days), Some(unused)) if days != unused => {
            let message = "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays";
            return Err(Error::parameter(message));
        }
        (None, Some(unused)) => configuration.policies.password_policy.temporary_password_validity_days = unused,
        _ => {}
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
