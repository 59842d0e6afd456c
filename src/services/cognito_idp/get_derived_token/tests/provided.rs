//! Tokens of a pool's providers: whose they become, and what of them is taken.

use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, Header};

use super::*;
use crate::kit::clock::Clock as _;
use crate::testing::{PROVIDER_CLIENT, SAML_ENTITY, TestFunctions, TestProvider, TestSaml, parameter};

/// A pool with a provider that speaks OpenID Connect, and one that speaks SAML: each knows alice, as `1` and as `alice`.
struct Corp<'a> {
    world: World<'a>,
    provider: TestProvider,
    saml: TestSaml,
}

impl<'a> Corp<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let (world, provider, saml) = (World::new(app).await, TestProvider::start(app).await, TestSaml::new(app));
        provider.join(&world.pool, "Corp", json!({"email": "email", "name": "name"})).await;
        saml.join(&world.pool, "Saml", json!({"email": "mail"})).await;
        let corp = Self { world, provider, saml };
        corp.takes(json!(["Corp", "Saml"])).await;
        corp.link("alice", "Corp", "1").await;
        corp.link("alice", "Saml", "alice").await;
        corp
    }

    /// Has the service's client take these providers' users.
    async fn takes(&self, providers: Value) {
        let client = json!({
            "ClientId": self.world.service, "AllowedOAuthScopes": [ADMIN, "api/read"], "SupportedIdentityProviders": providers,
            "ExplicitAuthFlows": ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"],
        });
        self.world.pool.admin("UpdateUserPoolClient", client).await.ok();
    }

    async fn link(&self, username: &str, provider: &str, subject: &str) {
        let link = json!({
            "DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": username}, "SourceUser": identity(provider, subject),
        });
        self.world.pool.admin("AdminLinkProviderForUser", link).await.ok();
    }

    async fn exchange(&self, (kind, provider): (&str, &str), token: &str, more: Value) -> Answer {
        let mut input = json!({"SubjectToken": token, "SubjectTokenType": kind, "SubjectTokenProviderName": provider});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.world.exchange(input).await
    }

    async fn by_id_token(&self, said: Value, more: Value) -> Answer {
        self.exchange(ID, &self.provider.id_token(said), more).await
    }

    async fn by_assertion(&self, xml: &str) -> Answer {
        self.exchange(SAML, &TestSaml::token(xml), json!({})).await
    }

    fn alice(&self) -> Value {
        claims(&self.world.alice["AccessToken"])["sub"].clone()
    }
}

const ID: (&str, &str) = ("ID_TOKEN", "Corp");
const ACCESS: (&str, &str) = ("ACCESS_TOKEN", "Corp");
const SAML: (&str, &str) = ("SAML2", "Saml");

fn identity(provider: &str, subject: &str) -> Value {
    json!({"ProviderName": provider, "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": subject})
}

fn acting(kind: &str, provider: &str, token: &str) -> Value {
    json!({"ActorToken": token, "ActorTokenType": kind, "ActorTokenProviderName": provider})
}

fn not_found(name: &str) -> (String, String) {
    ("ResourceNotFoundException".to_owned(), format!("Identity provider {name} does not exist."))
}

fn nobody() -> (String, String) {
    ("UserNotFoundException".to_owned(), "User does not exist.".to_owned())
}

