//! CreateUserPool. What we don't honour yet is refused, never ignored.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use super::pool_answer::{PoolAnswer, UsernameConfiguration};
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::pool_keys;
use crate::store;
use crate::userpools::attributes::{NumberConstraints, SchemaAttribute, StringConstraints, full_schema, is_standard};
use crate::userpools::password_policy::PasswordPolicy;
use crate::userpools::pool::{MfaMode, Pool, PoolConfiguration, VerificationMessage};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    pool_name: String,
    #[serde(default)]
    policies: Policies,
    deletion_protection: Option<String>,
    #[serde(default)]
    auto_verified_attributes: Vec<String>,
    #[serde(default)]
    alias_attributes: Vec<String>,
    #[serde(default)]
    username_attributes: Vec<String>,
    sms_verification_message: Option<String>,
    email_verification_message: Option<String>,
    email_verification_subject: Option<String>,
    #[serde(default)]
    verification_message_template: Template,
    mfa_configuration: Option<MfaMode>,
    #[serde(default)]
    schema: Vec<NewAttribute>,
    #[serde(default)]
    admin_create_user_config: AdminCreateUserConfig,
    username_configuration: Option<UsernameConfiguration>,
    #[serde(default)]
    email_configuration: EmailConfiguration,
    user_pool_tier: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

