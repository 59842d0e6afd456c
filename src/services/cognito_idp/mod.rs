//! Amazon Cognito user pools.

use crate::budgets::PerAddress;
use crate::operation::{Operation, bearer, bearer_or_session, client, client_or_signed, public, signed};

#[macro_use]
mod found;

mod activity_errors;
mod add_custom_attributes;
mod add_user_pool_client_secret;
mod admin_add_user_to_group;
mod admin_confirm_sign_up;
mod admin_create_user;
mod admin_delete_software_token;
mod admin_delete_user;
mod admin_delete_user_attributes;
mod admin_disable_provider_for_user;
mod admin_disable_user;
mod admin_enable_user;
mod admin_forget_device;
mod admin_get_device;
mod admin_get_user;
mod admin_get_user_auth_factors;
mod admin_initiate_auth;
mod admin_link_provider_for_user;
mod admin_list_devices;
mod admin_list_groups_for_user;
mod admin_list_user_auth_events;
mod admin_list_user_sessions;
mod admin_remove_user_from_group;
mod admin_reset_user_password;
mod admin_respond_to_auth_challenge;
mod admin_revoke_user_session;
mod admin_set_user_mfa_preference;
mod admin_set_user_password;
mod admin_set_user_settings;
mod admin_update_auth_event_feedback;
mod admin_update_device_status;
mod admin_update_user_attributes;
mod admin_user_global_sign_out;
mod answers;
mod associate_software_token;
mod auth_answer;
mod auth_request;
mod branding_answer;
mod cancel_point_in_time_recovery;
mod change_password;
mod cimd_answer;
mod client_answer;
mod client_settings;
mod complete_web_authn_registration;
mod confirm_device;
mod confirm_forgot_password;
mod confirm_sign_up;
mod context_data;
mod create_cimd_policy;
mod create_group;
mod create_identity_provider;
mod create_managed_login_branding;
mod create_resource_server;
mod create_terms;
mod create_user_import_job;
mod create_user_pool;
mod create_user_pool_client;
mod create_user_pool_domain;
mod create_user_pool_replica;
mod delete_cimd_policy;
mod delete_group;
mod delete_identity_provider;
mod delete_managed_login_branding;
mod delete_resource_server;
mod delete_terms;
mod delete_user;
mod delete_user_attributes;
mod delete_user_pool;
mod delete_user_pool_client;
mod delete_user_pool_client_secret;
mod delete_user_pool_domain;
mod delete_user_pool_replica;
mod delete_web_authn_credential;
mod describe_cimd_policy;
mod describe_identity_provider;
mod describe_managed_login_branding;
mod describe_managed_login_branding_by_client;
mod describe_point_in_time_recovery;
mod describe_resource_server;
mod describe_risk_configuration;
mod describe_terms;
mod describe_terms_by_client;
mod describe_user_import_job;
mod describe_user_pool;
mod describe_user_pool_client;
mod describe_user_pool_domain;
mod device_answer;
mod domain_request;
mod errors;
mod factor_settings;
mod filter;
mod forget_device;
mod forgot_password;
mod get_client_token;
mod get_csv_header;
mod get_derived_token;
mod get_device;
mod get_group;
mod get_identity_provider_by_identifier;
mod get_log_delivery_configuration;
mod get_provisioned_limit;
mod get_signing_certificate;
mod get_tokens_from_refresh_token;
mod get_ui_customization;
mod get_user;
mod get_user_attribute_verification_code;
mod get_user_auth_factors;
mod get_user_pool_client_session_configuration;
mod get_user_pool_mfa_config;
mod get_user_pool_session_configuration;
mod global_sign_out;
mod group_answer;
mod import_answer;
mod initiate_auth;
mod initiate_point_in_time_recovery;
mod list_cimd_policies;
mod list_client_metadata_urls;
mod list_devices;
mod list_groups;
mod list_identity_providers;
mod list_point_in_time_recoveries;
mod list_resource_servers;
mod list_tags_for_resource;
mod list_terms;
mod list_user_import_jobs;
mod list_user_pool_client_secrets;
mod list_user_pool_clients;
mod list_user_pool_replicas;
mod list_user_pools;
mod list_user_sessions;
mod list_users;
mod list_users_in_group;
mod list_web_authn_credentials;
mod new_attribute;
mod pages;
mod pool_answer;
mod pool_settings;
mod provider_answer;
mod recovery_answer;
mod replica_answer;
mod resend_confirmation_code;
mod resource_server_answer;
mod respond_to_auth_challenge;
mod revoke_token;
mod revoke_user_session;
mod risk_answer;
mod session_answer;
mod set_log_delivery_configuration;
mod set_risk_configuration;
mod set_ui_customization;
mod set_user_mfa_preference;
mod set_user_pool_client_session_configuration;
mod set_user_pool_mfa_config;
mod set_user_pool_session_configuration;
mod set_user_settings;
mod sign_up;
mod sms_role;
mod start_point_in_time_recovery;
mod start_user_import_job;
mod start_web_authn_registration;
mod stop_user_import_job;
mod tag_resource;
mod terms_answer;
mod ui_customization_answer;
mod untag_resource;
mod update_auth_event_feedback;
mod update_cimd_policy;
mod update_client_metadata_url_state;
mod update_device_status;
mod update_group;
mod update_identity_provider;
mod update_managed_login_branding;
mod update_provisioned_limit;
mod update_resource_server;
mod update_terms;
mod update_user_attributes;
mod update_user_pool;
mod update_user_pool_client;
mod update_user_pool_domain;
mod update_user_pool_replica;
mod verify_software_token;
mod verify_user_attribute;
mod web_authn_errors;
mod web_authn_settings;

