//! What an app client's OAuth settings, its refresh token rotation and its analytics are held to.
//!
//! The words are those that CreateUserPoolClient and UpdateUserPoolClient refuse with at AWS.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::client::ClientConfiguration;
use super::identity_provider::OWN;
use super::registration;
use super::resource_server::STANDARD_SCOPES;

/// The flow of GetClientToken. It stands alone.
pub const CLIENT_TOKEN: &str = "ALLOW_CLIENT_TOKEN_AUTH";

const REFRESH: &str = "ALLOW_REFRESH_TOKEN_AUTH";

/// Whether and how refresh tokens follow one another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RefreshTokenRotation {
    /// `ENABLED` or `DISABLED`.
    pub feature: String,
    /// How long the token before the newest gets that again, from 0 to 60 seconds; absent is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_grace_period_seconds: Option<u32>,
}

/// Where Amazon Pinpoint would be told of sign-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AnalyticsConfiguration {
    /// A project's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// A project's ARN, in place of the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_arn: Option<String>,
    /// The role that may tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// What the role asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Whether it is told who signs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data_shared: Option<bool>,
}

/// Whether a client has a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// It has.
    Confidential,
    /// It has none: it runs where everybody could read it.
    Public,
}

/// Why settings are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsRefused {
    /// `InvalidOAuthFlowException`.
    #[error("{0}")]
    Flow(String),
    /// `ScopeDoesNotExistException`.
    #[error("Invalid scope requested: {0}")]
    NoSuchScope(String),
    /// `InvalidParameterException`.
    #[error("{0}")]
    Parameter(String),
}

impl ClientConfiguration {
    /// Whether a refresh token serves once, and another follows it.
    #[must_use]
    pub fn rotates_refresh_tokens(&self) -> bool {
        self.refresh_token_rotation.as_ref().is_some_and(|rotation| rotation.feature == "ENABLED")
    }

    /// How long the token before the newest gets that again.
    #[must_use]
    pub fn rotation_grace(&self) -> Duration {
        let rotation = self.refresh_token_rotation.as_ref().filter(|_| self.rotates_refresh_tokens());
        Duration::from_secs(rotation.and_then(|rotation| rotation.retry_grace_period_seconds).unwrap_or_default().into())
    }

    /// Whether InitiateAuth takes refresh tokens: never where they rotate, for its answer has no place for the next.
    ///
    /// Source: Amazon Cognito developer guide, "Refresh tokens": "You can't authenticate with REFRESH_TOKEN_AUTH in app clients
    /// with refresh token rotation enabled".
    #[must_use]
    pub fn allows_refresh_by_initiate_auth(&self) -> bool {
        self.allows(REFRESH) && !self.rotates_refresh_tokens()
    }

    /// Holds what needs no look at the pool to AWS's rules.
    ///
    /// # Errors
    /// [`SettingsRefused`].
    pub fn check_settings(&self, kind: ClientKind) -> Result<(), SettingsRefused> {
        self.check_addresses()?;
        self.check_oauth_flows(kind)?;
        self.check_own_flows(kind)?;
        if self.enable_propagate_additional_user_context_data && kind == ClientKind::Public {
            let words = "EnablePropagateAdditionalUserContextData can only be enabled for an app client that has a client secret.";
            return Err(parameter(words));
        }
        self.analytics_configuration.as_ref().map_or(Ok(()), AnalyticsConfiguration::check)
    }

    /// Holds the scopes to those that exist.
    ///
    /// # Errors
    /// [`SettingsRefused::NoSuchScope`].
    pub fn check_scopes(&self, exists: impl Fn(&str) -> bool) -> Result<(), SettingsRefused> {
        let unknown = self.allowed_oauth_scopes.iter().find(|scope| !exists(scope));
        unknown.map_or(Ok(()), |scope| Err(SettingsRefused::NoSuchScope(scope.clone())))
    }

    fn check_addresses(&self) -> Result<(), SettingsRefused> {
        for url in self.callback_urls.iter().chain(&self.logout_urls) {
            check_address(url)?;
        }
        match &self.default_redirect_uri {
            Some(default) if !self.callback_urls.contains(default) => {
                Err(parameter(format!("The default redirect URI {default} is not in the callback URIs list.")))
            }
            _ => Ok(()),
        }
    }

    /// Whether the client uses the OAuth endpoints with this flow: `code`, `implicit` or `client_credentials`.
    ///
    /// Source: Amazon Cognito API reference, CreateUserPoolClient: AllowedOAuthFlowsUserPoolClient.
    #[must_use]
    pub fn takes_oauth_flow(&self, flow: &str) -> bool {
        self.allowed_oauth_flows_user_pool_client && self.allowed_oauth_flows.iter().any(|allowed| allowed == flow)
    }