asks_about_everything!(Request);

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Policies {
    password_policy: PasswordPolicyInput,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct PasswordPolicyInput {
    minimum_length: Option<i64>,
    require_uppercase: Option<bool>,
    require_lowercase: Option<bool>,
    require_numbers: Option<bool>,
    require_symbols: Option<bool>,
    temporary_password_validity_days: Option<i64>,
    password_history_size: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Template {
    #[serde(flatten)]
    message: VerificationMessage,
    default_email_option: Option<String>,
    email_message_by_link: Option<String>,
    email_subject_by_link: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct AdminCreateUserConfig {
    allow_admin_create_user_only: bool,
    unused_account_validity_days: Option<i64>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct EmailConfiguration {
    email_sending_account: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewAttribute {
    name: Option<String>,
    attribute_data_type: Option<String>,
    #[serde(default)]
    developer_only_attribute: bool,
    mutable: Option<bool>,
    #[serde(default)]
    required: bool,
    number_attribute_constraints: Option<NumberConstraints>,
    string_attribute_constraints: Option<StringConstraints>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool: PoolAnswer,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let now = cx.now();
    let pool = Pool {
        id: ids::user_pool_id(&cx.region, &mut cx.rng()),
        account_id: cx.account_id.clone(),
        region: cx.region.clone(),
        name: request.pool_name.clone(),
        configuration: configuration(request)?,
        created_at: now,
        modified_at: now,
    };
    let keys = pool_keys::generate(cx).await?.map_err(|error| Error::Internal(Box::new(error)))?;
    cx.write(async |tx| {
        store::user_pools::insert(tx, &pool).await?;
        pool_keys::insert(cx, tx, &pool.id, &keys).await
    })
    .await?;
    Ok(Response { user_pool: PoolAnswer::of(cx, &pool, 0) })
}

fn configuration(request: Request) -> Result<PoolConfiguration, Error> {
    for rest in [&request.rest, &request.policies.rest, &request.admin_create_user_config.rest, &request.email_configuration.rest] {
        refuse_unsupported(rest)?;
    }
    let template = request.verification_message_template;
    let neutral = [
        ("EmailSendingAccount", &request.email_configuration.email_sending_account, "COGNITO_DEFAULT"),
        ("UserPoolTier", &request.user_pool_tier, "ESSENTIALS"),
        ("DefaultEmailOption", &template.default_email_option, "CONFIRM_WITH_CODE"),
        ("EmailMessageByLink", &template.email_message_by_link, ""),
        ("EmailSubjectByLink", &template.email_subject_by_link, ""),
    ];
    if let Some((name, ..)) = neutral.iter().find(|(_, value, only)| value.as_deref().is_some_and(|value| value != *only)) {
        return Err(Error::parameter(format!("{name} is not supported")));
    }
    if !request.alias_attributes.is_empty() && !request.username_attributes.is_empty() {
        return Err(Error::parameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool."));
    }
    let mfa = request.mfa_configuration.unwrap_or_default();
    if mfa == MfaMode::On {
        return Err(Error::parameter(
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
        ));
    }
    let schema: Vec<SchemaAttribute> = request.schema.into_iter().map(attribute).collect::<Result<_, _>>()?;
    Ok(PoolConfiguration {
        password_policy: password_policy(&request.policies.password_policy, request.admin_create_user_config.unused_account_validity_days)?,
        deletion_protected: request.deletion_protection.as_deref() == Some("ACTIVE"),
        auto_verified_attributes: request.auto_verified_attributes,
        alias_attributes: request.alias_attributes,
        username_attributes: request.username_attributes,
        usernames_are_case_sensitive: request.username_configuration.map(|configuration| configuration.case_sensitive),
        schema,
        mfa,
        software_token_mfa_enabled: mfa != MfaMode::Off,
        admin_create_user_only: request.admin_create_user_config.allow_admin_create_user_only,
        verification_message: VerificationMessage {
            sms_message: template.message.sms_message.or(request.sms_verification_message),
            email_message: template.message.email_message.or(request.email_verification_message),
            email_subject: template.message.email_subject.or(request.email_verification_subject),
        },
    })
}

/// A given policy asks for what it names and nothing more; without one, the default asks for everything.
fn password_policy(input: &PasswordPolicyInput, unused_days: Option<i64>) -> Result<PasswordPolicy, Error> {
    if input.password_history_size.is_some_and(|size| size != 0) {
        return Err(Error::parameter("PasswordHistorySize is not supported"));
    }
    let default = PasswordPolicy::default();
    let given = input.minimum_length.is_some()
        || [input.require_uppercase, input.require_lowercase, input.require_numbers, input.require_symbols].iter().any(Option::is_some);
    let class = |asked: Option<bool>| asked.unwrap_or(!given);
    Ok(PasswordPolicy {
        minimum_length: input.minimum_length.unwrap_or(default.minimum_length),
        require_uppercase: class(input.require_uppercase),
        require_lowercase: class(input.require_lowercase),
        require_numbers: class(input.require_numbers),
        require_symbols: class(input.require_symbols),
        temporary_password_validity_days: input
            .temporary_password_validity_days
            .or(unused_days)
            .unwrap_or(default.temporary_password_validity_days),
    })
}

fn attribute(new: NewAttribute) -> Result<SchemaAttribute, Error> {
    let name = new.name.ok_or_else(|| Error::parameter("Attribute name is required."))?;
    if let Some(default) = full_schema(&[]).into_iter().find(|standard| standard.name == name) {
        if new.attribute_data_type.is_some_and(|given| given != default.attribute_data_type) {
            return Err(Error::parameter(format!(
                "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
            )));
        }
        return Ok(SchemaAttribute {
            mutable: new.mutable.unwrap_or(default.mutable),
            required: new.required,
            string_attribute_constraints: new.string_attribute_constraints.or(default.string_attribute_constraints),
            ..default
        });
    }
    if new.required {
        return Err(Error::parameter("Required custom attributes are not supported currently."));
    }
    // SECURITY: a custom attribute keeps its prefix, so it never becomes a claim of ours (T6).
    debug_assert!(!is_standard(&name));
    let prefix = if new.developer_only_attribute { "dev:custom:" } else { "custom:" };
    Ok(SchemaAttribute {
        name: format!("{prefix}{name}"),
        attribute_data_type: new.attribute_data_type.unwrap_or_else(|| "String".to_owned()),
        developer_only_attribute: new.developer_only_attribute,
        mutable: new.mutable.unwrap_or(true),
        required: false,
        number_attribute_constraints: new.number_attribute_constraints,
        string_attribute_constraints: new.string_attribute_constraints,
    })
}
