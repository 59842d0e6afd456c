//! GetLogDeliveryConfiguration.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::log_delivery::LogConfiguration;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
}

asks_about_pool_in_any_region!(Request);

/// Where a pool's logs go.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    log_delivery_configuration: LogDelivery,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LogDelivery {
    user_pool_id: UserPoolId,
    log_configurations: Vec<LogConfiguration>,
}

impl Response {
    /// Of a pool.
    pub const fn of(user_pool_id: UserPoolId, log_configurations: Vec<LogConfiguration>) -> Self {
        Self { log_delivery_configuration: LogDelivery { user_pool_id, log_configurations } }
    }
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, _: Request) -> Result<Response, Error> {
    let configurations = cx.read(async |tx| store::pool_services::log_deliveries(tx, &pool.id).await).await?;
    Ok(Response::of(pool.id.clone(), configurations))
}
