//! Sessions of a pool's users: whether they are tracked, and how many a user may have.
//!
//! Source: Amazon Cognito developer guide, "Managing user sessions".

use serde::{Deserialize, Serialize};

use crate::kit::clock::Timestamp;
use crate::kit::id::ClientId;

/// How a pool tracks sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SessionConfiguration {
    /// Whether it does.
    pub user_session_tracking: SessionTracking,
    /// How many a user may have.
    pub token_session: TokenSession,
}

impl SessionConfiguration {
    /// Whether sessions are tracked.
    #[must_use]
    pub fn tracks(&self) -> bool {
        self.user_session_tracking == SessionTracking::Enabled
    }

    /// Whether nothing was ever set.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a pool tracks sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SessionTracking {
    /// It does.
    Enabled,
    /// It does not: nothing is kept of sign-ins but what their tokens need.
    #[default]
    Disabled,
}

/// How many sessions a user may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TokenSession {
    /// 1 to 100; with the next sign-in beyond, those that were not used for longest end.
    pub max_per_user: i64,
}

impl Default for TokenSession {
    fn default() -> Self {
        Self { max_per_user: 20 }
    }
}

/// How an app client uses single sign-on sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SsoSession {
    /// For how many minutes after a user authenticated the client lets them in again without asking; 0 is never.
    pub max_validity_minutes: i64,
}

impl Default for SsoSession {
    fn default() -> Self {
        Self { max_validity_minutes: 60 }
    }
}

impl SsoSession {
    /// Whether nothing was ever set.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A sign-in as a session: what its user is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSession {
    /// `tkn` and 25 lower-case alphanumerics.
    pub id: String,
    /// The sign-in.
    pub origin_jti: String,
    /// The app client that it is of.
    pub client_id: ClientId,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When it was last refreshed, or the sign-in.
    pub last_active_at: Timestamp,
    /// Where it was last used from.
    pub last_ip_address: Option<String>,
    /// What it was last used with.
    pub device_type: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_tracked_until_it_is_asked_for() {
        let configuration = SessionConfiguration::default();
        assert!(!configuration.tracks());
        assert_eq!(configuration.token_session.max_per_user, 20);
        assert_eq!(SsoSession::default().max_validity_minutes, 60);
    }
}