#[actix_web::test]
async fn a_providers_token_becomes_one_of_the_user_whom_it_is_linked_to() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let pool = &corp.world.pool;
    pool.admin("CreateGroup", json!({"GroupName": "staff"})).await.ok();
    pool.admin("AdminAddUserToGroup", json!({"GroupName": "staff", "Username": "alice"})).await.ok();
    let earlier = app.clock.now().seconds() - 900;
    let said = json!({"auth_time": earlier, "scope": "openid api/read aws.cognito.signin.user.admin", "cognito:groups": ["admins"]});
    let assertion = TestSaml::token(&corp.saml.assertion(pool, "_a"));
    for (of, token, since) in [
        (ID, corp.provider.id_token(said.clone()), earlier),
        (ACCESS, corp.provider.id_token(said), earlier),
        (SAML, assertion, earlier + 900),
    ] {
        let answer = corp.exchange(of, &token, json!({"Audiences": ["billing"]})).await.ok();
        assert_eq!((&answer["TokenType"], &answer["ExpiresIn"], answer.get("Scopes")), (&json!("Bearer"), &json!(300), None), "{of:?}");
        let told = claims(&answer["IssuedToken"]);
        assert_eq!((&told["sub"], &told["username"], &told["client_id"]), (&corp.alice(), &json!("alice"), &corp.world.service));
        assert_eq!((&told["aud"], &told["scope"], &told["auth_time"]), (&json!("billing"), &json!(""), &json!(since)));
        assert_eq!((&told["cognito:groups"], told.get("act")), (&json!(["staff"]), None), "the pool's groups, and no others");
        assert_ne!(told["origin_jti"], claims(&corp.world.alice["AccessToken"])["origin_jti"]);
    }
    // What the provider calls a scope is none of the pool's.
    let scopes = corp.by_id_token(json!({"scope": "api/read"}), json!({"Scopes": ["api/read"]})).await;
    assert_eq!(scopes.code(), "InvalidParameterException");
    // It is begun and ended as a sign-in is.
    let derived = corp.by_id_token(json!({}), json!({})).await.ok()["IssuedToken"].clone();
    assert_eq!(
        app.anonymous().call("GetUser", json!({"AccessToken": derived})).await.error(),
        refused("Access Token does not have required scopes")
    );
    let again = corp.world.exchange(json!({"SubjectToken": derived, "Audiences": ["billing"]})).await.ok();
    assert_eq!(claims(&again["IssuedToken"])["origin_jti"], claims(&derived)["origin_jti"]);
    app.write_journal().await;
    let events = pool.admin("AdminListUserAuthEvents", json!({"Username": "alice"})).await.ok();
    let newest = &events["AuthEvents"][0];
    assert_eq!((&newest["EventType"], &newest["EventResponse"]), (&json!("SignIn"), &json!("Pass")));
    assert_eq!(events["AuthEvents"].as_array().unwrap().len(), 5, "the password's, and one an exchange of a provider's token");
    pool.admin("AdminUserGlobalSignOut", json!({"Username": "alice"})).await.ok();
    assert_eq!(corp.world.exchange(json!({"SubjectToken": derived})).await.error(), refused("SubjectToken has been revoked"));
    // Nothing that it gives outlives it.
    let derived = corp.by_id_token(json!({}), json!({})).await.ok()["IssuedToken"].clone();
    app.advance(Duration::from_secs(300));
    assert_eq!(corp.world.exchange(json!({"SubjectToken": derived})).await.error(), refused("SubjectToken has expired"));
}

#[actix_web::test]
async fn an_id_token_tells_what_the_providers_token_tells() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let written = json!([{"Name": "name", "Value": "Alice"}, {"Name": "nickname", "Value": "Al"}]);
    corp.world.pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": written})).await.ok();
    let wanted = json!({"RequestedTokenType": "ID_TOKEN"});
    let told = claims(&corp.by_id_token(json!({"email": "a@corp.example"}), wanted.clone()).await.ok()["IssuedToken"]);
    // The pool's own words, of what was told; a user's profile is not changed by an exchange.
    assert_eq!((&told["email"], told.get("name"), told.get("nickname")), (&json!("alice@example.com"), None, None));
    assert_eq!((&told["sub"], &told["aud"], &told["token_use"]), (&corp.alice(), &corp.world.service, &json!("id")));
    let told = claims(&corp.by_id_token(json!({"name": "Anna"}), wanted).await.ok()["IssuedToken"]);
    assert_eq!((&told["name"], told.get("email")), (&json!("Alice"), None));
}