    /// Whether the client lists a scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.allowed_oauth_scopes.iter().any(|allowed| allowed == scope)
    }

    /// Whether the client takes whom this provider vouches for. One that lists who does lists the pool itself too; one that lists
    /// nobody takes the pool's users alone.
    ///
    /// Source: Amazon Cognito API reference, CreateUserPoolClient, SupportedIdentityProviders.
    #[must_use]
    pub fn takes_users_of(&self, provider: &str) -> bool {
        let listed = &self.supported_identity_providers;
        if listed.is_empty() { provider == OWN } else { listed.iter().any(|name| name == provider) }
    }

    fn check_oauth_flows(&self, kind: ClientKind) -> Result<(), SettingsRefused> {
        let has = |flow: &str| self.allowed_oauth_flows.iter().any(|allowed| allowed == flow);
        let (by_browser, by_itself) = (has("code") || has("implicit"), has("client_credentials"));
        if by_itself && by_browser {
            return Err(flow("client_credentials flow can not be selected along with code flow or implicit flow."));
        }
        if by_itself && kind == ClientKind::Public {
            return Err(flow("client_credentials flow can not be selected if client does not have a client secret."));
        }
        // A machine has no profile, and nothing of its own to change.
        let of_users = self.allowed_oauth_scopes.iter().find(|scope| STANDARD_SCOPES.contains(&scope.as_str()));
        if let Some(scope) = of_users.filter(|_| by_itself) {
            return Err(flow(format!("{scope} is not supported with client_credentials flow")));
        }
        // No user makes clients.
        if by_browser && self.has_scope(registration::SCOPE) {
            return Err(flow(format!("{} is supported with client_credentials flow only", registration::SCOPE)));
        }
        // Without this, the rest is kept and opens nothing.
        if !self.allowed_oauth_flows_user_pool_client {
            return Ok(());
        }
        if self.allowed_oauth_flows.is_empty() || self.allowed_oauth_scopes.is_empty() {
            return Err(flow("AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."));
        }
        if by_browser && self.callback_urls.is_empty() {
            return Err(flow("CallbackUrls can not be empty when code flow or implicit flow is selected"));
        }
        Ok(())
    }

    fn check_own_flows(&self, kind: ClientKind) -> Result<(), SettingsRefused> {
        let flows = self.explicit_auth_flows.as_deref().unwrap_or_default();
        let has = |flow: &str| flows.iter().any(|allowed| allowed == flow);
        if has(CLIENT_TOKEN) && flows.iter().any(|flow| flow != CLIENT_TOKEN) {
            return Err(parameter(format!("{CLIENT_TOKEN} cannot be used together with other ExplicitAuthFlows.")));
        }
        if has(CLIENT_TOKEN) && kind == ClientKind::Public {
            return Err(parameter(format!("{CLIENT_TOKEN} requires an app client that has a client secret.")));
        }
        // Where no flows are listed, the one of the defaults gives way to rotation.
        if has(REFRESH) && self.rotates_refresh_tokens() {
            return Err(parameter(format!("{REFRESH} cannot be enabled when refresh token rotation is enabled.")));
        }
        Ok(())
    }
}

impl AnalyticsConfiguration {
    fn check(&self) -> Result<(), SettingsRefused> {
        let by_id = (&self.application_id, &self.role_arn, &self.external_id);
        match (&self.application_arn, by_id) {
            (Some(_), (None, _, None)) | (None, (Some(_), Some(_), Some(_))) => Ok(()),
            _ => Err(parameter(
                "Invalid analytics configuration given, either <application arn> or <application id, role arn, external id> are valid",
            )),
        }
    }
}

/// Schemes whose addresses run in, or read from, the browser that is sent there.
const NEVER: [&str; 7] = ["javascript", "data", "vbscript", "file", "blob", "about", "filesystem"];

/// The beginnings of addresses that plain HTTP may have: of the machine that the browser runs on.
const OWN_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Holds a callback or logout address to the rules of its list.
///
/// Source: API reference, CreateUserPoolClient, CallbackURLs; RFC 6749 §3.1.2.
///
/// # Errors
/// [`SettingsRefused::Parameter`].
pub fn check_address(url: &str) -> Result<(), SettingsRefused> {
    let refused = |why: &str| Err(parameter(format!("{url} {why}")));
    let Some((scheme, rest)) = url.split_once(':') else { return refused("is not an absolute URI.") };
    let is_of_schemes = |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '.' | '-');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) || !scheme.chars().all(is_of_schemes) || !rest.starts_with('/') {
        return refused("is not an absolute URI.");
    }
    if url.contains('#') {
        return refused("must not include a fragment component.");
    }
    let scheme = scheme.to_ascii_lowercase();
    // SECURITY: such an address would be a script of whoever registered it.
    if NEVER.contains(&scheme.as_str()) {
        return refused("cannot use this scheme.");
    }
    let authority = rest.strip_prefix("//").map(|rest| rest.split(['/', '?', '\\']).next().unwrap_or_default());
    match (scheme.as_str(), authority) {
        ("https" | "http", None | Some("")) => refused("is not an absolute URI."),
        ("http", Some(authority)) if !is_own_machine(authority) => refused("cannot use the HTTP protocol."),
        _ => Ok(()),
    }
}

