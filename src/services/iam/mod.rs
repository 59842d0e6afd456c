//! AWS Identity and Access Management.

use crate::operation::{Operation, signed};

#[macro_use]
mod get_role;
#[macro_use]
mod group;
#[macro_use]
mod owner;

mod add_user_to_group;
mod answers;
mod create_access_key;
mod create_group;
mod create_role;
mod create_user;
mod delete_access_key;
mod delete_group;
mod delete_group_policy;
mod delete_role;
mod delete_role_policy;
mod delete_user;
mod delete_user_policy;
mod errors;
mod get_access_key_last_used;
mod get_context_keys_for_custom_policy;
mod get_context_keys_for_principal_policy;
mod get_group;
mod get_group_policy;
mod get_role_policy;
mod get_user;
mod get_user_policy;
mod inline_policies;
mod list_access_keys;
mod list_group_policies;
mod list_groups;
mod list_groups_for_user;
mod list_role_policies;
mod list_role_tags;
mod list_roles;
mod list_user_policies;
mod list_user_tags;
mod list_users;
mod pages;
mod policy_source;
mod put_group_policy;
mod put_role_policy;
mod put_user_policy;
mod remove_user_from_group;
mod run_instances;
mod simulate_custom_policy;
mod simulate_principal_policy;
mod simulation;
mod tag_role;
mod tag_user;
mod tags;
#[cfg(test)]
mod tenancy;
mod trusted;
mod untag_role;
mod untag_user;
mod update_access_key;
mod update_assume_role_policy;
mod update_group;
mod update_role;
mod update_user;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        signed("AddUserToGroup", add_user_to_group::handle),
        signed("CreateAccessKey", create_access_key::handle),
        signed("CreateGroup", create_group::handle),
        signed("CreateRole", create_role::handle),
        signed("CreateUser", create_user::handle),
        signed("DeleteAccessKey", delete_access_key::handle),
        signed("DeleteGroup", delete_group::handle),
        signed("DeleteGroupPolicy", delete_group_policy::handle),
        signed("DeleteRole", delete_role::handle),
        signed("DeleteRolePolicy", delete_role_policy::handle),
        signed("DeleteUser", delete_user::handle),
        signed("DeleteUserPolicy", delete_user_policy::handle),
        signed("GetAccessKeyLastUsed", get_access_key_last_used::handle),
        signed("GetContextKeysForCustomPolicy", get_context_keys_for_custom_policy::handle),
        signed("GetContextKeysForPrincipalPolicy", get_context_keys_for_principal_policy::handle),
        signed("GetGroup", get_group::handle),
        signed("GetGroupPolicy", get_group_policy::handle),
        signed("GetRole", get_role::handle),
        signed("GetRolePolicy", get_role_policy::handle),
        signed("GetUser", get_user::handle),
        signed("GetUserPolicy", get_user_policy::handle),
        signed("ListAccessKeys", list_access_keys::handle),
        signed("ListGroupPolicies", list_group_policies::handle),
        signed("ListGroups", list_groups::handle),
        signed("ListGroupsForUser", list_groups_for_user::handle),
        signed("ListRolePolicies", list_role_policies::handle),
        signed("ListRoleTags", list_role_tags::handle),
        signed("ListRoles", list_roles::handle),
        signed("ListUserPolicies", list_user_policies::handle),
        signed("ListUserTags", list_user_tags::handle),
        signed("ListUsers", list_users::handle),
        signed("PutGroupPolicy", put_group_policy::handle),
        signed("PutRolePolicy", put_role_policy::handle),
        signed("PutUserPolicy", put_user_policy::handle),
        signed("RemoveUserFromGroup", remove_user_from_group::handle),
        signed("SimulateCustomPolicy", simulate_custom_policy::handle),
        signed("SimulatePrincipalPolicy", simulate_principal_policy::handle),
        signed("TagRole", tag_role::handle),
        signed("TagUser", tag_user::handle),
        signed("UntagRole", untag_role::handle),
        signed("UntagUser", untag_user::handle),
        signed("UpdateAccessKey", update_access_key::handle),
        signed("UpdateAssumeRolePolicy", update_assume_role_policy::handle),
        signed("UpdateGroup", update_group::handle),
        signed("UpdateRole", update_role::handle),
        signed("UpdateUser", update_user::handle),
    ]
}
