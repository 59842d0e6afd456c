//! Clients that register themselves: who may, what they get, and what they never do.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::error;
use crate::testing::{Answer, CALLBACK, Limits, TestApp, TestPool, claims, parameter};
use crate::userpools::registration::{MOST_IN_A_POOL, SCOPE};

fn open() -> Value {
    json!({"DcrConfiguration": {"OpenDcrEnabled": true}})
}

fn public() -> Value {
    json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none", "client_name": "Robot"})
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// A resource server, and a client that may get tokens by which others are registered: its id and its secret.
async fn registrar(pool: &TestPool<'_>) -> (String, String) {
    let settings = json!({"ClientName": "registrar", "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
                          "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthScopes": [SCOPE]});
    let made = pool.admin("CreateUserPoolClient", settings).await.ok()["UserPoolClient"].clone();
    (text(&made["ClientId"]).to_owned(), text(&made["ClientSecret"]).to_owned())
}

async fn by_itself(pool: &TestPool<'_>, (id, secret): (&str, &str), more: &[(&str, &str)]) -> Answer {
    let fields = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    pool.post("oauth2/token", &[], &[&fields[..], more].concat()).await
}

async fn token(pool: &TestPool<'_>, (id, secret): &(String, String)) -> String {
    text(&by_itself(pool, (id, secret), &[]).await.ok()["access_token"]).to_owned()
}

async fn register_by(pool: &TestPool<'_>, token: &str, metadata: Value) -> Answer {
    pool.register(&[("authorization", &format!("Bearer {token}"))], metadata).await
}

async fn described(pool: &TestPool<'_>, id: &Value) -> Value {
    pool.admin("DescribeUserPoolClient", json!({"ClientId": id})).await.ok()["UserPoolClient"].clone()
}

async fn api(pool: &TestPool<'_>) {
    let scopes = json!([{"ScopeName": "read", "ScopeDescription": "Read"}, {"ScopeName": "write", "ScopeDescription": "Write"}]);
    pool.admin("CreateResourceServer", json!({"Identifier": "api", "Name": "API", "Scopes": scopes})).await.ok();
}

#[actix_web::test]
async fn nobody_registers_a_client_where_a_pool_does_not_say_so() {
    let app = TestApp::new().await;
    for configuration in [json!({}), json!({"DcrConfiguration": {"EnableStatus": "Disabled", "OpenDcrEnabled": true}})] {
        let pool = app.pool_with(configuration, json!({})).await;
        let refused = pool.register(&[], public()).await;
        assert_eq!(error(&refused), (404, "invalid_request"), "{}", refused.text);
        let metadata = pool.visitor().open(".well-known/openid-configuration").await.ok();
        assert_eq!(metadata.get("registration_endpoint"), None);
    }
    let pool = app.pool_with(json!({"DcrConfiguration": {}}), json!({})).await;
    for page in [format!("/{}/.well-known/openid-configuration", pool.id), format!("/.well-known/oauth-authorization-server/{}", pool.id)] {
        let metadata = pool.visitor().open(&page).await.ok();
        assert_eq!(metadata["registration_endpoint"], format!("http://passwright.test/{}/oauth2/register", pool.id));
    }
    // With a configuration that does not say so, a token is asked for.
    let refused = pool.register(&[], public()).await;
    assert_eq!((error(&refused), refused.header("www-authenticate")), ((401, "invalid_request"), "Bearer"));
    assert_eq!(refused.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn a_client_without_a_secret_signs_users_in_once_they_agree_and_its_refresh_tokens_rotate() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(open(), json!({})).await;
    pool.user("alice").await;
    let mut metadata = public();
    metadata["grant_types"] = json!(["authorization_code", "refresh_token"]);
    metadata["logo_uri"] = json!("https://evil.example/logo.png");
    metadata["client_name"] = json!("<b>Robot</b>");
    metadata["post_logout_redirect_uris"] = json!(["https://app.example/bye"]);
    let made = pool.register(&[], metadata).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.text);
    let mut told = made.body.clone();
    let id = told.as_object_mut().unwrap().remove("client_id").unwrap();
    let issued = told.as_object_mut().unwrap().remove("client_id_issued_at").unwrap();
    assert_eq!(issued, app.app.now().seconds());
    let expected = json!({
        "client_name": "b Robot b", "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"], "redirect_uris": [CALLBACK], "scope": "openid email phone profile",
        "post_logout_redirect_uris": ["https://app.example/bye"],
    });
    assert_eq!(told, expected);

    let client = [("client_id", text(&id))];
    // Without PKCE, nothing.
    let visitor = pool.visitor();
    let without = visitor.ask("oauth2/authorize", &[client[0], ("code_challenge", ""), ("code_challenge_method", "")]).await;
    assert_eq!((without.status, without.header("location")), (400, ""));
    let asked = visitor.sign_in("alice", &client).await;
    assert!(asked.header("location").contains("/consent?"), "{}", asked.header("location"));
    let page = visitor.follow(&asked).await;
    assert!(page.text.contains("b Robot b") && page.text.contains("<bdi>app.example</bdi>") && !page.text.contains("evil.example"));
    let allowed = visitor.fill(&page, &[("choice", "allow")]).await;
    let code = parameter(&allowed, "code").unwrap_or_else(|| panic!("{}", allowed.text));
    let tokens = pool.exchange(&code, &client).await.ok();
    assert_eq!(claims(&tokens["access_token"])["client_id"], id);

    // Whoever is signed in is asked again, and nobody can be kept from being asked.
    let again = visitor.ask("oauth2/authorize", &client).await;
    assert!(again.header("location").contains("/consent?"), "{}", again.header("location"));
    let silent = visitor.ask("oauth2/authorize", &[client[0], ("prompt", "none")]).await;
    assert_eq!((silent.status, silent.header("location")), (400, ""), "nobody is led there who was not asked");

    let refresh = async |token: &Value| {
        let fields = [("grant_type", "refresh_token"), client[0], ("refresh_token", text(token))];
        pool.post("oauth2/token", &[], &fields).await
    };
    let next = refresh(&tokens["refresh_token"]).await.ok();
    assert!(next["refresh_token"].is_string() && next["refresh_token"] != tokens["refresh_token"]);
    app.advance(std::time::Duration::from_secs(11));
    assert_eq!(error(&refresh(&tokens["refresh_token"]).await), (400, "invalid_grant"), "one that is used again ends the sign-in");
    assert_eq!(error(&refresh(&next["refresh_token"]).await), (400, "invalid_grant"));
}