fn is_own_machine(authority: &str) -> bool {
    OWN_MACHINE.iter().filter_map(|host| authority.strip_prefix(host)).any(|rest| {
        let port = rest.strip_prefix(':');
        rest.is_empty() || port.is_some_and(|port| !port.is_empty() && port.chars().all(|digit| digit.is_ascii_digit()))
    })
}

fn parameter(words: impl Into<String>) -> SettingsRefused {
    SettingsRefused::Parameter(words.into())
}

fn flow(words: impl Into<String>) -> SettingsRefused {
    SettingsRefused::Flow(words.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_https_to_apps_and_to_their_own_machine() {
        for taken in [
            "https://app.example/callback?a=b",
            "http://localhost",
            "http://localhost:3000/x",
            "http://127.0.0.1:8080/",
            "http://[::1]/x",
            "myapp://example",
            "com.example.app:/oauth",
        ] {
            assert_eq!(check_address(taken), Ok(()), "{taken}");
        }
        for refused in [
            "http://app.example/",
            "http://localhost.evil.example/",
            "http://localhost@evil.example/",
            "http://127.0.0.1.evil.example",
            "http://localhost:80a/",
            "HTTP://app.example/",
            "https:///x",
            "https:app.example",
            "https://app.example/#fragment",
            "myapp://example#",
            "/relative",
            "app.example",
            "javascript://app.example/%0aalert(1)",
            "JavaScript:/x",
            "data:/text",
            "1app://x",
            "a b://x",
        ] {
            assert!(matches!(check_address(refused), Err(SettingsRefused::Parameter(_))), "{refused}");
        }
    }

    #[test]
    fn flows_want_what_they_need_and_machines_stand_alone() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let judged = |flows: &[&str], scopes: &[&str], callbacks: &[&str], kind| {
            let configuration = ClientConfiguration {
                allowed_oauth_flows_user_pool_client: true,
                allowed_oauth_flows: texts(flows),
                allowed_oauth_scopes: texts(scopes),
                callback_urls: texts(callbacks),
                ..ClientConfiguration::default()
            };
            configuration.check_settings(kind).map_err(|refused| refused.to_string())
        };
        let (public, confidential) = (ClientKind::Public, ClientKind::Confidential);
        let back = &["https://app.example/"];
        assert_eq!(judged(&["code"], &["openid"], back, public), Ok(()));
        assert_eq!(judged(&["client_credentials"], &["api/read"], &[], confidential), Ok(()));
        for (flows, scopes, callbacks, kind, begins) in [
            (&["code"][..], &["openid"][..], &[][..], public, "CallbackUrls can not be empty"),
            (&[], &["openid"], back, public, "AllowedOAuthFlows and AllowedOAuthScopes are required"),
            (&["code"], &[], back, public, "AllowedOAuthFlows and AllowedOAuthScopes are required"),
            (&["client_credentials", "code"], &["api/read"], back, confidential, "client_credentials flow can not be selected along"),
            (&["client_credentials"], &["api/read"], &[], public, "client_credentials flow can not be selected if client"),
            (&["client_credentials"], &["openid"], &[], confidential, "openid is not supported with client_credentials flow"),
        ] {
            let refused = judged(flows, scopes, callbacks, kind).unwrap_err();
            assert!(refused.starts_with(begins), "{refused}");
        }
    }

    #[test]
    fn analytics_name_a_project_one_way() {
        let some = || Some("x".to_owned());
        let by_id = AnalyticsConfiguration { application_id: some(), role_arn: some(), external_id: some(), ..Default::default() };
        assert_eq!(by_id.check(), Ok(()));
        assert_eq!(AnalyticsConfiguration { application_arn: some(), ..Default::default() }.check(), Ok(()));
        for bad in [
            AnalyticsConfiguration::default(),
            AnalyticsConfiguration { role_arn: None, ..by_id.clone() },
            AnalyticsConfiguration { application_arn: some(), ..by_id },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