#[actix_web::test]
async fn who_signed_in_through_a_provider_is_known_by_its_tokens_and_nobody_else_is_made() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({"email": "email"})).await;
    let client =
        json!({"ClientName": "s", "ExplicitAuthFlows": ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION"], "SupportedIdentityProviders": ["Corp"]});
    let service = pool.admin("CreateUserPoolClient", client).await.ok()["UserPoolClient"]["ClientId"].clone();
    let ask = async |claims: Value, wanted: &str| {
        let input = json!({"ClientId": service, "SubjectToken": provider.id_token(claims), "SubjectTokenType": "ID_TOKEN",
                           "SubjectTokenProviderName": "Corp", "RequestedTokenType": wanted});
        app.anonymous().call("GetDerivedToken", input).await
    };
    pool.user_with("alice", json!({"email": "a@corp.example", "email_verified": "true"})).await;
    assert_eq!(ask(json!({}), "ACCESS_TOKEN").await.error(), nobody());
    assert_eq!(
        ask(json!({"email": "a@corp.example", "email_verified": true}), "ACCESS_TOKEN").await.error(),
        nobody(),
        "nobody by an address"
    );
    let visitor = pool.visitor();
    let left = visitor.ask("oauth2/authorize", &[("identity_provider", "Corp")]).await;
    assert!(parameter(&visitor.open(&provider.lets_in(left.header("location"))).await, "code").is_some());
    let told = claims(&ask(json!({}), "ACCESS_TOKEN").await.ok()["IssuedToken"]);
    assert_eq!((&told["username"], &told["cognito:groups"]), (&json!("Corp_1"), &json!([format!("{}_Corp", pool.id)])));
    // A client that anybody can be is not told who the user is.
    assert_eq!(ask(json!({}), "ID_TOKEN").await.error(), refused("SubjectToken does not have required scopes"));
    // By a claim that an administrator has linked.
    let link = json!({"DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "alice"},
                      "SourceUser": {"ProviderName": "Corp", "ProviderAttributeName": "email", "ProviderAttributeValue": "a@corp.example"}});
    pool.admin("AdminLinkProviderForUser", link).await.ok();
    assert_eq!(claims(&ask(json!({"sub": "2", "email": "a@corp.example"}), "ACCESS_TOKEN").await.ok()["IssuedToken"])["username"], "alice");
    assert_eq!(ask(json!({"sub": "2"}), "ACCESS_TOKEN").await.error(), nobody());
    let users = pool.admin("ListUsers", json!({})).await.ok();
    assert_eq!(users["Users"].as_array().unwrap().len(), 2, "alice and Corp_1");
}

#[actix_web::test]
async fn who_is_stopped_gone_or_no_longer_linked_gets_nothing() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let pool = &corp.world.pool;
    corp.by_id_token(json!({}), json!({})).await.ok();
    pool.admin("AdminDisableUser", json!({"Username": "alice"})).await.ok();
    let xml = corp.saml.assertion(pool, "_a");
    assert_eq!(corp.by_id_token(json!({}), json!({})).await.error(), refused("User is disabled."));
    assert_eq!(corp.by_assertion(&xml).await.error(), refused("User is disabled."));
    pool.admin("AdminEnableUser", json!({"Username": "alice"})).await.ok();
    pool.admin("AdminDisableProviderForUser", json!({"User": identity("Corp", "1")})).await.ok();
    assert_eq!(corp.by_id_token(json!({}), json!({})).await.error(), nobody());
    corp.by_assertion(&xml).await.ok();
    pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
    assert_eq!(corp.by_assertion(&corp.saml.assertion(pool, "_b")).await.error(), nobody());
}

#[actix_web::test]
async fn a_provider_is_one_of_the_clients_of_its_kind_and_there() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let pool = &corp.world.pool;
    let token = corp.provider.id_token(json!({}));
    for (of, code) in [
        (("ID_TOKEN", "Other"), "ResourceNotFoundException"),
        (("ID_TOKEN", "corp"), "ResourceNotFoundException"),
        (("SAML2", "Corp"), "InvalidParameterException"),
        (("ID_TOKEN", "Saml"), "InvalidParameterException"),
        (("ACCESS_TOKEN", "Saml"), "InvalidParameterException"),
    ] {
        assert_eq!(corp.exchange(of, &token, json!({})).await.code(), code, "{of:?}");
        let acting = acting(of.0, of.1, &token);
        assert_eq!(corp.world.exchange(acting).await.code(), code, "an actor's, {of:?}");
    }
    // Without its name it is the pool's own, which it is not.
    let own = json!({"SubjectToken": token, "SubjectTokenType": "ID_TOKEN"});
    assert_eq!(corp.world.exchange(own).await.error(), refused("Invalid SubjectToken"));
    // And the pool's own is not the provider's.
    let own = corp.world.alice["IdToken"].as_str().unwrap();
    assert_eq!(corp.exchange(ID, own, json!({})).await.error(), refused("Invalid SubjectToken"));
    // Those of whom Amazon has a type of its own are signed in through, and not exchanged.
    let google = json!({"ProviderName": "Google", "ProviderType": "Google", "AttributeMapping": {},
                        "ProviderDetails": {"client_id": PROVIDER_CLIENT, "client_secret": "s", "authorize_scopes": "openid"}});
    pool.admin("CreateIdentityProvider", google).await.ok();
    corp.takes(json!(["Google", "Saml", "COGNITO"])).await;
    assert_eq!(corp.exchange(("ID_TOKEN", "Google"), &token, json!({})).await.code(), "InvalidParameterException");
    assert_eq!(corp.exchange(ID, &token, json!({})).await.error(), not_found("Corp"), "no longer the client's");
    corp.takes(json!(["Corp", "COGNITO"])).await;
    corp.exchange(ID, &token, json!({})).await.ok();
    pool.admin("DeleteIdentityProvider", json!({"ProviderName": "Corp"})).await.ok();
    assert_eq!(corp.exchange(ID, &token, json!({})).await.error(), not_found("Corp"));
    // One that is not reached says nothing against the token, and nothing for it.
    let details = json!({"client_id": PROVIDER_CLIENT, "oidc_issuer": "http://127.0.0.1:1", "authorize_scopes": "openid", "attributes_request_method": "GET"});
    let away = json!({"ProviderName": "Away", "ProviderType": "OIDC", "ProviderDetails": details, "AttributeMapping": {}});
    pool.admin("CreateIdentityProvider", away).await.ok();
    corp.takes(json!(["Away"])).await;
    assert_eq!(corp.exchange(("ID_TOKEN", "Away"), &token, json!({})).await.error(), refused("SubjectToken cannot be verified"));
}