#[actix_web::test]
async fn a_secret_is_told_once_and_proves_its_client() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(open(), json!({})).await;
    pool.user("alice").await;
    let made = pool.register(&[], json!({"redirect_uris": [CALLBACK]})).await;
    let (id, secret) = (made.body["client_id"].clone(), text(&made.body["client_secret"]).to_owned());
    assert_eq!((made.status, &made.body["client_secret_expires_at"], &made.body["client_name"]), (201, &json!(0), &id));
    let client = described(&pool, &id).await;
    assert_eq!((&client["ClientType"], client.get("ClientSecret"), &client["ExplicitAuthFlows"]), (&json!("DCR"), None, &json!([])));
    assert_eq!(described(&pool, &json!(pool.client_id)).await["ClientType"], "REGULAR");
    let visitor = pool.visitor();
    let page = visitor.follow(&visitor.sign_in("alice", &[("client_id", text(&id))]).await).await;
    let allowed = visitor.fill(&page, &[("choice", "allow")]).await;
    let code = parameter(&allowed, "code").unwrap();
    for (wrong, refused) in [("", "invalid_client"), ("wrong", "invalid_client")] {
        assert_eq!(error(&pool.exchange(&code, &[("client_id", text(&id)), ("client_secret", wrong)]).await).1, refused);
    }
    pool.exchange(&code, &[("client_id", text(&id)), ("client_secret", &secret)]).await.ok();

    let about = json!({"ClientId": id});
    let added = pool.admin("AddUserPoolClientSecret", about.clone()).await;
    assert_eq!(added.code(), "InvalidParameterException", "{}", added.text);
    let listed = pool.admin("ListUserPoolClientSecrets", about.clone()).await.ok()["ClientSecrets"].clone();
    let only = json!({"ClientId": id, "ClientSecretId": listed[0]["ClientSecretId"]});
    assert_eq!(pool.admin("DeleteUserPoolClientSecret", only).await.code(), "InvalidParameterException");
    // Nobody signs in at the client itself.
    let parameters = json!({"USERNAME": "alice", "PASSWORD": crate::testing::PASSWORD, "SECRET_HASH": crate::crypto::digest::secret_hash(&secret.into(), "alice", text(&id))});
    let input = json!({"ClientId": id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    assert_eq!(app.anonymous().call("InitiateAuth", input).await.message(), "USER_PASSWORD_AUTH flow not enabled for this client");
    pool.admin("DeleteUserPoolClient", about).await.ok();
    assert_eq!(parameter(&visitor.ask("oauth2/authorize", &[("client_id", text(&id))]).await, "code"), None);
}

#[actix_web::test]
async fn a_token_with_the_scope_registers_clients_while_its_own_client_may() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({"DcrConfiguration": {"AllowedScopes": ["api/read", SCOPE]}}), json!({})).await;
    api(&pool).await;
    pool.user("alice").await;
    let registrar = registrar(&pool).await;
    let token = token(&pool, &registrar).await;
    let made = register_by(&pool, &token, json!({"redirect_uris": [CALLBACK]})).await;
    assert_eq!((made.status, &made.body["scope"]), (201, &json!("openid email phone profile api/read")), "{}", made.text);
    // Who is vouched for is let in without being asked for.
    let visitor = pool.visitor();
    let code = visitor.code_of("alice", &[("client_id", text(&made.body["client_id"]))]).await;
    let secret = text(&made.body["client_secret"]);
    let tokens = pool.exchange(&code, &[("client_id", text(&made.body["client_id"])), ("client_secret", secret)]).await.ok();

    // What is no such token is told so.
    let machine = register_by(&pool, &token, json!({"grant_types": ["client_credentials"]})).await;
    assert_eq!((machine.status, &machine.body["scope"], &machine.body["response_types"]), (201, &json!("api/read"), &json!([])));
    let (id, secret) = (text(&machine.body["client_id"]), text(&machine.body["client_secret"]));
    let of_machine = by_itself(&pool, (id, secret), &[]).await.ok();
    assert_eq!(claims(&of_machine["access_token"])["scope"], "api/read");
    assert_eq!(error(&by_itself(&pool, (id, secret), &[("scope", SCOPE)]).await), (400, "invalid_scope"));
    let lesser = register_by(&pool, text(&of_machine["access_token"]), public()).await;
    assert_eq!(error(&lesser), (403, "insufficient_scope"));
    assert!(lesser.header("www-authenticate").contains(SCOPE), "{}", lesser.header("www-authenticate"));
    let elsewhere = by_itself(&pool, (&registrar.0, &registrar.1), &[("resource", "https://api.example/")]).await.ok();
    assert_eq!(error(&register_by(&pool, text(&elsewhere["access_token"]), public()).await), (403, "insufficient_scope"));
    let other = app.pool_with(json!({"DcrConfiguration": {}}), json!({})).await;
    for (pool, token) in [(&pool, "x.y.z"), (&pool, text(&tokens["access_token"])), (&other, token.as_str())] {
        let refused = register_by(pool, token, public()).await;
        assert_eq!(error(&refused), (401, "invalid_token"), "{}", refused.text);
        assert!(refused.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
    }

    // The token goes on saying what its client may no longer do.
    api_only(&pool, &registrar.0).await;
    assert_eq!(error(&register_by(&pool, &token, public()).await), (403, "insufficient_scope"));
    pool.admin("DeleteUserPoolClient", json!({"ClientId": registrar.0})).await.ok();
    assert_eq!(error(&register_by(&pool, &token, public()).await), (401, "invalid_token"));
    let expired = self::registrar(&pool).await;
    let expired = self::token(&pool, &expired).await;
    app.advance(std::time::Duration::from_secs(3601));
    assert_eq!(error(&register_by(&pool, &expired, public()).await), (401, "invalid_token"));
}

