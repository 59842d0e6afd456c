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
use crate::iam::entity::{Role, Tag};
use crate::iam::session_tags;
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
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
    source_identity: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
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
        // Who began a chain of roles stays who they are (IAM user guide, "Monitor and control actions taken with assumed roles").
        let begun_by = match &cx.caller {
            Caller::Session(session) => session.source_identity.as_ref(),
            _ => None,
        };
        let source_identity = begun_by.or(self.source_identity.as_ref());
        if self.source_identity.as_ref().is_some_and(|asked| Some(asked) != source_identity) {
            return Err(Fault::AccessDenied(authz::denial_in_short(&cx.caller, SET_SOURCE_IDENTITY, &self.role_arn)));
        }
        let mut actions = vec!["sts:AssumeRole"];
        actions.extend((!self.tags.is_empty()).then_some("sts:TagSession"));
        actions.extend(source_identity.map(|_| SET_SOURCE_IDENTITY));
        let ask = |action: &'static str| {
            let ask = Ask::to_assume(&role).action(action).key("sts:RoleSessionName", self.role_session_name.as_str());
            let ask = ask.request_tags(&self.tags).list("sts:TransitiveTagKeys", &self.transitive_tag_keys);
            let ask = source_identity.iter().fold(ask, |ask, who| ask.key("sts:SourceIdentity", who.as_str()));
            let ask = self.external_id.iter().fold(ask, |ask, id| ask.key("sts:ExternalId", id.as_str()));
            match mfa_at {
                Some(_) => ask.key(MFA_PRESENT, "true").key(MFA_AGE, "0"),
                None => ask,
            }
        };
        let asks = actions.into_iter().map(ask).collect();
        let source_identity = source_identity.cloned();
        Ok(Resolved { found: Ok(Assumed { role, mfa_at, source_identity }), asks })
    }
}

/// A role, when whoever assumes it showed a code of their MFA device, and who is at the chain's beginning.
pub struct Assumed {
    role: Role,
    mfa_at: Option<Timestamp>,
    source_identity: Option<String>,
}

/// What it takes to say who begins a chain of roles, and to go on with it.
const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";

/// The tags of the session, and the keys of those that go on from it: what was inherited, and what is given.
fn tags(inherited: Vec<Tag>, given: Vec<Tag>, transitive: Vec<String>) -> Result<(Vec<Tag>, Vec<String>), Error> {
    if let Some(key) = transitive.iter().find(|key| !given.iter().any(|tag| tag.key == **key)) {
        return Err(Error::Validation(format!("The transitive tag key {key} is the key of no tag that is passed.")));
    }
    let keys = inherited.iter().map(|tag| tag.key.clone()).chain(transitive).collect();
    let tags: Vec<Tag> = inherited.into_iter().chain(given).collect();
    // One that is inherited is given by nobody anew: two of one key are refused (API reference, AssumeRole, Tags).
    session_tags::check(&tags).map_err(|refused| Error::Validation(refused.to_string()))?;
    Ok((tags, keys))
}

