//! Amazon Cognito identity pools.

use serde_json::Value;

use super::Judged;
use super::operation::{Operation, operation};
use crate::context::Context;
use crate::iam::arn;

mod create_identity_pool;
mod describe_identity_pool;
mod errors;
mod get_credentials_for_identity;
mod get_id;
mod get_identity_pool_roles;
mod set_identity_pool_roles;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        operation("CreateIdentityPool", create_identity_pool::handle),
        operation("DescribeIdentityPool", describe_identity_pool::handle),
        operation("GetCredentialsForIdentity", get_credentials_for_identity::handle),
        operation("GetId", get_id::handle),
        operation("GetIdentityPoolRoles", get_identity_pool_roles::handle),
        operation("SetIdentityPoolRoles", set_identity_pool_roles::handle),
    ]
}

/// The resource that a call is judged on: the identity pool that it names.
pub fn resource(cx: &Context, input: &Value) -> Judged {
    let pool_id = input.get("IdentityPoolId").and_then(Value::as_str);
    Judged::On(pool_id.map_or_else(|| "*".to_owned(), |pool_id| arn::identity_pool(&cx.region, &cx.account_id, pool_id)))
}
