//! UpdateUserPool: what is left out goes back to its default, but for the name and for what only creation sets.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pool_settings::PoolSettings;
use super::sms_role::{self, Found};
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;
use crate::userpools::pool::{PoolConfiguration, SoftwareToken};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    pool_name: Option<String>,
    #[serde(flatten)]
    settings: PoolSettings,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        let configuration = self.settings.sms_configuration();
        sms_role::resolve(cx, &self.user_pool_id, configuration.as_ref(), &self.settings.tags()).await
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, found: Found, request: Request) -> Result<Response, Error> {
    let Request { pool_name, settings, .. } = request;
    let Found { pool, role } = found;
    cx.write(async |tx| {
        let before = store::user_pools::find(tx, &pool.id).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?;
        let created = before.configuration;
        // Any second factor lets people in where everyone must show one.
        let factor = SoftwareToken { enabled: created.has_second_factor() };
        let configuration = PoolConfiguration {
            alias_attributes: created.alias_attributes.clone(),
            username_attributes: created.username_attributes.clone(),
            username_configuration: created.username_configuration,
            schema: created.schema.clone(),
            session_configuration: created.session_configuration,
            web_authn_configuration: created.web_authn_configuration.clone(),
            ..settings.clone().read(cx, factor)?.with_factors_of(&created)
        };
        let mut configuration = sms_role::given(configuration, role.as_deref());
        // Source: API reference, UpdateUserPool: "If you omit this parameter, Amazon Cognito keeps the existing configuration."
        configuration.dcr_configuration = configuration.dcr_configuration.or(created.dcr_configuration);
        if let Some(name) = &pool_name {
            store::user_pools::rename(tx, &pool.id, name).await?;
        }
        Ok::<_, Error>(store::user_pools::update(tx, &pool.id, &configuration, cx.now()).await?)
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_is_left_out_goes_back_to_its_default_and_what_only_creation_sets_stays() {
        let app = TestApp::new().await;
        let created = json!({
            "UsernameAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": false}, "AutoVerifiedAttributes": ["email"],
            "Schema": [{"Name": "tier", "AttributeDataType": "String"}], "DeletionProtection": "ACTIVE",
            "Policies": {"PasswordPolicy": {"MinimumLength": 12}}, "EmailVerificationMessage": "code {####}",
        });
        let pool = app.pool_with(created, json!({})).await;
        let describe = async || pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        let before = describe().await;
        assert_eq!(pool.admin("UpdateUserPool", json!({"DeletionProtection": "ACTIVE"})).await.ok(), json!({}));
        let after = describe().await;
        for member in
            ["Id", "Name", "Arn", "CreationDate", "UsernameAttributes", "UsernameConfiguration", "SchemaAttributes", "DeletionProtection"]
        {
            assert_eq!(after[member], before[member], "{member}");
        }
        assert_eq!(after["Policies"]["PasswordPolicy"]["MinimumLength"], 8);
        assert_eq!((after.get("AutoVerifiedAttributes"), after.get("EmailVerificationMessage")), (None, None));
        pool.admin("UpdateUserPool", json!({"PoolName": "renamed"})).await.ok();
        let renamed = describe().await;
        assert_eq!((&renamed["Name"], &renamed["DeletionProtection"]), (&json!("renamed"), &json!("INACTIVE")));
        let listed = app.admin().call("ListUserPools", json!({"MaxResults": 10})).await.ok();
        assert_eq!(listed["UserPools"][0]["Name"], "renamed");
    }

    #[actix_web::test]
    async fn mfa_of_everyone_wants_a_factor_that_they_can_have() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let update = async |mfa: &str| pool.admin("UpdateUserPool", json!({"MfaConfiguration": mfa})).await;
        let config = async || pool.admin("GetUserPoolMfaConfig", json!({})).await.ok();
        assert_eq!(update("ON").await.code(), "InvalidParameterException");
        assert_eq!(config().await, json!({"MfaConfiguration": "OFF"}));
        for mfa in ["OPTIONAL", "ON"] {
            update(mfa).await.ok();
            assert_eq!(config().await, json!({"MfaConfiguration": mfa, "SoftwareTokenMfaConfiguration": {"Enabled": true}}));
        }
        pool.admin("UpdateUserPool", json!({})).await.ok();
        assert_eq!(config().await, json!({"MfaConfiguration": "OFF"}));
    }

    #[actix_web::test]
    async fn what_is_not_honoured_is_refused_and_changes_nothing() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let before = pool.admin("DescribeUserPool", json!({})).await.ok();
        for (member, value) in [
            ("Policies", json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["SOFTWARE_TOKEN"]}})),
            ("KeyConfiguration", json!({"KeyType": "CUSTOMER_MANAGED_KEY"})),
        ] {
            let answer = pool.admin("UpdateUserPool", json!({"PoolName": "renamed", member: value})).await;
            assert_eq!(answer.code(), "InvalidParameterException", "{member}");
        }
        assert_eq!(pool.admin("DescribeUserPool", json!({})).await.ok(), before);
    }

    #[actix_web::test]
    async fn a_temporary_password_is_valid_for_days_that_are_said_once_and_for_seven_where_none_are() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let given = |days: Value, unused: Value| {
            json!({"Policies": {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": days}},
                   "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": unused}})
        };
        for (days, unused, expected) in [(0, 0, 7), (3, 0, 3), (0, 4, 4), (5, 5, 5)] {
            pool.admin("UpdateUserPool", given(json!(days), json!(unused))).await.ok();
            let policies = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["Policies"].clone();
            assert_eq!(policies["PasswordPolicy"]["TemporaryPasswordValidityDays"], expected, "{days} {unused}");
        }
        let refused = pool.admin("UpdateUserPool", given(json!(3), json!(4))).await.error();
        let message = "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays";
        assert_eq!(refused, ("InvalidParameterException".to_owned(), message.to_owned()));
    }

    #[actix_web::test]
    async fn what_describe_answers_can_be_given_back() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OPTIONAL"}), json!({})).await;
        let before = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        let of_creation = ["Id", "Name", "Arn", "CreationDate", "LastModifiedDate", "SchemaAttributes", "EstimatedNumberOfUsers"];
        // UnusedAccountValidityDays is the old name of what the password policy has.
        let given: serde_json::Map<String, Value> =
            before.as_object().unwrap().clone().into_iter().filter(|(name, _)| !of_creation.contains(&name.as_str())).collect();
        pool.admin("UpdateUserPool", Value::Object(given)).await.ok();
        assert_eq!(pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"], before);
    }
}
