//! What kinds of applications there are, and what each asks of its app client.

use serde_json::{Value, json};

use crate::kit::json::Members as _;

/// A kind of application.
pub struct Preset {
    /// Its name in forms.
    pub id: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it means for its client.
    pub about: &'static str,
    flows: &'static [&'static str],
    has_secret: bool,
    refresh_days: u32,
}

/// The kinds.
pub const PRESETS: [Preset; 4] = [
    Preset {
        id: "browser",
        title: "Browser application",
        about: "Runs in the user's browser: no secret, sign-in by SRP so that the password stays there, 30 days without signing in again.",
        flows: &["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        has_secret: false,
        refresh_days: 30,
    },
    Preset {
        id: "mobile",
        title: "Mobile application",
        about: "Runs on the user's phone: no secret, sign-in by SRP, a year without signing in again.",
        flows: &["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        has_secret: false,
        refresh_days: 365,
    },
    Preset {
        id: "server",
        title: "Server application",
        about: "Runs on your server: it has a secret, and signs users in by AdminInitiateAuth with its own IAM credentials.",
        flows: &["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        has_secret: true,
        refresh_days: 30,
    },
    Preset {
        id: "machine",
        title: "Machine to machine",
        about: "Calls your APIs as itself, without a user: it has a secret, and gets access tokens for it by client credentials, with \
                scopes of a resource server.",
        flows: &["ALLOW_CLIENT_TOKEN_AUTH"],
        has_secret: true,
        refresh_days: 30,
    },
];

/// The kind of that name; the first for any other.
pub fn preset(id: &str) -> &'static Preset {
    let [first, ..] = &PRESETS;
    PRESETS.iter().find(|preset| preset.id == id).unwrap_or(first)
}

/// The identifier of the resource server that a new pool for machines begins with.
const API: &str = "api";

/// What a resource server begins with: what its scopes are called, and what they are for.
const SCOPES: [(&str, &str); 2] = [("read", "Read what there is"), ("write", "Change what there is")];

impl Preset {
    /// Whether such an application has no users, and so wants scopes of a resource server.
    pub fn is_machine(&self) -> bool {
        self.flows.contains(&"ALLOW_CLIENT_TOKEN_AUTH")
    }

    /// The input of CreateResourceServer, for a new pool that machines are to use.
    pub fn resource_server(&self, pool_id: &str, name: &str) -> Option<Value> {
        let scopes = SCOPES.map(|(name, about)| json!({"ScopeName": name, "ScopeDescription": about}));
        self.is_machine().then(|| json!({"UserPoolId": pool_id, "Identifier": API, "Name": name, "Scopes": scopes}))
    }

    /// The scopes of that resource server, as clients are given them.
    pub fn scopes() -> Vec<String> {
        SCOPES.map(|(name, _)| format!("{API}/{name}")).into()
    }

    /// The input of CreateUserPoolClient, with these scopes of resource servers.
    pub fn client(&self, pool_id: &str, name: &str, scopes: &[String]) -> Value {
        let mut input = json!({
            "UserPoolId": pool_id, "ClientName": name, "GenerateSecret": self.has_secret, "ExplicitAuthFlows": self.flows,
            "PreventUserExistenceErrors": "ENABLED", "RefreshTokenValidity": self.refresh_days,
            "TokenValidityUnits": {"RefreshToken": "days"},
        });
        if !scopes.is_empty() {
            input.put("AllowedOAuthScopes", json!(scopes));
        }
        if self.is_machine() && !scopes.is_empty() {
            input.put("AllowedOAuthFlows", json!(["client_credentials"]));
            input.put("AllowedOAuthFlowsUserPoolClient", json!(true));
        }
        input
    }
}
