//! An app client of a user pool and its configuration.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::client_secret::ClientSecret;
use super::oauth_settings::{AnalyticsConfiguration, ClientKind, RefreshTokenRotation};
use super::registration::Registered;
use super::session::SsoSession;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};

/// An app client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its pool.
    pub pool_id: UserPoolId,
    /// 26 lower-case alphanumerics.
    pub id: ClientId,
    /// What people call it.
    pub name: String,
    /// How it behaves.
    pub configuration: ClientConfiguration,
    /// Its secrets, the oldest first; none of a public client.
    pub secrets: Vec<ClientSecret>,
    /// How it registered itself; `None` of one that an administrator made.
    pub registered: Option<Registered>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

impl Client {
    /// Whether it has a secret.
    #[must_use]
    pub const fn kind(&self) -> ClientKind {
        if self.secrets.is_empty() { ClientKind::Public } else { ClientKind::Confidential }
    }
}

/// How a client behaves, in AWS's shape: what CreateUserPoolClient takes, what DescribeUserPoolClient gives, and the document
/// that rests in the client's row. What is not given has the default here.
///
/// A member that is added later has a default too, so that rows without it still open. The names in small letters are those of
/// rows that the first release wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClientConfiguration {
    /// In `token_validity_units.refresh_token`; 0 means 30 days.
    #[serde(alias = "refresh_token_validity")]
    pub refresh_token_validity: i64,
    /// Absent means an hour.
    #[serde(alias = "access_token_validity", skip_serializing_if = "Option::is_none")]
    pub access_token_validity: Option<i64>,
    /// Absent means an hour.
    #[serde(alias = "id_token_validity", skip_serializing_if = "Option::is_none")]
    pub id_token_validity: Option<i64>,
    /// The units of the three.
    #[serde(alias = "token_validity_units", skip_serializing_if = "Option::is_none")]
    pub token_validity_units: Option<TokenValidityUnits>,
    /// The attributes that ID tokens and GetUser show; absent means all.
    #[serde(alias = "read_attributes", skip_serializing_if = "Option::is_none")]
    pub read_attributes: Option<Vec<String>>,
    /// The attributes that sign-up may set; absent means all that are mutable or new.
    #[serde(alias = "write_attributes", skip_serializing_if = "Option::is_none")]
    pub write_attributes: Option<Vec<String>>,
    /// `ALLOW_…`; absent means SRP, custom and refresh.
    #[serde(alias = "explicit_auth_flows", skip_serializing_if = "Option::is_none")]
    pub explicit_auth_flows: Option<Vec<String>>,
    /// Who vouches for users: `COGNITO` is the pool itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supported_identity_providers: Vec<String>,
    /// Whether answers hide which users exist.
    #[serde(alias = "prevent_user_existence_errors", skip_serializing_if = "Option::is_none")]
    pub prevent_user_existence_errors: Option<String>,
    /// Whether tokens can be revoked.
    #[serde(alias = "enable_token_revocation")]
    pub enable_token_revocation: bool,
    /// Minutes that a challenge's session string lives.
    #[serde(alias = "auth_session_validity")]
    pub auth_session_validity: i64,
    /// Where browsers may be sent with what a sign-in gives.
    #[serde(rename = "CallbackURLs", skip_serializing_if = "Vec::is_empty")]
    pub callback_urls: Vec<String>,
    /// Where browsers may be sent after signing out.
    #[serde(rename = "LogoutURLs", skip_serializing_if = "Vec::is_empty")]
    pub logout_urls: Vec<String>,
    /// The callback where a request names none.
    #[serde(rename = "DefaultRedirectURI", skip_serializing_if = "Option::is_none")]
    pub default_redirect_uri: Option<String>,
    /// `code`, `implicit`, or `client_credentials` alone.
    #[serde(rename = "AllowedOAuthFlows", skip_serializing_if = "Vec::is_empty")]
    pub allowed_oauth_flows: Vec<String>,
    /// The scopes that tokens for this client may have, by the OAuth endpoints and by token exchange.
    #[serde(rename = "AllowedOAuthScopes", skip_serializing_if = "Vec::is_empty")]
    pub allowed_oauth_scopes: Vec<String>,
    /// Whether the client uses the OAuth endpoints.
    #[serde(rename = "AllowedOAuthFlowsUserPoolClient")]
    pub allowed_oauth_flows_user_pool_client: bool,
    /// Where Amazon Pinpoint would be told of sign-ins: kept, and told nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analytics_configuration: Option<AnalyticsConfiguration>,
    /// Whether the client may say from which address its users come.
    pub enable_propagate_additional_user_context_data: bool,
    /// Whether a refresh token serves once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_rotation: Option<RefreshTokenRotation>,
    /// How single sign-on sessions are used: SetUserPoolClientSessionConfiguration sets it.
    #[serde(skip_serializing_if = "SsoSession::is_default")]
    pub sso_session: SsoSession,
}

