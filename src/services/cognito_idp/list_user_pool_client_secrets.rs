//! ListUserPoolClientSecrets: which secrets a client has, and since when; never the secrets.

use serde::{Deserialize, Serialize};

use super::client_answer::SecretAnswer;
use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::{self, AppClient};
use crate::flows::paging;
use crate::kit::id::{ClientId, UserPoolId};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    next_token: Option<String>,
}

asks_about_client!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    client_secrets: Vec<SecretAnswer>,
}

/// There are two at most, which are always told: so no page follows, and no token of one is ours.
pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let place = ["ListUserPoolClientSecrets", app_client.pool.id.as_str(), app_client.client.id.as_str()];
    paging::open(cx, &place, request.next_token.as_deref()).map_err(|_| Error::parameter("Invalid NextToken."))?;
    let client = clients::find_in(cx, &app_client.pool, &app_client.client.id).await?.ok_or_else(|| app_client.gone())?.client;
    Ok(Response { client_secrets: client.secrets.iter().map(|secret| SecretAnswer::of(&client.id, secret)).collect() })
}
