//! GetUICustomization: what is set for a client, else for all.

use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::ui_customization_answer::{ALL, Response};
use crate::context::Context;
use crate::flows::clients::{self, NoSuchClient};
use crate::kit::id::{ClientId, UserPoolId};
use crate::store::StoreError;
use crate::store::ui_customizations::{self, UiCustomization};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: Option<ClientId>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let client_id = request.client_id.filter(|client_id| *client_id != ALL);
    if let Some(client_id) = &client_id {
        clients::find_in(cx, &pool, client_id).await?.ok_or_else(|| NoSuchClient(client_id.clone()))?;
    }
    let read = cx.read(async |tx| {
        let own = match &client_id {
            Some(client_id) => ui_customizations::find(tx, &pool.id, client_id.as_str()).await?,
            None => None,
        };
        match own {
            Some(own) => Ok::<Option<UiCustomization>, StoreError>(Some(own)),
            None => ui_customizations::find(tx, &pool.id, ALL).await,
        }
    });
    Ok(Response::of(cx, read.await?))
}
