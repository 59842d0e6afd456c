//! An app client of a user pool and its configuration.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::kit::clock::Timestamp;

/// An app client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its pool.
    pub pool_id: String,
    /// 26 lower-case alphanumerics.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How it behaves.
    pub configuration: ClientConfiguration,
    /// Its secret, sealed, if it has one.
    pub sealed_secret: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// How a client behaves: the document that rests in its row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientConfiguration {
    /// As the API gave it, in `token_validity_units.refresh_token`; 0 means 30 days.
    pub refresh_token_validity: i64,
    /// As the API gave it; absent means an hour.
    pub access_token_validity: Option<i64>,
    /// As the API gave it; absent means an hour.
    pub id_token_validity: Option<i64>,
    /// The units of the three.
    pub token_validity_units: Option<TokenValidityUnits>,
    /// The attributes that ID tokens and GetUser show; absent means all.
    pub read_attributes: Option<Vec<String>>,
    /// The attributes that sign-up may set; absent means all that are mutable or new.
    pub write_attributes: Option<Vec<String>>,
    /// `ALLOW_…`; absent means SRP, custom and refresh.
    pub explicit_auth_flows: Option<Vec<String>>,
    /// Whether answers hide which users exist.
    pub prevent_user_existence_errors: Option<String>,
    /// Whether tokens can be revoked.
    pub enable_token_revocation: bool,
    /// Minutes that a challenge's session string lives.
    pub auth_session_validity: i64,
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
    if (Duration::from_secs(300)..=DAY).contains(&lifetime) { Ok(lifetime) } else { Err(BadValidity) }
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

    fn client() -> ClientConfiguration {
        ClientConfiguration {
            refresh_token_validity: 0,
            access_token_validity: None,
            id_token_validity: None,
            token_validity_units: None,
            read_attributes: None,
            write_attributes: None,
            explicit_auth_flows: None,
            prevent_user_existence_errors: None,
            enable_token_revocation: true,
            auth_session_validity: 3,
        }
    }

    #[test]
    fn lifetimes_have_cognitos_defaults_units_and_ranges() {
        let client = client();
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
        assert!(client().allows("ALLOW_USER_SRP_AUTH") && !client().allows("ALLOW_USER_PASSWORD_AUTH"));
        let listed = ClientConfiguration { explicit_auth_flows: Some(vec!["USER_PASSWORD_AUTH".into()]), ..client() };
        assert!(listed.allows("ALLOW_USER_PASSWORD_AUTH") && !listed.allows("ALLOW_USER_SRP_AUTH"));
    }
}
