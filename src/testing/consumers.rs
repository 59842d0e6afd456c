//! Tokens at everything that takes one: each takes its own, and none takes what is forged, of another use, pool or client, or ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{PASSWORD, TestApp, TestPool, parameter};
use crate::crypto::digest::secret_hash;
use crate::operation::Access;
use crate::tokens::keys::SigningKey;
use crate::wire::dispatch::operations_of;
use crate::wire::model::Service;

const ACCESS: [&str; 3] = ["GetUser", "userInfo", "exchange of ACCESS"];
const ID: [&str; 4] = ["GetId", "AssumeRoleWithWebIdentity", "id_token_hint", "exchange of ID"];
const REFRESH: [&str; 3] = ["REFRESH_TOKEN_AUTH", "GetTokensFromRefreshToken", "refresh_token"];

/// A pool whose client may do all that tokens are good for, an identity pool and a role that take its ID tokens.
struct World<'a> {
    pool: TestPool<'a>,
    provider: String,
    identities: Value,
    role: String,
}

impl<'a> World<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"];
        let pool = app.hosted_pool(json!({}), json!({"ExplicitAuthFlows": flows})).await;
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{}", pool.id);
        let providers = json!([{"ProviderName": provider, "ClientId": pool.client_id, "ServerSideTokenCheck": true}]);
        let new = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": false, "CognitoIdentityProviders": providers});
        let identities = app.admin().call("CreateIdentityPool", new).await.ok()["IdentityPoolId"].clone();
        let issuer = json!({"Url": format!("http://passwright.test/{}", pool.id), "ClientIDList": [pool.client_id]});
        let issuer = app.admin().call("CreateOpenIDConnectProvider", issuer).await.ok()["OpenIDConnectProviderArn"].clone();
        let trust = json!([{"Effect": "Allow", "Principal": {"Federated": issuer}, "Action": "sts:AssumeRoleWithWebIdentity"}]);
        let role = app.role(&format!("Users-{}", pool.id.name()), trust).await;
        Self { pool, provider, identities, role }
    }

    /// All three tokens of a user, by the pages.
    async fn tokens_of(&self, username: &str) -> Value {
        self.pool.user(username).await;
        self.pool.visitor().tokens_of(username, &[("scope", "openid aws.cognito.signin.user.admin")]).await
    }

    /// Whether a node takes a token there.
    async fn takes(&self, node: &TestApp, consumer: &str, token: &Value) -> bool {
        let here = TestPool { app: node, id: self.pool.id.clone(), client_id: self.pool.client_id.clone() };
        let (text, client) = (token.as_str().unwrap(), ("client_id", here.client_id.as_str()));
        let anonymous = node.anonymous();
        let answer = match consumer {
            "GetUser" => anonymous.call("GetUser", json!({"AccessToken": token})).await,
            "userInfo" => here.user_info(token).await,
            "GetId" => {
                let logins = json!({self.provider.as_str(): token});
                anonymous.call("GetId", json!({"IdentityPoolId": self.identities, "Logins": logins})).await
            }
            "AssumeRoleWithWebIdentity" => {
                let request = json!({"RoleArn": self.role, "RoleSessionName": "ann", "WebIdentityToken": token});
                anonymous.call(consumer, request).await
            }
            "id_token_hint" => {
                let asked = here.visitor().ask("oauth2/authorize", &[("id_token_hint", text), ("prompt", "none")]).await;
                let error = parameter(&asked, "error").unwrap_or_default();
                assert!(["login_required", "invalid_request"].contains(&error.as_str()), "{error} {}", asked.text);
                return error == "login_required";
            }
            "exchange of ACCESS" | "exchange of ID" => {
                let kind = if consumer.ends_with("ID") { "id_token" } else { "access_token" };
                let kind = format!("urn:ietf:params:oauth:token-type:{kind}");
                let grant = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
                here.post("oauth2/token", &[], &[client, grant, ("subject_token", text), ("subject_token_type", &kind)]).await
            }
            "REFRESH_TOKEN_AUTH" => {
                here.client("InitiateAuth", json!({"AuthFlow": consumer, "AuthParameters": {"REFRESH_TOKEN": token}})).await
            }
            "GetTokensFromRefreshToken" => here.client(consumer, json!({"RefreshToken": token})).await,
            "refresh_token" => here.post("oauth2/token", &[], &[client, ("grant_type", consumer), (consumer, text)]).await,
            other => panic!("{other}"),
        };
        assert!(answer.status < 500, "{consumer}: {}", answer.text);
        answer.status == 200
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn opened(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// What a forger makes of a token whose key they do not have.
fn forgeries(genuine: &str, key_set: &str) -> Vec<(&'static str, String)> {
    let parts: Vec<&str> = genuine.split('.').collect();
    let (claims, signature) = (opened(parts[1]), parts[2]);
    let kid = opened(parts[0])["kid"].as_str().unwrap().to_owned();
    let headed = |header: Value| format!("{}.{}.{signature}", part(&header), parts[1]);
    let also = |name: &str, value: Value| headed(json!({"alg": "RS256", "kid": kid, name: value}));
    let named = |kid: &str| headed(json!({"alg": "RS256", "kid": kid}));
    let header = Header { typ: None, kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
    let by_public_key = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key_set.as_bytes())).unwrap();
    let twice = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","kid":"{kid}","alg":"none"}}"#));
    let mut of_another = claims.clone();
    of_another["sub"] = json!("00000000-0000-4000-8000-000000000000");
    vec![
        ("no algorithm", format!("{}.{}.", part(&json!({"alg": "none", "kid": kid})), parts[1])),
        ("no algorithm, otherwise", headed(json!({"alg": "nOnE", "kid": kid}))),
        ("an algorithm that is not said", headed(json!({"kid": kid}))),
        ("HS256 by the public key", by_public_key),
        ("RS384", headed(json!({"alg": "RS384", "kid": kid}))),
        ("ES256", headed(json!({"alg": "ES256", "kid": kid}))),
        ("a key of its own", also("jwk", json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}))),
        ("keys elsewhere", also("jku", json!("https://evil.example/jwks.json"))),
        ("a certificate elsewhere", also("x5u", json!("https://evil.example/x"))),
        ("a certificate of its own", also("x5c", json!(["AAAA"]))),
        ("what must be understood", also("crit", json!(["exp"]))),
        ("no key", headed(json!({"alg": "RS256"}))),
        ("a path", named(&format!("../{kid}"))),
        ("a statement", named(&format!("{kid}' OR '1'='1"))),
        ("a key of nobody", named("AAAA")),
        ("an algorithm twice", format!("{twice}.{}.{signature}", parts[1])),
        ("another key of that name", SigningKey::generate(kid.clone()).unwrap().sign(&claims).unwrap()),
        ("another user", format!("{}.{}.{signature}", parts[0], part(&of_another))),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("a signature that is cut", genuine[..genuine.len() - 4].to_owned()),
    ]
}

