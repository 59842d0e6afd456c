//! CreateRole.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answers::RoleAnswer;
use super::errors::Error;
use super::{boundaries, tags, trusted};
use crate::context::Context;
use crate::crypto::ids;
use crate::iam::arn::Arn;
use crate::iam::entity::{DEFAULT_SESSION_SECONDS, Role, Tag};
use crate::iam::managed_policy::ManagedPolicy;
use crate::operation::{Ask, Asks, Fault, Resolved, unsupported};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    assume_role_policy_document: String,
    path: Option<String>,
    description: Option<String>,
    max_session_duration: Option<i64>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Asks for Request {
    type Found = Option<ManagedPolicy>;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Self::Found>, Fault> {
        let path = self.path.as_deref().unwrap_or("/");
        let ask = Ask::on(Arn::role(&cx.account_id, path, &self.role_name)).request_tags(&self.tags);
        boundaries::of_new(cx, ask, self.permissions_boundary.as_deref()).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    role: RoleAnswer,
}

pub async fn handle(cx: &Context, boundary: Option<ManagedPolicy>, request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    tags::check(&request.tags)?;
    check_reserved(&request.role_name, request.path.as_deref().unwrap_or("/"))?;
    trusted::check(&request.assume_role_policy_document)?;
    let role = Role {
        account_id: cx.account_id.clone(),
        name: request.role_name,
        id: ids::unique_id("AROA", &mut cx.rng()),
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        description: request.description,
        assume_role_policy: request.assume_role_policy_document,
        max_session_seconds: request.max_session_duration.unwrap_or(DEFAULT_SESSION_SECONDS),
        tags: request.tags,
        created_at: cx.now(),
    };
    cx.write(async |tx| {
        let assume_role_policy = trusted::by_id(tx, &role.account_id, &role.assume_role_policy).await?;
        match store::iam::insert_role(tx, &Role { assume_role_policy, ..role.clone() }).await {
            Err(error) if error.is_unique_violation() => {
                return Err(Error::EntityAlreadyExists(format!("Role with name {} already exists.", role.name)));
            }
            outcome => outcome?,
        }
        boundaries::put_new(tx, &role.account_id, &role.id, boundary.as_ref()).await
    })
    .await?;
    Ok(Response { role: RoleAnswer::with_boundary(role, boundary.map(|policy| policy.arn())) })
}

/// SECURITY: organizations' policies do not reach service-linked roles, and reserved ones nobody may change: neither is for
/// anybody to make.
fn check_reserved(name: &str, path: &str) -> Result<(), Error> {
    let reserved_path = ["/aws-service-role/", "/aws-reserved/"].iter().any(|reserved| path.starts_with(reserved));
    if reserved_path || name.starts_with("AWSServiceRoleFor") {
        return Err(Error::InvalidInput(
            "Roles under /aws-service-role/ and /aws-reserved/, and names that begin with AWSServiceRoleFor, are reserved.".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    const AUD: &str = "cognito-identity.amazonaws.com:aud";

    async fn create(app: &TestApp, name: &str, statement: Value) -> (String, String) {
        let trust = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        app.admin().call("CreateRole", json!({"RoleName": name, "AssumeRolePolicyDocument": trust})).await.error()
    }

    #[actix_web::test]
    async fn a_role_for_identity_pools_says_which_by_values_that_are_written_out() {
        let app = TestApp::new().await;
        let pool = "us-east-1:11111111-1111-1111-1111-111111111111";
        for (name, condition, accepted) in [
            ("a", json!({"StringEquals": {AUD: pool}}), true),
            ("b", json!({"StringEquals": {AUD: [pool, "us-east-1:2"]}}), true),
            ("c", json!({"ForAnyValue:StringEquals": {AUD: pool}}), true),
            ("d", json!({"StringLike": {AUD: pool}}), true),
            ("e", json!({"StringLike": {AUD: "*"}}), false),
            ("f", json!({"StringLike": {AUD: "us-east-1:?*"}}), false),
            ("g", json!({"Null": {AUD: "false"}}), false),
            ("h", json!({"StringNotEquals": {AUD: "x"}}), false),
            ("i", json!({"StringEqualsIfExists": {AUD: pool}}), false),
            ("j", json!({"ForAllValues:StringEquals": {AUD: pool}}), false),
            ("k", json!({"StringEquals": {AUD: "${aws:PrincipalTag/x}"}}), false),
            ("l", json!({}), false),
        ] {
            let statement = json!({"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                                   "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition});
            let (code, message) = create(&app, name, statement).await;
            assert_eq!(code, if accepted { "" } else { "MalformedPolicyDocument" }, "{condition}: {message}");
        }
    }

    #[actix_web::test]
    async fn whom_a_role_of_the_account_trusts_must_be_there() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        for (name, principal, accepted) in [
            ("a", format!("arn:aws:iam::{ACCOUNT}:user/ann"), true),
            ("b", format!("arn:aws:iam::{ACCOUNT}:user/Ann"), false),
            ("c", format!("arn:aws:iam::{ACCOUNT}:user/bob"), false),
            ("d", format!("arn:aws:iam::{ACCOUNT}:role/a"), true),
            ("e", format!("arn:aws:iam::{ACCOUNT}:role/none"), false),
            ("f", format!("arn:aws:sts::{ACCOUNT}:assumed-role/a/session"), true),
            ("g", format!("arn:aws:sts::{ACCOUNT}:assumed-role/none/session"), false),
            ("h", format!("arn:aws:iam::{ACCOUNT}:root"), true),
            ("i", "arn:aws:iam::111111111111:user/bob".to_owned(), true),
            ("j", format!("arn:aws-cn:iam::{ACCOUNT}:user/ann"), false),
            ("k", format!("arn:aws:iam::{ACCOUNT}:group/g"), false),
            ("l", "AIDAAAAAAAAAAAAAAAAAA".to_owned(), false),
        ] {
            let statement = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"});
            let refused = ("MalformedPolicyDocument".to_owned(), format!("Invalid principal in policy: \"AWS\":\"{principal}\""));
            assert_eq!(create(&app, name, statement).await, if accepted { Default::default() } else { refused }, "{principal}");
        }
    }
}