pub async fn handle(cx: &Context, Assumed { role, mfa_at, source_identity }: Assumed, request: Request) -> Result<Response, Error> {
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
    let inherited = match &cx.caller {
        Caller::Session(session) => session.transitive_tags(),
        _ => Vec::new(),
    };
    let (tags, transitive_tag_keys) = tags(inherited, request.tags, request.transitive_tag_keys)?;
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
        tags,
        transitive_tag_keys,
        source_identity: source_identity.clone(),
        mfa_at: mfa_at.map(|at| at.millis()),
        issued_at: now.millis(),
        expires_at: now.millis() + seconds * 1000,
    };
    let assumed_role_user = AssumedRoleUser::of(&session);
    let credentials = session::issue(&cx.keys.credentials, Held::Role(session), &mut cx.rng()).map_err(StoreError::from)?;
    Ok(Response { credentials: credentials.into(), assumed_role_user, packed_policy_size: policies.packed_size, source_identity })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp, TestCaller};

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

    /// Who is to be allowed what of a role by its own trust policy: the account is, so that each one's policies decide.
    async fn role(app: &TestApp, name: &str, actions: Value, condition: Value) -> String {
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": actions, "Condition": condition}]);
        app.role(name, trust).await
    }

    async fn may(app: &TestApp, role: &str, statements: Value) {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        app.admin().call("PutRolePolicy", json!({"RoleName": role, "PolicyName": "p", "PolicyDocument": policy})).await.ok();
    }

    fn holder<'a>(app: &'a TestApp, answer: &Value) -> TestCaller<'a> {
        let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
        app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")))
    }

    fn request(role: &str, more: Value) -> Value {
        let mut request = json!({"RoleArn": role, "RoleSessionName": "test"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    }

    /// V7.
    #[actix_web::test]
    async fn tags_are_given_to_a_session_by_who_may_and_those_that_go_on_are_set_once() {
        let app = TestApp::new().await;
        let teams = json!({"StringLike": {"aws:RequestTag/team": "r*"}, "ForAllValues:StringEquals": {"sts:TransitiveTagKeys": "team"}});
        let tagging = role(&app, "App", json!(["sts:AssumeRole", "sts:TagSession"]), teams).await;
        let plain = role(&app, "Plain", json!("sts:AssumeRole"), json!({})).await;
        let next = role(&app, "Next", json!(["sts:AssumeRole", "sts:TagSession"]), json!({})).await;
        let by_team = json!({"StringEquals": {"aws:PrincipalTag/team": "red"}});
        let lists = json!({"Effect": "Allow", "Action": "iam:ListUsers", "Resource": ALL, "Condition": by_team});
        let chains = json!({"Effect": "Allow", "Action": "sts:*", "Resource": ALL});
        for name in ["App", "Next"] {
            may(&app, name, json!([lists, chains])).await;
        }
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:*", "Resource": ALL}])).await;
        let tags = |value: &str| json!({"Tags": [{"Key": "team", "Value": value}], "TransitiveTagKeys": ["team"]});
        for (who, asked, code) in [
            (&tagging, tags("red"), ""),
            (&tagging, tags("blue"), "AccessDenied"),
            (&tagging, json!({}), "AccessDenied"),
            (&plain, json!({}), ""),
            (&plain, tags("red"), "AccessDenied"),
            (&next, json!({"Tags": [{"Key": "a", "Value": "b"}], "TransitiveTagKeys": ["team"]}), "ValidationError"),
            (&next, json!({"Tags": [{"Key": "a", "Value": "b"}, {"Key": "A", "Value": "c"}]}), "ValidationError"),
            (&next, json!({"Tags": [{"Key": "aws:a", "Value": "b"}]}), "ValidationError"),
        ] {
            assert_eq!(ann.call("AssumeRole", request(who, asked.clone())).await.code(), code, "{who} {asked}");
        }
        let first = holder(&app, &ann.call("AssumeRole", request(&tagging, tags("red"))).await.ok());
        first.call("iam:ListUsers", json!({})).await.ok();
        // It goes on to the next session, where nobody gives it anew, in whatever letters; and to the one after that.
        for tag in [json!({"Key": "team", "Value": "blue"}), json!({"Key": "TEAM", "Value": "red"})] {
            assert_eq!(first.call("AssumeRole", request(&next, json!({"Tags": [tag]}))).await.code(), "ValidationError", "{tag}");
        }
        let more = json!({"Tags": [{"Key": "shift", "Value": "night"}]});
        let second = holder(&app, &first.call("AssumeRole", request(&next, more)).await.ok());
        second.call("iam:ListUsers", json!({})).await.ok();
        let third = holder(&app, &second.call("AssumeRole", request(&next, json!({}))).await.ok());
        third.call("iam:ListUsers", json!({})).await.ok();
        // One that was not said to go on does not.
        let only_here = json!({"Tags": [{"Key": "team", "Value": "red"}]});
        let held = holder(&app, &ann.call("AssumeRole", request(&next, only_here)).await.ok());
        held.call("iam:ListUsers", json!({})).await.ok();
        let gone = holder(&app, &held.call("AssumeRole", request(&next, json!({}))).await.ok());
        assert_eq!(gone.call("iam:ListUsers", json!({})).await.code(), "AccessDenied");
        // Who may not tag sessions by their own policies does not, whatever the role says.
        let deny =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sts:TagSession", "Resource": ALL}}).to_string();
        app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "deny", "PolicyDocument": deny})).await.ok();
        assert_eq!(ann.call("AssumeRole", request(&next, json!({}))).await.code(), "");
        assert_eq!(ann.call("AssumeRole", request(&next, tags("red"))).await.code(), "AccessDenied");
    }

    /// V7.
    #[actix_web::test]
    async fn who_begins_a_chain_of_roles_is_said_once_by_who_may_and_stays() {
        let app = TestApp::new().await;
        let own = json!({"StringLike": {"sts:SourceIdentity": "${aws:username}"}});
        let first = role(&app, "First", json!(["sts:AssumeRole", "sts:SetSourceIdentity"]), own).await;
        let next = role(&app, "Next", json!(["sts:AssumeRole", "sts:SetSourceIdentity"]), json!({})).await;
        let closed = role(&app, "Closed", json!("sts:AssumeRole"), json!({})).await;
        let by_ann = json!({"StringEquals": {"aws:SourceIdentity": "ann"}});
        let lists = json!({"Effect": "Allow", "Action": "iam:ListUsers", "Resource": ALL, "Condition": by_ann});
        let chains = json!({"Effect": "Allow", "Action": "sts:*", "Resource": ALL});
        for name in ["First", "Next"] {
            may(&app, name, json!([lists, chains])).await;
        }
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:*", "Resource": ALL}])).await;
        let by = |who: &str| json!({"SourceIdentity": who});
        for (asked, code) in [(by("ann"), ""), (by("ben"), "AccessDenied"), (json!({}), "AccessDenied"), (by("a"), "ValidationError")] {
            assert_eq!(ann.call("AssumeRole", request(&first, asked.clone())).await.code(), code, "{asked}");
        }
        assert_eq!(ann.call("AssumeRole", request(&closed, by("ann"))).await.code(), "AccessDenied");
        let answer = ann.call("AssumeRole", request(&first, by("ann"))).await.ok();
        assert_eq!(answer["SourceIdentity"], "ann");
        let session = holder(&app, &answer);
        session.call("iam:ListUsers", json!({})).await.ok();
        let chained = session.call("AssumeRole", request(&next, json!({}))).await.ok();
        assert_eq!(chained["SourceIdentity"], "ann");
        holder(&app, &chained).call("iam:ListUsers", json!({})).await.ok();
        session.call("AssumeRole", request(&next, by("ann"))).await.ok();
        assert_eq!(session.call("AssumeRole", request(&next, by("ben"))).await.code(), "AccessDenied");
        assert_eq!(session.call("AssumeRole", request(&closed, json!({}))).await.code(), "AccessDenied", "it would be lost there");
        let nobody = holder(&app, &ann.call("AssumeRole", request(&next, json!({}))).await.ok());
        assert_eq!(nobody.call("iam:ListUsers", json!({})).await.code(), "AccessDenied");
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
