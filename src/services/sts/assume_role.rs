//! AssumeRole: temporary credentials of a role that trusts the caller.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::errors::Error;
use super::session_policies::{PolicyDescriptor, SessionPolicies};
use super::{mfa, no_federated_user};
use crate::authz;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::caller::{Caller, MFA_AGE, MFA_PRESENT, RoleSession};
use crate::iam::entity::Role;
use crate::kit::clock::Timestamp;
use crate::kit::id::AccessKeyId;
use crate::operation::{Ask, Asks, Fault, Resolved, unsupported};
use crate::store::{self, StoreError};
use crate::tokens::session::{self, Credentials, Held};

/// A session of a role that a session of a role assumes lives for an hour at most (IAM user guide, "role chaining").
const CHAINED_SECONDS: i64 = 3600;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    external_id: Option<String>,
    serial_number: Option<String>,
    token_code: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credentials: CredentialsAnswer,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumedRoleUser {
    assumed_role_id: String,
    arn: Arn,
}

impl AssumedRoleUser {
    /// Whoever has a session of a role.
    pub fn of(session: &RoleSession) -> Self {
        Self { assumed_role_id: session.user_id(), arn: session.arn() }
    }
}

/// Credentials.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialsAnswer {
    access_key_id: AccessKeyId,
    secret_access_key: String,
    session_token: String,
    expiration: Timestamp,
}

impl From<Credentials> for CredentialsAnswer {
    fn from(credentials: Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose_secret().to_owned(),
            session_token: credentials.session_token,
            expiration: credentials.expires_at,
        }
    }
}

impl Asks for Request {
    type Found = Assumed;

    /// A role that is not there is denied in the same words as one that does not trust the caller.
    async fn resolve(&self, cx: &Context) -> Result<Resolved<Assumed>, Fault> {
        no_federated_user(cx)?;
        // The root has no role to play (IAM user guide: "Roles cannot be assumed by root accounts").
        if let Caller::Root { .. } = cx.caller
            && cx.mode == crate::config::Mode::Serve
        {
            return Err(Fault::AccessDenied("Roles may not be assumed by root accounts.".to_owned()));
        }
        let denied = || Fault::AccessDenied(authz::denial_in_short(&cx.caller, "sts:AssumeRole", &self.role_arn));
        let role = cx.read(async |tx| store::iam::find_role_by_arn(tx, &self.role_arn).await).await?.ok_or_else(denied)?;
        // The trust policy may ask for a code, so it is judged before.
        let mfa_at = mfa::shown(cx, self.serial_number.as_deref(), self.token_code.as_deref()).await?;
        let ask = Ask::to_assume(&role).key("sts:RoleSessionName", self.role_session_name.as_str());
        let ask = self.external_id.iter().fold(ask, |ask, id| ask.key("sts:ExternalId", id.as_str()));
        let ask = match mfa_at {
            Some(_) => ask.key(MFA_PRESENT, "true").key(MFA_AGE, "0"),
            None => ask,
        };
        Ok(Resolved::one(Ok(Assumed { role, mfa_at }), ask))
    }
}

/// A role, and when whoever assumes it showed a code of their MFA device.
pub struct Assumed {
    role: Role,
    mfa_at: Option<Timestamp>,
}

