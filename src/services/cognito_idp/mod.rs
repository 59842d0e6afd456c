//! Amazon Cognito user pools.

use serde_json::Value;

use super::Judged;
use super::operation::{Operation, operation};
use crate::context::Context;
use crate::iam::arn;

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
        operation("AdminConfirmSignUp", admin_confirm_sign_up::handle),
        operation("AdminCreateUser", admin_create_user::handle),
        operation("AdminGetUser", admin_get_user::handle),
        operation("AdminInitiateAuth", admin_initiate_auth::handle),
        operation("AdminRespondToAuthChallenge", admin_respond_to_auth_challenge::handle),
        operation("AdminSetUserPassword", admin_set_user_password::handle),
        operation("AdminUserGlobalSignOut", admin_user_global_sign_out::handle),
        operation("AssociateSoftwareToken", associate_software_token::handle),
        operation("ConfirmSignUp", confirm_sign_up::handle),
        operation("CreateUserPool", create_user_pool::handle),
        operation("CreateUserPoolClient", create_user_pool_client::handle),
        operation("DeleteUserPool", delete_user_pool::handle),
        operation("DescribeUserPool", describe_user_pool::handle),
        operation("DescribeUserPoolClient", describe_user_pool_client::handle),
        operation("GetUser", get_user::handle),
        operation("GetUserPoolMfaConfig", get_user_pool_mfa_config::handle),
        operation("GlobalSignOut", global_sign_out::handle),
        operation("InitiateAuth", initiate_auth::handle),
        operation("ListUserPools", list_user_pools::handle),
        operation("ListUsers", list_users::handle),
        operation("ResendConfirmationCode", resend_confirmation_code::handle),
        operation("RespondToAuthChallenge", respond_to_auth_challenge::handle),
        operation("RevokeToken", revoke_token::handle),
        operation("SetUserMFAPreference", set_user_mfa_preference::handle),
        operation("SetUserPoolMfaConfig", set_user_pool_mfa_config::handle),
        operation("SignUp", sign_up::handle),
        operation("VerifySoftwareToken", verify_software_token::handle),
    ]
}

/// The resource that a call is judged on: the pool that it names.
pub fn resource(cx: &Context, input: &Value) -> Judged {
    let pool_id = input.get("UserPoolId").and_then(Value::as_str);
    Judged::On(pool_id.map_or_else(|| "*".to_owned(), |pool_id| arn::user_pool(&cx.region, &cx.account_id, pool_id)))
}