impl Default for ClientConfiguration {
    fn default() -> Self {
        Self {
            refresh_token_validity: 0,
            access_token_validity: None,
            id_token_validity: None,
            token_validity_units: None,
            read_attributes: None,
            write_attributes: None,
            explicit_auth_flows: None,
            supported_identity_providers: Vec::new(),
            prevent_user_existence_errors: None,
            enable_token_revocation: true,
            auth_session_validity: 3,
            callback_urls: Vec::new(),
            logout_urls: Vec::new(),
            default_redirect_uri: None,
            allowed_oauth_flows: Vec::new(),
            allowed_oauth_scopes: Vec::new(),
            allowed_oauth_flows_user_pool_client: false,
            analytics_configuration: None,
            enable_propagate_additional_user_context_data: false,
            refresh_token_rotation: None,
            sso_session: SsoSession::default(),
        }
    }
}

/// The units of a client's token lifetimes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TokenValidityUnits {
    /// Of the access token; hours unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// Of the ID token; hours unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Of the refresh token; days unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The longest that an access or ID token lives.
pub const LONGEST_TOKEN: Duration = DAY;

/// A lifetime outside of its range: the token's name and AWS's range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid range for token validity.")]
pub struct BadValidity;

impl ClientConfiguration {
    /// How long access tokens live: 5 minutes to a day.
    ///
    /// # Errors
    /// [`BadValidity`].
    pub fn access_token_lifetime(&self) -> Result<Duration, BadValidity> {
        short_lifetime(self.access_token_validity, self.units(|units| &units.access_token))
    }

    /// How long ID tokens live: 5 minutes to a day.
    ///
    /// # Errors
    /// [`BadValidity`].
    pub fn id_token_lifetime(&self) -> Result<Duration, BadValidity> {
        short_lifetime(self.id_token_validity, self.units(|units| &units.id_token))
    }

    /// How long refresh tokens live: an hour to ten years.
    ///
    /// # Errors
    /// [`BadValidity`].
    pub fn refresh_token_lifetime(&self) -> Result<Duration, BadValidity> {
        let lifetime = match self.refresh_token_validity {
            0 => DAY * 30,
            validity => in_unit(validity, self.units(|units| &units.refresh_token).unwrap_or("days"))?,
        };
        if (HOUR..=DAY * 3650).contains(&lifetime) { Ok(lifetime) } else { Err(BadValidity) }
    }

    /// How long a session string lives.
    #[must_use]
    pub fn session_lifetime(&self) -> Duration {
        Duration::from_secs(self.auth_session_validity.unsigned_abs() * 60)
    }

    /// Whether an `ALLOW_…` flow is enabled. Without a list, SRP, custom and refresh are.
    #[must_use]
    pub fn allows(&self, flow: &str) -> bool {
        match &self.explicit_auth_flows {
            None => matches!(flow, "ALLOW_USER_SRP_AUTH" | "ALLOW_CUSTOM_AUTH" | "ALLOW_REFRESH_TOKEN_AUTH"),
            Some(flows) => flows.iter().any(|allowed| allowed == flow || legacy(allowed) == Some(flow)),
        }
    }

    /// Whether answers hide which users exist.
    #[must_use]
    pub fn hides_users(&self) -> bool {
        self.prevent_user_existence_errors.as_deref() == Some("ENABLED")
    }

    /// Whether the client may read an attribute.
    #[must_use]
    pub fn may_read(&self, attribute: &str) -> bool {
        self.read_attributes.as_ref().is_none_or(|attributes| attributes.iter().any(|readable| readable == attribute))
    }

    /// Whether the client may write an attribute.
    #[must_use]
    pub fn may_write(&self, attribute: &str) -> bool {
        self.write_attributes.as_ref().is_none_or(|attributes| attributes.iter().any(|writable| writable == attribute))
    }

    fn units(&self, of: fn(&TokenValidityUnits) -> &Option<String>) -> Option<&str> {
        self.token_validity_units.as_ref().map(of).and_then(|unit| unit.as_deref())
    }
}

