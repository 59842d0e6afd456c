//! The endpoints as clients call them.

mod device;
mod register;

use std::time::Duration;

use actix_web::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::crypto::digest::sha256;
use crate::flows::authorization::{self, GrantRefused};
use crate::flows::whence::Whence;
use crate::flows::{browser, clients};
use crate::kit::id::{ClientId, UserPoolId};
use crate::store::{browser_sessions, users};
use crate::testing::{Answer, CALLBACK, HOST, Limits, TestApp, VERIFIER, claims};
use crate::userpools::authorization::{self as authorization_of, Parameters};

fn error(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["error"].as_str().unwrap_or_default())
}

#[actix_web::test]
async fn a_code_brings_tokens_that_say_who_signed_in_how_and_for_what() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let alice =
        pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true", "name": "Alice", "address": "1 Road"})).await;
    let code = pool.visitor().code_of("alice", &[("nonce", "the-nonce"), ("scope", "openid email")]).await;
    let answer = pool.exchange(&code, &[]).await;
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let tokens = answer.ok();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"], &tokens["scope"]), (&json!("Bearer"), &json!(3600), &json!("openid email")));
    let (id, access) = (claims(&tokens["id_token"]), claims(&tokens["access_token"]));
    let half = URL_SAFE_NO_PAD.encode(&sha256(&[tokens["access_token"].as_str().unwrap().as_bytes()])[..16]);
    let sub = &alice.described().await["UserAttributes"][0]["Value"].clone();
    assert_eq!((&id["nonce"], &id["at_hash"], &id["aud"], &id["sub"]), (&json!("the-nonce"), &json!(half), &json!(pool.client_id), sub));
    assert_eq!((&id["email"], &id["email_verified"], id.get("name")), (&json!("a@x.example"), &json!(true), None));
    assert!(id["sid"].is_string() && id["auth_time"].is_i64());
    assert_eq!(
        (&access["scope"], &access["client_id"], &access["token_use"]),
        (&json!("openid email"), &json!(pool.client_id), &json!("access"))
    );

    let told = pool.user_info(&tokens["access_token"]).await.ok();
    assert_eq!(told, json!({"sub": sub, "username": "alice", "email": "a@x.example", "email_verified": true}));

    // A refresh repeats no nonce, and goes on with the same sign-in and scopes.
    app.advance(Duration::from_secs(600));
    let refresh = [("grant_type", "refresh_token"), ("client_id", pool.client_id.as_str())];
    let token = tokens["refresh_token"].as_str().unwrap();
    let refreshed = pool.post("oauth2/token", &[], &[&refresh[..], &[("refresh_token", token)]].concat()).await.ok();
    let again = claims(&refreshed["id_token"]);
    assert_eq!((&refreshed["scope"], again.get("nonce"), refreshed.get("refresh_token")), (&json!("openid email"), None, None));
    assert_eq!((&again["auth_time"], &again["sub"], &again["origin_jti"]), (&id["auth_time"], sub, &id["origin_jti"]));
    let narrowed = pool.post("oauth2/token", &[], &[&refresh[..], &[("refresh_token", token), ("scope", "email")]].concat()).await.ok();
    assert_eq!((&narrowed["scope"], narrowed.get("id_token")), (&json!("email"), None));
    let widened = pool.post("oauth2/token", &[], &[&refresh[..], &[("refresh_token", token), ("scope", "profile")]].concat()).await;
    assert_eq!(error(&widened), (400, "invalid_scope"));

    let revoked = pool.post("oauth2/revoke", &[], &[("client_id", pool.client_id.as_str()), ("token", token)]).await;
    assert_eq!((revoked.status, revoked.text.as_str()), (200, ""));
    let after = pool.post("oauth2/token", &[], &[&refresh[..], &[("refresh_token", token)]].concat()).await;
    assert_eq!(error(&after), (400, "invalid_grant"));
    let told = pool.user_info(&tokens["access_token"]).await;
    assert_eq!(error(&told), (401, "invalid_token"));
    assert!(told.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
}

