//! UnlinkDeveloperIdentity: a developer's user is a new one when they are seen next.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::lookup_developer_identity::{no_user, provider_of};
use crate::context::Context;
use crate::flows::web_identity::{developer, identity_of};
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::Tags;
use crate::kit::id::{IdentityId, IdentityPoolId};
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_id: IdentityId,
    identity_pool_id: IdentityPoolId,
    developer_provider_name: String,
    developer_user_identifier: String,
}

asks_about_identity_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    check_provider(&pool, &request.developer_provider_name)?;
    let login = developer(provider_of(&pool)?, &request.developer_user_identifier, Tags::new());
    cx.write(async |tx| {
        let identity = identity_of(tx, &pool.id, &request.identity_id).await?;
        let was_its_own = identity_pools::delete_login(tx, &identity, &login.provider, &login.subject).await?;
        if was_its_own { Ok(()) } else { Err(no_user()) }
    })
    .await?;
    Ok(Response {})
}

/// Refuses a name that is not that of the pool's developer provider.
pub fn check_provider(pool: &IdentityPool, name: &str) -> Result<(), Error> {
    if provider_of(pool)? == name {
        return Ok(());
    }
    Err(Error::InvalidParameter("The developer provider name is not the one of this identity pool.".to_owned()))
}