#[actix_web::test]
async fn no_token_is_taken_but_the_providers_own_for_this_pool_and_now() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let (provider, now) = (&corp.provider, app.clock.now().seconds());
    let under = |header: Header| provider.token_under(&header, json!({}));
    let rs = || Header::new(Algorithm::RS256);
    let kid = |kid: &str| Header { kid: Some(kid.to_owned()), ..rs() };
    let unsigned = |alg: &str| {
        let genuine = provider.id_token(json!({}));
        let head = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": "provider-key"}).to_string());
        format!("{head}.{}.", genuine.split('.').nth(1).unwrap())
    };
    let stripped = provider.id_token(json!({})).rsplit_once('.').unwrap().0.to_owned() + ".";
    let elsewhere = TestProvider::start(&app).await;
    let said = |claims: Value| provider.id_token(claims);
    for (why, token) in [
        ("none", unsigned("none")),
        ("None", unsigned("None")),
        ("no signature", stripped),
        ("HMAC by the public key", provider.token_by_public_key(json!({}))),
        ("a key that it brings", provider.token_that_brings_its_key(json!({}))),
        ("an unknown key", under(kid("other-key"))),
        ("a key that is a path", under(kid("../../../../dev/null"))),
        ("a key that is an address", under(kid("http://127.0.0.1:1/jwks"))),
        ("an extension", under(Header { crit: Some(vec!["exp".to_owned()]), ..rs() })),
        ("a logout token by its type", under(Header { typ: Some("logout+jwt".to_owned()), ..rs() })),
        ("a logout token by what it tells", said(json!({"events": {}}))),
        ("an access token by its type", under(Header { typ: Some("at+jwt".to_owned()), ..rs() })),
        ("an access token by what it says", said(json!({"token_use": "access"}))),
        ("another issuer", said(json!({"iss": "https://op.example"}))),
        ("another provider's", elsewhere.id_token(json!({}))),
        ("another provider's by this one's name", elsewhere.id_token(json!({"iss": provider.issuer, "aud": "another"}))),
        ("another client", said(json!({"aud": "another"}))),
        ("the pool's client", said(json!({"aud": corp.world.service}))),
        ("nobody", said(json!({"aud": null}))),
        ("others too", said(json!({"aud": [PROVIDER_CLIENT, "another"]}))),
        ("another party", said(json!({"azp": "another"}))),
        ("not yet", said(json!({"nbf": now + 301}))),
        ("of the future", said(json!({"iat": now + 301}))),
        ("no end", said(json!({"exp": null}))),
        ("no beginning", said(json!({"iat": null}))),
        ("of nobody", said(json!({"sub": null}))),
        ("of a number", said(json!({"sub": 1}))),
        ("of an empty name", said(json!({"sub": ""}))),
        ("bound to a key", said(json!({"cnf": {"jkt": "x"}}))),
        ("who acts is nobody", said(json!({"act": {"client_id": "x"}}))),
        ("no token", "x".to_owned()),
        ("three points", "a.b.c".to_owned()),
    ] {
        assert_eq!(corp.exchange(ID, &token, json!({})).await.error(), refused("Invalid SubjectToken"), "{why}");
        let acting = acting("ID_TOKEN", "Corp", &token);
        if why != "who acts is nobody" {
            assert_eq!(corp.world.exchange(acting).await.error(), refused("Invalid ActorToken"), "{why}");
        }
    }
    assert_eq!(corp.by_id_token(json!({"exp": now}), json!({})).await.error(), refused("SubjectToken has expired"));
    corp.by_id_token(json!({"exp": now + 1}), json!({})).await.ok();
    // An access token is for whom it names: this pool, by the name that it has there or its own.
    let own = claims(&corp.world.alice["AccessToken"])["iss"].clone();
    for (said, is_taken) in [
        (json!({}), true),
        (json!({"aud": own}), true),
        (json!({"aud": ["https://api.example", own]}), true),
        (json!({"aud": "https://api.example", "client_id": PROVIDER_CLIENT, "azp": PROVIDER_CLIENT}), false),
        (json!({"aud": null, "client_id": PROVIDER_CLIENT}), false),
        (json!({"nonce": "of-an-id-token"}), false),
        (json!({"token_use": "id"}), false),
        (json!({"cnf": {"x5t#S256": "x"}}), false),
    ] {
        let answer = corp.exchange(ACCESS, &corp.provider.id_token(said.clone()), json!({})).await;
        assert_eq!(answer.code(), if is_taken { "" } else { "NotAuthorizedException" }, "{said}");
    }
    let typed = provider.token_under(&Header { typ: Some("at+jwt".to_owned()), ..rs() }, json!({}));
    corp.exchange(ACCESS, &typed, json!({})).await.ok();
    // The provider's name is that of a key which is not its own.
    provider.forges();
    assert_eq!(corp.by_id_token(json!({}), json!({})).await.error(), refused("Invalid SubjectToken"));
}