#[actix_web::test]
async fn a_code_serves_the_client_the_address_and_the_origin_that_it_was_given_for() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({"CallbackURLs": [CALLBACK, "https://app.example/other"]})).await;
    pool.user("alice").await;
    let settings = json!({"ClientName": "other", "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": true,
                          "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK]});
    let other = pool.admin("CreateUserPoolClient", settings).await.ok()["UserPoolClient"]["ClientId"].clone();
    let visitor = pool.visitor();
    let code = visitor.code_of("alice", &[]).await;
    let long = "x".repeat(43);
    for wrong in [
        ("client_id", other.as_str().unwrap()),
        ("redirect_uri", "https://app.example/other"),
        ("redirect_uri", ""),
        ("code_verifier", ""),
        ("code_verifier", long.as_str()),
        ("code_verifier", &VERIFIER[1..]),
        ("code", &code[1..]),
    ] {
        assert_eq!(error(&pool.exchange(&code, &[wrong]).await), (400, "invalid_grant"), "{wrong:?}");
    }
    assert_eq!(error(&pool.exchange(&code, &[("code", "")]).await), (400, "invalid_request"));
    pool.exchange(&code, &[]).await.ok();

    // One that is five minutes old serves nobody.
    let code = visitor.code_of("alice", &[("prompt", "login")]).await;
    app.advance(Duration::from_secs(300));
    assert_eq!(error(&pool.exchange(&code, &[]).await), (400, "invalid_grant"));
}

#[actix_web::test]
async fn a_verifier_for_a_code_without_a_challenge_is_refused() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({"GenerateSecret": true})).await;
    pool.user("alice").await;
    let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
    let secret = described["UserPoolClient"]["ClientSecret"].as_str().unwrap().to_owned();
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let visitor = pool.visitor();
    let code = visitor.code_of("alice", &without).await;
    assert_eq!(error(&pool.exchange(&code, &[("client_secret", &secret)]).await), (400, "invalid_grant"));
    pool.exchange(&code, &[("client_secret", &secret), ("code_verifier", "")]).await.ok();
}

#[actix_web::test]
async fn a_code_that_is_used_again_ends_what_it_gave() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let code = pool.visitor().code_of("alice", &[]).await;
    let tokens = pool.exchange(&code, &[]).await.ok();
    pool.user_info(&tokens["access_token"]).await.ok();
    app.advance(Duration::from_secs(3000));
    assert_eq!(error(&pool.exchange(&code, &[]).await), (400, "invalid_grant"));
    assert_eq!(error(&pool.user_info(&tokens["access_token"]).await), (401, "invalid_token"));
}

#[actix_web::test]
async fn of_racing_uses_of_a_code_one_wins_at_most() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let code = pool.visitor().code_of("alice", &[]).await;
    let answers = join_all((0..8).map(|_| pool.exchange(&code, &[]))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 200 || error(answer) == (400, "invalid_grant")));
}

