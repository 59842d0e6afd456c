//! CreateUserPool. What we don't honour yet is refused, never ignored.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::new_attribute::{self, NewAttribute};
use super::pool_answer::PoolAnswer;
use super::pool_settings::PoolSettings;
use super::sms_role;
use crate::config::Mode;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::pool_keys;
use crate::iam::arn::Arn;
use crate::kit::id::UserPoolId;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;
use crate::userpools::custom_id;
use crate::userpools::name::NameKind;
use crate::userpools::pool::{Pool, PoolConfiguration, SoftwareToken};
use crate::userpools::tags::Tags;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    pool_name: String,
    #[serde(default)]
    schema: Vec<NewAttribute>,
    #[serde(flatten)]
    settings: PoolSettings,
}

/// What a call names: the role that text messages would go by.
pub struct Found {
    sms_role: Option<String>,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        // The pool has no id yet: a role that trusts any pool of the account trusts this one.
        let source = Arn::user_pool(&cx.region, &cx.account_id, &"*".into());
        let role = sms_role::passed(cx, self.settings.sms_configuration().as_ref(), &source).await?;
        let own = Ask::on("*").request_tags(&self.settings.tags());
        Ok(Resolved { found: role.found.map(|sms_role| Found { sms_role }), asks: [own].into_iter().chain(role.ask).collect() })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool: PoolAnswer,
}

pub async fn handle(cx: &Context, found: Found, request: Request) -> Result<Response, Error> {
    let now = cx.now();
    let configuration =
        PoolConfiguration { schema: new_attribute::schema(request.schema)?, ..request.settings.read(cx, SoftwareToken::default())? };
    let configuration = sms_role::given(configuration, found.sms_role.as_deref());
    if !configuration.alias_attributes.is_empty() && !configuration.username_attributes.is_empty() {
        return Err(Error::parameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool."));
    }
    let is_preferred = |name: &str| name == NameKind::PreferredUsername.as_str();
    if configuration.names_by(NameKind::PreferredUsername) && configuration.schema.iter().any(|one| one.required && is_preferred(&one.name))
    {
        // Source: Amazon Cognito developer guide, "Working with user attributes", preferred_username. Nobody could sign up.
        return Err(Error::parameter("preferred_username cannot be both a required attribute and an alias."));
    }
    let pool = Pool {
        id: new_id(cx, &configuration.user_pool_tags)?,
        account_id: cx.account_id.clone(),
        region: cx.region.clone(),
        name: request.pool_name,
        configuration,
        created_at: now,
        modified_at: now,
    };
    let keys = pool_keys::generate(cx, pool_keys::FIRST).await?.map_err(|error| Error::Internal(Box::new(error)))?;
    cx.write(async |tx| {
        // Chance makes no id twice; somebody who chooses one may.
        match store::user_pools::insert(tx, &pool).await {
            Err(error) if error.is_unique_violation() => {
                return Err(Error::parameter(format!("User pool id {} already exists.", pool.id)));
            }
            outcome => outcome?,
        }
        Ok::<_, Error>(pool_keys::insert(cx, tx, &pool.id, &keys).await?)
    })
    .await?;
    Ok(Response { user_pool: PoolAnswer::of(cx, &pool, 0) })
}

/// A new pool's id: chance's; in `dev` the one that a tag asks for, so that tests and scripts know it beforehand.
fn new_id(cx: &Context, tags: &Tags) -> Result<UserPoolId, Error> {
    let fixed = match cx.mode {
        Mode::Dev => custom_id::of_pool(&cx.region, tags)?,
        Mode::Serve => None,
    };
    Ok(fixed.map_or_else(|| ids::user_pool_id(&cx.region, &mut cx.rng()), UserPoolId::from))
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
    async fn in_dev_a_tag_fixes_a_pools_id_once() {
        let app = TestApp::dev().await;
        let tagged = json!({"PoolName": "p", "UserPoolTags": {"_custom_id_": "mine"}});
        assert_eq!(app.admin().call("CreateUserPool", tagged.clone()).await.ok()["UserPool"]["Id"], "us-east-1_mine");
        assert_eq!(app.admin().call("CreateUserPool", tagged.clone()).await.code(), "InvalidParameterException");
        assert_eq!(create(&app, "UserPoolTags", json!({"_custom_id_": "a b"})).await.code(), "InvalidParameterException");
        assert_eq!(app.admin().call("DescribeUserPool", json!({"UserPoolId": "us-east-1_mine"})).await.ok()["UserPool"]["Name"], "p");
        let serve = TestApp::new().await;
        let made = serve.admin().call("CreateUserPool", tagged).await.ok()["UserPool"].clone();
        assert_ne!(made["Id"], "us-east-1_mine", "nobody chooses ids there");
        assert_eq!(made["UserPoolTags"], json!({"_custom_id_": "mine"}), "there it is a tag like any other");
    }

    #[actix_web::test]
    async fn what_is_not_honoured_is_refused_at_any_depth() {
        let app = TestApp::new().await;
        for (member, value, refused) in [
            ("Policies", json!({"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 0}}), ""),
            ("KeyConfiguration", json!({"KeyType": "CUSTOMER_MANAGED_KEY"}), "KeyConfiguration: CUSTOMER_MANAGED_KEY"),
        ] {
            let answer = create(&app, member, value.clone()).await;
            let expected = if refused.is_empty() { String::new() } else { format!("{refused} is not supported") };
            assert!(answer.message().starts_with(&expected) && (answer.status == 200) == refused.is_empty(), "{member} {value}");
        }
    }
}
