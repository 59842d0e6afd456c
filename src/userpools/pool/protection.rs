//! Threat protection, and the plan that a pool is on.

use serde::{Deserialize, Serialize};

/// UserPoolAddOns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserPoolAddOns {
    /// Of sign-ins by password.
    pub advanced_security_mode: AdvancedSecurityMode,
    /// Of other sign-ins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced_security_additional_flows: Option<AdditionalFlows>,
}

/// Whether threat protection looks on, or acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AdvancedSecurityMode {
    /// Neither.
    #[default]
    Off,
    /// It looks on.
    Audit,
    /// It acts.
    Enforced,
}

/// AdvancedSecurityAdditionalFlows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdditionalFlows {
    /// Of custom challenges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_auth_mode: Option<CustomAuthMode>,
}

/// Whether threat protection of custom challenges looks on, or acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CustomAuthMode {
    /// It looks on.
    Audit,
    /// It acts.
    Enforced,
}

/// The plan that a pool is on: it is told what it was given, and has everything on each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum UserPoolTier {
    /// The least.
    Lite,
    /// Where nothing is said.
    #[default]
    Essentials,
    /// The most.
    Plus,
}
