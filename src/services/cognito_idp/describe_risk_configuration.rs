//! DescribeRiskConfiguration: of a pool, or of what a client has set for itself.

use serde::Deserialize;

use super::errors::Error;
use super::risk_answer::{self, Found, Response};
use crate::context::Context;
use crate::flows::risk;
use crate::kit::id::{ClientId, UserPoolId};
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: Option<ClientId>,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        risk_answer::resolve(cx, &self.user_pool_id, self.client_id.as_ref()).await
    }
}

pub async fn handle(cx: &Context, Found { pool, client_id }: Found, _: Request) -> Result<Response, Error> {
    let set = risk::of_pool(cx, &pool.id).await?;
    let own = client_id.as_ref().map_or(set.pool.as_ref(), |client_id| set.clients.get(client_id)).cloned();
    Ok(Response::of(pool.id.clone(), client_id, own))
}
