//! AWS Identity and Access Management.

use serde_json::Value;

use super::Judged;
use super::operation::{Operation, operation};
use crate::context::Context;
use crate::iam::arn;
use crate::iam::caller::Caller;
use crate::store::{self, StoreError};

mod answers;
mod create_access_key;
mod create_role;
mod create_user;
mod delete_access_key;
mod errors;
mod get_context_keys_for_custom_policy;
mod get_context_keys_for_principal_policy;
mod get_role;
mod get_user;
mod list_access_keys;
mod list_users;
mod owner;
mod policy_source;
mod put_role_policy;
mod put_user_policy;
mod run_instances;
mod simulate_custom_policy;
mod simulate_principal_policy;
mod simulation;
mod update_access_key;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        operation("CreateAccessKey", create_access_key::handle),
        operation("CreateRole", create_role::handle),
        operation("CreateUser", create_user::handle),
        operation("DeleteAccessKey", delete_access_key::handle),
        operation("GetContextKeysForCustomPolicy", get_context_keys_for_custom_policy::handle),
        operation("GetContextKeysForPrincipalPolicy", get_context_keys_for_principal_policy::handle),
        operation("GetRole", get_role::handle),
        operation("GetUser", get_user::handle),
        operation("ListAccessKeys", list_access_keys::handle),
        operation("ListUsers", list_users::handle),
        operation("PutRolePolicy", put_role_policy::handle),
        operation("PutUserPolicy", put_user_policy::handle),
        operation("SimulateCustomPolicy", simulate_custom_policy::handle),
        operation("SimulatePrincipalPolicy", simulate_principal_policy::handle),
        operation("UpdateAccessKey", update_access_key::handle),
    ]
}

/// The resource that a call is judged on: the user or role that it names, with its path; a user who names nobody means
/// themselves.
///
/// # Errors
/// [`StoreError`].
pub async fn resource(cx: &Context, operation: &str, input: &Value) -> Result<Judged, StoreError> {
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    let path = text("Path").unwrap_or("/");
    let account_id = &cx.account_id;
    let arn = match (text("RoleName"), text("UserName"), operation) {
        (Some(name), _, "CreateRole") => arn::role(account_id, path, name),
        (_, Some(name), "CreateUser") => arn::user(account_id, path, name),
        (Some(name), ..) => {
            let role = cx.read(async |tx| store::iam::find_role(tx, account_id, name).await).await?;
            role.map_or_else(|| arn::role(account_id, "/", name), |role| role.arn())
        }
        (None, Some(name), _) => {
            let user = cx.read(async |tx| store::iam::find_user(tx, account_id, name).await).await?;
            user.map_or_else(|| arn::user(account_id, "/", name), |user| user.arn())
        }
        (_, _, "GetContextKeysForCustomPolicy" | "SimulateCustomPolicy") => "*".to_owned(),
        (_, _, "GetContextKeysForPrincipalPolicy" | "SimulatePrincipalPolicy") => text("PolicySourceArn").unwrap_or("*").to_owned(),
        (None, None, "ListUsers") => format!("arn:aws:iam::{account_id}:user{}", text("PathPrefix").unwrap_or("/")),
        _ => match &cx.caller {
            Caller::User(user) => user.arn(),
            Caller::Anonymous | Caller::Root { .. } | Caller::Session(_) => "*".to_owned(),
        },
    };
    Ok(Judged::On(arn))
}
