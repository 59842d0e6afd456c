//! Sessions as answers give them, and the configuration of them.

use serde::Serialize;

use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::session::{SessionConfiguration, SsoSession, UserSession};

/// SessionDescriptionType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SessionAnswer {
    session_id: String,
    session_type: &'static str,
    client_id: ClientId,
    create_date: Timestamp,
    last_active_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<String>,
    #[serde(rename = "LastIPAddress", skip_serializing_if = "Option::is_none")]
    last_ip_address: Option<String>,
    is_current_session: bool,
}

/// All of a user's sessions: one page holds as many as a user can have.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    sessions: Vec<SessionAnswer>,
}

impl Page {
    /// These sessions, one of which may be the caller's own.
    pub fn of(sessions: Vec<UserSession>, current: Option<&str>) -> Self {
        let answer = |session: UserSession| SessionAnswer {
            is_current_session: current == Some(session.origin_jti.as_str()),
            session_id: session.id,
            session_type: "TOKEN",
            client_id: session.client_id,
            create_date: session.created_at,
            last_active_date: session.last_active_at,
            device_type: session.device_type,
            last_ip_address: session.last_ip_address,
        };
        Self { sessions: sessions.into_iter().map(answer).collect() }
    }
}

/// A pool's configuration.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OfPool {
    user_pool_id: UserPoolId,
    #[serde(flatten)]
    configuration: SessionConfiguration,
}

impl OfPool {
    /// Of this pool.
    pub const fn new(user_pool_id: UserPoolId, configuration: SessionConfiguration) -> Self {
        Self { user_pool_id, configuration }
    }
}

/// An app client's configuration.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OfClient {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    #[serde(rename = "SSOSession")]
    sso_session: SsoSession,
}

impl OfClient {
    /// Of this client.
    pub const fn new(user_pool_id: UserPoolId, client_id: ClientId, sso_session: SsoSession) -> Self {
        Self { user_pool_id, client_id, sso_session }
    }
}
