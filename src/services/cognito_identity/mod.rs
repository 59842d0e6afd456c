//! Amazon Cognito identity pools.

use crate::operation::{Operation, public, signed};

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
        signed("CreateIdentityPool", create_identity_pool::handle),
        signed("DescribeIdentityPool", describe_identity_pool::handle),
        public(
            "GetCredentialsForIdentity",
            "the identity's own logins; a guest, where the pool has guests",
            get_credentials_for_identity::handle,
        ),
        public("GetId", "the logins; a guest, where the pool has guests", get_id::handle),
        signed("GetIdentityPoolRoles", get_identity_pool_roles::handle),
        signed("SetIdentityPoolRoles", set_identity_pool_roles::handle),
    ]
}
