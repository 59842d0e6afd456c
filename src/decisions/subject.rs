//! Whom a decision is about.

use serde::Deserialize;
use serde_json::Value;

use super::door::{Asker, Failure};
use crate::authz::{self, CredentialRefused};
use crate::context::App;
use crate::crypto::ids;
use crate::flows::web_identity::{self, LoginRefused};
use crate::iam::caller::{Caller, RoleSession};
use crate::kit::id::{AccessKeyId, AccountId};
use crate::policy::Principal;
use crate::sigv4::{self, Body, HttpRequest};
use crate::store::{self, StoreError};

/// The kinds of subjects.
const KINDS: &str = "`credentials`, `token`, `principal`, `signed_request`";

/// The name of the session that a role is judged by when the question names the role alone.
const NAMELESS_SESSION: &str = "evaluation";

/// How long such a session would live. It is never issued.
const SESSION_SECONDS: i64 = 3600;

/// A subject as AuthZEN writes it.
#[derive(Deserialize)]
pub struct Subject {
    r#type: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    properties: Value,
}

/// Who a subject is.
pub enum Identified {
    /// Somebody, and the ARN that answers give them.
    Caller(Box<Caller>, String),
    /// Nobody, who may do nothing: why, and the ARN that was asked about.
    Nobody {
        /// Why; absent where that would tell what exists.
        error: Option<String>,
        /// The ARN of the question.
        principal: Option<String>,
    },
}

impl Identified {
    fn caller(caller: Caller) -> Self {
        let shown = caller.principal().to_string();
        Self::Caller(Box::new(caller), shown)
    }

    /// Whoever cannot prove who they are may do nothing.
    fn refused(why: impl ToString) -> Self {
        Self::Nobody { error: Some(why.to_string()), principal: None }
    }
}

