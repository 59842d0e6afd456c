//! AWS Identity and Access Management.

use crate::operation::{Operation, signed};

#[macro_use]
mod owner;

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
mod policy_source;
mod put_role_policy;
mod put_user_policy;
mod run_instances;
mod simulate_custom_policy;
mod simulate_principal_policy;
mod simulation;
mod trusted;
mod update_access_key;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        signed("CreateAccessKey", create_access_key::handle),
        signed("CreateRole", create_role::handle),
        signed("CreateUser", create_user::handle),
        signed("DeleteAccessKey", delete_access_key::handle),
        signed("GetContextKeysForCustomPolicy", get_context_keys_for_custom_policy::handle),
        signed("GetContextKeysForPrincipalPolicy", get_context_keys_for_principal_policy::handle),
        signed("GetRole", get_role::handle),
        signed("GetUser", get_user::handle),
        signed("ListAccessKeys", list_access_keys::handle),
        signed("ListUsers", list_users::handle),
        signed("PutRolePolicy", put_role_policy::handle),
        signed("PutUserPolicy", put_user_policy::handle),
        signed("SimulateCustomPolicy", simulate_custom_policy::handle),
        signed("SimulatePrincipalPolicy", simulate_principal_policy::handle),
        signed("UpdateAccessKey", update_access_key::handle),
    ]
}