/// T1.
#[actix_web::test]
async fn no_forgery_is_taken_by_anything_that_takes_a_token() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let tokens = world.tokens_of("alice").await;
    let host = [("host".to_owned(), super::HOST.to_owned())];
    let key_set = format!("/{}/.well-known/jwks.json", world.pool.id);
    let key_set = app.send(actix_web::http::Method::GET, &key_set, &host, Vec::new()).await;
    assert!(key_set.body["keys"][0]["n"].is_string(), "{}", key_set.text);
    for (kind, consumers) in [("access_token", &ACCESS[..]), ("id_token", &ID[..])] {
        let forged = forgeries(tokens[kind].as_str().unwrap(), &key_set.text);
        for consumer in consumers {
            assert!(world.takes(&app, consumer, &tokens[kind]).await, "{consumer}");
            for (what, token) in &forged {
                assert!(!world.takes(&app, consumer, &json!(token)).await, "{consumer}: {what}");
            }
        }
    }
}

/// T2: the use, the pool, the region and, where a token is for one client, the client.
#[actix_web::test]
async fn a_token_serves_its_own_use_pool_and_client() {
    let app = TestApp::new().await;
    let (world, other) = (World::new(&app).await, World::new(&app).await);
    let (tokens, of_another_pool) = (world.tokens_of("alice").await, other.tokens_of("alice").await);
    for (kind, consumers) in [("access_token", &ACCESS[..]), ("id_token", &ID[..]), ("refresh_token", &REFRESH[..])] {
        for consumer in consumers {
            for token in ["access_token", "id_token", "refresh_token"] {
                assert_eq!(world.takes(&app, consumer, &tokens[token]).await, token == kind, "{consumer}: {token}");
                // An access token itself says which pool it is of.
                let anywhere = *consumer == "GetUser" && token == kind;
                assert_eq!(world.takes(&app, consumer, &of_another_pool[token]).await, anywhere, "{consumer}: another pool's {token}");
            }
        }
    }
    let client = json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    let client = world.pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"]["ClientId"].clone();
    let elsewhere = TestPool { app: &app, id: world.pool.id.clone(), client_id: client.as_str().unwrap().into() };
    let of_another_client = elsewhere.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].clone();
    for (token, consumers) in [("IdToken", &ID[..2]), ("RefreshToken", &REFRESH[..])] {
        for consumer in consumers {
            assert!(!world.takes(&app, consumer, &of_another_client[token]).await, "{consumer}: another client's {token}");
        }
    }
    let region = json!({world.provider.replace("us-east-1.", "eu-west-1."): tokens["id_token"]});
    let login = app.anonymous().call("GetId", json!({"IdentityPoolId": world.identities, "Logins": region})).await;
    assert_eq!(login.code(), "NotAuthorizedException", "a pool of another region is another one");
}

