//! An app client as answers give it.

use serde::Serialize;

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::ClientOfPool;
use crate::kit::clock::Timestamp;
use crate::userpools::client::TokenValidityUnits;

/// UserPoolClientType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientAnswer {
    user_pool_id: String,
    client_name: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
    refresh_token_validity: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_validity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_validity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_validity_units: Option<TokenValidityUnits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_attributes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    write_attributes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explicit_auth_flows: Option<Vec<String>>,
    #[serde(rename = "AllowedOAuthFlowsUserPoolClient")]
    allowed_oauth_flows_user_pool_client: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    prevent_user_existence_errors: Option<String>,
    enable_token_revocation: bool,
    auth_session_validity: i64,
}

impl ClientAnswer {
    /// A client, its secret included.
    pub fn of(cx: &Context, of: &ClientOfPool) -> Result<Self, Error> {
        let configuration = of.client.configuration.clone();
        Ok(Self {
            client_secret: of.secret(cx)?.map(|secret| secret.expose_secret().to_owned()),
            user_pool_id: of.client.pool_id.clone(),
            client_name: of.client.name.clone(),
            client_id: of.client.id.clone(),
            last_modified_date: of.client.modified_at,
            creation_date: of.client.created_at,
            refresh_token_validity: if configuration.refresh_token_validity == 0 { 30 } else { configuration.refresh_token_validity },
            access_token_validity: configuration.access_token_validity,
            id_token_validity: configuration.id_token_validity,
            token_validity_units: configuration.token_validity_units,
            read_attributes: configuration.read_attributes,
            write_attributes: configuration.write_attributes,
            explicit_auth_flows: configuration.explicit_auth_flows,
            allowed_oauth_flows_user_pool_client: false,
            prevent_user_existence_errors: configuration.prevent_user_existence_errors,
            enable_token_revocation: configuration.enable_token_revocation,
            auth_session_validity: configuration.auth_session_validity,
        })
    }
}
