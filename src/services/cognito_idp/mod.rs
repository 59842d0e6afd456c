//! Amazon Cognito user pools.

use crate::operation::{Operation, bearer, bearer_or_session, client, public, signed};

#[macro_use]
mod found;

mod admin_confirm_sign_up;
mod admin_create_user;
mod admin_get_user;
mod admin_initiate_auth;
mod admin_respond_to_auth_challenge;
mod admin_set_user_password;
mod admin_user_global_sign_out;
mod answers;
mod associate_software_token;
mod client_answer;
mod confirm_sign_up;
mod create_user_pool;
mod create_user_pool_client;
mod delete_user_pool;
mod describe_user_pool;
mod describe_user_pool_client;
mod errors;
mod filter;
mod get_user;
mod get_user_pool_mfa_config;
mod global_sign_out;
mod initiate_auth;
mod list_user_pools;
mod list_users;
mod pool_answer;
mod resend_confirmation_code;
mod respond_to_auth_challenge;
mod revoke_token;
mod set_user_mfa_preference;
mod set_user_pool_mfa_config;
mod sign_up;
mod verify_software_token;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        signed("AdminConfirmSignUp", admin_confirm_sign_up::handle),
        signed("AdminCreateUser", admin_create_user::handle),
        signed("AdminGetUser", admin_get_user::handle),
        signed("AdminInitiateAuth", admin_initiate_auth::handle),
        signed("AdminRespondToAuthChallenge", admin_respond_to_auth_challenge::handle),
        signed("AdminSetUserPassword", admin_set_user_password::handle),
        signed("AdminUserGlobalSignOut", admin_user_global_sign_out::handle),
        bearer_or_session("AssociateSoftwareToken", associate_software_token::handle),
        client("ConfirmSignUp", confirm_sign_up::handle),
        signed("CreateUserPool", create_user_pool::handle),
        signed("CreateUserPoolClient", create_user_pool_client::handle),
        signed("DeleteUserPool", delete_user_pool::handle),
        signed("DescribeUserPool", describe_user_pool::handle),
        signed("DescribeUserPoolClient", describe_user_pool_client::handle),
        bearer("GetUser", get_user::handle),
        signed("GetUserPoolMfaConfig", get_user_pool_mfa_config::handle),
        bearer("GlobalSignOut", global_sign_out::handle),
        client("InitiateAuth", initiate_auth::handle),
        signed("ListUserPools", list_user_pools::handle),
        signed("ListUsers", list_users::handle),
        client("ResendConfirmationCode", resend_confirmation_code::handle),
        client("RespondToAuthChallenge", respond_to_auth_challenge::handle),
        public("RevokeToken", "the refresh token, with the secret of the client that has one", revoke_token::handle),
        bearer("SetUserMFAPreference", set_user_mfa_preference::handle),
        signed("SetUserPoolMfaConfig", set_user_pool_mfa_config::handle),
        client("SignUp", sign_up::handle),
        bearer_or_session("VerifySoftwareToken", verify_software_token::handle),
    ]
}
