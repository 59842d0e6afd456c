//! GetFederationToken: temporary credentials of somebody for whom a user, or the root, vouches: they may what both the user's
//! policies and the session's allow.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::assume_role::CredentialsAnswer;
use super::errors::Error;
use super::session_policies::{PolicyDescriptor, SessionPolicies};
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::caller::{Caller, FederatedSession};
use crate::iam::entity::Tag;
use crate::iam::session_tags;
use crate::kit::id::UniqueId;
use crate::operation::{Ask, Asks, Fault, Resolved, unsupported};
use crate::store::StoreError;
use crate::tokens::session::{self, Held};

/// Where nothing is asked for (API reference, DurationSeconds).
const DEFAULT_SECONDS: i64 = 43_200;

/// The most that the root gets, however much it asks for (API reference, DurationSeconds).
const ROOT_SECONDS: i64 = 3600;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    name: String,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, cx: &Context) -> Result<Resolved<()>, Fault> {
        if !matches!(cx.caller, Caller::User(_, None) | Caller::Root { sign_in: None, .. }) {
            return Err(Fault::AccessDenied("Cannot call GetFederationToken with session credentials".to_owned()));
        }
        let arn = Arn::federated_user(&cx.account_id, &self.name);
        let mut asks = vec![Ask::on(arn).request_tags(&self.tags)];
        // The action's resources are roles.
        if !self.tags.is_empty() {
            asks.push(Ask::on("*").action("sts:TagSession").request_tags(&self.tags));
        }
        Ok(Resolved { found: Ok(()), asks })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credentials: CredentialsAnswer,
    federated_user: FederatedUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FederatedUser {
    federated_user_id: String,
    arn: Arn,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    session_tags::check(&request.tags).map_err(|refused| Error::Validation(refused.to_string()))?;
    let asked = request.duration_seconds.unwrap_or(DEFAULT_SECONDS);
    let (owner_id, seconds) = match &cx.caller {
        Caller::User(user, _) => (user.id.clone(), asked),
        _ => (UniqueId::of_root(&cx.account_id), asked.min(ROOT_SECONDS)),
    };
    let policies = SessionPolicies::read(cx, &cx.account_id, request.policy.as_ref(), &request.policy_arns).await?;
    let issued_at = cx.now().millis();
    let session = FederatedSession {
        account_id: cx.account_id.clone(),
        owner_id,
        name: request.name,
        // SECURITY: without any, they may nothing.
        policies: policies.inline.unwrap_or_default(),
        managed_policies: policies.managed,
        tags: request.tags,
        issued_at,
        expires_at: issued_at + seconds * 1000,
    };
    let federated_user = FederatedUser { federated_user_id: session.user_id(), arn: session.arn() };
    let held = Held::Federated { federated: session };
    let credentials = session::issue(&cx.keys.credentials, held, &mut cx.rng()).map_err(StoreError::from)?;
    Ok(Response { credentials: credentials.into(), federated_user, packed_policy_size: policies.packed_size })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::operation::{Access, Operation};
    use crate::services::sts::operations;
    use crate::testing::{ACCOUNT, TestApp, TestCaller};

    fn policy(action: &str) -> String {
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string()
    }

    fn holder<'a>(app: &'a TestApp, answer: &Value) -> TestCaller<'a> {
        let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
        app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")))
    }

    #[actix_web::test]
    async fn they_may_what_both_the_users_policies_and_the_sessions_allow() {
        let app = TestApp::new().await;
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": ["sts:*", "cognito-idp:ListUserPools", "iam:*"], "Resource": "*"},
                {"Effect": "Allow", "Action": "cognito-identity:ListIdentityPools", "Resource": "*",
                 "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}},
            ]))
            .await;
        let give = async |more: Value| {
            let mut request = json!({"Name": "bob"});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            ann.call("GetFederationToken", request).await
        };
        let answer = give(json!({"Policy": policy("*")})).await.ok();
        let arn = format!("arn:aws:sts::{ACCOUNT}:federated-user/bob");
        assert_eq!(answer["FederatedUser"], json!({"FederatedUserId": format!("{ACCOUNT}:bob"), "Arn": arn}));
        let bob = holder(&app, &answer);
        let who = bob.call("GetCallerIdentity", json!({})).await.ok();
        assert_eq!((&who["Arn"], &who["UserId"], &who["Account"]), (&json!(arn), &json!(format!("{ACCOUNT}:bob")), &json!(ACCOUNT)));
        let lists = async |who: &TestCaller<'_>| who.call("ListUserPools", json!({"MaxResults": 1})).await.code();
        assert_eq!(lists(&bob).await, "");
        assert_eq!(bob.call("ListIdentityPools", json!({"MaxResults": 1})).await.code(), "AccessDeniedException");
        // More than the user may nobody gets, less than the session says nobody either; and without a policy nothing.
        assert_eq!(bob.call("CreateUserPool", json!({"PoolName": "p"})).await.code(), "AccessDeniedException");
        for more in [json!({}), json!({"Policy": policy("notes:*")})] {
            assert_eq!(lists(&holder(&app, &give(more.clone()).await.ok())).await, "AccessDeniedException", "{more}");
        }
        let managed = json!({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]});
        assert_eq!(lists(&holder(&app, &give(managed).await.ok())).await, "");
        // Tags are the session's.
        let tagged = json!({"Policy": policy("*"), "Tags": [{"Key": "team", "Value": "red"}]});
        holder(&app, &give(tagged).await.ok()).call("ListIdentityPools", json!({"MaxResults": 1})).await.ok();
        // IAM and STS are closed to them, but for who they are.
        assert_eq!(bob.call("iam:ListUsers", json!({})).await.code(), "InvalidClientTokenId");
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": [ACCOUNT, "*"]}, "Action": "sts:AssumeRole"}]);
        let role = app.role("App", trust).await;
        let closed = [
            ("AssumeRole", json!({"RoleArn": role, "RoleSessionName": "test"})),
            ("GetFederationToken", json!({"Name": "carl"})),
            ("GetSessionToken", json!({})),
            ("GetAccessKeyInfo", json!({"AccessKeyId": app.root_key().0})),
            ("DecodeAuthorizationMessage", json!({"EncodedMessage": "x"})),
        ];
        let is_public = |operation: &Operation| matches!(operation.access, Access::Public(_));
        let signed = operations().into_iter().filter(|operation| !is_public(operation)).map(|operation| operation.name);
        for operation in signed.filter(|name| *name != "GetCallerIdentity") {
            let (_, request) = closed.iter().find(|(name, _)| *name == operation).expect(operation);
            assert_eq!(bob.call(operation, request.clone()).await.code(), "AccessDenied", "{operation}");
        }
        // A policy of the user's that is taken away is taken from them; and they end with the user, and with their time.
        let deny = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "cognito-idp:*", "Resource": "*"}});
        app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "q", "PolicyDocument": deny.to_string()})).await.ok();
        assert_eq!(lists(&bob).await, "AccessDeniedException");
        app.admin().call("DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "q"})).await.ok();
        assert_eq!(lists(&bob).await, "");
        app.advance(Duration::from_secs(43_200));
        assert_eq!(lists(&bob).await, "ExpiredTokenException");
    }

    #[actix_web::test]
    async fn who_vouches_holds_a_lasting_key_and_may() {
        let app = TestApp::new().await;
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": "sts:GetFederationToken", "Resource": format!("arn:aws:sts::{ACCOUNT}:federated-user/b*")},
            ]))
            .await;
        let all = policy("*");
        for (request, code) in [
            (json!({"Name": "bob", "Policy": all}), ""),
            (json!({"Name": "carl", "Policy": all}), "AccessDenied"),
            (json!({"Name": "bob", "Policy": all, "Tags": [{"Key": "a", "Value": "b"}]}), "AccessDenied"),
            (json!({"Name": "bob", "Policy": "{}"}), "MalformedPolicyDocument"),
            (json!({"Name": "bob", "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/None-of-AWS"}]}), "ValidationError"),
        ] {
            assert_eq!(ann.call("GetFederationToken", request.clone()).await.code(), code, "{request}");
        }
        // The root's last an hour, and may what their policies say.
        let answer = app.admin().call("GetFederationToken", json!({"Name": "bob", "Policy": all, "DurationSeconds": 43200})).await.ok();
        let bob = holder(&app, &answer);
        bob.call("ListUserPools", json!({"MaxResults": 1})).await.ok();
        let none = app.admin().call("GetFederationToken", json!({"Name": "bob"})).await.ok();
        assert_eq!(holder(&app, &none).call("ListUserPools", json!({"MaxResults": 1})).await.code(), "AccessDeniedException");
        let twice = json!({"Name": "bob", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "A", "Value": "c"}]});
        assert_eq!(app.admin().call("GetFederationToken", twice).await.code(), "ValidationError");
        let reserved = json!({"Name": "bob", "Tags": [{"Key": "aws:a", "Value": "b"}]});
        assert_eq!(app.admin().call("GetFederationToken", reserved).await.code(), "ValidationError");
        let session = app.admin().call("GetSessionToken", json!({})).await.ok();
        assert_eq!(holder(&app, &session).call("GetFederationToken", json!({"Name": "bob"})).await.code(), "AccessDenied");
        app.advance(Duration::from_secs(3600));
        assert_eq!(bob.call("GetCallerIdentity", json!({})).await.code(), "ExpiredToken");
        // Who is gone vouches for nobody.
        let given = ann.call("GetFederationToken", json!({"Name": "bob", "Policy": all})).await.ok();
        let keys = app.admin().call("ListAccessKeys", json!({"UserName": "ann"})).await.ok()["AccessKeyMetadata"].clone();
        app.admin().call("DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": keys[0]["AccessKeyId"]})).await.ok();
        app.admin().call("DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "p"})).await.ok();
        app.admin().call("iam:DeleteUser", json!({"UserName": "ann"})).await.ok();
        assert_eq!(holder(&app, &given).call("GetCallerIdentity", json!({})).await.code(), "InvalidClientTokenId");
    }
}
