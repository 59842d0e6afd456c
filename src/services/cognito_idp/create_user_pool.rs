//! CreateUserPool. What we don't honour yet is refused, never ignored.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::{Error, refuse_unsupported};
use super::pool_answer::PoolAnswer;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::pool_keys;
use crate::store;
use crate::userpools::attributes::{NumberConstraints, SchemaAttribute, StringConstraints, full_schema, is_standard};
use crate::userpools::pool::{BY_CODE, MfaMode, Pool, PoolConfiguration, SoftwareToken};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    pool_name: String,
    #[serde(default)]
    schema: Vec<NewAttribute>,
    #[serde(default)]
    email_configuration: EmailConfiguration,
    user_pool_tier: Option<String>,
    /// The pool's configuration, and what we don't honour yet.
    #[serde(flatten)]
    given: Map<String, Value>,
}

asks_about_everything!(Request);

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
    let keys = pool_keys::generate(cx, pool_keys::FIRST).await?.map_err(|error| Error::Internal(Box::new(error)))?;
    cx.write(async |tx| {
        store::user_pools::insert(tx, &pool).await?;
        pool_keys::insert(cx, tx, &pool.id, &keys).await
    })
    .await?;
    Ok(Response { user_pool: PoolAnswer::of(cx, &pool, 0) })
}

fn configuration(request: Request) -> Result<PoolConfiguration, Error> {
    refuse_unsupported(&request.email_configuration.rest)?;
    let mut configuration = read(request.given)?;
    let neutral = [
        ("EmailSendingAccount", request.email_configuration.email_sending_account.as_deref(), "COGNITO_DEFAULT"),
        ("UserPoolTier", request.user_pool_tier.as_deref(), "ESSENTIALS"),
        ("DefaultEmailOption", Some(configuration.verification_message_template.default_email_option.as_str()), BY_CODE),
    ];
    if let Some((name, ..)) = neutral.iter().find(|(_, value, only)| value.is_some_and(|value| value != *only)) {
        return Err(Error::parameter(format!("{name} is not supported")));
    }
    if !configuration.alias_attributes.is_empty() && !configuration.username_attributes.is_empty() {
        return Err(Error::parameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool."));
    }
    if configuration.mfa == MfaMode::On {
        return Err(Error::parameter(
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
        ));
    }
    configuration.schema = request.schema.into_iter().map(attribute).collect::<Result<_, _>>()?;
    configuration.software_token_mfa_configuration = SoftwareToken { enabled: configuration.mfa != MfaMode::Off };
    Ok(configuration.with_both_names())
}

/// The configuration that is given. What it asks for and a pool's configuration does not have is refused, at any depth.
fn read(given: Map<String, Value>) -> Result<PoolConfiguration, Error> {
    let internal = |error: serde_json::Error| Error::internal(error);
    let given = Value::Object(given);
    let mut configuration: PoolConfiguration = serde_json::from_value(given.clone()).map_err(internal)?;
    refuse_unsupported(&left_out(&given, &serde_json::to_value(&configuration).map_err(internal)?))?;
    let days = given.pointer("/Policies/PasswordPolicy/TemporaryPasswordValidityDays");
    if let (None, Some(unused)) = (days, configuration.admin_create_user_config.unused_account_validity_days) {
        configuration.policies.password_policy.temporary_password_validity_days = unused;
    }
    Ok(configuration)
}

/// The members of `given` that `understood` does not have, by their own names. Nothing, zero and the empty text ask for nothing.
fn left_out(given: &Value, understood: &Value) -> Map<String, Value> {
    let mut rest = Map::new();
    for (name, value) in given.as_object().into_iter().flatten() {
        match understood.get(name) {
            Some(understood) => rest.extend(left_out(value, understood)),
            None if value == 0 || value == "" => {}
            None => drop(rest.insert(name.clone(), value.clone())),
        }
    }
    rest
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::TestApp;

    async fn create(app: &TestApp, member: &str, value: Value) -> crate::testing::Answer {
        app.admin().call("CreateUserPool", json!({"PoolName": "p", member: value})).await
    }

    #[actix_web::test]
    async fn what_is_given_comes_back_under_both_of_its_names() {
        let app = TestApp::new().await;
        let given = json!({
            "PoolName": "p",
            "DeletionProtection": "ACTIVE",
            "Policies": {"PasswordPolicy": {"MinimumLength": 10, "RequireNumbers": true}},
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 2},
            "EmailVerificationMessage": "code {####}",
            "VerificationMessageTemplate": {"EmailSubject": "subject", "DefaultEmailOption": "CONFIRM_WITH_CODE"},
            "UsernameConfiguration": {"CaseSensitive": false},
            "MfaConfiguration": null,
        });
        let created = app.admin().call("CreateUserPool", given).await.ok()["UserPool"].clone();
        let described = app.admin().call("DescribeUserPool", json!({"UserPoolId": created["Id"]})).await.ok()["UserPool"].clone();
        assert_eq!(created, described);
        assert_eq!(described["DeletionProtection"], "ACTIVE");
        assert_eq!(
            described["Policies"]["PasswordPolicy"],
            json!({"MinimumLength": 10, "RequireUppercase": false, "RequireLowercase": false, "RequireNumbers": true,
                   "RequireSymbols": false, "TemporaryPasswordValidityDays": 2})
        );
        assert_eq!(described["AdminCreateUserConfig"], json!({"AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 2}));
        assert_eq!(described["VerificationMessageTemplate"]["EmailMessage"], "code {####}");
        assert_eq!(
            (&described["EmailVerificationMessage"], &described["EmailVerificationSubject"]),
            (&json!("code {####}"), &json!("subject"))
        );
        assert_eq!((&described["UsernameConfiguration"]["CaseSensitive"], &described["MfaConfiguration"]), (&json!(false), &json!("OFF")));
        assert_eq!((described.get("Schema"), described.get("AliasAttributes")), (None, None));
    }

    #[actix_web::test]
    async fn what_is_not_honoured_is_refused_at_any_depth() {
        let app = TestApp::new().await;
        for (member, value, refused) in [
            ("LambdaConfig", json!({"PreSignUp": "arn:aws:lambda:us-east-1:000000000000:function:f"}), "LambdaConfig"),
            ("LambdaConfig", json!({}), ""),
            ("Policies", json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}), "SignInPolicy"),
            ("Policies", json!({"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}}), "PasswordHistorySize"),
            ("Policies", json!({"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 0}}), ""),
            ("AdminCreateUserConfig", json!({"InviteMessageTemplate": {"EmailSubject": "s"}}), "InviteMessageTemplate"),
            ("VerificationMessageTemplate", json!({"DefaultEmailOption": "CONFIRM_WITH_LINK"}), "DefaultEmailOption"),
            ("EmailConfiguration", json!({"EmailSendingAccount": "DEVELOPER"}), "EmailSendingAccount"),
        ] {
            let answer = create(&app, member, value.clone()).await;
            let expected = if refused.is_empty() { String::new() } else { format!("{refused} is not supported") };
            assert_eq!(answer.message(), expected, "{member} {value}");
        }
    }
}
