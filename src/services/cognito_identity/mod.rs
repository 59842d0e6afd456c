//! Amazon Cognito identity pools.

use crate::operation::{Operation, public, signed};

mod create_identity_pool;
mod delete_identities;
mod delete_identity_pool;
mod describe_identity;
mod describe_identity_pool;
mod errors;
mod get_credentials_for_identity;
mod get_id;
mod get_identity_pool_roles;
mod list_identities;
mod list_identity_pools;
mod set_identity_pool_roles;
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
        signed("ListIdentities", list_identities::handle),
        signed("ListIdentityPools", list_identity_pools::handle),
        signed("SetIdentityPoolRoles", set_identity_pool_roles::handle),
        signed("UpdateIdentityPool", update_identity_pool::handle),
    ]
}