impl Subject {
    /// Who it is, if the asker may ask about them.
    pub async fn identify(&self, app: &App, asker: &Asker) -> Result<Identified, Failure> {
        let identified = match self.r#type.as_str() {
            "credentials" => credential(self.by_credentials(app, asker).await)?,
            "signed_request" => credential(self.by_signed_request(app, asker).await?)?,
            "token" => self.by_token(app, asker).await?,
            "principal" => return self.by_arn(app, asker).await,
            other => return Err(Failure::BadRequest(format!("subject.type `{other}` is not one of {KINDS}"))),
        };
        let Identified::Caller(caller, shown) = &identified else { return Ok(identified) };
        // SECURITY: an access key id is no secret. Whoever may not ask about its holder learns nothing of them.
        let by_key = self.r#type == "credentials";
        if !asker.is(caller) {
            match asker.permit(app, EVALUATE_AS, shown).await {
                Err(Failure::Forbidden(_)) if by_key => return Ok(Identified::refused(CredentialRefused::UnknownKey)),
                outcome => outcome?,
            }
        }
        authz::note_role(app, caller, "passwright", &asker.region);
        Ok(identified)
    }

    async fn by_credentials(&self, app: &App, asker: &Asker) -> Result<Caller, CredentialRefused> {
        let token = self.properties.get("session_token").and_then(Value::as_str);
        let caller = of_own_account(authz::holder_of(app, &AccessKeyId::from(self.id.as_str()), token).await?, asker)?;
        if caller.ends_at().is_some_and(|end| app.now() >= end) {
            return Err(CredentialRefused::Expired);
        }
        Ok(caller)
    }

    async fn by_signed_request(&self, app: &App, asker: &Asker) -> Result<Result<Caller, CredentialRefused>, Failure> {
        let malformed = |what: &str| Failure::BadRequest(format!("subject.properties.{what} is missing or malformed"));
        let text = |name: &str| self.properties.get(name).and_then(Value::as_str);
        let method = text("method").ok_or_else(|| malformed("method"))?;
        let url = text("url").ok_or_else(|| malformed("url"))?;
        let (authority, target) = split_url(url);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = if path.is_empty() { "/" } else { path };
        let headers = self.properties.get("headers").and_then(Value::as_object).ok_or_else(|| malformed("headers"))?;
        // A header that is not read would not be asked to be signed.
        let read = |(name, value): (&String, &'_ Value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned()));
        let headers: Option<Vec<(String, String)>> = headers.iter().map(read).collect();
        let headers = headers.ok_or_else(|| malformed("headers"))?;
        // The signature covers the header `host`: a URL of another host would be believed of a request that was not made to it.
        let is_elsewhere = |host: &str| authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host));
        let names_host = |name: &str| name == "host" || name == ":authority";
        if headers.iter().any(|(name, value)| names_host(name) && is_elsewhere(value)) {
            return Err(malformed("url"));
        }
        // HTTP/2 names the host by `:authority`, and not in a header.
        let host = headers.iter().find(|(name, _)| name == ":authority").map(|(_, value)| value.as_str()).or(authority);
        let has_host = headers.iter().any(|(name, _)| name == "host");
        let own = headers.iter().filter(|(name, _)| name != ":authority").map(|(name, value)| (name.as_str(), value.as_bytes()));
        let told = host.filter(|_| !has_host).map(|host| ("host", host.as_bytes()));
        let headers: Vec<(&str, &[u8])> = own.chain(told).collect();
        const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let body = Body::Sha256(text("body_sha256").unwrap_or(EMPTY));
        let request = HttpRequest { method, path, query, headers: &headers, body };
        // SECURITY: before the signature is judged, which would tell whether another account has such a key.
        let key = sigv4::parse(&request).ok().flatten().and_then(|signed| ids::read_access_key_id(&signed.access_key_id));
        if key.is_some_and(|(_, account_id)| asker.caller.account_id() != Some(&account_id)) {
            return Ok(Err(CredentialRefused::UnknownKey));
        }
        Ok(authz::authenticate(app, &request, &[]).await.and_then(|(caller, _)| of_own_account(caller, asker)))
    }

    /// A token is judged by the role that the identity pool would give for it; alone it has none.
    async fn by_token(&self, app: &App, asker: &Asker) -> Result<Identified, Failure> {
        let Some(identity_pool) = self.properties.get("identity_pool_id").and_then(Value::as_str) else {
            return Ok(Identified::refused("subject.properties.identity_pool_id is missing: a token has no role without one"));
        };
        match web_identity::session_of_token(app, &identity_pool.into(), asker.caller.account_id(), &self.id, None).await {
            Ok(session) => Ok(Identified::caller(Caller::Session(session))),
            Err(LoginRefused::Internal(error)) => Err(Failure::Internal(error)),
            Err(refused) => Ok(Identified::refused(refused)),
        }
    }

    /// SECURITY: the asker must be allowed to ask about the ARN before it is looked up, and an ARN of nobody is answered as
    /// that of somebody without policies: the endpoint tells nobody who exists.
    async fn by_arn(&self, app: &App, asker: &Asker) -> Result<Identified, Failure> {
        let own = asker.caller.principal().to_string();
        if self.id == own {
            return Ok(Identified::Caller(Box::new(asker.caller.clone()), own));
        }
        let named = Principal::from_arn(&self.id);
        let named = named.ok_or_else(|| Failure::BadRequest(format!("subject.id `{}` is not the ARN of a principal", self.id)))?;
        asker.permit(app, EVALUATE_AS, &self.id).await?;
        // Another account's principals are that account's to ask about.
        let account = asker.caller.account_id().filter(|own| named.account() == Some(own.as_str()));
        let found = match account {
            Some(account) => look_up(app, account, &self.id).await?,
            None => None,
        };
        Ok(match found {
            Some(caller) => Identified::Caller(Box::new(caller), self.id.clone()),
            None => Identified::Nobody { error: None, principal: Some(self.id.clone()) },
        })
    }
}

const EVALUATE_AS: &str = "passwright:EvaluateAs";

/// Authority, as a `host` header has it (without the scheme's own port), and path with query. A path alone has no authority.
fn split_url(url: &str) -> (Option<&str>, &str) {
    let Some((scheme, rest)) = url.split_once("://") else { return (None, url) };
    let (authority, target) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len())).unwrap_or((rest, ""));
    let own_port = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    (Some(authority.strip_suffix(own_port).unwrap_or(authority)), target)
}