async fn api_only(pool: &TestPool<'_>, client_id: &str) {
    let settings = json!({"ClientId": client_id, "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthFlowsUserPoolClient": true,
                          "AllowedOAuthScopes": ["api/read"]});
    pool.admin("UpdateUserPoolClient", settings).await.ok();
}

#[actix_web::test]
async fn the_scope_is_there_while_registration_is_on_and_never_of_a_registered_client() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DcrConfiguration": {"OpenDcrEnabled": true, "AllowedScopes": [SCOPE]}}), json!({})).await;
    let registrar = registrar(&pool).await;
    let mut asking = public();
    asking["scope"] = json!(format!("openid {SCOPE}"));
    assert_eq!(error(&pool.register(&[], asking).await), (400, "invalid_client_metadata"));
    let made = pool.register(&[], public()).await.body["client_id"].clone();
    let settings =
        json!({"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthScopes": [SCOPE]});
    let with = |more: Value| crate::kit::json::Members::with(settings.clone(), more);
    let held = pool.admin("UpdateUserPoolClient", json!({"ClientId": made, "AllowedOAuthScopes": [SCOPE]})).await;
    assert!(held.code() == "InvalidParameterException" && held.message().contains("can't hold the scope"), "{}", held.text);
    // A user never has it.
    let of_users = json!({"ClientName": "c", "AllowedOAuthFlows": ["code"], "CallbackURLs": [CALLBACK]});
    assert_eq!(pool.admin("CreateUserPoolClient", with(of_users)).await.code(), "InvalidOAuthFlowException");
    // Nobody makes a resource server of it.
    let server = json!({"Identifier": "aws.cognito/dcr", "Name": "n", "Scopes": [{"ScopeName": "register", "ScopeDescription": "d"}]});
    assert_eq!(pool.admin("CreateResourceServer", server).await.code(), "InvalidParameterException");

    pool.admin("UpdateUserPool", json!({"DcrConfiguration": {"EnableStatus": "Disabled"}})).await.ok();
    assert_eq!(error(&by_itself(&pool, (&registrar.0, &registrar.1), &[]).await), (400, "invalid_scope"));
    let created = pool.admin("CreateUserPoolClient", with(json!({"ClientName": "c", "GenerateSecret": true}))).await;
    assert_eq!(created.code(), "ScopeDoesNotExistException", "{}", created.text);
    // A client that registered itself goes on.
    assert_eq!(described(&pool, &made).await["ClientType"], "DCR");
}

