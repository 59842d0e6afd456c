//! SetIdentityPoolRoles: whoever gives a pool a role must be allowed to pass it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, own_pool, unsupported};
use crate::authz;
use crate::context::Context;
use crate::identitypools::pool::Roles;
use crate::operation;
use crate::policy::Verdict;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: String,
    roles: Roles,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    if let Some(name) = operation::unsupported(&request.rest) {
        return Err(unsupported(name));
    }
    let pool = own_pool(cx, &request.identity_pool_id).await?;
    let mut keys = authz::keys_of_call(cx);
    keys.insert("iam:PassedToService", "cognito-identity.amazonaws.com");
    for arn in request.roles.values() {
        // SECURITY: without this, the right to configure a pool would be the right to become any role.
        let decision = authz::decide(cx, &cx.caller, "iam:PassRole", arn, &keys).await?;
        if decision.verdict != Verdict::Allowed {
            return Err(Error::AccessDenied(authz::denial(&cx.caller, "iam:PassRole", arn, &decision)));
        }
    }
    cx.write(async |tx| store::identity_pools::set_roles(tx, &pool.id, &request.roles, cx.now()).await).await?;
    Ok(Response {})
}