#[actix_web::test]
async fn who_acts_by_a_providers_token_is_named_as_the_provider_names_them() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let (pool, op) = (&corp.world.pool, json!(corp.provider.issuer));
    // A service need be nobody of the pool's.
    let agent = corp.provider.id_token(json!({"sub": "agent"}));
    let first = corp.world.exchange(acting("ACCESS_TOKEN", "Corp", &agent)).await.ok()["IssuedToken"].clone();
    assert_eq!(claims(&first)["act"], json!({"iss": op, "sub": "agent"}));
    assert_eq!(claims(&first)["sub"], corp.alice());
    // By an assertion too, which serves once; who acted before stays named.
    let assertion = TestSaml::token(&corp.saml.assertion(pool, "_a").replace("alice", "gateway"));
    let mut then = acting("SAML2", "Saml", &assertion);
    then["SubjectToken"] = first;
    let second = corp.world.exchange(then.clone()).await.ok()["IssuedToken"].clone();
    let chain = json!({"iss": SAML_ENTITY, "sub": "gateway", "act": {"iss": op, "sub": "agent"}});
    assert_eq!(claims(&second)["act"], chain);
    assert_eq!(corp.world.exchange(then).await.error(), refused("ActorToken has been used"));
    let kept = corp.world.exchange(json!({"SubjectToken": second})).await.ok();
    assert_eq!(claims(&kept["IssuedToken"])["act"], chain, "such a token goes on");
    // Whoever acted at the provider is named too, and the machine that acts here.
    let (machine, machine_id) = corp.world.machine().await;
    let own = json!({"ActorToken": machine, "ActorTokenType": "ACCESS_TOKEN"});
    let said = json!({"act": {"sub": "a", "act": {"sub": "b", "iss": "https://other.example"}}});
    let told = claims(&corp.by_id_token(said, own.clone()).await.ok()["IssuedToken"]);
    let before = json!({"iss": op, "sub": "a", "act": {"iss": "https://other.example", "sub": "b"}});
    assert_eq!(told["act"], json!({"sub": machine_id, "client_id": machine_id, "act": before}));
    let chain = |count: usize| (1..count).fold(json!({"sub": "0"}), |act, number| json!({"sub": number.to_string(), "act": act}));
    corp.by_id_token(json!({"act": chain(4)}), own.clone()).await.ok();
    for (count, more) in [(5, own), (6, json!({})), (60, json!({}))] {
        let answer = corp.by_id_token(json!({"act": chain(count)}), more).await;
        assert_eq!(answer.message(), "The SubjectToken has as many actors as a token can have", "{count}");
    }
    // Where they are somebody here, they may have been stopped.
    pool.user("bob").await;
    corp.link("bob", "Corp", "agent").await;
    corp.world.exchange(acting("ACCESS_TOKEN", "Corp", &agent)).await.ok();
    pool.admin("AdminDisableUser", json!({"Username": "bob"})).await.ok();
    assert_eq!(corp.world.exchange(acting("ID_TOKEN", "Corp", &agent)).await.error(), refused("User is disabled."));
    let late = corp.provider.id_token(json!({"exp": app.clock.now().seconds()}));
    assert_eq!(corp.world.exchange(acting("ID_TOKEN", "Corp", &late)).await.error(), refused("ActorToken has expired"));
}

