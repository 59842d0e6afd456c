//! CreateIdentityPool.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::describe_identity_pool::Response;
use super::errors::{Error, unsupported};
use crate::context::Context;
use crate::crypto::ids;
use crate::identitypools::pool::{CognitoProvider, IdentityPool, IdentityPoolConfiguration, Roles};
use crate::operation;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_name: String,
    allow_unauthenticated_identities: bool,
    #[serde(default)]
    cognito_identity_providers: Vec<CognitoProvider>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_everything!(Request);

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    if let Some(name) = operation::unsupported(&request.rest) {
        return Err(unsupported(name));
    }
    let pool = IdentityPool {
        id: ids::identity_pool_id(&cx.region, &mut cx.rng()),
        account_id: cx.account_id.clone(),
        region: cx.region.clone(),
        name: request.identity_pool_name,
        configuration: IdentityPoolConfiguration {
            allow_unauthenticated_identities: request.allow_unauthenticated_identities,
            cognito_identity_providers: request.cognito_identity_providers,
        },
        roles: Roles::new(),
        created_at: cx.now(),
    };
    cx.write(async |tx| store::identity_pools::insert(tx, &pool).await).await?;
    Ok(pool.into())
}