#[actix_web::test]
async fn a_node_that_remembers_a_pool_as_it_was_registers_by_what_it_is() {
    let app = TestApp::new().await;
    let pool = app.pool_with(open(), json!({})).await;
    let other = app.another_node().await;
    let path = format!("/{}/oauth2/register", pool.id);
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let at_the_other = async || other.send(actix_web::http::Method::POST, &path, &headers, public().to_string().into_bytes()).await;
    assert_eq!(at_the_other().await.status, 201);
    pool.admin("UpdateUserPool", json!({"DcrConfiguration": {"OpenDcrEnabled": false}})).await.ok();
    assert_eq!(at_the_other().await.status, 401);
    pool.admin("UpdateUserPool", json!({"DcrConfiguration": {"EnableStatus": "Disabled"}})).await.ok();
    assert_eq!(at_the_other().await.status, 404);
}

#[actix_web::test]
async fn each_way_has_its_grants_and_an_empty_list_shuts_it() {
    let app = TestApp::new().await;
    let pool = app.pool_with(json!({"DcrConfiguration": {"OpenDcrEnabled": true, "AllowedScopes": ["api/read"]}}), json!({})).await;
    api(&pool).await;
    let token = token(&pool, &registrar(&pool).await).await;
    let machine = || json!({"grant_types": ["client_credentials"]});
    let outcomes = async |configuration: Value| {
        pool.admin("UpdateUserPool", json!({"DcrConfiguration": configuration})).await.ok();
        let answers = [
            pool.register(&[], public()).await,
            pool.register(&[], machine()).await,
            register_by(&pool, &token, public()).await,
            register_by(&pool, &token, machine()).await,
        ];
        answers.map(|answer| answer.status)
    };
    let scopes = json!(["api/read"]);
    for (configuration, expected) in [
        (json!({"OpenDcrEnabled": true, "AllowedScopes": scopes}), [201, 400, 201, 201]),
        (json!({"AllowedScopes": scopes}), [401, 401, 201, 201]),
        (json!({"OpenDcrEnabled": true, "AuthenticatedGrantTypes": [], "AllowedScopes": scopes}), [201, 400, 403, 403]),
        (json!({"OpenDcrEnabled": true, "OpenDcrGrantTypes": [], "AllowedScopes": scopes}), [401, 401, 201, 201]),
        (
            json!({"OpenDcrEnabled": true, "OpenDcrGrantTypes": ["client_credentials"], "AuthenticatedGrantTypes": ["code"], "AllowedScopes": scopes}),
            [400, 201, 201, 400],
        ),
        (json!({"OpenDcrEnabled": true, "OpenDcrGrantTypes": ["implicit"], "AuthenticatedGrantTypes": ["implicit"]}), [401, 401, 403, 403]),
        (json!({"OpenDcrEnabled": true}), [201, 400, 201, 400]),
    ] {
        assert_eq!(outcomes(configuration.clone()).await, expected, "{configuration}");
    }
    // What is not given anew stays as it was.
    pool.admin("UpdateUserPool", json!({})).await.ok();
    let after = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["DcrConfiguration"].clone();
    assert_eq!(after, json!({"EnableStatus": "Enabled", "OpenDcrEnabled": true}));
}

