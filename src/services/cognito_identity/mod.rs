//! Amazon Cognito identity pools.

use crate::operation::{Operation, public, signed};

#[macro_use]
mod errors;

mod create_identity_pool;
mod delete_identities;
mod delete_identity_pool;
mod describe_identity;
mod describe_identity_pool;
mod get_credentials_for_identity;
mod get_id;
mod get_identity_pool_roles;
mod get_open_id_token;
mod get_open_id_token_for_developer_identity;
mod get_principal_tag_attribute_map;
mod list_identities;
mod list_identity_pools;
mod list_tags_for_resource;
mod lookup_developer_identity;
mod merge_developer_identities;
mod set_identity_pool_roles;
mod set_principal_tag_attribute_map;
mod settings;
mod tag_resource;
#[cfg(test)]
mod tests;
mod unlink_developer_identity;
mod unlink_identity;
mod untag_resource;
mod update_identity_pool;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        signed("CreateIdentityPool", create_identity_pool::handle),
        signed("DeleteIdentities", delete_identities::handle),
        signed("DeleteIdentityPool", delete_identity_pool::handle),
        signed("DescribeIdentity", describe_identity::handle),
        signed("DescribeIdentityPool", describe_identity_pool::handle),
        public(
            "GetCredentialsForIdentity",
            "the identity's own logins; a guest, where the pool has guests",
            get_credentials_for_identity::handle,
        ),
        public("GetId", "the logins; a guest, where the pool has guests", get_id::handle),
        signed("GetIdentityPoolRoles", get_identity_pool_roles::handle),
        public("GetOpenIdToken", "the identity's own logins; a guest, where the pool has guests", get_open_id_token::handle),
        signed("GetOpenIdTokenForDeveloperIdentity", get_open_id_token_for_developer_identity::handle),
        signed("GetPrincipalTagAttributeMap", get_principal_tag_attribute_map::handle),
        signed("ListIdentities", list_identities::handle),
        signed("ListIdentityPools", list_identity_pools::handle),
        signed("ListTagsForResource", list_tags_for_resource::handle),
        signed("LookupDeveloperIdentity", lookup_developer_identity::handle),
        signed("MergeDeveloperIdentities", merge_developer_identities::handle),
        signed("SetIdentityPoolRoles", set_identity_pool_roles::handle),
        signed("SetPrincipalTagAttributeMap", set_principal_tag_attribute_map::handle),
        signed("TagResource", tag_resource::handle),
        signed("UnlinkDeveloperIdentity", unlink_developer_identity::handle),
        public("UnlinkIdentity", "the identity's own logins", unlink_identity::handle),
        signed("UntagResource", untag_resource::handle),
        signed("UpdateIdentityPool", update_identity_pool::handle),
    ]
}