/// The operations that are built.
pub fn operations() -> Vec<Operation> {
    vec![
        signed("AddCustomAttributes", add_custom_attributes::handle),
        signed("AddUserPoolClientSecret", add_user_pool_client_secret::handle),
        signed("AdminAddUserToGroup", admin_add_user_to_group::handle),
        signed("AdminConfirmSignUp", admin_confirm_sign_up::handle),
        signed("AdminCreateUser", admin_create_user::handle),
        signed("AdminDeleteSoftwareToken", admin_delete_software_token::handle),
        signed("AdminDeleteUser", admin_delete_user::handle),
        signed("AdminDeleteUserAttributes", admin_delete_user_attributes::handle),
        signed("AdminDisableProviderForUser", admin_disable_provider_for_user::handle),
        signed("AdminDisableUser", admin_disable_user::handle),
        signed("AdminEnableUser", admin_enable_user::handle),
        signed("AdminForgetDevice", admin_forget_device::handle),
        signed("AdminGetDevice", admin_get_device::handle),
        signed("AdminGetUser", admin_get_user::handle),
        signed("AdminGetUserAuthFactors", admin_get_user_auth_factors::handle),
        signed("AdminInitiateAuth", admin_initiate_auth::handle),
        signed("AdminLinkProviderForUser", admin_link_provider_for_user::handle),
        signed("AdminListDevices", admin_list_devices::handle),
        signed("AdminListGroupsForUser", admin_list_groups_for_user::handle),
        signed("AdminListUserAuthEvents", admin_list_user_auth_events::handle),
        signed("AdminListUserSessions", admin_list_user_sessions::handle),
        signed("AdminRemoveUserFromGroup", admin_remove_user_from_group::handle),
        signed("AdminResetUserPassword", admin_reset_user_password::handle),
        signed("AdminRespondToAuthChallenge", admin_respond_to_auth_challenge::handle),
        signed("AdminRevokeUserSession", admin_revoke_user_session::handle),
        signed("AdminSetUserMFAPreference", admin_set_user_mfa_preference::handle),
        signed("AdminSetUserPassword", admin_set_user_password::handle),
        signed("AdminSetUserSettings", admin_set_user_settings::handle),
        signed("AdminUpdateAuthEventFeedback", admin_update_auth_event_feedback::handle),
        signed("AdminUpdateDeviceStatus", admin_update_device_status::handle),
        signed("AdminUpdateUserAttributes", admin_update_user_attributes::handle),
        signed("AdminUserGlobalSignOut", admin_user_global_sign_out::handle),
        bearer_or_session("AssociateSoftwareToken", associate_software_token::handle),
        signed("CancelPointInTimeRecovery", cancel_point_in_time_recovery::handle),
        bearer("ChangePassword", change_password::handle),
        bearer("CompleteWebAuthnRegistration", complete_web_authn_registration::handle),
        bearer("ConfirmDevice", confirm_device::handle),
        client("ConfirmForgotPassword", confirm_forgot_password::handle).within(PerAddress::RefusedSignIns),
        client("ConfirmSignUp", confirm_sign_up::handle).within(PerAddress::RefusedSignIns),
        signed("CreateCIMDPolicy", create_cimd_policy::handle),
        signed("CreateGroup", create_group::handle),
        signed("CreateIdentityProvider", create_identity_provider::handle),
        signed("CreateManagedLoginBranding", create_managed_login_branding::handle),
        signed("CreateResourceServer", create_resource_server::handle),
        signed("CreateTerms", create_terms::handle),
        signed("CreateUserImportJob", create_user_import_job::handle),
        signed("CreateUserPool", create_user_pool::handle),
        signed("CreateUserPoolClient", create_user_pool_client::handle),
        signed("CreateUserPoolDomain", create_user_pool_domain::handle),
        signed("CreateUserPoolReplica", create_user_pool_replica::handle),
        signed("DeleteCIMDPolicy", delete_cimd_policy::handle),
        signed("DeleteGroup", delete_group::handle),
        signed("DeleteIdentityProvider", delete_identity_provider::handle),
        signed("DeleteManagedLoginBranding", delete_managed_login_branding::handle),
        signed("DeleteResourceServer", delete_resource_server::handle),
        signed("DeleteTerms", delete_terms::handle),
        bearer("DeleteUser", delete_user::handle),
        bearer("DeleteUserAttributes", delete_user_attributes::handle),
        signed("DeleteUserPool", delete_user_pool::handle),
        signed("DeleteUserPoolClient", delete_user_pool_client::handle),
        signed("DeleteUserPoolClientSecret", delete_user_pool_client_secret::handle),
        signed("DeleteUserPoolDomain", delete_user_pool_domain::handle),
        signed("DeleteUserPoolReplica", delete_user_pool_replica::handle),
        bearer("DeleteWebAuthnCredential", delete_web_authn_credential::handle),
        signed("DescribeCIMDPolicy", describe_cimd_policy::handle),
        signed("DescribeIdentityProvider", describe_identity_provider::handle),
        signed("DescribeManagedLoginBranding", describe_managed_login_branding::handle),
        signed("DescribeManagedLoginBrandingByClient", describe_managed_login_branding_by_client::handle),
        signed("DescribePointInTimeRecovery", describe_point_in_time_recovery::handle),
        signed("DescribeResourceServer", describe_resource_server::handle),
        signed("DescribeRiskConfiguration", describe_risk_configuration::handle),
        signed("DescribeTerms", describe_terms::handle),
        signed("DescribeTermsByClient", describe_terms_by_client::handle),
        signed("DescribeUserImportJob", describe_user_import_job::handle),
        signed("DescribeUserPool", describe_user_pool::handle),
        signed("DescribeUserPoolClient", describe_user_pool_client::handle),
        signed("DescribeUserPoolDomain", describe_user_pool_domain::handle),
        bearer("ForgetDevice", forget_device::handle),
        client("ForgotPassword", forgot_password::handle).within(PerAddress::SignUps),
        signed("GetCSVHeader", get_csv_header::handle),
        client("GetClientToken", get_client_token::handle).within(PerAddress::RefusedSignIns),
        client_or_signed("GetDerivedToken", get_derived_token::handle).within(PerAddress::RefusedSignIns),
        bearer("GetDevice", get_device::handle),
        signed("GetGroup", get_group::handle),
        signed("GetIdentityProviderByIdentifier", get_identity_provider_by_identifier::handle),
        signed("GetLogDeliveryConfiguration", get_log_delivery_configuration::handle),
        signed("GetProvisionedLimit", get_provisioned_limit::handle),
        signed("GetSigningCertificate", get_signing_certificate::handle),
        client("GetTokensFromRefreshToken", get_tokens_from_refresh_token::handle).within(PerAddress::RefusedSignIns),
        signed("GetUICustomization", get_ui_customization::handle),
        bearer("GetUser", get_user::handle),
        bearer("GetUserAttributeVerificationCode", get_user_attribute_verification_code::handle),
        bearer("GetUserAuthFactors", get_user_auth_factors::handle),
        signed("GetUserPoolClientSessionConfiguration", get_user_pool_client_session_configuration::handle),
        signed("GetUserPoolMfaConfig", get_user_pool_mfa_config::handle),
        signed("GetUserPoolSessionConfiguration", get_user_pool_session_configuration::handle),
        bearer("GlobalSignOut", global_sign_out::handle),
        client("InitiateAuth", initiate_auth::handle).within(PerAddress::RefusedSignIns),
        signed("InitiatePointInTimeRecovery", initiate_point_in_time_recovery::handle),
        signed("ListCIMDPolicies", list_cimd_policies::handle),
        signed("ListClientMetadataURLs", list_client_metadata_urls::handle),
        bearer("ListDevices", list_devices::handle),
        signed("ListGroups", list_groups::handle),
        signed("ListIdentityProviders", list_identity_providers::handle),
        signed("ListPointInTimeRecoveries", list_point_in_time_recoveries::handle),
        signed("ListResourceServers", list_resource_servers::handle),
        signed("ListTagsForResource", list_tags_for_resource::handle),
        signed("ListTerms", list_terms::handle),
        signed("ListUserImportJobs", list_user_import_jobs::handle),
        signed("ListUserPoolClientSecrets", list_user_pool_client_secrets::handle),
        signed("ListUserPoolClients", list_user_pool_clients::handle),
        signed("ListUserPoolReplicas", list_user_pool_replicas::handle),
        signed("ListUserPools", list_user_pools::handle),
        bearer("ListUserSessions", list_user_sessions::handle),
        signed("ListUsers", list_users::handle),
        signed("ListUsersInGroup", list_users_in_group::handle),
        bearer("ListWebAuthnCredentials", list_web_authn_credentials::handle),
        client("ResendConfirmationCode", resend_confirmation_code::handle).within(PerAddress::SignUps),
        client("RespondToAuthChallenge", respond_to_auth_challenge::handle).within(PerAddress::RefusedSignIns),
        public("RevokeToken", "the refresh token, with the secret of the client that has one", revoke_token::handle),
        bearer("RevokeUserSession", revoke_user_session::handle),
        signed("SetLogDeliveryConfiguration", set_log_delivery_configuration::handle),
        signed("SetRiskConfiguration", set_risk_configuration::handle),
        signed("SetUICustomization", set_ui_customization::handle),
        bearer("SetUserMFAPreference", set_user_mfa_preference::handle),
        signed("SetUserPoolClientSessionConfiguration", set_user_pool_client_session_configuration::handle),
        signed("SetUserPoolMfaConfig", set_user_pool_mfa_config::handle),
        signed("SetUserPoolSessionConfiguration", set_user_pool_session_configuration::handle),
        bearer("SetUserSettings", set_user_settings::handle),
        client("SignUp", sign_up::handle).within(PerAddress::SignUps),
        signed("StartPointInTimeRecovery", start_point_in_time_recovery::handle),
        signed("StartUserImportJob", start_user_import_job::handle),
        bearer("StartWebAuthnRegistration", start_web_authn_registration::handle),
        signed("StopUserImportJob", stop_user_import_job::handle),
        signed("TagResource", tag_resource::handle),
        signed("UntagResource", untag_resource::handle),
        public("UpdateAuthEventFeedback", "the feedback token of the event", update_auth_event_feedback::handle)
            .within(PerAddress::RefusedSignIns),
        signed("UpdateCIMDPolicy", update_cimd_policy::handle),
        signed("UpdateClientMetadataURLState", update_client_metadata_url_state::handle),
        bearer("UpdateDeviceStatus", update_device_status::handle),
        signed("UpdateGroup", update_group::handle),
        signed("UpdateIdentityProvider", update_identity_provider::handle),
        signed("UpdateManagedLoginBranding", update_managed_login_branding::handle),
        signed("UpdateProvisionedLimit", update_provisioned_limit::handle),
        signed("UpdateResourceServer", update_resource_server::handle),
        signed("UpdateTerms", update_terms::handle),
        bearer("UpdateUserAttributes", update_user_attributes::handle),
        signed("UpdateUserPool", update_user_pool::handle),
        signed("UpdateUserPoolClient", update_user_pool_client::handle),
        signed("UpdateUserPoolDomain", update_user_pool_domain::handle),
        signed("UpdateUserPoolReplica", update_user_pool_replica::handle),
        bearer_or_session("VerifySoftwareToken", verify_software_token::handle),
        bearer("VerifyUserAttribute", verify_user_attribute::handle),
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::budgets::Limits;
    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn an_address_that_guesses_on_is_stopped_and_signs_in_again_when_it_has_waited() {
        let app = TestApp::within(Limits { refused_sign_ins: 5, ..Limits::default() }).await;
        let pool = app.pool().await;
        pool.user("alice").await;
        for name in ["a", "b", "c", "d"] {
            pool.sign_in("alice", PASSWORD).await.ok();
            assert_eq!(pool.sign_in(name, "guess").await.code(), "NotAuthorizedException");
        }
        assert_eq!(pool.sign_in("e", "guess").await.code(), "NotAuthorizedException");
        assert_eq!(pool.sign_in("f", "guess").await.code(), "TooManyRequestsException");
        assert_eq!(pool.sign_in("alice", PASSWORD).await.code(), "TooManyRequestsException", "nothing is judged any more");
        let confirm = pool.client("ConfirmSignUp", json!({"Username": "nobody", "ConfirmationCode": "000000"})).await.code();
        assert_eq!(confirm, "TooManyRequestsException", "a guess at a code is a guess");
        app.advance(Duration::from_secs(60));
        pool.sign_in("alice", PASSWORD).await.ok();
    }

    #[actix_web::test]
    async fn at_a_pool_that_is_guessed_at_a_guess_costs_more_and_a_sign_in_does_not() {
        let app = TestApp::within(Limits { refused_sign_ins: 24, refused_sign_ins_of_pool: 4, ..Limits::default() }).await;
        let (pool, other) = (app.pool().await, app.pool().await);
        pool.user("alice").await;
        for name in ["a", "b", "c", "d"] {
            assert_eq!(pool.sign_in(name, "guess").await.code(), "NotAuthorizedException");
            pool.sign_in("alice", PASSWORD).await.ok();
        }
        assert_eq!(other.sign_in("a", "guess").await.code(), "NotAuthorizedException");
        assert_eq!(pool.sign_in("e", "guess").await.code(), "NotAuthorizedException", "the first that costs ten");
        for _ in 0..20 {
            pool.sign_in("alice", PASSWORD).await.ok();
        }
        assert_eq!(pool.sign_in("f", "guess").await.code(), "NotAuthorizedException", "it takes what is left");
        assert_eq!(pool.sign_in("g", "guess").await.code(), "TooManyRequestsException");
        let metrics = app.anonymous().send("", actix_web::http::Method::GET, "/metrics", Vec::new(), Vec::new()).await.text;
        assert!(metrics.contains("passwright_budget_refusals_total{budget=\"refused_sign_ins_of_pool\"} 2"), "{metrics}");
    }

    #[actix_web::test]
    async fn an_address_signs_up_so_often_and_makes_so_many_guests() {
        let app = TestApp::within(Limits { sign_ups: 2, guest_identities: 2, ..Limits::default() }).await;
        let pool = app.pool().await;
        let mut answers = Vec::new();
        for name in ["a", "b", "c"] {
            answers.push(pool.client("SignUp", json!({"Username": name, "Password": PASSWORD})).await.code());
        }
        assert_eq!(answers, ["", "", "TooManyRequestsException"]);
        // What a name that nobody has leaves behind is bounded alike.
        let resend = pool.client("ResendConfirmationCode", json!({"Username": "nobody"})).await.code();
        assert_eq!(resend, "TooManyRequestsException");
        let guests = json!({"IdentityPoolName": "guests", "AllowUnauthenticatedIdentities": true});
        let guests = app.admin().call("CreateIdentityPool", guests).await.ok();
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(app.anonymous().call("GetId", json!({"IdentityPoolId": guests["IdentityPoolId"]})).await.code());
        }
        assert_eq!(answers, ["", "", "TooManyRequestsException"]);
        let metrics = app.anonymous().send("", actix_web::http::Method::GET, "/metrics", Vec::new(), Vec::new()).await.text;
        assert!(metrics.contains("passwright_budget_refusals_total{budget=\"sign_ups\"} 2"), "{metrics}");
        assert!(metrics.contains("passwright_budget_refusals_total{budget=\"guest_identities\"} 1"), "{metrics}");
    }

    #[actix_web::test]
    async fn one_address_is_mailed_so_often_an_hour_whoever_signs_up_with_it() {
        let app = TestApp::within(Limits { messages: 3, ..Limits::default() }).await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
        let sign_up = async |name: &str, address: &str| {
            let attributes = json!([{"Name": "email", "Value": address}]);
            pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes})).await.code()
        };
        let mut answers = Vec::new();
        for (name, address) in
            [("a", "v@x.example"), ("b", "V@x.example"), ("c", "v@X.example"), ("d", "v@x.example"), ("e", "w@x.example")]
        {
            answers.push(sign_up(name, address).await);
        }
        assert_eq!(answers, ["", "", "", "LimitExceededException", ""]);
        assert_eq!(pool.admin("AdminGetUser", json!({"Username": "d"})).await.code(), "UserNotFoundException", "nothing was changed");
        app.advance(Duration::from_secs(20 * 60));
        assert_eq!([sign_up("d", "v@x.example").await, sign_up("f", "v@x.example").await], ["", "LimitExceededException"]);
    }

    #[actix_web::test]
    async fn a_pool_sends_so_many_an_hour_to_however_many_addresses_and_users_who_are_hidden_stay_so() {
        let app = TestApp::within(Limits { emails_of_pool: 4, ..Limits::default() }).await;
        let settings = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
        let pool = app.pool_with(settings, json!({"PreventUserExistenceErrors": "ENABLED"})).await;
        for name in ["a", "b", "c", "d", "e"] {
            pool.user_with(name, json!({"email": format!("{name}@x.example"), "email_verified": "true"})).await;
        }
        for name in ["a", "nobody", "b", "nobody2", "c", "d", "e"] {
            assert_eq!(pool.client("ForgotPassword", json!({"Username": name})).await.code(), "", "{name}");
        }
        let mut got = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            got.push(app.messages_to(&format!("{name}@x.example")).await.len());
        }
        assert_eq!(got, [1, 1, 0, 0, 0], "nobody's cost as much, or what is left would tell");
        let sign_up = async |name: &str| {
            let attributes = json!([{"Name": "email", "Value": format!("{name}@x.example")}]);
            pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes})).await.code()
        };
        assert_eq!(sign_up("f").await, "LimitExceededException");
        assert_eq!(pool.admin("AdminGetUser", json!({"Username": "f"})).await.code(), "UserNotFoundException", "nothing was changed");
        app.advance(Duration::from_secs(15 * 60));
        assert_eq!([sign_up("f").await, sign_up("g").await], ["", "LimitExceededException"]);
    }
}