/// The names of flows before `ALLOW_…` was introduced.
fn legacy(flow: &str) -> Option<&'static str> {
    match flow {
        "ADMIN_NO_SRP_AUTH" => Some("ALLOW_ADMIN_USER_PASSWORD_AUTH"),
        "USER_PASSWORD_AUTH" => Some("ALLOW_USER_PASSWORD_AUTH"),
        "CUSTOM_AUTH_FLOW_ONLY" => Some("ALLOW_CUSTOM_AUTH"),
        _ => None,
    }
}

fn short_lifetime(validity: Option<i64>, unit: Option<&str>) -> Result<Duration, BadValidity> {
    let lifetime = match validity {
        None | Some(0) => HOUR,
        Some(validity) => in_unit(validity, unit.unwrap_or("hours"))?,
    };
    if (Duration::from_secs(300)..=LONGEST_TOKEN).contains(&lifetime) { Ok(lifetime) } else { Err(BadValidity) }
}

fn in_unit(validity: i64, unit: &str) -> Result<Duration, BadValidity> {
    let seconds = match unit {
        "seconds" => 1,
        "minutes" => 60,
        "hours" => 3600,
        "days" => 24 * 3600,
        _ => return Err(BadValidity),
    };
    u64::try_from(validity).ok().and_then(|validity| validity.checked_mul(seconds)).map(Duration::from_secs).ok_or(BadValidity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_have_cognitos_defaults_units_and_ranges() {
        let client = ClientConfiguration::default();
        assert_eq!(client.access_token_lifetime(), Ok(HOUR));
        assert_eq!(client.refresh_token_lifetime(), Ok(DAY * 30));
        let units = TokenValidityUnits { access_token: Some("minutes".into()), id_token: Some("hours".into()), refresh_token: None };
        let short = ClientConfiguration { access_token_validity: Some(5), token_validity_units: Some(units), ..client.clone() };
        assert_eq!(short.access_token_lifetime(), Ok(Duration::from_secs(300)));
        for validity in [4, 1441, -1, i64::MAX] {
            let bad = ClientConfiguration { access_token_validity: Some(validity), ..short.clone() };
            assert_eq!(bad.access_token_lifetime(), Err(BadValidity), "{validity}");
        }
        let long = ClientConfiguration { refresh_token_validity: 3651, ..client };
        assert_eq!(long.refresh_token_lifetime(), Err(BadValidity));
    }

    #[test]
    fn flows_default_to_srp_and_refresh() {
        let client = ClientConfiguration::default();
        assert!(client.allows("ALLOW_USER_SRP_AUTH") && !client.allows("ALLOW_USER_PASSWORD_AUTH"));
        let listed = ClientConfiguration { explicit_auth_flows: Some(vec!["USER_PASSWORD_AUTH".into()]), ..client };
        assert!(listed.allows("ALLOW_USER_PASSWORD_AUTH") && !listed.allows("ALLOW_USER_SRP_AUTH"));
    }

    #[test]
    fn rows_of_the_first_release_still_open() {
        let row = r#"{"refresh_token_validity":5,"access_token_validity":10,"id_token_validity":null,"token_validity_units":
            {"AccessToken":"minutes","RefreshToken":"days"},"read_attributes":["email"],"write_attributes":null,"explicit_auth_flows":
            ["ALLOW_USER_SRP_AUTH"],"prevent_user_existence_errors":"ENABLED","enable_token_revocation":false,"auth_session_validity":15}"#;
        let opened: ClientConfiguration = serde_json::from_str(row).unwrap();
        let expected = ClientConfiguration {
            refresh_token_validity: 5,
            access_token_validity: Some(10),
            token_validity_units: Some(TokenValidityUnits {
                access_token: Some("minutes".into()),
                id_token: None,
                refresh_token: Some("days".into()),
            }),
            read_attributes: Some(vec!["email".into()]),
            explicit_auth_flows: Some(vec!["ALLOW_USER_SRP_AUTH".into()]),
            prevent_user_existence_errors: Some("ENABLED".into()),
            enable_token_revocation: false,
            auth_session_validity: 15,
            ..ClientConfiguration::default()
        };
        assert_eq!(opened, expected);
        let written = serde_json::to_string(&opened).unwrap();
        assert_eq!(serde_json::from_str::<ClientConfiguration>(&written).unwrap(), expected);
    }

    #[test]
    fn rows_with_more_or_fewer_members_open() {
        let opened: ClientConfiguration = serde_json::from_str(r#"{"AuthSessionValidity":5,"OfALaterRelease":{"A":1}}"#).unwrap();
        assert_eq!(opened, ClientConfiguration { auth_session_validity: 5, ..ClientConfiguration::default() });
    }
}
