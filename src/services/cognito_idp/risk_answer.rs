//! A risk configuration as requests give it and answers have it.

use std::sync::Arc;

use serde::Serialize;

use super::errors::Error;
use super::found;
use crate::context::Context;
use crate::flows::clients::{self, NoSuchClient};
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::operation::{Fault, Resolved};
use crate::store::risk::Dated;
use crate::userpools::pool::Pool;
use crate::userpools::risk::RiskConfiguration;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    risk_configuration: RiskAnswer,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RiskAnswer {
    user_pool_id: UserPoolId,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
    #[serde(flatten)]
    configuration: RiskConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified_date: Option<Timestamp>,
}

impl Response {
    /// Of a pool, or of a client of it; nothing is set where there is none.
    pub fn of(user_pool_id: UserPoolId, client_id: Option<ClientId>, set: Option<Dated>) -> Self {
        let (configuration, last_modified_date) = set.map_or_else(Default::default, |set| (set.configuration, Some(set.modified_at)));
        Self { risk_configuration: RiskAnswer { user_pool_id, client_id, configuration, last_modified_date } }
    }
}

/// Whose risk configuration a call is about.
pub struct Found {
    /// The pool.
    pub pool: Arc<Pool>,
    /// The client, where one is named.
    pub client_id: Option<ClientId>,
}

/// Finds the pool, and the client where one is named.
pub async fn resolve(cx: &Context, pool_id: &UserPoolId, client_id: Option<&ClientId>) -> Result<Resolved<Found>, Fault> {
    let Resolved { found, asks } = found::pool(cx, pool_id).await?;
    let found = match (found, client_id) {
        (Ok(pool), None) => Ok(Found { pool, client_id: None }),
        (Ok(pool), Some(id)) => {
            let client = clients::find_in(cx, &pool, id).await?;
            let missing = || Fault::from(Error::from(NoSuchClient(id.clone())));
            client.map(|found| Found { pool, client_id: Some(found.client.id.clone()) }).ok_or_else(missing)
        }
        (Err(missing), _) => Err(missing),
    };
    Ok(Resolved { found, asks })
}
