//! MergeDeveloperIdentities: all logins of one developer's user go to the identity of another, and their own identity goes.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::lookup_developer_identity::{no_user, owner, provider_of};
use super::unlink_developer_identity::check_provider;
use crate::context::Context;
use crate::identitypools::developer::MOST_LOGINS;
use crate::identitypools::pool::IdentityPool;
use crate::kit::id::{IdentityId, IdentityPoolId};
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    source_user_identifier: String,
    destination_user_identifier: String,
    developer_provider_name: String,
    identity_pool_id: IdentityPoolId,
}

asks_about_identity_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_id: IdentityId,
}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    check_provider(&pool, &request.developer_provider_name)?;
    let provider = provider_of(&pool)?;
    let identity_id = cx
        .write(async |tx| {
            let source = owner(tx, &pool, provider, &request.source_user_identifier).await?.ok_or_else(no_user)?;
            let destination = owner(tx, &pool, provider, &request.destination_user_identifier).await?.ok_or_else(no_user)?;
            if source.identity_id == destination.identity_id {
                return Ok(destination.identity_id);
            }
            let moved = identity_pools::logins_of(tx, &pool.id, &source.identity_id).await?;
            let held = identity_pools::logins_of(tx, &pool.id, &destination.identity_id).await?;
            if moved.len() + held.len() > MOST_LOGINS {
                return Err(Error::ResourceConflict(format!("An identity has at most {MOST_LOGINS} logins.")));
            }
            // A user has one account at each public provider.
            let both = |(name, _): &(String, String)| name != provider && held.iter().any(|(other, _)| other == name);
            if moved.iter().any(both) {
                return Err(Error::ResourceConflict("Both users have a login of one provider.".to_owned()));
            }
            identity_pools::move_logins(tx, &source, &destination.identity_id, cx.now()).await?;
            identity_pools::delete_identity(tx, &source).await?;
            Ok(destination.identity_id)
        })
        .await?;
    Ok(Response { identity_id })
}