#[actix_web::test]
async fn bad_metadata_is_told_in_the_rfcs_words_and_makes_nothing() {
    let app = TestApp::new().await;
    let pool = app.pool_with(open(), json!({})).await;
    for (name, value, code) in [
        ("redirect_uris", json!(["http://app.example/cb"]), "invalid_redirect_uri"),
        ("redirect_uris", json!(["javascript:alert(1)"]), "invalid_redirect_uri"),
        ("redirect_uris", json!(["https://app.example/\u{0}"]), "invalid_redirect_uri"),
        ("redirect_uris", json!([]), "invalid_redirect_uri"),
        ("scope", json!("openid api/read"), "invalid_client_metadata"),
        ("token_endpoint_auth_method", json!("private_key_jwt"), "invalid_client_metadata"),
        ("grant_types", json!(["client_credentials"]), "invalid_client_metadata"),
        ("client_name", json!("x".repeat(16 * 1024)), "invalid_client_metadata"),
    ] {
        let mut metadata = public();
        metadata[name] = value;
        assert_eq!(error(&pool.register(&[], metadata).await), (400, code), "{name}");
    }
    for body in [json!([]), json!("x"), json!(null)] {
        assert_eq!(error(&pool.register(&[], body).await), (400, "invalid_client_metadata"));
    }
    let form = pool.post("oauth2/register", &[], &[("redirect_uris", CALLBACK)]).await;
    assert_eq!(error(&form), (400, "invalid_client_metadata"), "{}", form.text);
    let listed = pool.admin("ListUserPoolClients", json!({"ClientType": "DCR"})).await.ok();
    assert_eq!(listed["UserPoolClients"], json!([]));
}

