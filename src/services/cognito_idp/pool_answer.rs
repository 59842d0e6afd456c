//! A user pool as answers give it.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::iam::arn;
use crate::kit::clock::Timestamp;
use crate::userpools::attributes::{SchemaAttribute, full_schema};
use crate::userpools::password_policy::PasswordPolicy;
use crate::userpools::pool::{MfaMode, Pool, VerificationMessage};

/// UserPoolType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PoolAnswer {
    id: String,
    name: String,
    policies: Policies,
    deletion_protection: &'static str,
    last_modified_date: Timestamp,
    creation_date: Timestamp,
    schema_attributes: Vec<SchemaAttribute>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    auto_verified_attributes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alias_attributes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    username_attributes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sms_verification_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verification_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verification_subject: Option<String>,
    verification_message_template: Template,
    mfa_configuration: MfaMode,
    estimated_number_of_users: i64,
    admin_create_user_config: AdminCreateUserConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    username_configuration: Option<UsernameConfiguration>,
    arn: String,
    user_pool_tier: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policies {
    password_policy: PasswordPolicy,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    #[serde(flatten)]
    message: VerificationMessage,
    default_email_option: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AdminCreateUserConfig {
    allow_admin_create_user_only: bool,
    unused_account_validity_days: i64,
}

/// Whether capitals matter.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsernameConfiguration {
    /// Whether they do.
    pub case_sensitive: bool,
}

impl PoolAnswer {
    /// A pool with so many users.
    pub fn of(cx: &Context, pool: &Pool, estimated_number_of_users: i64) -> Self {
        let configuration = pool.configuration.clone();
        let message = configuration.verification_message;
        Self {
            id: pool.id.clone(),
            name: pool.name.clone(),
            deletion_protection: if configuration.deletion_protected { "ACTIVE" } else { "INACTIVE" },
            last_modified_date: pool.modified_at,
            creation_date: pool.created_at,
            schema_attributes: full_schema(&configuration.schema),
            auto_verified_attributes: configuration.auto_verified_attributes,
            alias_attributes: configuration.alias_attributes,
            username_attributes: configuration.username_attributes,
            sms_verification_message: message.sms_message.clone(),
            email_verification_message: message.email_message.clone(),
            email_verification_subject: message.email_subject.clone(),
            verification_message_template: Template { message, default_email_option: "CONFIRM_WITH_CODE" },
            mfa_configuration: configuration.mfa,
            estimated_number_of_users,
            admin_create_user_config: AdminCreateUserConfig {
                allow_admin_create_user_only: configuration.admin_create_user_only,
                unused_account_validity_days: configuration.password_policy.temporary_password_validity_days,
            },
            policies: Policies { password_policy: configuration.password_policy },
            username_configuration: configuration
                .usernames_are_case_sensitive
                .map(|case_sensitive| UsernameConfiguration { case_sensitive }),
            arn: arn::user_pool(&pool.region, &cx.account_id, &pool.id),
            user_pool_tier: "ESSENTIALS",
        }
    }
}
