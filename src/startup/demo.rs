//! `dev --demo`: what a first look needs, made once, by the very operations that anybody calls.
//!
//! Every step looks first whether it was taken, so that a start that was killed is completed by the next.

mod guide;
mod listing;
mod record;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

pub use guide::guide;

use self::listing::{CLIENTS, IDENTITY_POOLS, Listing, USER_POOLS};
use self::record::Record;
use crate::context::{Act, App};
use crate::crypto::totp::TotpSeed;
use crate::iam::caller::Caller;
use crate::iam::origin::Origin;
use crate::kit::secret::Secret;
use crate::store::StoreError;
use crate::wire::dispatch;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

const CLIENT_ID: &str = "/UserPoolClient/ClientId";
const CLIENT_SECRET: &str = "/UserPoolClient/ClientSecret";
const IDENTITY_POOL_ID: &str = "/IdentityPoolId";

/// What the pools are called.
const NAME: &str = "demo";
/// Where a browser app usually runs that somebody writes.
const HOME: &str = "http://localhost:3000/";
const MEMBER_ROLE: &str = "demo-member";
const GUEST_ROLE: &str = "demo-guest";

/// The users and their passwords, which are no secrets: they stand here, and `dev` listens on loopback only.
const ALICE: (&str, &str) = ("alice", "Alice-reads-notes-1");
const BOB: (&str, &str) = ("bob", "Bob-writes-notes-2");

/// The API that the machine calls: its identifier, and its scopes with what they are for.
const API: &str = "notes";
const SCOPES: [(&str, &str); 2] = [("read", "Read notes"), ("write", "Write notes")];

/// The authenticator is enrolled by the code of so long ago: the present one stays fresh for whoever signs in.
const EARLIER: Duration = Duration::from_secs(30);

