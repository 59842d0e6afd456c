//! DescribeTermsByClient.

use serde::Deserialize;

use super::errors::Error;
use super::terms_answer::{Response, no_such_terms};
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    user_pool_id: UserPoolId,
    terms_name: String,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, AppClient { pool, client, .. }: AppClient, request: Request) -> Result<Response, Error> {
    let terms = cx.read(async |tx| store::terms::of_client(tx, &pool.id, &client.id, &request.terms_name).await).await?;
    Ok(terms.ok_or_else(no_such_terms)?.into())
}