/// SECURITY: who is of another account is that account's to ask about. To others, such keys are unknown: also those that have
/// expired, and those whose signature is wrong.
fn of_own_account(caller: Caller, asker: &Asker) -> Result<Caller, CredentialRefused> {
    if caller.account_id() == asker.caller.account_id() { Ok(caller) } else { Err(CredentialRefused::UnknownKey) }
}

fn credential(outcome: Result<Caller, CredentialRefused>) -> Result<Identified, Failure> {
    match outcome {
        Ok(caller) => Ok(Identified::caller(caller)),
        Err(CredentialRefused::Store(error)) => Err(error.into()),
        Err(refused) => Ok(Identified::refused(refused)),
    }
}

/// The principal of an ARN, as it would be judged: a role by a session of it without session policies.
async fn look_up(app: &App, account_id: &AccountId, asked: &str) -> Result<Option<Caller>, StoreError> {
    if asked == format!("arn:aws:iam::{account_id}:root") {
        return Ok(Some(Caller::Root { account_id: account_id.to_owned(), sign_in: None }));
    }
    let resource = asked.splitn(6, ':').nth(5).unwrap_or_default();
    let (kind, rest) = resource.split_once('/').unwrap_or_default();
    let last = rest.rsplit('/').next().unwrap_or_default();
    let session_of = async |role: &str, session: &str| {
        let role = app.read(async |tx| store::iam::find_role(tx, account_id, role).await).await?;
        let now = app.now().millis();
        Ok::<_, StoreError>(role.map(|role| RoleSession {
            account_id: role.account_id,
            role_name: role.name,
            role_path: role.path,
            role_id: role.id,
            session_name: session.to_owned(),
            policies: None,
            managed_policies: Vec::new(),
            federated_keys: Vec::new(),
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            mfa_at: None,
            issued_at: now,
            expires_at: now + SESSION_SECONDS * 1000,
        }))
    };
    // Names are found in any capitals and without a path; the ARN must be the very one.
    match kind {
        "user" => {
            let user = app.read(async |tx| store::iam::find_user(tx, account_id, last).await).await?;
            Ok(user.filter(|user| user.arn() == asked).map(|user| Caller::User(user, None)))
        }
        "role" => {
            let session = session_of(last, NAMELESS_SESSION).await?;
            Ok(session.filter(|session| session.role_arn() == asked).map(Caller::Session))
        }
        "assumed-role" => {
            let (role, session) = rest.split_once('/').unwrap_or_default();
            let found = session_of(role, session).await?;
            Ok(found.filter(|found| found.arn() == asked && is_session_name(session)).map(Caller::Session))
        }
        _ => Ok(None),
    }
}

/// What AssumeRole would take (STS's model, `roleSessionNameType`).
fn is_session_name(text: &str) -> bool {
    (2..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_signed_request_tells_nothing_of_another_accounts_keys() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let key = app.admin().call("iam:CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"]["AccessKeyId"].clone();
        let credential = format!("{}/20270115/us-east-1/notes/aws4_request", key.as_str().unwrap());
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature={}", "0".repeat(64));
        let headers = json!({"host": "notes.test", "x-amz-date": "20270115T080000Z", "authorization": authorization});
        let question = json!({
            "subject": {"type": "signed_request", "properties": {"method": "GET", "url": "https://notes.test/", "headers": headers}},
            "action": {"name": "notes:Read"}, "resource": {"type": "arn", "id": "arn:aws:s3:::notes"}})
        .to_string();
        let json = vec![("content-type".to_owned(), "application/json".to_owned())];
        let other = app.root_of("111111111111").await;
        let mut errors = Vec::new();
        for asker in [app.admin(), other] {
            let answer = asker.send("passwright", Method::POST, "/access/v1/evaluation", json.clone(), question.clone().into_bytes()).await;
            errors.push(answer.ok()["context"]["error"].as_str().unwrap().to_owned());
        }
        let [own, others] = errors.try_into().unwrap();
        assert!(own.contains("signature"), "{own}");
        assert_eq!(others, "The security token included in the request is invalid.");
    }
}
