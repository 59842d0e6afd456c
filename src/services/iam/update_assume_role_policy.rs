//! UpdateAssumeRolePolicy: who may become the role from now on. Sessions that there are live on.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_role;
use super::trusted;
use crate::context::Context;
use crate::iam::entity::Role;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    policy_document: String,
}

asks_about_role!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    trusted::check(&request.policy_document)?;
    cx.write(async |tx| {
        let now = get_role::still(tx, &role).await?;
        let assume_role_policy = trusted::by_id(tx, &role.account_id, &request.policy_document).await?;
        store::iam::update_role(tx, &Role { assume_role_policy, ..now }).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    fn policy(statement: Value) -> String {
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    }

    #[actix_web::test]
    async fn whom_a_role_trusts_holds_from_the_next_call_on() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
        let role = app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}])).await;
        let assume = async || ann.call("AssumeRole", json!({"RoleArn": role, "RoleSessionName": "test"})).await.code();
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/ann");
        for (effect, code) in [("Allow", ""), ("Deny", "AccessDenied")] {
            let document = policy(json!({"Effect": effect, "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}));
            app.admin().call("UpdateAssumeRolePolicy", json!({"RoleName": "app", "PolicyDocument": document})).await.ok();
            assert_eq!(assume().await, code, "{effect}");
        }
        let shown = app.admin().call("GetRole", json!({"RoleName": "app"})).await.ok()["Role"]["AssumeRolePolicyDocument"].clone();
        let shown = percent_encoding::percent_decode_str(shown.as_str().unwrap()).decode_utf8().unwrap().into_owned();
        assert_eq!(crate::policy::aws_principals(&shown), [arn]);
    }

    #[actix_web::test]
    async fn what_no_role_may_be_made_with_none_may_be_given() {
        let app = TestApp::new().await;
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let pools = json!({"Federated": "cognito-identity.amazonaws.com"});
        let nobody = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:user/nobody")});
        let long = json!((0..200).map(|number| format!("{number:012}")).collect::<Vec<_>>());
        for (document, code) in [
            ("{}".to_owned(), "MalformedPolicyDocument"),
            (policy(json!({"Effect": "Allow", "Principal": pools, "Action": "sts:AssumeRoleWithWebIdentity"})), "MalformedPolicyDocument"),
            (policy(json!({"Effect": "Allow", "Principal": nobody, "Action": "sts:AssumeRole"})), "MalformedPolicyDocument"),
            (policy(json!({"Effect": "Allow", "Principal": {"AWS": long}, "Action": "sts:AssumeRole"})), "LimitExceeded"),
        ] {
            let answer = app.admin().call("UpdateAssumeRolePolicy", json!({"RoleName": "app", "PolicyDocument": document})).await;
            assert_eq!(answer.code(), code, "{document}");
        }
    }
}