/// What there is, and what is needed to use it.
pub struct Demo {
    region: String,
    sign_in_page: Option<String>,
    user_pool_id: String,
    browser_client_id: String,
    server_client_id: String,
    server_client_secret: Secret,
    machine_client_id: String,
    machine_client_secret: Secret,
    identity_pool_id: String,
    /// Base32, as authenticator apps take it.
    totp_secret: Secret,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoRefused {
    /// An operation that was refused: its name, and the error's code and message.
    #[error("--demo: {0}: {1}: {2}")]
    Operation(&'static str, String, String),
    /// An answer without a member.
    #[error("--demo: an answer has no {0}")]
    Answer(&'static str),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the demo, or finds it.
///
/// # Errors
/// [`DemoRefused`].
pub async fn make(app: &Arc<App>) -> Result<Demo, DemoRefused> {
    let act = Act {
        caller: Caller::Root { account_id: app.first_account_id.clone(), sign_in: None },
        region: app.default_region.clone(),
        origin: Origin::default(),
    };
    Root { app, act }.make().await
}

/// The account's root at work.
struct Root<'a> {
    app: &'a Arc<App>,
    act: Act,
}

impl Root<'_> {
    async fn make(&self) -> Result<Demo, DemoRefused> {
        let mut record = Record::begin(self.app).await?;
        let user_pool_id = self.user_pool(&mut record).await?;
        let browser = json!({
            "UserPoolId": user_pool_id, "ClientName": "browser", "PreventUserExistenceErrors": "ENABLED",
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"], "CallbackURLs": [HOME], "LogoutURLs": [HOME],
            "AllowedOAuthScopes": ["openid", "email", "profile", "aws.cognito.signin.user.admin"],
        });
        let server = json!({
            "UserPoolId": user_pool_id, "ClientName": "server", "PreventUserExistenceErrors": "ENABLED", "GenerateSecret": true,
            "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        let machine = json!({
            "UserPoolId": user_pool_id, "ClientName": "machine", "PreventUserExistenceErrors": "ENABLED", "GenerateSecret": true,
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["client_credentials"],
            "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthScopes": SCOPES.map(|(name, _)| format!("{API}/{name}")),
        });
        let (browser, server) =
            (self.client(&user_pool_id, "browser", browser).await?, self.client(&user_pool_id, "server", server).await?);
        self.api(&user_pool_id).await?;
        let machine = self.client(&user_pool_id, "machine", machine).await?;
        let (browser_client_id, server_client_id) = (text(&browser, CLIENT_ID)?, text(&server, CLIENT_ID)?);
        self.user(&user_pool_id, ALICE).await?;
        let bob = self.user(&user_pool_id, BOB).await?;
        let totp_secret = self.authenticator(&bob, &browser_client_id, &mut record).await?;
        let identity_pool_id = self.identity_pool(&user_pool_id, [&browser_client_id, &server_client_id], &mut record).await?;
        Ok(Demo {
            region: self.act.region.clone(),
            sign_in_page: self.sign_in_page(&user_pool_id, &browser),
            user_pool_id,
            browser_client_id,
            server_client_id,
            server_client_secret: text(&server, CLIENT_SECRET)?.into(),
            machine_client_id: text(&machine, CLIENT_ID)?,
            machine_client_secret: text(&machine, CLIENT_SECRET)?.into(),
            identity_pool_id,
            totp_secret,
        })
    }

    /// Where the browser app's users sign in; nothing for one that an earlier release made, which used no pages. The challenge is that
    /// of RFC 7636, appendix B: what comes back is for nobody to use.
    fn sign_in_page(&self, pool_id: &str, browser: &Value) -> Option<String> {
        let uses = browser.pointer("/UserPoolClient/AllowedOAuthFlowsUserPoolClient") == Some(&Value::Bool(true));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &text(browser, CLIENT_ID).ok()?).append_pair("response_type", "code");
        query.append_pair("redirect_uri", HOME).append_pair("code_challenge_method", "S256");
        query.append_pair("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        uses.then(|| format!("{}/{pool_id}/login?{}", self.app.public_url, query.finish()))
    }

    async fn user_pool(&self, record: &mut Record) -> Result<String, DemoRefused> {
        let found = match (&record.user_pool_id, record.resumes) {
            (Some(id), _) => {
                let described = self.find(Service::CognitoIdp, "DescribeUserPool", json!({"UserPoolId": id})).await?;
                described.map(|_| id.clone())
            }
            // A start that was killed may have made one and not recorded it.
            (None, true) => self.named(&USER_POOLS, NAME, json!({})).await?,
            (None, false) => None,
        };
        let id = match found {
            Some(id) => id,
            None => {
                record.forget_user_pool(self.app).await?;
                let pool = json!({
                    "PoolName": NAME, "AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OPTIONAL",
                    "Policies": {"PasswordPolicy": {
                        "MinimumLength": 12, "RequireLowercase": true, "RequireUppercase": true, "RequireNumbers": true,
                    }},
                });
                text(&self.call(Service::CognitoIdp, "CreateUserPool", pool).await?, "/UserPool/Id")?
            }
        };
        record.user_pool_id = Some(id.clone());
        record.save(self.app).await?;
        Ok(id)
    }

    /// The API of the pool that the machine calls.
    async fn api(&self, pool_id: &str) -> Result<(), DemoRefused> {
        let server = json!({"UserPoolId": pool_id, "Identifier": API});
        if self.find(Service::CognitoIdp, "DescribeResourceServer", server.clone()).await?.is_none() {
            let scopes = SCOPES.map(|(name, about)| json!({"ScopeName": name, "ScopeDescription": about}));
            self.call(Service::CognitoIdp, "CreateResourceServer", with(&server, json!({"Name": "Notes", "Scopes": scopes}))).await?;
        }
        Ok(())
    }

    /// An app client of the pool.
    async fn client(&self, pool_id: &str, name: &str, new: Value) -> Result<Value, DemoRefused> {
        let pool = json!({"UserPoolId": pool_id});
        match self.named(&CLIENTS, name, pool.clone()).await? {
            Some(id) => self.call(Service::CognitoIdp, "DescribeUserPoolClient", with(&pool, json!({"ClientId": id}))).await,
            None => self.call(Service::CognitoIdp, "CreateUserPoolClient", new).await,
        }
    }

    /// A user whose address is verified and whose password is their own; as AdminGetUser tells of them.
    async fn user(&self, pool_id: &str, (name, password): (&str, &str)) -> Result<Value, DemoRefused> {
        let user = json!({"UserPoolId": pool_id, "Username": name});
        let found = self.find(Service::CognitoIdp, "AdminGetUser", user.clone()).await?;
        if found.is_none() {
            let address = [("email", format!("{name}@example.com")), ("email_verified", "true".to_owned())];
            let attributes: Vec<Value> = address.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
            let new = with(&user, json!({"UserAttributes": attributes, "MessageAction": "SUPPRESS"}));
            self.call(Service::CognitoIdp, "AdminCreateUser", new).await?;
        }
        if let Some(found) = found.filter(|found| found.get("UserStatus").is_some_and(|status| status == "CONFIRMED")) {
            return Ok(found);
        }
        let permanent = with(&user, json!({"Password": password, "Permanent": true}));
        self.call(Service::CognitoIdp, "AdminSetUserPassword", permanent).await?;
        self.call(Service::CognitoIdp, "AdminGetUser", user).await
    }

    /// Bob's authenticator: enrolled as his own app would, and its secret kept to be told again.
    async fn authenticator(&self, bob: &Value, client_id: &str, record: &mut Record) -> Result<Secret, DemoRefused> {
        let is_enrolled = bob.get("PreferredMfaSetting").is_some_and(|preferred| preferred == "SOFTWARE_TOKEN_MFA");
        if let Some(secret) = record.totp_secret(self.app).filter(|_| is_enrolled) {
            return Ok(secret);
        }
        let (name, password) = BOB;
        let sign_in = json!({
            "ClientId": client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": name, "PASSWORD": password},
        });
        let signed_in = self.call(Service::CognitoIdp, "InitiateAuth", sign_in).await?;
        let access = json!({"AccessToken": text(&signed_in, "/AuthenticationResult/AccessToken")?});
        let associated = self.call(Service::CognitoIdp, "AssociateSoftwareToken", access.clone()).await?;
        let secret = Secret::from(text(&associated, "/SecretCode")?);
        // Before it counts: an authenticator whose secret nobody was told would shut him out.
        record.keep_totp_secret(self.app, &secret)?;
        record.save(self.app).await?;
        let code = TotpSeed::from_base32(secret.expose_secret()).and_then(|seed| seed.code_at(self.app.now().minus(EARLIER)));
        let code = code.ok_or(DemoRefused::Answer("/SecretCode"))?;
        self.call(Service::CognitoIdp, "VerifySoftwareToken", with(&access, json!({"UserCode": code}))).await?;
        let preferred = json!({"SoftwareTokenMfaSettings": {"Enabled": true, "PreferredMfa": true}});
        self.call(Service::CognitoIdp, "SetUserMFAPreference", with(&access, preferred)).await?;
        // The sign-in has served.
        self.call(Service::CognitoIdp, "GlobalSignOut", access).await?;
        Ok(secret)
    }

    /// The identity pool, its two roles, and what members may do.
    async fn identity_pool(&self, user_pool_id: &str, clients: [&str; 2], record: &mut Record) -> Result<String, DemoRefused> {
        let provider = provider(&self.act.region, user_pool_id);
        let found = match (&record.identity_pool_id, record.resumes) {
            (Some(id), _) => self.find(Service::CognitoIdentity, "DescribeIdentityPool", json!({"IdentityPoolId": id})).await?,
            (None, true) => {
                let id = self.named(&IDENTITY_POOLS, NAME, json!({})).await?;
                id.map(|id| json!({"IdentityPoolId": id}))
            }
            (None, false) => None,
        };
        let providers = clients.map(|client_id| json!({"ProviderName": provider, "ClientId": client_id}));
        let pool = json!({"IdentityPoolName": NAME, "AllowUnauthenticatedIdentities": true, "CognitoIdentityProviders": providers});
        let pool = match found {
            Some(found) if found.pointer("/CognitoIdentityProviders/0/ProviderName").is_some_and(|found| *found == provider) => found,
            // Of a user pool that is gone, or of a start that was killed.
            Some(found) => {
                let update = with(&pool, json!({"IdentityPoolId": text(&found, IDENTITY_POOL_ID)?}));
                self.call(Service::CognitoIdentity, "UpdateIdentityPool", update).await?
            }
            None => self.call(Service::CognitoIdentity, "CreateIdentityPool", pool).await?,
        };
        let id = text(&pool, IDENTITY_POOL_ID)?;
        record.identity_pool_id = Some(id.clone());
        record.save(self.app).await?;
        let roles = self.call(Service::CognitoIdentity, "GetIdentityPoolRoles", json!({"IdentityPoolId": id})).await?;
        if roles.pointer("/Roles/authenticated").is_some() {
            return Ok(id);
        }
        let member = self.role(MEMBER_ROLE, &id, "authenticated").await?;
        let own_notes = json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "OwnNotes", "Effect": "Allow", "Action": ["notes:Read", "notes:Write"],
            "Resource": format!("arn:aws:notes:*:{}:note/${{cognito-identity.amazonaws.com:sub}}/*", self.app.first_account_id),
        }]});
        let policy = json!({"RoleName": MEMBER_ROLE, "PolicyName": "own-notes", "PolicyDocument": own_notes.to_string()});
        self.call(Service::Iam, "PutRolePolicy", policy).await?;
        let guest = self.role(GUEST_ROLE, &id, "unauthenticated").await?;
        // Last, for a pool with roles is one that is done.
        let roles = json!({"IdentityPoolId": id, "Roles": {"authenticated": member, "unauthenticated": guest}});
        self.call(Service::CognitoIdentity, "SetIdentityPoolRoles", roles).await?;
        Ok(id)
    }

    /// The ARN of a role that trusts one kind of the identity pool's identities.
    async fn role(&self, name: &str, identity_pool_id: &str, kind: &str) -> Result<String, DemoRefused> {
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": identity_pool_id},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": kind},
            },
        }]})
        .to_string();
        if let Some(found) = self.find(Service::Iam, "GetRole", json!({"RoleName": name})).await? {
            // Of an identity pool that is gone.
            let update = json!({"RoleName": name, "PolicyDocument": trust});
            self.call(Service::Iam, "UpdateAssumeRolePolicy", update).await?;
            return text(&found, "/Role/Arn");
        }
        let created = self.call(Service::Iam, "CreateRole", json!({"RoleName": name, "AssumeRolePolicyDocument": trust})).await?;
        text(&created, "/Role/Arn")
    }

    /// The first thing of a name that a list has.
    async fn named(&self, listing: &Listing, name: &str, within: Value) -> Result<Option<String>, DemoRefused> {
        let mut page = with(&within, json!({"MaxResults": LISTED}));
        loop {
            let answer = self.call(listing.service, listing.operation, page.clone()).await?;
            let items = answer.get(listing.items).and_then(Value::as_array).into_iter().flatten();
            let mut ids = items.filter(|item| item.get(listing.name).is_some_and(|found| found == name));
            if let Some(id) = ids.find_map(|item| item.get(listing.id)?.as_str()) {
                return Ok(Some(id.to_owned()));
            }
            match answer.get("NextToken") {
                Some(next) => page = with(&page, json!({"NextToken": next})),
                None => return Ok(None),
            }
        }
    }

    async fn call(&self, service: Service, operation: &'static str, input: Value) -> Result<Value, DemoRefused> {
        let refused = |error: WireError| DemoRefused::Operation(operation, error.code, error.message);
        dispatch::call(self.app, &self.act, service, operation, input).await.map_err(refused)
    }

    /// What an operation tells of a thing; `None` where there is no such thing.
    async fn find(&self, service: Service, operation: &'static str, input: Value) -> Result<Option<Value>, DemoRefused> {
        match self.call(service, operation, input).await {
            Ok(found) => Ok(Some(found)),
            Err(DemoRefused::Operation(_, code, _)) if NOT_FOUND.contains(&code.as_str()) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// As many are listed at once as every list gives.
const LISTED: i64 = 60;

/// The codes of errors that say that something is not there.
const NOT_FOUND: [&str; 3] = ["ResourceNotFoundException", "UserNotFoundException", "NoSuchEntity"];

/// The name that identity pools know a user pool by.
fn provider(region: &str, user_pool_id: &str) -> String {
    format!("cognito-idp.{region}.amazonaws.com/{user_pool_id}")
}

/// A text in an answer, by its pointer (RFC 6901).
fn text(answer: &Value, pointer: &'static str) -> Result<String, DemoRefused> {
    answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned).ok_or(DemoRefused::Answer(pointer))
}

/// Two objects as one.
fn with(some: &Value, more: Value) -> Value {
    let fields = [some.clone(), more].into_iter().filter_map(|object| if let Value::Object(fields) = object { Some(fields) } else { None });
    Value::Object(fields.flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Poll;

    use actix_web::http::Method;
    use futures_util::future::poll_fn;

    use super::*;
    use crate::startup::banner::Style;
    use crate::testing::TestApp;

    /// Runs a start that is killed when it has been polled so often; what it made, unless it was killed.
    async fn killed_after(polls: usize, app: &TestApp) -> Option<Demo> {
        let mut start = pin!(make(&app.app));
        let mut left = polls;
        poll_fn(|cx| {
            left = left.saturating_sub(1);
            match start.as_mut().poll(cx) {
                Poll::Ready(made) => Poll::Ready(Some(made.unwrap())),
                Poll::Pending if left == 0 => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    async fn sign_in(app: &TestApp, demo: &Demo, (name, password): (&str, &str)) -> Value {
        let parameters = json!({"USERNAME": name, "PASSWORD": password});
        let asked = json!({"ClientId": demo.browser_client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        app.anonymous().call("InitiateAuth", asked).await.ok()
    }

    async fn pools(app: &TestApp) -> usize {
        app.admin().call("ListUserPools", json!({"MaxResults": 60})).await.ok()["UserPools"].as_array().unwrap().len()
    }

    #[actix_web::test]
    async fn the_demo_is_made_once_and_told_alike() {
        let app = TestApp::dev().await;
        let first = make(&app.app).await.unwrap();
        let second = make(&app.app).await.unwrap();
        assert_eq!(guide(&first, Style::Plain), guide(&second, Style::Plain));
        assert_eq!(pools(&app).await, 1);
        // What is told of bob's authenticator is what he signs in with.
        let asked = sign_in(&app, &second, BOB).await;
        assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        let seed = TotpSeed::from_base32(second.totp_secret.expose_secret()).unwrap();
        let answers = json!({"USERNAME": "bob", "SOFTWARE_TOKEN_MFA_CODE": seed.code_at(app.app.now()).unwrap()});
        let answer = json!({"ClientId": second.browser_client_id, "ChallengeName": "SOFTWARE_TOKEN_MFA",
                            "Session": asked["Session"], "ChallengeResponses": answers});
        app.anonymous().call("RespondToAuthChallenge", answer).await.ok();
    }

    /// Whether alice's session may read a note of an owner: by default, of her own.
    async fn may_read(app: &TestApp, demo: &Demo, owner: Option<&str>) -> bool {
        let token = sign_in(app, demo, ALICE).await["AuthenticationResult"]["IdToken"].clone();
        let logins = json!({provider("us-east-1", &demo.user_pool_id): token});
        let identity = json!({"IdentityPoolId": demo.identity_pool_id, "Logins": logins});
        let identity = app.anonymous().call("GetId", identity).await.ok()["IdentityId"].as_str().unwrap().to_owned();
        let note = format!("arn:aws:notes:us-east-1:000000000000:note/{}/1", owner.unwrap_or(&identity));
        let question = json!({
            "subject": {"type": "token", "id": token, "properties": {"identity_pool_id": demo.identity_pool_id}},
            "action": {"name": "notes:Read"}, "resource": {"type": "arn", "id": note},
        });
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = question.to_string().into_bytes();
        let answer = app.admin().send("passwright", Method::POST, "/access/v1/evaluation", headers, body).await;
        answer.ok()["decision"].as_bool().unwrap()
    }

    #[actix_web::test]
    async fn alices_session_may_read_her_notes_and_nobody_elses() {
        let app = TestApp::dev().await;
        let demo = make(&app.app).await.unwrap();
        assert!(may_read(&app, &demo, None).await);
        assert!(!may_read(&app, &demo, Some("somebody")).await);
    }

    #[actix_web::test]
    async fn a_start_that_is_killed_at_any_moment_is_completed_by_the_next() {
        let app = TestApp::dev().await;
        let mut polls = 1;
        let demo = loop {
            match killed_after(polls, &app).await {
                Some(demo) => break demo,
                None => polls += 3,
            }
            // A process starts later than a future is polled: what the killed one had sent is done by then.
            app.settled().await;
        };
        assert!(polls > 1, "nothing was killed");
        assert_eq!(pools(&app).await, 1);
        let clients = app.admin().call("ListUserPoolClients", json!({"UserPoolId": demo.user_pool_id})).await.ok();
        let identity_pools = app.admin().call("ListIdentityPools", json!({"MaxResults": 60})).await.ok();
        let count = |answer: &Value, items: &str| answer[items].as_array().unwrap().len();
        assert_eq!((count(&clients, "UserPoolClients"), count(&identity_pools, "IdentityPools")), (3, 1));
        let token = json!({"ClientId": demo.machine_client_id, "Secret": demo.machine_client_secret.expose_secret()});
        app.anonymous().call("GetClientToken", token).await.ok();
        assert!(may_read(&app, &demo, None).await);
        assert_eq!(sign_in(&app, &demo, BOB).await["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    }

    #[actix_web::test]
    async fn what_is_deleted_is_made_anew() {
        let app = TestApp::dev().await;
        let first = make(&app.app).await.unwrap();
        app.admin().call("DeleteUserPool", json!({"UserPoolId": first.user_pool_id})).await.ok();
        app.admin().call("DeleteRolePolicy", json!({"RoleName": MEMBER_ROLE, "PolicyName": "own-notes"})).await.ok();
        let second = make(&app.app).await.unwrap();
        assert_ne!(first.user_pool_id, second.user_pool_id);
        assert_eq!(first.identity_pool_id, second.identity_pool_id);
        assert_eq!(sign_in(&app, &second, BOB).await["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        app.admin().call("DeleteIdentityPool", json!({"IdentityPoolId": second.identity_pool_id})).await.ok();
        let third = make(&app.app).await.unwrap();
        assert_ne!(second.identity_pool_id, third.identity_pool_id);
        assert!(may_read(&app, &third, None).await, "a role trusts the pool that is gone");
    }

    #[actix_web::test]
    async fn pools_of_that_name_that_are_somebodys_stay_theirs() {
        let app = TestApp::dev().await;
        let own = app.admin().call("CreateUserPool", json!({"PoolName": NAME})).await.ok();
        let own_identities = json!({"IdentityPoolName": NAME, "AllowUnauthenticatedIdentities": false});
        let own_identities = app.admin().call("CreateIdentityPool", own_identities).await.ok();
        let demo = make(&app.app).await.unwrap();
        assert_ne!(own["UserPool"]["Id"], demo.user_pool_id.as_str());
        assert_ne!(own_identities["IdentityPoolId"], demo.identity_pool_id.as_str());
    }

    #[actix_web::test]
    async fn after_a_reset_it_is_made_anew() {
        let app = TestApp::dev().await;
        let first = make(&app.app).await.unwrap();
        app.admin().send("", Method::POST, "/_dev/reset", Vec::new(), Vec::new()).await;
        let second = make(&app.app).await.unwrap();
        assert_ne!(first.user_pool_id, second.user_pool_id);
        assert!(sign_in(&app, &second, ALICE).await["AuthenticationResult"].is_object());
        assert_eq!(sign_in(&app, &second, BOB).await["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    }
}