#[actix_web::test]
async fn the_functions_of_a_pool_map_and_judge() {
    let mut app = TestApp::dev().await;
    let functions = TestFunctions::start(&mut app).await;
    let corp = Corp::new(&app).await;
    let (pool, arn) = (&corp.world.pool, TestFunctions::arn);
    let lambda = json!({"PreTokenGeneration": arn("tokens"), "InboundFederation": {"LambdaVersion": "V1_0", "LambdaArn": arn("map")}});
    pool.admin("UpdateUserPool", json!({"LambdaConfig": lambda})).await.ok();
    pool.admin("CreateGroup", json!({"GroupName": "staff"})).await.ok();
    pool.admin("AdminAddUserToGroup", json!({"GroupName": "staff", "Username": "alice"})).await.ok();
    functions.answer("map", json!({"userAttributesToMap": {"sub": "1"}}));
    functions.answer(
        "tokens",
        json!({"claimsOverrideDetails": {
        "claimsToAddOrOverride": {"team": "red", "act": "x", "aud": "y"}, "groupOverrideDetails": {"groupsToOverride": []}}}),
    );
    let more = json!({"RequestedTokenType": "ID_TOKEN", "Audiences": ["billing"]});
    // The function says whom the provider means, as it does at a sign-in; and it takes away what it takes away at one.
    let told = claims(&corp.by_id_token(json!({"sub": "77"}), more).await.ok()["IssuedToken"]);
    assert_eq!((&told["sub"], &told["team"], &told["aud"]), (&corp.alice(), &json!("red"), &json!("billing")));
    assert_eq!((told.get("cognito:groups"), told.get("act")), (None, None));
    assert_eq!(functions.event("tokens")["triggerSource"], "TokenGeneration_Authentication");
    let access = claims(&corp.by_id_token(json!({}), json!({"Audiences": ["billing"]})).await.ok()["IssuedToken"]);
    assert_eq!((&access["aud"], access.get("cognito:groups")), (&json!("billing"), None));
    // What it refuses is not given, and spends nothing.
    let xml = corp.saml.assertion(pool, "_a");
    functions.refuse("tokens", "not now");
    functions.answer("map", json!({}));
    assert_eq!(corp.by_assertion(&xml).await.code(), "UserLambdaValidationException");
    functions.answer("tokens", json!({}));
    corp.by_assertion(&xml).await.ok();
    functions.refuse("map", "no");
    assert_eq!(corp.by_id_token(json!({}), json!({})).await.code(), "UserLambdaValidationException");
}