/// T2: SECRET_HASH.
#[actix_web::test]
async fn a_secret_hash_is_of_its_client_its_secret_and_its_user() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({"GenerateSecret": true})).await;
    pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
    let secret = described["UserPoolClient"]["ClientSecret"].as_str().unwrap().to_owned();
    let hash = |secret: &str, name: &str, client: &str| secret_hash(&secret.to_owned().into(), name, client);
    let right = hash(&secret, "alice", pool.client_id.as_str());
    let wrong = [
        String::new(),
        "AAAA".to_owned(),
        hash("another", "alice", pool.client_id.as_str()),
        hash(&secret, "bob", pool.client_id.as_str()),
        hash(&secret, "alice", &"0".repeat(26)),
        right.trim_end_matches('=').to_owned(),
    ];
    let flow = |kind: &str, more: Value| {
        let kind = kind.to_owned();
        move |hash: Option<&str>| {
            let mut parameters = json!({"USERNAME": "alice"});
            parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            if let Some(hash) = hash {
                parameters["SECRET_HASH"] = json!(hash);
            }
            json!({"AuthFlow": kind, "AuthParameters": parameters})
        }
    };
    let beside = |more: Value| {
        move |hash: Option<&str>| {
            let mut input = json!({"Username": "alice", "SecretHash": hash});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        }
    };
    type Asking = Box<dyn Fn(Option<&str>) -> Value>;
    let calls: [(&str, Asking); 7] = [
        ("InitiateAuth", Box::new(flow("USER_PASSWORD_AUTH", json!({"PASSWORD": PASSWORD})))),
        ("InitiateAuth", Box::new(flow("USER_SRP_AUTH", json!({"SRP_A": "ab"})))),
        ("SignUp", Box::new(beside(json!({"Password": PASSWORD})))),
        ("ConfirmSignUp", Box::new(beside(json!({"ConfirmationCode": "000000"})))),
        ("ResendConfirmationCode", Box::new(beside(json!({})))),
        ("ForgotPassword", Box::new(beside(json!({})))),
        ("ConfirmForgotPassword", Box::new(beside(json!({"ConfirmationCode": "000000", "Password": "0ther-Pa55word!"})))),
    ];
    for (operation, asking) in &calls {
        for hash in [None].into_iter().chain(wrong.iter().map(|hash| Some(hash.as_str()))) {
            let refused = pool.client(operation, asking(hash)).await;
            let known = ["NotAuthorizedException", "InvalidParameterException"].contains(&refused.code().as_str());
            assert!(known && !refused.text.contains("alice"), "{operation} {hash:?}: {}", refused.text);
        }
        let taken = pool.client(operation, asking(Some(&right))).await;
        assert!(taken.status == 200 || taken.code() != "NotAuthorizedException", "{operation}: {}", taken.text);
    }
}