#[actix_web::test]
async fn a_client_proves_its_secret_in_one_way() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({"GenerateSecret": true})).await;
    pool.user("alice").await;
    let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
    let secret = described["UserPoolClient"]["ClientSecret"].as_str().unwrap().to_owned();
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let visitor = pool.visitor();
    let code = visitor.code_of("alice", &[]).await;
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    let call = async |authorization: &str, more: &[(&str, &str)]| {
        let header = [("authorization", authorization)];
        let headers = if authorization.is_empty() { &[][..] } else { &header[..] };
        pool.post("oauth2/token", headers, &[&fields[..], more].concat()).await
    };
    let id = pool.client_id.as_str();
    for (authorization, more, expected) in [
        (String::new(), vec![], (400, "invalid_client")),
        (String::new(), vec![("client_id", id)], (400, "invalid_client")),
        (String::new(), vec![("client_id", id), ("client_secret", "wrong")], (400, "invalid_client")),
        (String::new(), vec![("client_id", "nobody"), ("client_secret", secret.as_str())], (400, "invalid_client")),
        (basic(id, "wrong"), vec![], (401, "invalid_client")),
        (basic(id, ""), vec![], (401, "invalid_client")),
        (basic("nobody", &secret), vec![], (401, "invalid_client")),
        ("Bearer x".to_owned(), vec![], (401, "invalid_client")),
        (basic(id, &secret), vec![("client_secret", secret.as_str())], (400, "invalid_request")),
        (basic(id, &secret), vec![("client_id", "another")], (400, "invalid_request")),
        (basic(id, &secret), vec![("code", code.as_str())], (400, "invalid_request")),
    ] {
        let answer = call(&authorization, &more).await;
        assert_eq!(error(&answer), expected, "{authorization} {more:?}");
        assert_eq!(answer.header("www-authenticate").starts_with("Basic "), expected.0 == 401);
    }
    call(&basic(id, &secret), &[("client_id", id)]).await.ok();
    let form = [("client_id", id), ("client_secret", secret.as_str())];
    let code = visitor.code_of("alice", &[("prompt", "login")]).await;
    pool.exchange(&code, &form).await.ok();
}

#[actix_web::test]
async fn an_address_has_so_many_guesses_at_secrets_and_none_counts_that_is_no_guess() {
    let app = TestApp::within(Limits { refused_sign_ins: 3, ..Limits::default() }).await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let code = pool.visitor().code_of("alice", &[]).await;
    let guess = async |endpoint: &str, more: &[(&str, &str)]| error(&pool.post(endpoint, &[], more).await).0;
    let client_id = ("client_id", pool.client_id.as_str());
    for _ in 0..5 {
        // Strangers have an app bring codes that are none: its users still get in.
        assert_eq!(error(&pool.exchange("wrong", &[]).await).0, 400);
        assert_eq!(guess("oauth2/token", &[client_id, ("grant_type", "refresh_token"), ("refresh_token", "x")]).await, 400);
        assert_eq!(guess("oauth2/token", &[client_id, ("grant_type", "password")]).await, 400);
    }
    for endpoint in ["oauth2/introspect", "oauth2/token", "oauth2/revoke"] {
        assert_eq!(guess(endpoint, &[client_id, ("client_secret", "wrong"), ("token", "x")]).await, 400, "{endpoint}");
    }
    assert_eq!(error(&pool.exchange(&code, &[]).await), (429, "temporarily_unavailable"));
    app.advance(Duration::from_secs(200));
    pool.exchange(&code, &[]).await.ok();
}

#[actix_web::test]
async fn nothing_is_given_at_once_to_who_was_signed_out_meanwhile() {
    let app = TestApp::new().await;
    let flows = json!({"AllowedOAuthFlows": ["implicit"]});
    let pool = app.hosted_pool(json!({}), flows).await;
    pool.user("alice").await;
    let (pool_id, client_id) = (UserPoolId::from(pool.id.as_str()), ClientId::from(pool.client_id.as_str()));
    let app_client = clients::find(&app.app, &client_id).await.unwrap().unwrap();
    let user = app.app.read(async |tx| users::find(tx, &app_client.pool, "alice").await).await.unwrap().unwrap();
    let (session, held) = browser::new_session(&app.app, &app_client, &user.id);
    app.app.write(async |tx| browser_sessions::insert(tx, &session).await).await.unwrap();
    let signed_in = browser::find(&app.app, &app_client.pool, &held).await.unwrap().unwrap();
    let parameters = Parameters::parse(b"response_type=token&scope=openid");
    let asked = authorization_of::request(&parameters, &app_client.client, |_| true).unwrap();
    let origin = Default::default();
    let at_once = async || {
        let whence = Whence::admitted(&app.app, &app_client, &origin, None, None).await.unwrap();
        authorization::at_once(&app.app, &app_client, &signed_in, &asked, whence).await
    };
    assert!(at_once().await.is_ok());
    browser::end(&app.app, &pool_id, &held).await.unwrap();
    assert!(matches!(at_once().await, Err(GrantRefused::SignedOut)));
}

