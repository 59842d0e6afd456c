//! What kinds of applications there are, and what each asks of its app client.

use serde_json::{Value, json};

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
        title: "Machine",
        about: "Calls your APIs as itself, without a user: it has a secret, and gets access tokens for it by GetClientToken. Give it \
                scopes of a resource server among its OAuth settings.",
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

impl Preset {
    /// The input of CreateUserPoolClient.
    pub fn client(&self, pool_id: &str, name: &str) -> Value {
        json!({
            "UserPoolId": pool_id, "ClientName": name, "GenerateSecret": self.has_secret, "ExplicitAuthFlows": self.flows,
            "PreventUserExistenceErrors": "ENABLED", "RefreshTokenValidity": self.refresh_days,
            "TokenValidityUnits": {"RefreshToken": "days"},
        })
    }
}
