//! GetUserPoolClientSessionConfiguration.

use serde::Deserialize;

use super::errors::Error;
use super::session_answer::OfClient;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
}

asks_about_client!(Request);

pub async fn handle(_: &Context, app_client: AppClient, _: Request) -> Result<OfClient, Error> {
    let client = &app_client.client;
    Ok(OfClient::new(client.pool_id.clone(), client.id.clone(), client.configuration.sso_session))
}
