//! The tables of the settings file that say how the functions of triggers are reached.

use serde::Deserialize;

use crate::kit::secret::Secret;

/// `[triggers]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerSettings {
    /// The address of a Lambda-compatible service: every function that has no address of its own is called there.
    pub endpoint: Option<String>,
    /// Whose signature calls to it bear.
    pub access_key_id: Option<String>,
    /// The key's secret.
    pub secret_access_key: Option<Secret>,
    /// `[[triggers.function]]`
    #[serde(default)]
    pub function: Vec<FunctionSetting>,
    /// `[[triggers.key]]`
    #[serde(default)]
    pub key: Vec<KeySetting>,
}

/// A function that is called at an address of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionSetting {
    /// The function, as pools name it.
    pub arn: String,
    /// Where it is called: https, or http on this machine.
    pub url: String,
    /// What the signature of the calls is made with.
    pub secret: Secret,
}

/// What stands in for a KMS key: codes for custom senders are encrypted with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySetting {
    /// The key, as pools name it: KMSKeyID.
    pub arn: String,
    /// The base64 text of 32 bytes.
    pub key: Secret,
}