#[actix_web::test]
async fn registered_clients_are_listed_apart_and_go_with_their_pool() {
    let app = TestApp::new().await;
    let pool = app.pool_with(open(), json!({})).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(text(&pool.register(&[], public()).await.body["client_id"]).to_owned());
    }
    made.sort();
    let listed = async |kind: Option<&str>, limit: usize| {
        let (mut found, mut input) = (Vec::new(), json!({"MaxResults": limit, "ClientType": kind}));
        loop {
            let answer = pool.admin("ListUserPoolClients", input.clone()).await.ok();
            let page = answer["UserPoolClients"].as_array().unwrap();
            assert!(page.len() <= limit);
            found.extend(page.iter().map(|client| text(&client["ClientId"]).to_owned()));
            let Value::String(token) = &answer["NextToken"] else { return found };
            // A page's token is of its filter.
            let other = json!({"ClientType": "REGULAR", "NextToken": token});
            assert!(kind == Some("REGULAR") || pool.admin("ListUserPoolClients", other).await.code() == "InvalidParameterException");
            input["NextToken"] = json!(token);
        }
    };
    for limit in 1..=4 {
        assert_eq!(listed(Some("DCR"), limit).await, made, "pages of {limit}");
        assert_eq!(listed(Some("REGULAR"), limit).await, [pool.client_id.to_string()]);
        assert_eq!(listed(None, limit).await.len(), 4);
    }
    pool.admin("DeleteUserPool", json!({})).await.ok();
    let gone = app.anonymous().call("SignUp", json!({"ClientId": made[0], "Username": "a", "Password": "x"})).await;
    assert_eq!(gone.code(), "ResourceNotFoundException");
}

#[actix_web::test]
async fn registrations_are_bounded_and_noted() {
    let app = TestApp::within(Limits { sign_ups: 3, ..Limits::default() }).await;
    let off = app.pool().await;
    assert_eq!(off.register(&[], public()).await.status, 404, "and costs nothing");
    let pool = app.pool_with(open(), json!({})).await;
    let token = token(&pool, &registrar(&pool).await).await;
    let first = text(&pool.register(&[], public()).await.body["client_id"]).to_owned();
    assert_eq!(pool.register(&[], json!({})).await.status, 400, "a refused one counts too");
    pool.register(&[], public()).await;
    assert_eq!(pool.register(&[], public()).await.status, 429);
    let second = register_by(&pool, &token, public()).await;
    assert_eq!(second.status, 201, "who is vouched for is not anonymous");
    app.write_journal().await;
    let events = "/v1/events?action=passwright:RegisterClient";
    let noted = app.admin().send("passwright", actix_web::http::Method::GET, events, Vec::new(), Vec::new()).await.ok();
    let noted = noted["Events"].as_array().unwrap();
    assert_eq!(noted.len(), 3, "{noted:?}");
    assert!(text(&noted[2]["Principal"]).ends_with("/anonymous"));
    assert_eq!(noted[2]["Resource"], format!("{} {first}", pool.id));
    assert!(
        text(&noted[0]["Principal"]).contains(&format!("userpool/{}/", pool.id)) && !text(&noted[0]["Principal"]).ends_with("anonymous")
    );
}

#[actix_web::test]
async fn a_pool_is_full_of_clients_for_those_that_register_themselves() {
    let app = TestApp::new().await;
    let pool = app.pool_with(open(), json!({})).await;
    let made = crate::store::user_pools::find_client;
    let own = app.app.read(async |tx| made(tx, &pool.client_id).await).await.unwrap().unwrap();
    app.app
        .write(async |tx| {
            for index in 2..MOST_IN_A_POOL {
                let id = format!("filler{index}").as_str().into();
                crate::store::user_pools::insert_client(tx, &crate::userpools::client::Client { id, ..own.clone() }).await?;
            }
            Ok::<_, crate::store::StoreError>(())
        })
        .await
        .unwrap();
    // Of some that come at once, one is the last.
    let answers = join_all((0..4).map(|_| pool.register(&[], public()))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403, 403, 403]);
    assert!(answers.iter().any(|answer| error(answer).1 == "access_denied"));
    pool.admin("CreateUserPoolClient", json!({"ClientName": "one more"})).await.ok();
}