#[actix_web::test]
async fn what_is_no_form_of_a_grant_is_refused() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let id = pool.client_id.as_str();
    for (fields, expected) in [
        (vec![], (400, "invalid_client")),
        (vec![("client_id", id)], (400, "invalid_request")),
        (vec![("client_id", id), ("grant_type", "password")], (400, "unsupported_grant_type")),
        (vec![("client_id", id), ("grant_type", "refresh_token")], (400, "invalid_request")),
        (vec![("client_id", id), ("grant_type", "refresh_token"), ("refresh_token", "x")], (400, "invalid_grant")),
        (vec![("client_id", id), ("grant_type", "client_credentials")], (400, "unauthorized_client")),
        (vec![("client_id", id), ("grant_type", "authorization_code"), ("code", "a\0b")], (400, "invalid_request")),
    ] {
        assert_eq!(error(&pool.post("oauth2/token", &[], &fields).await), expected, "{fields:?}");
    }
    let headers = [("host".to_owned(), HOST.to_owned()), ("content-type".to_owned(), "application/json".to_owned())];
    let path = format!("/{}/oauth2/token", pool.id);
    let json = app.send(Method::POST, &path, &headers, br#"{"grant_type":"refresh_token"}"#.to_vec()).await;
    assert_eq!(error(&json), (400, "invalid_request"));
    let nowhere = app.send(Method::POST, "/us-east-1_nowhere/oauth2/token", &headers[..1], Vec::new()).await;
    assert_eq!(nowhere.status, 404);
}

#[actix_web::test]
async fn a_machine_gets_a_token_of_its_own() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let server = json!({"Identifier": "api", "Name": "api", "Scopes": [{"ScopeName": "read", "ScopeDescription": "r"}, {"ScopeName": "write", "ScopeDescription": "w"}]});
    pool.admin("CreateResourceServer", server).await.ok();
    let settings = json!({"ClientName": "machine", "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
                          "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthScopes": ["api/read"]});
    let machine = pool.admin("CreateUserPoolClient", settings).await.ok()["UserPoolClient"].clone();
    let (id, secret) = (machine["ClientId"].as_str().unwrap(), machine["ClientSecret"].as_str().unwrap());
    let fields = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let answer = pool.post("oauth2/token", &[], &fields).await.ok();
    assert_eq!((answer.get("refresh_token"), answer.get("id_token"), &answer["expires_in"]), (None, None, &json!(3600)));
    assert_eq!(claims(&answer["access_token"])["scope"], "api/read");
    for scope in ["api/write", "openid", "other/read"] {
        let refused = pool.post("oauth2/token", &[], &[&fields[..], &[("scope", scope)]].concat()).await;
        assert_eq!(error(&refused), (400, "invalid_scope"), "{scope}");
    }
    // It is nobody's, and says nothing of anybody.
    assert_eq!(error(&pool.user_info(&answer["access_token"]).await), (401, "invalid_token"));
    let introspected =
        pool.post("oauth2/introspect", &[], &[&fields[1..], &[("token", answer["access_token"].as_str().unwrap())]].concat()).await.ok();
    assert_eq!((&introspected["active"], &introspected["client_id"]), (&json!(true), &json!(id)));
}

