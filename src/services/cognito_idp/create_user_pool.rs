//! CreateUserPool. What we don't honour yet is refused, never ignored.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::new_attribute::NewAttribute;
use super::pool_answer::PoolAnswer;
use super::pool_settings::PoolSettings;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::pool_keys;
use crate::store;
use crate::userpools::pool::{Pool, PoolConfiguration, SoftwareToken};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    pool_name: String,
    #[serde(default)]
    schema: Vec<NewAttribute>,
    #[serde(flatten)]
    settings: PoolSettings,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool: PoolAnswer,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let now = cx.now();
    let configuration = PoolConfiguration {
        schema: request.schema.into_iter().map(NewAttribute::read).collect::<Result<_, _>>()?,
        ..request.settings.read(SoftwareToken::default())?
    };
    if !configuration.alias_attributes.is_empty() && !configuration.username_attributes.is_empty() {
        return Err(Error::parameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool."));
    }
    let pool = Pool {
        id: ids::user_pool_id(&cx.region, &mut cx.rng()),
        account_id: cx.account_id.clone(),
        region: cx.region.clone(),
        name: request.pool_name,
        configuration,
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

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