pub async fn handle(cx: &Context, Assumed { role, mfa_at }: Assumed, request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    let policies = SessionPolicies::read(cx, &role.account_id, request.policy.as_ref(), &request.policy_arns).await?;
    let chained = matches!(cx.caller, Caller::Session(_));
    let most = if chained { CHAINED_SECONDS } else { role.max_session_seconds };
    let seconds = request.duration_seconds.unwrap_or(CHAINED_SECONDS.min(most));
    if seconds > most {
        let limit = if chained {
            "the 1 hour session limit for roles assumed by role chaining"
        } else {
            "the MaxSessionDuration set for this role"
        };
        return Err(Error::Validation(format!("The requested DurationSeconds exceeds {limit}.")));
    }
    let tags = match &cx.caller {
        Caller::Session(session) => session.transitive_tags(),
        _ => Vec::new(),
    };
    let now = cx.now();
    let session = RoleSession {
        account_id: role.account_id,
        role_name: role.name,
        role_path: role.path,
        role_id: role.id,
        session_name: request.role_session_name,
        policies: policies.inline,
        managed_policies: policies.managed,
        federated_keys: Vec::new(),
        transitive_tag_keys: tags.iter().map(|tag| tag.key.clone()).collect(),
        tags,
        mfa_at: mfa_at.map(|at| at.millis()),
        issued_at: now.millis(),
        expires_at: now.millis() + seconds * 1000,
    };
    let assumed_role_user = AssumedRoleUser::of(&session);
    let credentials = session::issue(&cx.keys.credentials, Held::Role(session), &mut cx.rng()).map_err(StoreError::from)?;
    Ok(Response { credentials: credentials.into(), assumed_role_user, packed_policy_size: policies.packed_size })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    const ALL: &str = "*";

    #[actix_web::test]
    async fn a_role_is_assumed_by_the_arn_that_it_has_for_as_long_as_it_says() {
        let app = TestApp::new().await;
        let role = app.role("App", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ALL}])).await;
        let assume = async |role: &str, seconds: i64| {
            ann.call("AssumeRole", json!({"RoleArn": role, "RoleSessionName": "test", "DurationSeconds": seconds})).await
        };
        for (role, seconds, code) in [
            (role.as_str(), 3600, ""),
            (&role.replace("arn:aws:", "arn:aws-cn:"), 3600, "AccessDenied"),
            (&role.replace("role/App", "role/app"), 3600, "AccessDenied"),
            (&role, 3601, "ValidationError"),
        ] {
            assert_eq!(assume(role, seconds).await.code(), code, "{role} for {seconds} s");
        }
    }

    /// V7.
    #[actix_web::test]
    async fn a_chained_session_lives_an_hour_and_no_name_reaches_into_an_arn() {
        let app = TestApp::new().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let role = app.role("App", trust).await;
        app.admin().call("UpdateRole", json!({"RoleName": "App", "MaxSessionDuration": 43200})).await.ok();
        let again =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ALL}}).to_string();
        app.admin().call("PutRolePolicy", json!({"RoleName": "App", "PolicyName": "p", "PolicyDocument": again})).await.ok();
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ALL}])).await;
        let request = |name: &str, seconds: i64| json!({"RoleArn": role, "RoleSessionName": name, "DurationSeconds": seconds});
        let first = ann.call("AssumeRole", request("test", 43_200)).await.ok();
        let text = |name: &str| first["Credentials"][name].as_str().unwrap().to_owned();
        let session = app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")));
        assert_eq!(session.call("AssumeRole", request("test", 3601)).await.code(), "ValidationError");
        session.call("AssumeRole", request("test", 3600)).await.ok();
        for name in ["a", "a/b", "../Admin", "a b", "a:b", "a*", "${aws:username}", "\u{e9}\u{e9}", &"x".repeat(65)] {
            assert_eq!(ann.call("AssumeRole", request(name, 900)).await.code(), "ValidationError", "{name}");
        }
    }

    /// V3.
    #[actix_web::test]
    async fn a_session_token_is_of_its_own_key() {
        let app = TestApp::new().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let role = app.role("App", trust).await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ALL}])).await;
        let mut sessions = Vec::new();
        for _ in 0..2 {
            let request = json!({"RoleArn": role, "RoleSessionName": "test"});
            sessions.push(ann.call("AssumeRole", request).await.ok()["Credentials"].clone());
        }
        let text = |session: usize, name: &str| sessions[session][name].as_str().unwrap().to_owned();
        let (id, secret) = app.root_key();
        for (id, secret, token) in [
            (text(0, "AccessKeyId"), text(0, "SecretAccessKey"), text(1, "SessionToken")),
            (text(1, "AccessKeyId"), text(0, "SecretAccessKey"), text(0, "SessionToken")),
            (id.clone(), secret.expose_secret().to_owned(), text(0, "SessionToken")),
        ] {
            let refused = app.holder_of(&id, &secret, Some(&token)).call("GetCallerIdentity", json!({})).await;
            assert_eq!(refused.code(), "InvalidClientTokenId", "{id}");
        }
        let own = app.holder_of(&text(0, "AccessKeyId"), &text(0, "SecretAccessKey"), Some(&text(0, "SessionToken")));
        own.call("GetCallerIdentity", json!({})).await.ok();
    }

    #[actix_web::test]
    async fn no_trust_policy_makes_a_guest_more_than_a_guest() {
        let app = TestApp::new().await;
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
        let guests = app
            .role(
                "Guests",
                json!([{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
                        "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}}}]),
            )
            .await;
        let roles = json!({"IdentityPoolId": pool, "Roles": {"unauthenticated": guests}});
        app.admin().call("SetIdentityPoolRoles", roles).await.ok();
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].clone();
        let answer = app.anonymous().call("GetCredentialsForIdentity", json!({"IdentityId": identity})).await.ok();
        let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
        let guest = app.holder_of(&text("AccessKeyId"), &text("SecretKey"), Some(&text("SessionToken")));
        let own = guest.call("GetCallerIdentity", json!({})).await.ok()["Arn"].clone();
        for (name, principal) in [("Everyone", json!(ALL)), ("Session", own), ("Role", json!(guests))] {
            let role = app.role(name, json!([{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}])).await;
            let assumed = guest.call("AssumeRole", json!({"RoleArn": role, "RoleSessionName": "test"})).await;
            assert_eq!(assumed.code(), "AccessDenied", "{name}");
        }
    }
}