#[actix_web::test]
async fn user_info_is_told_to_who_was_given_openid() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let alice = pool.user_with("alice", json!({"name": "Alice", "address": "{\"locality\": \"Town\"}"})).await;
    let by_api = alice.signed_in().await;
    assert_eq!(error(&pool.user_info(&by_api["AccessToken"]).await), (403, "insufficient_scope"));
    assert_eq!(error(&pool.user_info(&by_api["IdToken"]).await), (401, "invalid_token"));
    let tokens = pool.visitor().tokens_of("alice", &[]).await;
    let told = pool.user_info(&tokens["access_token"]).await.ok();
    assert_eq!((&told["name"], &told["address"]), (&json!("Alice"), &json!({"locality": "Town"})), "openid alone tells all");
    let posted = pool.post("oauth2/userInfo", &[], &[("access_token", tokens["access_token"].as_str().unwrap())]).await.ok();
    assert_eq!(posted, told);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let access = [("access_token", tokens["access_token"].as_str().unwrap())];
    assert_eq!(error(&pool.post("oauth2/userInfo", &[("authorization", &bearer)], &access).await), (400, "invalid_request"));
    let host = ("host".to_owned(), HOST.to_owned());
    let query = format!("/{}/oauth2/userInfo?access_token={}", pool.id, tokens["access_token"].as_str().unwrap());
    assert_eq!(app.send(Method::GET, &query, &[host], Vec::new()).await.status, 401, "a token in an address is none");
    let elsewhere = app.hosted_pool(json!({}), json!({})).await;
    assert_eq!(error(&elsewhere.user_info(&tokens["access_token"]).await), (401, "invalid_token"));
    // Its scopes do not let it be used for the user's own operations.
    let refused = app.anonymous().call("GetUser", json!({"AccessToken": tokens["access_token"]})).await;
    assert_eq!(refused.code(), "NotAuthorizedException");
    pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
    assert_eq!(error(&pool.user_info(&tokens["access_token"]).await), (401, "invalid_token"));
}

#[actix_web::test]
async fn claims_have_their_types_whatever_was_written() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let written = json!({"email": "a@x.example", "address": "{\"postal_code\": 12}"});
    pool.user_with("alice", written).await;
    let tokens = pool.visitor().tokens_of("alice", &[]).await;
    let told = pool.user_info(&tokens["access_token"]).await.ok();
    assert_eq!(told["address"], json!({"formatted": "{\"postal_code\": 12}"}), "its members are texts");
    assert_eq!((&told["email"], &told["email_verified"]), (&json!("a@x.example"), &json!(false)), "nobody has said that it is verified");
    assert_eq!(told["updated_at"], json!(app.app.now().seconds()));
    let narrow = pool.visitor().tokens_of("alice", &[("scope", "openid email")]).await;
    let told = pool.user_info(&narrow["access_token"]).await.ok();
    assert_eq!((&told["email_verified"], &told["updated_at"], &told["address"]), (&json!(false), &json!(null), &json!(null)));
}

#[actix_web::test]
async fn what_is_no_token_is_revoked_and_another_kind_of_token_is_refused() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let tokens = pool.visitor().tokens_of("alice", &[]).await;
    let revoke = |token: &str| {
        let fields = [("client_id".to_owned(), pool.client_id.to_string()), ("token".to_owned(), token.to_owned())];
        let pool = &pool;
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            pool.post("oauth2/revoke", &[], &fields).await
        }
    };
    assert_eq!(revoke("nonsense").await.status, 200);
    assert_eq!(error(&revoke(tokens["access_token"].as_str().unwrap()).await), (400, "unsupported_token_type"));
    assert_eq!(pool.user_info(&tokens["access_token"]).await.status, 200);
    assert_eq!(revoke(tokens["refresh_token"].as_str().unwrap()).await.status, 200);
    assert_eq!(pool.user_info(&tokens["access_token"]).await.status, 401);
    let get = format!("/{}/oauth2/revoke", pool.id);
    assert_eq!(app.send(Method::GET, &get, &[("host".to_owned(), HOST.to_owned())], Vec::new()).await.status, 405);
}

