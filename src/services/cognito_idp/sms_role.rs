//! The role that a pool's text messages go by: whoever gives it to the pool must be allowed to pass it, it must trust user
//! pools, and it must be allowed to send.

use std::sync::Arc;

use super::errors::Error;
use super::found;
use crate::authz;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::entity::{Role, Tag};
use crate::kit::id::UserPoolId;
use crate::operation::{Ask, Fault, PassedRole, Resolved, pass_role};
use crate::store::StoreError;
use crate::userpools::pool::{Pool, PoolConfiguration, SmsConfiguration, SmsRole};

/// User pools, as roles trust them and `iam:PassedToService` names them.
const SERVICE: &str = "cognito-idp.amazonaws.com";

/// What giving a role to a pool asks, and what was found of it.
pub struct Passed {
    /// What is asked; nothing where no role is given.
    pub ask: Option<Ask>,
    /// The role's ARN as it is there; or why it does not serve.
    pub found: Result<Option<String>, Fault>,
}

/// Finds the role of a configuration, for the pool of this ARN.
///
/// Source: Amazon Cognito developer guide, "SMS message settings"; API reference, errors of CreateUserPool.
pub async fn passed(cx: &Context, configuration: Option<&SmsConfiguration>, source: &Arn) -> Result<Passed, Fault> {
    let Some(wanted) = configuration.and_then(SmsConfiguration::role) else { return Ok(Passed { ask: None, found: Ok(None) }) };
    let PassedRole { ask, role } = pass_role(cx, wanted.arn, SERVICE).await?;
    let found = match role {
        None => Err(Error::InvalidSmsRoleTrustRelationship.into()),
        Some(role) => serves(cx, &role, wanted, source).await?.map(|()| Some(role.arn().into())).map_err(Fault::from),
    };
    Ok(Passed { ask: Some(ask), found })
}

async fn serves(cx: &Context, role: &Role, wanted: SmsRole<'_>, source: &Arn) -> Result<Result<(), Error>, StoreError> {
    if !authz::trusts_service(cx, role, SERVICE, source.as_str(), wanted.external_id)? {
        return Ok(Err(Error::InvalidSmsRoleTrustRelationship));
    }
    let may = authz::role_may(cx, role, wanted.action, "*").await?;
    Ok(if may { Ok(()) } else { Err(Error::InvalidSmsRoleAccessPolicy) })
}

/// A pool, and the role that its text messages would go by.
pub struct Found {
    /// The pool.
    pub pool: Arc<Pool>,
    /// The role's ARN as it is there, where one is given.
    pub role: Option<String>,
}

/// The pool of this id, and what is asked to change it: its own change, with the tags that the request gives it, and the role of a
/// configuration.
pub async fn resolve(
    cx: &Context,
    pool_id: &UserPoolId,
    configuration: Option<&SmsConfiguration>,
    tags: &[Tag],
) -> Result<Resolved<Found>, Fault> {
    let Resolved { found, asks } = found::pool(cx, pool_id).await?;
    let source = Arn::user_pool(&cx.region, &cx.account_id, pool_id);
    let passed = passed(cx, configuration, &source).await?;
    let asks = asks.into_iter().map(|ask| ask.request_tags(tags)).chain(passed.ask).collect();
    let found = found.and_then(|pool| Ok(Found { pool, role: passed.found? }));
    Ok(Resolved { found, asks })
}

/// A configuration whose text messages go by the role as it was found.
pub fn given(configuration: PoolConfiguration, role: Option<&str>) -> PoolConfiguration {
    match role {
        Some(role) => {
            let sms_configuration = configuration.sms_configuration.map(|configuration| configuration.by(role));
            PoolConfiguration { sms_configuration, ..configuration }
        }
        None => configuration,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    async fn role(app: &TestApp, name: &str, trust: Value, action: Option<&str>) -> String {
        let arn = app.role(name, json!([trust])).await;
        if let Some(action) = action {
            let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string();
            app.admin().call("PutRolePolicy", json!({"RoleName": name, "PolicyName": "p", "PolicyDocument": policy})).await.ok();
        }
        arn
    }

    fn trusts_us(condition: Value) -> Value {
        json!({"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": condition})
    }

    #[actix_web::test]
    async fn a_role_for_messages_trusts_user_pools_may_send_and_is_passed_by_who_may() {
        let app = TestApp::new().await;
        let by_id = json!({"StringEquals": {"sts:ExternalId": "x"}, "ArnLike": {"aws:SourceArn": format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/*")}});
        let good = role(&app, "Good", trusts_us(by_id), Some("sns:Publish")).await;
        let mute = role(&app, "Mute", trusts_us(json!({})), None).await;
        let wary =
            role(&app, "Wary", json!({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}), Some("*")).await;
        let eums = role(&app, "Eums", trusts_us(json!({})), Some("sms-voice:SendTextMessage")).await;
        let pool = app.pool().await;
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::000000000000:role/Mute"},
            ]))
            .await;
        for (configuration, code) in [
            (json!({"SnsCallerArn": good, "ExternalId": "x", "SnsRegion": "us-east-1"}), ""),
            (json!({"SnsCallerArn": good, "ExternalId": "y"}), "InvalidSmsRoleTrustRelationshipException"),
            (json!({"SnsCallerArn": mute}), "AccessDeniedException"),
            (json!({"SnsCallerArn": wary}), "InvalidSmsRoleTrustRelationshipException"),
            (json!({"SnsCallerArn": eums}), "InvalidSmsRoleAccessPolicyException"),
            (json!({"SnsCallerArn": format!("arn:aws:iam::{ACCOUNT}:role/none")}), "InvalidSmsRoleTrustRelationshipException"),
            (json!({"SnsCallerArn": "arn:aws:iam::111111111111:role/Good"}), "AccessDeniedException"),
            (json!({"SnsCallerArn": ""}), ""),
            (json!({"ExternalId": "x"}), "InvalidParameterException"),
            (json!({"EumsSms": {"CallerArn": eums, "Region": "us-east-1"}}), ""),
            (json!({"EumsSms": {"CallerArn": good, "ExternalId": "x"}}), "InvalidSmsRoleAccessPolicyException"),
        ] {
            for (operation, name, value) in [("CreateUserPool", "PoolName", json!("p")), ("UpdateUserPool", "UserPoolId", json!(pool.id))] {
                let answer = ann.call(operation, json!({name: value, "SmsConfiguration": configuration})).await;
                assert_eq!(answer.code(), code, "{operation} {configuration}: {}", answer.text);
            }
            let factor =
                json!({"UserPoolId": pool.id, "MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": {"SmsConfiguration": configuration}});
            let answer = ann.call("SetUserPoolMfaConfig", factor).await;
            assert_eq!(answer.code(), code, "SetUserPoolMfaConfig {configuration}: {}", answer.text);
            if code.is_empty() {
                let told = ann.call("GetUserPoolMfaConfig", json!({"UserPoolId": pool.id})).await.ok();
                assert_eq!(told["SmsMfaConfiguration"]["SmsConfiguration"], configuration);
                let described = ann.call("DescribeUserPool", json!({"UserPoolId": pool.id})).await.ok();
                assert_eq!(described["UserPool"]["SmsConfiguration"], configuration);
            }
        }
    }
}