/// T3, and I2: the identity pool asks whether a login has ended.
#[actix_web::test]
async fn what_has_ended_is_taken_nowhere_and_on_no_node() {
    let app = TestApp::new().await;
    let there = app.another_node().await;
    let world = World::new(&app).await;
    for (number, end) in ["RevokeToken", "GlobalSignOut", "AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser", "oauth2/revoke"]
        .iter()
        .enumerate()
    {
        let name = format!("user{number}");
        let tokens = world.tokens_of(&name).await;
        let (access, refresh) = (&tokens["access_token"], &tokens["refresh_token"]);
        for node in [&app, &there] {
            for (consumers, token) in [(&ACCESS, access), (&REFRESH, refresh)] {
                for consumer in consumers {
                    assert!(world.takes(node, consumer, token).await, "{consumer}, before {end}");
                }
            }
        }
        match *end {
            "RevokeToken" => drop(world.pool.client(end, json!({"Token": refresh})).await.ok()),
            "GlobalSignOut" => drop(app.anonymous().call(end, json!({"AccessToken": access})).await.ok()),
            "oauth2/revoke" => {
                let fields = [("client_id", world.pool.client_id.as_str()), ("token", refresh.as_str().unwrap())];
                assert_eq!(world.pool.post(end, &[], &fields).await.status, 200);
            }
            _ => drop(world.pool.admin(end, json!({"Username": name})).await.ok()),
        }
        for node in [&there, &app] {
            for (consumers, token) in [(&ACCESS, access), (&REFRESH, refresh)] {
                for consumer in consumers {
                    assert!(!world.takes(node, consumer, token).await, "{consumer}, after {end}");
                }
            }
            for consumer in ["exchange of ID", "GetId"] {
                assert!(!world.takes(node, consumer, &tokens["id_token"]).await, "{consumer}, after {end}");
            }
        }
    }
}

/// M5: a token that was not given for the user's own operations enrols nothing, and does none of the others.
#[actix_web::test]
async fn a_token_without_the_users_own_scope_enrols_and_changes_nothing() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let token = pool.visitor().tokens_of("alice", &[("scope", "openid email")]).await["access_token"].clone();
    let device = "us-east-1_00000000-0000-4000-8000-000000000000";
    let given = [
        ("AssociateSoftwareToken", json!({})),
        ("ChangePassword", json!({"PreviousPassword": PASSWORD, "ProposedPassword": "0ther-Pa55word!"})),
        ("CompleteWebAuthnRegistration", json!({"Credential": {}})),
        ("ConfirmDevice", json!({"DeviceKey": device})),
        ("DeleteUser", json!({})),
        ("DeleteUserAttributes", json!({"UserAttributeNames": ["name"]})),
        ("DeleteWebAuthnCredential", json!({"CredentialId": "AAAA"})),
        ("ForgetDevice", json!({"DeviceKey": device})),
        ("GetDevice", json!({"DeviceKey": device})),
        ("GetUser", json!({})),
        ("GetUserAttributeVerificationCode", json!({"AttributeName": "email"})),
        ("GetUserAuthFactors", json!({})),
        ("GlobalSignOut", json!({})),
        ("ListDevices", json!({})),
        ("ListUserSessions", json!({})),
        ("ListWebAuthnCredentials", json!({})),
        ("RevokeUserSession", json!({"SessionId": format!("tkn{}", "0".repeat(25))})),
        ("SetUserMFAPreference", json!({"SoftwareTokenMfaSettings": {"Enabled": true}})),
        ("SetUserSettings", json!({"MFAOptions": []})),
        ("StartWebAuthnRegistration", json!({})),
        ("UpdateDeviceStatus", json!({"DeviceKey": device, "DeviceRememberedStatus": "remembered"})),
        ("UpdateUserAttributes", json!({"UserAttributes": [{"Name": "name", "Value": "x"}]})),
        ("VerifySoftwareToken", json!({"UserCode": "000000"})),
        ("VerifyUserAttribute", json!({"AttributeName": "email", "Code": "000000"})),
    ];
    let service = Service::all().find(|service| service.name() == "cognito-idp").unwrap();
    for row in operations_of(service).iter().filter(|row| row.access == Access::Bearer) {
        let (_, input) = given.iter().find(|(name, _)| *name == row.name).unwrap_or_else(|| panic!("{} is not asked", row.name));
        let mut input = input.clone();
        input["AccessToken"] = token.clone();
        let refused = app.anonymous().call(row.name, input).await;
        let words = ("NotAuthorizedException".to_owned(), "Access Token does not have required scopes".to_owned());
        assert_eq!(refused.error(), words, "{}", row.name);
    }
}