#[actix_web::test]
async fn signing_out_everywhere_ends_codes_and_introspected_tokens() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({"GenerateSecret": true})).await;
    pool.user("alice").await;
    let described = pool.admin("DescribeUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
    let secret = described["UserPoolClient"]["ClientSecret"].as_str().unwrap().to_owned();
    let proof = [("client_secret", secret.as_str())];
    let visitor = pool.visitor();
    let code = visitor.code_of("alice", &[]).await;
    let tokens = pool.exchange(&code, &proof).await.ok();
    let fields = |token: &Value| {
        [("client_id", pool.client_id.to_string()), ("client_secret", secret.clone()), ("token", token.as_str().unwrap().to_owned())]
    };
    let introspected = async |token: &Value| {
        let fields = fields(token);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        pool.post("oauth2/introspect", &[], &fields).await.ok()["active"].clone()
    };
    assert_eq!(introspected(&tokens["access_token"]).await, json!(true));
    assert_eq!(introspected(&tokens["refresh_token"]).await, json!(false));
    assert_eq!(introspected(&tokens["id_token"]).await, json!(false));
    let waiting = visitor.code_of("alice", &[("prompt", "login")]).await;
    pool.admin("AdminUserGlobalSignOut", json!({"Username": "alice"})).await.ok();
    assert_eq!(introspected(&tokens["access_token"]).await, json!(false));
    assert_eq!(error(&pool.exchange(&waiting, &proof).await), (400, "invalid_grant"));
    let public = pool.post("oauth2/introspect", &[], &[("client_id", pool.client_id.as_str()), ("token", "x")]).await;
    assert_eq!(error(&public), (400, "invalid_client"));
}

#[actix_web::test]
async fn discovery_names_endpoints_that_are_there() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    let host = [("host".to_owned(), HOST.to_owned())];
    let path = format!("/{}/.well-known/openid-configuration", pool.id);
    let metadata = app.send(Method::GET, &path, &host, Vec::new()).await.ok();
    assert_eq!(metadata["issuer"], format!("http://{HOST}/{}", pool.id));
    assert_eq!(metadata["acr_values_supported"], json!([1, 2, 3, 4].map(|level: i32| format!("urn:cognito:loa:{level}"))));
    for path in
        [format!("/.well-known/oauth-authorization-server/{}", pool.id), format!("/{}/.well-known/oauth-authorization-server", pool.id)]
    {
        assert_eq!(app.send(Method::GET, &path, &host, Vec::new()).await.ok(), metadata);
    }
    for (name, value) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let path = value.as_str().unwrap().strip_prefix(&format!("http://{HOST}")).unwrap();
            let statuses = [Method::GET, Method::POST].map(|method| app.send(method, path, &host, Vec::new()));
            let [get, post] = statuses;
            assert!(get.await.status != 404 || post.await.status != 404, "{name}");
        }
    }
    assert_eq!(app.send(Method::GET, "/us-east-1_nowhere/.well-known/openid-configuration", &host, Vec::new()).await.status, 404);
}

#[actix_web::test]
async fn a_domain_of_a_pool_has_its_endpoints_and_its_pages_at_its_root() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    pool.admin("CreateUserPoolDomain", json!({"Domain": "shop"})).await.ok();
    let custom = json!({"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"});
    pool.admin("CreateUserPoolDomain", json!({"Domain": "login.shop.example", "CustomDomainConfig": custom})).await.ok();
    for host in [format!("shop.auth.{HOST}"), "login.shop.example".to_owned(), "LOGIN.shop.example:8443".to_owned()] {
        let visitor = pool.visitor().at(&host);
        let answer = visitor.sign_in("alice", &[]).await;
        assert!(answer.header("location").starts_with(CALLBACK), "{host}: {} {}", answer.status, answer.text);
        let metadata = visitor.open("/.well-known/openid-configuration").await.ok();
        assert_eq!(metadata["issuer"], format!("http://{HOST}/{}", pool.id));
    }
    for host in
        ["shop.example", "other.auth.passwright.test", "shop", "127.0.0.1", "login.shop.example.evil.example", "shop.auth.evil.example"]
    {
        let answer = pool.visitor().at(host).ask("login", &[]).await;
        assert_eq!(answer.status, 404, "{host}");
    }
}

