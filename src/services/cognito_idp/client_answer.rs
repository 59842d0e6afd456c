//! An app client as answers give it, and its secrets.

use serde::Serialize;

use super::errors::Error;
use crate::context::Context;
use crate::flows::client_secrets;
use crate::flows::clients::AppClient;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::kit::secret::Secret;
use crate::userpools::client::ClientConfiguration;
use crate::userpools::client_secret::ClientSecret;
use crate::userpools::registration::ClientType;
use crate::userpools::session::SsoSession;

/// UserPoolClientType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientAnswer {
    user_pool_id: UserPoolId,
    client_name: String,
    client_id: ClientId,
    client_type: ClientType,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
    #[serde(flatten)]
    configuration: ClientConfiguration,
}

impl ClientAnswer {
    /// A client, and the secret that was made with it; one that was brought, or came later, is not told.
    pub fn of(cx: &Context, app_client: &AppClient) -> Result<Self, Error> {
        let client = &app_client.client;
        let mut configuration = client.configuration.clone();
        // GetUserPoolClientSessionConfiguration tells of it.
        configuration.sso_session = SsoSession::default();
        if configuration.refresh_token_validity == 0 {
            configuration.refresh_token_validity = 30;
        }
        let told = client.secrets.iter().find(|secret| !secret.is_withheld);
        let told = told.map(|secret| client_secrets::open(cx, client, secret)).transpose()?;
        Ok(Self {
            client_secret: told.map(|secret| secret.expose_secret().to_owned()),
            user_pool_id: client.pool_id.clone(),
            client_name: client.name.clone(),
            client_id: client.id.clone(),
            client_type: ClientType::of(client.registered),
            last_modified_date: client.modified_at,
            creation_date: client.created_at,
            configuration,
        })
    }
}

/// ClientSecretDescriptorType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretAnswer {
    client_secret_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_value: Option<String>,
    client_secret_create_date: Timestamp,
}

impl SecretAnswer {
    /// A secret's id and age, and not the secret.
    pub fn of(client_id: &ClientId, secret: &ClientSecret) -> Self {
        Self { client_secret_id: secret.id(client_id), client_secret_value: None, client_secret_create_date: secret.created_at }
    }

    /// The same, with the secret where we made it.
    pub fn telling(self, made: Option<&Secret>) -> Self {
        Self { client_secret_value: made.map(|secret| secret.expose_secret().to_owned()), ..self }
    }
}
