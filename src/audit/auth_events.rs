//! What users did: sign-ins and what is about them, each with its outcome and where it came from.
//!
//! Source: Amazon Cognito user pools API reference, AuthEventType.

use serde::{Deserialize, Serialize};

use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserId, UserPoolId};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthEventType {
    /// A sign-in, from its first step to its last.
    SignIn,
    /// A sign-up.
    SignUp,
    /// A code for a forgotten password.
    ForgotPassword,
    /// A new password in place of the old one.
    PasswordChange,
    /// Another code for a sign-up.
    ResendCode,
}

impl AuthEventType {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "SignIn",
            Self::SignUp => "SignUp",
            Self::ForgotPassword => "ForgotPassword",
            Self::PasswordChange => "PasswordChange",
            Self::ResendCode => "ResendCode",
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventResponse {
    /// As it was meant to.
    Pass,
    /// It was refused.
    Fail,
    /// It waits for an answer.
    InProgress,
}

impl EventResponse {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "Pass",
            Self::Fail => "Fail",
            Self::InProgress => "InProgress",
        }
    }
}

/// What a user was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// The password, or what stands in its place.
    Password,
    /// A second factor.
    Mfa,
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChallengeResponse {
    /// What was asked for.
    #[serde(rename = "ChallengeName")]
    pub asked: Asked,
    /// Whether the answer was right.
    #[serde(rename = "ChallengeResponse")]
    pub result: ChallengeResult,
}

/// Whether an answer was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChallengeResult {
    /// It was.
    Success,
    /// It was not.
    Failure,
}

/// How likely it is that somebody else acts in the user's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RiskLevel {
    /// A little.
    Low,
    /// Rather.
    Medium,
    /// Very.
    High,
}

impl RiskLevel {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

/// What was done about the risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RiskDecision {
    /// Nothing.
    #[default]
    NoRisk,
    /// A second factor was asked for.
    AccountTakeover,
    /// It was refused.
    Block,
}

impl RiskDecision {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoRisk => "NoRisk",
            Self::AccountTakeover => "AccountTakeover",
            Self::Block => "Block",
        }
    }
}

/// EventRisk: what was judged of an event, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventRisk {
    /// What was done about it.
    pub decision: RiskDecision,
    /// How much there was; none where none was seen, or looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<RiskLevel>,
    /// Whether the password is one that others know.
    pub compromised_credentials: bool,
    /// What made the risk, in people's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// What else is known of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthEventDetails {
    /// What was asked, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<ChallengeResponse>,
    /// The client's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// What the client calls itself, in people's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// The app client that it came by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// What was judged of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<EventRisk>,
}

/// Something that a user did, or somebody in their name.
#[derive(Clone, Debug)]
pub struct AuthEvent {
    /// Its id: of a sign-in, the same from the first step to the last.
    pub id: String,
    /// The pool.
    pub pool_id: UserPoolId,
    /// The user.
    pub user_id: UserId,
    /// When it was noted.
    pub at: Timestamp,
    /// What was done.
    pub kind: AuthEventType,
    /// How it ended.
    pub response: EventResponse,
    /// What else is known.
    pub details: AuthEventDetails,
}