#[actix_web::test]
async fn a_token_is_exchanged_for_a_narrower_one() {
    let app = TestApp::new().await;
    let flows = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_REFRESH_TOKEN_AUTH"];
    let pool = app.hosted_pool(json!({}), json!({"ExplicitAuthFlows": flows})).await;
    pool.user("alice").await;
    let tokens = pool.visitor().tokens_of("alice", &[("scope", "openid email")]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let kind = "urn:ietf:params:oauth:token-type:access_token";
    let usual = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("client_id", pool.client_id.as_str()),
        ("subject_token", access),
        ("subject_token_type", kind),
    ];
    let exchanged = pool.post("oauth2/token", &[], &[&usual[..], &[("scope", "email")]].concat()).await.ok();
    assert_eq!(
        (&exchanged["scope"], &exchanged["issued_token_type"], &exchanged["token_type"]),
        (&json!("email"), &json!(kind), &json!("Bearer"))
    );
    assert_eq!(claims(&exchanged["access_token"])["scope"], "email");
    for (fields, refused) in [
        (&usual[..2], "invalid_request"),
        (&[&usual[..], &[("scope", "profile")]].concat(), "invalid_scope"),
        (&[&usual[..], &[("resource", "nothing")]].concat(), "invalid_target"),
        (&[&usual[..], &[("audience", "a"), ("resource", "b")]].concat(), "invalid_target"),
        (&[&usual[..], &[("requested_token_type", "urn:ietf:params:oauth:token-type:saml2")]].concat(), "invalid_request"),
        (&[&usual[..], &[("actor_token", "x")]].concat(), "invalid_request"),
        (&[&usual[..2], &[("subject_token", "x"), ("subject_token_type", kind)]].concat(), "invalid_request"),
    ] {
        assert_eq!(error(&pool.post("oauth2/token", &[], fields).await), (400, refused), "{fields:?}");
    }
}

#[actix_web::test]
async fn asking_for_fewer_scopes_tells_no_more() {
    let app = TestApp::new().await;
    let flows = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_REFRESH_TOKEN_AUTH"];
    let pool = app.hosted_pool(json!({}), json!({"ExplicitAuthFlows": flows})).await;
    pool.user_with("alice", json!({"email": "a@x.example", "name": "Alice", "phone_number": "+15550100"})).await;
    let visitor = pool.visitor();
    let tokens = visitor.tokens_of("alice", &[("scope", "openid email")]).await;
    let client = ("client_id", pool.client_id.as_str());
    let refresh = [client, ("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let narrowed = pool.post("oauth2/token", &[], &[&refresh[..], &[("scope", "openid")]].concat()).await;
    assert_eq!(error(&narrowed), (400, "invalid_scope"), "openid alone would tell all");
    pool.post("oauth2/token", &[], &[&refresh[..], &[("scope", "openid email")]].concat()).await.ok();
    const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
    const ID: &str = "urn:ietf:params:oauth:token-type:id_token";
    let exchange = async |token: &str, kind: &str, wanted: &str, scope: &str| {
        let fields = [
            client,
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", token),
            ("subject_token_type", kind),
            ("requested_token_type", wanted),
            ("scope", scope),
        ];
        pool.post("oauth2/token", &[], &fields).await
    };
    let (access, id) = (tokens["access_token"].as_str().unwrap(), tokens["id_token"].as_str().unwrap());
    assert_eq!(error(&exchange(access, ACCESS, ACCESS, "openid").await), (400, "invalid_scope"));
    for (token, kind) in [(access, ACCESS), (id, ID)] {
        let told = claims(&exchange(token, kind, ID, "").await.ok()["access_token"]);
        assert_eq!((&told["email"], told.get("name"), told.get("phone_number")), (&json!("a@x.example"), None, None), "{kind}");
    }
    let all = visitor.tokens_of("alice", &[("scope", "openid"), ("prompt", "login")]).await;
    let told = claims(&exchange(all["access_token"].as_str().unwrap(), ACCESS, ID, "").await.ok()["access_token"]);
    assert_eq!(told["name"], "Alice");
}