#[actix_web::test]
async fn devices_are_not_let_in_for_clients_that_anybody_made() {
    let app = TestApp::new().await;
    let configuration = json!({"DcrConfiguration": {"OpenDcrEnabled": true}, "UserPoolTags": {"passwright:device-grant": "on"}});
    let pool = app.pool_with(configuration, json!({})).await;
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    let mut metadata = public();
    metadata["grant_types"] = json!(["authorization_code", "refresh_token", device]);
    let openly = pool.register(&[], metadata.clone()).await.body;
    assert_eq!(openly["grant_types"], json!(["authorization_code", "refresh_token"]));
    let vouched = register_by(&pool, &token(&pool, &registrar(&pool).await).await, metadata).await.body;
    assert_eq!(vouched["grant_types"][2], device);
    for (client, expected) in [(&openly, (400, "unauthorized_client")), (&vouched, (200, ""))] {
        let begun = pool.post("oauth2/device_authorization", &[], &[("client_id", text(&client["client_id"]))]).await;
        assert_eq!(error(&begun), expected, "{}", begun.text);
    }
}

#[actix_web::test]
async fn a_client_that_nobody_vouches_for_has_nothing_of_the_pools_own_and_leads_nobody_anywhere() {
    let app = TestApp::new().await;
    let own = json!([{"Name": "role", "AttributeDataType": "String", "Mutable": true}]);
    let mut configuration = open();
    configuration["Schema"] = own;
    let pool = app.hosted_pool(configuration, json!({})).await;
    let bye = "https://app.example/bye";
    let made = pool.register(&[], json!({"redirect_uris": [CALLBACK], "post_logout_redirect_uris": [bye]})).await;
    let (id, secret) = (made.body["client_id"].clone(), made.body["client_secret"].clone());
    // Whoever has its secret signs nobody up with what the pool keeps of its users for itself.
    let writes = json!(described(&pool, &id).await["WriteAttributes"]);
    assert!(writes.as_array().unwrap().iter().all(|name| !text(name).starts_with("custom:")), "{writes}");
    let reads = described(&pool, &id).await["ReadAttributes"].clone();
    assert!(reads.as_array().unwrap().contains(&json!("email")) && !reads.to_string().contains("custom:"), "{reads}");
    // A change that says nothing of it leaves it so, and opens no other way in.
    let renamed = json!({"ClientId": id, "ClientName": "renamed", "CallbackURLs": [CALLBACK], "LogoutURLs": [bye],
                         "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"]});
    pool.admin("UpdateUserPoolClient", renamed).await.ok();
    let now = described(&pool, &id).await;
    assert_eq!((&now["WriteAttributes"], &now["ReadAttributes"], &now["ClientName"]), (&writes, &reads, &json!("renamed")));
    assert_eq!((&now["ExplicitAuthFlows"], &now["PreventUserExistenceErrors"]), (&json!([]), &json!("ENABLED")));
    // Nobody leaves for it whom nobody has asked.
    let visitor = pool.visitor();
    for more in [[("client_id", text(&id)), ("prompt", "none")], [("client_id", text(&id)), ("scope", "none")]] {
        let refused = visitor.ask("oauth2/authorize", &more).await;
        assert_eq!((refused.status, refused.header("location")), (400, ""), "{more:?}");
    }
    let path = format!("/{}/logout?client_id={}&logout_uri=https%3A%2F%2Fapp.example%2Fbye", pool.id, text(&id));
    let left = visitor.open(&path).await;
    assert!(!left.header("location").contains("app.example"), "{}", left.header("location"));
    // Nor does it try tokens out.
    let fields = [("client_id", text(&id)), ("client_secret", text(&secret)), ("token", "x")];
    assert_eq!(error(&pool.post("oauth2/introspect", &[], &fields).await), (400, "invalid_client"));
    // What people are shown of where it leads is where it leads.
    for address in
        ["https://bank.example:443@evil.example/", "https://b\u{430}nk.example/", "https://evil.example/\u{202e}", "https://a\\.example/"]
    {
        let refused = pool.register(&[], json!({"redirect_uris": [address]})).await;
        assert_eq!(error(&refused), (400, "invalid_redirect_uri"), "{address}");
    }
}