#[actix_web::test]
async fn an_assertion_serves_once_until_it_is_over() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let pool = &corp.world.pool;
    let xml = corp.saml.assertion(pool, "_once");
    // An exchange that is refused spends nothing.
    let refusal = corp.exchange(SAML, &TestSaml::token(&xml), json!({"Scopes": ["api/read"]})).await;
    assert_eq!(refusal.code(), "InvalidParameterException");
    corp.by_assertion(&xml).await.ok();
    for _ in 0..2 {
        assert_eq!(corp.by_assertion(&xml).await.error(), refused("SubjectToken has been used"));
    }
    // Written otherwise, signed anew, or by another name of the provider it is the same.
    assert_eq!(corp.by_assertion(&xml.replace("><ns1:Issuer", ">\n<ns1:Issuer")).await.error(), refused("SubjectToken has been used"));
    corp.saml.join(pool, "Twin", json!({})).await;
    corp.takes(json!(["Saml", "Twin"])).await;
    corp.link("alice", "Twin", "alice").await;
    let by_twin = corp.exchange(("SAML2", "Twin"), &TestSaml::token(&xml), json!({})).await;
    assert_eq!(by_twin.error(), refused("SubjectToken has been used"));
    // It is subject or actor.
    let both = TestSaml::token(&corp.saml.assertion(pool, "_both"));
    assert_eq!(corp.exchange(SAML, &both, acting("SAML2", "Saml", &both)).await.error(), refused("ActorToken has been used"));
    corp.exchange(SAML, &both, json!({})).await.ok();
    // Of many at once, one is served.
    let xml = corp.saml.assertion(pool, "_race");
    let answers = join_all((0..8).map(|_| corp.by_assertion(&xml))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let losers = answers.iter().filter(|answer| answer.status != 200);
    losers.for_each(|answer| assert_eq!(answer.error(), refused("SubjectToken has been used")));
    // It is over when it says so: that clocks may differ adds nothing to what a token of it could live.
    let xml = corp.saml.assertion(pool, "_late");
    app.advance(Duration::from_secs(299));
    assert_eq!(corp.by_assertion(&xml).await.ok()["ExpiresIn"], 1);
    app.advance(Duration::from_secs(1));
    for id in ["_late", "_once", "_another"] {
        assert_eq!(corp.by_assertion(&xml.replace("_late", id)).await.error(), refused("SubjectToken has expired"), "{id}");
    }
    // What is kept of it goes, when nobody would take it any more.
    app.advance(Duration::from_secs(600));
    app.run_jobs().await;
    assert_eq!(corp.by_assertion(&xml).await.error(), refused("SubjectToken has expired"));
}

#[actix_web::test]
async fn no_assertion_is_taken_but_the_providers_own_for_this_pool() {
    let app = TestApp::dev().await;
    let corp = Corp::new(&app).await;
    let pool = &corp.world.pool;
    pool.admin("CreateUserPoolDomain", json!({"Domain": "login-of-corp"})).await.ok();
    let plain = corp.saml.assertion(pool, "_a");
    let changed = |from: &str, to: &str| {
        assert!(plain.contains(from), "{from}");
        TestSaml::token(&plain.replacen(from, to, 1))
    };
    let signed = String::from_utf8(URL_SAFE_NO_PAD.decode(TestSaml::token(&plain)).unwrap()).unwrap();
    let evil = plain.replace("alice", "admin").replace("_a\"", "_evil\"");
    let wrapped = evil.replace("</ns1:Assertion>", &format!("{signed}</ns1:Assertion>"));
    let other = app.pool().await;
    let below = format!("{}/{}/", app.app.public_url, pool.id);
    for (why, token) in [
        ("another pool's", TestSaml::token(&corp.saml.assertion(&other, "_a"))),
        ("an audience that begins so", changed(&format!("{}</ns1:Audience>", pool.id), &format!("{}x</ns1:Audience>", pool.id))),
        ("another recipient", changed(&below, "https://evil.example/")),
        ("another address here", changed("saml2/idpresponse", "saml2/logout")),
        ("the answer to a browser", changed(" Recipient=", " InResponseTo=\"_x\" Recipient=")),
        ("another issuer", changed(SAML_ENTITY, "https://other.example/metadata")),
        ("of nobody", changed("<ns1:NameID>alice</ns1:NameID>", "")),
        ("no authentication", changed("AuthnStatement AuthnInstant", "AuthnStatement Instant")),
        ("unsigned", URL_SAFE_NO_PAD.encode(&plain)),
        ("changed", URL_SAFE_NO_PAD.encode(signed.replace("alice", "admin"))),
        ("wrapped", URL_SAFE_NO_PAD.encode(wrapped)),
        ("a JWT", corp.provider.id_token(json!({}))),
    ] {
        assert_eq!(corp.exchange(SAML, &token, json!({})).await.error(), refused("Invalid SubjectToken"), "{why}");
    }
    // Where it may be brought: as a browser's, or as a token endpoint's (RFC 7522), at each address of the pool.
    let domain = format!("http://login-of-corp.auth.{}/", crate::testing::HOST);
    for (id, base, place) in [("_1", &below, "oauth2/token"), ("_2", &domain, "saml2/idpresponse"), ("_3", &domain, "oauth2/token")] {
        let there = plain.replace("_a\"", &format!("{id}\"")).replace(&format!("{below}saml2/idpresponse"), &format!("{base}{place}"));
        corp.by_assertion(&there).await.ok();
    }
}
