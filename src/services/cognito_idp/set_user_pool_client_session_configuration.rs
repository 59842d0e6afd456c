//! SetUserPoolClientSessionConfiguration: replaces how an app client uses single sign-on sessions, in a pool that tracks sessions.

use serde::Deserialize;

use super::errors::Error;
use super::session_answer::OfClient;
use crate::context::Context;
use crate::flows::clients::AppClient;
use crate::flows::sessions::SessionsRefused;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;
use crate::userpools::client::{Client, ClientConfiguration};
use crate::userpools::session::SsoSession;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    #[serde(rename = "SSOSession")]
    sso_session: SsoSession,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<OfClient, Error> {
    let (pool, sso_session) = (&app_client.pool, request.sso_session);
    cx.write(async |tx| {
        let tracks = store::user_pools::find(tx, &pool.id).await?.is_some_and(|pool| pool.configuration.session_configuration.tracks());
        if !tracks {
            return Err(SessionsRefused::NotTracked.into());
        }
        let before = store::user_pools::find_client(tx, &app_client.client.id).await?.ok_or_else(|| app_client.gone())?;
        let configuration = ClientConfiguration { sso_session, ..before.configuration };
        Ok::<_, Error>(store::user_pools::update_client(tx, &Client { configuration, modified_at: cx.now(), ..before }).await?)
    })
    .await?;
    Ok(OfClient::new(pool.id.clone(), app_client.client.id.clone(), sso_session))
}
