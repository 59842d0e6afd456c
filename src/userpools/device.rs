//! Devices that users sign in on: a key that names one, a secret that it proves, and whether it is remembered.
//!
//! Source: Amazon Cognito developer guide, "Working with user devices in your user pool".

use serde::{Deserialize, Serialize};

use crate::crypto::sealed::Sealed;
use crate::crypto::srp::Verifier;
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};

/// How a pool remembers devices. A pool that is given any of it tracks them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceConfiguration {
    /// Whether a remembered device proves itself in place of a second factor.
    pub challenge_required_on_new_device: bool,
    /// Whether a device is remembered only once its user says so.
    pub device_only_remembered_on_user_prompt: bool,
}

/// Whether a device is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceStatus {
    /// It proves itself at each sign-in.
    Remembered,
    /// It is known, and its sign-ins are as any other's.
    NotRemembered,
}

impl DeviceStatus {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Remembered => "remembered",
            Self::NotRemembered => "not_remembered",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Remembered, Self::NotRemembered].into_iter().find(|status| status.as_str() == text)
    }

    /// Of a device that was just confirmed.
    #[must_use]
    pub const fn of_new(configuration: DeviceConfiguration) -> Self {
        if configuration.device_only_remembered_on_user_prompt { Self::NotRemembered } else { Self::Remembered }
    }
}

/// A confirmed device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its pool.
    pub pool_id: UserPoolId,
    /// Whose it is.
    pub user_id: UserId,
    /// The pool's region, `_` and a UUID.
    pub key: String,
    /// What SRP's hashes take in place of the pool's name.
    pub group_key: String,
    /// The salt of its secret, hexadecimal, as the client chose it.
    pub salt: String,
    /// What its secret is checked by, sealed.
    pub sealed_verifier: Sealed<Verifier>,
    /// What its user, or its maker, calls it.
    pub name: Option<String>,
    /// Whether it is remembered.
    pub status: DeviceStatus,
    /// The address that it last signed in from.
    pub last_ip_used: Option<String>,
    /// When it was confirmed.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// When its user last signed in on it.
    pub authenticated_at: Timestamp,
}

/// A device that a sign-in was given, and that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// Its key.
    pub key: String,
    /// Its group key.
    pub group_key: String,
}

/// The longest device key of the model, in characters.
pub const LONGEST_KEY: usize = 55;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_device_is_remembered_at_once_or_when_its_user_says_so() {
        for asks in [false, true] {
            let configuration = DeviceConfiguration { device_only_remembered_on_user_prompt: asks, ..DeviceConfiguration::default() };
            assert_eq!(DeviceStatus::of_new(configuration) == DeviceStatus::NotRemembered, asks);
        }
        for status in [DeviceStatus::Remembered, DeviceStatus::NotRemembered] {
            assert_eq!(DeviceStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(DeviceStatus::parse("forgotten"), None);
    }
}
