//! An app client as answers give it.

use serde::Serialize;

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::client::ClientConfiguration;
use crate::userpools::session::SsoSession;

/// UserPoolClientType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientAnswer {
    user_pool_id: UserPoolId,
    client_name: String,
    client_id: ClientId,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
    #[serde(flatten)]
    configuration: ClientConfiguration,
    #[serde(rename = "AllowedOAuthFlowsUserPoolClient")]
    allowed_oauth_flows_user_pool_client: bool,
}

impl ClientAnswer {
    /// A client, its secret included.
    pub fn of(cx: &Context, app_client: &AppClient) -> Result<Self, Error> {
        let mut configuration = app_client.client.configuration.clone();
        // GetUserPoolClientSessionConfiguration tells of it.
        configuration.sso_session = SsoSession::default();
        if configuration.refresh_token_validity == 0 {
            configuration.refresh_token_validity = 30;
        }
        Ok(Self {
            client_secret: app_client.secret(cx)?.map(|secret| secret.expose_secret().to_owned()),
            user_pool_id: app_client.client.pool_id.clone(),
            client_name: app_client.client.name.clone(),
            client_id: app_client.client.id.clone(),
            last_modified_date: app_client.client.modified_at,
            creation_date: app_client.client.created_at,
            configuration,
            allowed_oauth_flows_user_pool_client: false,
        })
    }
}
