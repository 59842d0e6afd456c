//! Sign-in through another provider, as browsers take it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::clock::Clock as _;
use crate::testing::{Answer, Limits, PASSWORD, TestApp, TestFunctions, TestPool, TestProvider, TestVisitor, claims, parameter};

/// Sends a visitor by the page's button, and back by the provider: where that leads.
async fn through(visitor: &TestVisitor<'_>, provider: &TestProvider, name: &str) -> Answer {
    let left = leaves(visitor, name).await;
    visitor.open(&provider.lets_in(&left)).await
}

/// Where a visitor is sent by the page's button.
async fn leaves(visitor: &TestVisitor<'_>, name: &str) -> String {
    let page = visitor.ask("login", &[("another", "1")]).await;
    let button = page.text.split("class=\"button ").nth(1).unwrap_or_else(|| panic!("no button: {}", page.text));
    assert!(button.contains(&format!("<bdi>{name}</bdi>")), "{button}");
    let url = button.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let left = visitor.open(&url).await;
    assert_eq!(left.status, 303, "{}", left.text);
    left.header("location").to_owned()
}

async fn tokens(pool: &TestPool<'_>, back: &Answer) -> Value {
    let code = parameter(back, "code").unwrap_or_else(|| panic!("no code: {} {}", back.header("location"), back.text));
    pool.exchange(&code, &[]).await.ok()
}

#[actix_web::test]
async fn whom_a_provider_vouches_for_is_made_a_user_and_known_when_they_come_again() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({"email": "email", "name": "name"})).await;
    provider.knows(json!({"sub": "1", "email": "a@corp.example"}), json!({"sub": "1", "name": "Anna"}));
    let visitor = pool.visitor();
    let first = tokens(&pool, &through(&visitor, &provider, "Corp").await).await;
    let (id, access) = (claims(&first["id_token"]), claims(&first["access_token"]));
    assert_eq!(
        (&id["cognito:username"], &id["email"], &id["email_verified"], &id["name"]),
        (&json!("Corp_1"), &json!("a@corp.example"), &json!(false), &json!("Anna"))
    );
    assert_eq!(
        (&id["identities"][0]["providerName"], &id["identities"][0]["userId"], &id["identities"][0]["primary"]),
        (&json!("Corp"), &json!("1"), &json!("true"))
    );
    assert_eq!(access["cognito:groups"], json!([format!("{}_Corp", pool.id)]));
    let described = pool.admin("AdminGetUser", json!({"Username": "Corp_1"})).await.ok();
    assert_eq!(described["UserStatus"], "EXTERNAL_PROVIDER");

    // When they proved who they are is the provider's to say, and asked for.
    let asked = pool.visitor().ask("oauth2/authorize", &[("identity_provider", "Corp"), ("max_age", "60"), ("prompt", "login")]).await;
    assert!(asked.header("location").contains("max_age=60") && asked.header("location").contains("prompt=login"));
    let earlier = app.clock.now().seconds() - 900;
    provider.knows(json!({"sub": "1", "email": "a@corp.example", "auth_time": earlier}), json!({"sub": "1", "name": "Anna"}));
    let old = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_eq!(old["auth_time"], earlier);
    let late = pool.visitor();
    let left = late.ask("oauth2/authorize", &[("identity_provider", "Corp"), ("max_age", "60")]).await;
    let refused = late.open(&provider.lets_in(left.header("location"))).await;
    assert!(refused.header("location").contains("told=failed:Corp"), "{}", refused.header("location"));

    // Their session is one like any other's.
    let again = visitor.ask("oauth2/authorize", &[("prompt", "none")]).await;
    assert!(parameter(&again, "code").is_some());
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", pool.client_id.as_str()),
        ("refresh_token", first["refresh_token"].as_str().unwrap()),
    ];
    let refreshed = pool.post("oauth2/token", &[], &fields).await.ok();
    assert_eq!(claims(&refreshed["id_token"])["sub"], id["sub"]);
    let got = app.anonymous().call("GetUser", json!({"AccessToken": refreshed["access_token"]})).await;
    assert_eq!(
        (got.status, got.body["__type"].as_str().unwrap_or_default()),
        (400, "NotAuthorizedException"),
        "openid is not the user's own rights"
    );

    // What they are called has changed, and they are who they were.
    provider.knows(json!({"sub": "1", "email": "anna@corp.example"}), json!({"sub": "1", "name": "Anna B"}));
    let again = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_eq!((&again["sub"], &again["email"], &again["name"]), (&id["sub"], &json!("anna@corp.example"), &json!("Anna B")));
    // The provider's secret is the provider's.
    assert!(!provider.asked().iter().any(|path| path.contains("canary")));

    pool.admin("AdminDisableUser", json!({"Username": "Corp_1"})).await.ok();
    let refused = through(&pool.visitor(), &provider, "Corp").await;
    assert!(refused.header("location").contains("told=failed:Corp"), "{} {}", refused.header("location"), refused.text);
}

#[actix_web::test]
async fn an_address_that_somebody_has_makes_nobody_of_them() {
    let app = TestApp::dev().await;
    for pool in [json!({"AliasAttributes": ["email"]}), json!({"UsernameAttributes": ["email"]})] {
        let pool = app.hosted_pool(pool, json!({})).await;
        let provider = TestProvider::start(&app).await;
        provider.join(&pool, "Corp", json!({"email": "email", "email_verified": "email_verified"})).await;
        let name = if pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].get("UsernameAttributes").is_some() {
            "a@corp.example"
        } else {
            "alice"
        };
        let alice = pool.user_with(name, json!({"email": "a@corp.example", "email_verified": "true"})).await;
        provider.knows(json!({"sub": "666", "email": "a@corp.example", "email_verified": true}), json!({"sub": "666"}));
        let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
        let described = alice.described().await;
        assert_ne!(id["sub"], described["UserAttributes"][0]["Value"]);
        assert!(!described.to_string().contains("identities"));
        // The address is still the name of whom it was.
        assert_eq!(pool.sign_in("a@corp.example", PASSWORD).await.status, 200);
    }
}

#[actix_web::test]
async fn whoever_took_the_name_before_neither_gets_the_account_nor_keeps_it_from_its_owner() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({})).await;
    let taker = pool.user("Corp_1").await.described().await["UserAttributes"].clone();
    for _ in 0..2 {
        let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
        assert!(!taker.to_string().contains(id["sub"].as_str().unwrap()));
        assert_eq!(id["cognito:username"], format!("Corp_{}", id["sub"].as_str().unwrap()));
    }
}

#[actix_web::test]
async fn what_is_verified_is_the_address_that_is_told_with_it() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({"email": "email", "email_verified": "email_verified"})).await;
    provider
        .knows(json!({"sub": "1", "email": "me@evil.example", "email_verified": true}), json!({"sub": "1", "email": "ceo@corp.example"}));
    let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_eq!((&id["email"], &id["email_verified"]), (&json!("ceo@corp.example"), &json!(false)));
    // Nor is one that they wrote themselves meanwhile.
    let written = json!([{"Name": "email", "Value": "boss@corp.example"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "Corp_1", "UserAttributes": written})).await.ok();
    provider.knows(json!({"sub": "1", "email_verified": true}), json!({"sub": "1"}));
    let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_eq!((&id["email"], &id["email_verified"]), (&json!("boss@corp.example"), &json!(false)));
}

#[actix_web::test]
async fn whom_an_administrator_linked_is_who_they_are_here() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({"email": "email", "name": "name"})).await;
    let alice = pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    for (attribute, value) in [("Cognito_Subject", "1"), ("email", "a@corp.example")] {
        let link = json!({"DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "alice"},
                          "SourceUser": {"ProviderName": "Corp", "ProviderAttributeName": attribute, "ProviderAttributeValue": value}});
        pool.admin("AdminLinkProviderForUser", link).await.ok();
    }
    let sub =
        alice.described().await["UserAttributes"].as_array().unwrap().iter().find(|attribute| attribute["Name"] == "sub").unwrap()["Value"]
            .clone();
    for (subject, email) in [("1", "evil@corp.example"), ("2", "a@corp.example")] {
        provider.knows(json!({"sub": subject, "email": email, "name": "Anna"}), json!({"sub": subject}));
        let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
        assert_eq!((&id["sub"], &id["name"]), (&sub, &json!("Anna")));
        // Their address is theirs: by another, whoever holds the account there would get at the one here.
        assert_eq!((&id["email"], &id["email_verified"]), (&json!("a@x.example"), &json!(true)));
    }
    // What the provider itself does not believe links nobody.
    pool.admin(
        "UpdateIdentityProvider",
        json!({"ProviderName": "Corp", "AttributeMapping": {"email": "email", "name": "name", "email_verified": "ok"}}),
    )
    .await
    .ok();
    provider.knows(json!({"sub": "3", "email": "a@corp.example", "ok": false}), json!({"sub": "3"}));
    let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_ne!(id["sub"], sub);
    // Without their password too, their address is theirs.
    pool.admin(
        "AdminDisableProviderForUser",
        json!({"User": {"ProviderName": "Cognito", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "alice"}}),
    )
    .await
    .ok();
    provider.knows(json!({"sub": "1", "email": "evil@corp.example", "ok": true}), json!({"sub": "1"}));
    let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_eq!((&id["sub"], &id["email"]), (&sub, &json!("a@x.example")));
    let unlink = json!({"User": {"ProviderName": "Corp", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1"}});
    pool.admin("AdminDisableProviderForUser", unlink).await.ok();
    provider.knows(json!({"sub": "1", "email": "other@corp.example"}), json!({"sub": "1"}));
    let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_ne!(id["sub"], sub);
}

#[actix_web::test]
async fn an_answer_is_for_the_browser_that_left_and_once() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({})).await;
    let (mallory, alice) = (pool.visitor(), pool.visitor());
    alice.ask("login", &[]).await;
    // A code of mallory's in alice's browser would sign her in as mallory.
    let back = provider.lets_in(&leaves(&mallory, "Corp").await);
    let refused = alice.open(&back).await;
    assert!(refused.header("location").contains("told=failed:Corp"), "{} {}", refused.status, refused.header("location"));
    assert!(parameter(&alice.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_none());
    // Nor does it serve as nobody's.
    let forged = back.replace("state=", "state=x");
    assert_eq!(alice.open(&forged).await.status, 400);
    assert!(parameter(&mallory.open(&back).await, "code").is_some());
    assert_eq!(mallory.open(&back).await.status, 400, "once");
    // Another pool's state is none here.
    let other = app.hosted_pool(json!({}), json!({})).await;
    provider.join(&other, "Corp", json!({})).await;
    let back = provider.lets_in(&leaves(&other.visitor(), "Corp").await);
    let here = back.replace(other.id.as_str(), pool.id.as_str());
    assert_eq!(mallory.open(&here).await.status, 400);
    // After a quarter of an hour nobody is on the way any more.
    let back = provider.lets_in(&leaves(&mallory, "Corp").await);
    app.advance(Duration::from_secs(15 * 60));
    assert_eq!(mallory.open(&back).await.status, 400);
    // Twenty who come back by one answer are one.
    let back = provider.lets_in(&leaves(&mallory, "Corp").await);
    let answers = futures_util::future::join_all((0..20).map(|_| mallory.open(&back))).await;
    assert_eq!(answers.iter().filter(|answer| parameter(answer, "code").is_some()).count(), 1);
}

#[actix_web::test]
async fn a_provider_that_is_not_believed_signs_nobody_in() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({})).await;
    let is_refused = |answer: &Answer| answer.status == 303 && answer.header("location").contains("told=failed:Corp");
    for (id_token, user_info) in [
        (json!({"sub": "1", "iss": "http://127.0.0.1:1"}), json!({"sub": "1"})),
        (json!({"sub": "1", "aud": "another"}), json!({"sub": "1"})),
        (json!({"sub": "1", "exp": 1}), json!({"sub": "1"})),
        (json!({"sub": "1", "nonce": "another"}), json!({"sub": "1"})),
        (json!({"sub": "1", "nonce": null}), json!({"sub": "1"})),
        (json!({"sub": "1"}), json!({"sub": "2"})),
        (json!({"sub": "1"}), json!({})),
        (json!({"sub": ""}), json!({"sub": ""})),
    ] {
        provider.knows(id_token.clone(), user_info.clone());
        let answer = through(&pool.visitor(), &provider, "Corp").await;
        assert!(is_refused(&answer), "{id_token} {user_info}: {} {}", answer.status, answer.header("location"));
    }
    provider.knows(json!({"sub": "1"}), json!({"sub": "1"}));
    assert!(parameter(&through(&pool.visitor(), &provider, "Corp").await, "code").is_some());
    // A code that another issuer says it has given goes to nobody.
    for (iss, is_taken) in [("https://other.example", false), (provider.issuer.as_str(), true)] {
        let visitor = pool.visitor();
        let back = provider.lets_in(&leaves(&visitor, "Corp").await);
        let iss = form_urlencoded::byte_serialize(iss.as_bytes()).collect::<String>();
        let answer = visitor.open(&format!("{back}&iss={iss}")).await;
        assert_eq!(parameter(&answer, "code").is_some(), is_taken, "{iss}");
    }
    // It lets nobody in itself: the page says so, in words of ours.
    let visitor = pool.visitor();
    let back = provider.lets_in(&leaves(&visitor, "Corp").await);
    let state = back.split("state=").nth(1).unwrap();
    let path = back.split('?').next().unwrap();
    let refused = visitor.open(&format!("{path}?error=access_denied&error_description=%3Cscript%3E&state={state}")).await;
    let page = visitor.follow(&refused).await;
    assert!(
        page.status == 400
            && page.text.contains("Signing in with")
            && !page.text.contains("aria-invalid")
            && !page.text.contains("<script>"),
        "{}",
        page.text
    );
    // A key of another's.
    provider.forges();
    assert!(is_refused(&through(&pool.visitor(), &provider, "Corp").await));
    // A document of another issuer's: the pool that asks for it anew believes nothing of it.
    let other = app.hosted_pool(json!({}), json!({})).await;
    let liar = TestProvider::start(&app).await;
    liar.join(&other, "Corp", json!({})).await;
    for lie in [
        json!({"issuer": provider.issuer}),
        json!({"authorization_endpoint": "javascript:alert(1)//"}),
        json!({"authorization_endpoint": "http://evil.example/"}),
    ] {
        liar.publishes(lie);
        let left = other.visitor().ask("oauth2/authorize", &[("identity_provider", "Corp")]).await;
        assert!(is_refused(&left), "{}", left.header("location"));
    }
    // One that says that it names itself, and does not.
    liar.publishes(json!({"authorization_response_iss_parameter_supported": true}));
    assert!(is_refused(&through(&other.visitor(), &liar, "Corp").await));
    // What the settings of a client do not list is none of its providers.
    pool.offer(&["COGNITO"]).await;
    let left = pool.visitor().ask("oauth2/authorize", &[("identity_provider", "Corp")]).await;
    assert!(left.header("location").contains("/login?"), "{}", left.header("location"));
    assert!(!left.header("location").contains("127.0.0.1"));
}

/// F4.
#[actix_web::test]
async fn a_provider_that_is_closed_while_somebody_is_there_lets_them_in_nowhere() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({})).await;
    let visitor = pool.visitor();
    let back = provider.lets_in(&leaves(&visitor, "Corp").await);
    pool.offer(&["COGNITO"]).await;
    let refused = visitor.open(&back).await;
    assert!(parameter(&refused, "code").is_none(), "the client takes it no more: {}", refused.header("location"));
    pool.offer(&["COGNITO", "Corp"]).await;
    let back = provider.lets_in(&leaves(&visitor, "Corp").await);
    pool.offer(&["COGNITO"]).await;
    pool.admin("DeleteIdentityProvider", json!({"ProviderName": "Corp"})).await.ok();
    let refused = visitor.open(&back).await;
    assert!(parameter(&refused, "code").is_none(), "it is gone: {}", refused.header("location"));
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "Corp_1"})).await.code(), "UserNotFoundException", "nobody was made");
}

#[actix_web::test]
async fn a_provider_on_this_machine_is_reached_by_developers_alone() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = |issuer: &str| {
        json!({"ProviderName": "Corp", "ProviderType": "OIDC", "AttributeMapping": {},
        "ProviderDetails": {"client_id": "c", "oidc_issuer": issuer, "authorize_scopes": "openid", "attributes_request_method": "GET"}})
    };
    for issuer in ["http://127.0.0.1:9000", "http://localhost", "http://169.254.169.254"] {
        assert_eq!(pool.admin("CreateIdentityProvider", provider(issuer)).await.code(), "InvalidParameterException", "{issuer}");
    }
    for issuer in ["https://127.0.0.1", "https://localhost", "https://169.254.169.254", "https://[::ffff:7f00:1]"] {
        pool.admin("CreateIdentityProvider", provider(issuer)).await.ok();
        pool.offer(&["COGNITO", "Corp"]).await;
        let left = pool.visitor().ask("oauth2/authorize", &[("identity_provider", "Corp")]).await;
        assert!(left.header("location").contains("told=failed:Corp"), "{issuer}: {}", left.header("location"));
        pool.admin("DeleteIdentityProvider", json!({"ProviderName": "Corp"})).await.ok();
    }
}

#[actix_web::test]
async fn a_provider_is_found_by_its_name_its_other_names_and_where_it_is_the_only_one() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({})).await;
    pool.admin("UpdateIdentityProvider", json!({"ProviderName": "Corp", "IdpIdentifiers": ["corp.example"]})).await.ok();
    let is_there = |answer: &Answer| answer.header("location").starts_with(&format!("{}/authorize?", provider.issuer));
    for named in [("identity_provider", "Corp"), ("idp_identifier", "corp.example")] {
        let left = pool.visitor().ask("oauth2/authorize", &[named, ("login_hint", "a@corp.example")]).await;
        assert!(
            is_there(&left) && left.header("location").contains("login_hint=a%40corp.example"),
            "{named:?}: {}",
            left.header("location")
        );
    }
    for named in [("identity_provider", "COGNITO"), ("identity_provider", "Nobody"), ("idp_identifier", "other.example"), ("state", "s")] {
        assert!(pool.visitor().ask("oauth2/authorize", &[named]).await.header("location").contains("/login?"), "{named:?}");
    }
    pool.offer(&["Corp"]).await;
    assert!(is_there(&pool.visitor().ask("oauth2/authorize", &[]).await));
    // An address of its domain, and no password: the page leads there.
    let visitor = pool.visitor();
    let page = visitor.ask("login", &[]).await;
    assert!(page.text.contains("<bdi>Corp</bdi>"));
    assert_eq!(parameter(&pool.visitor().ask("oauth2/authorize", &[("prompt", "none")]).await, "error").as_deref(), Some("login_required"));
}

#[actix_web::test]
async fn who_is_signed_in_may_choose_to_be_somebody_elses() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    visitor.code_of("alice", &[]).await;
    let page = visitor.ask("login", &[("another", "1")]).await;
    let url = page.text.split("class=\"button ").find(|part| part.contains("<bdi>Corp</bdi>")).unwrap().split("href=\"").nth(1).unwrap();
    let url = url.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let left = visitor.open(&url).await;
    let tokens = tokens(&pool, &visitor.open(&provider.lets_in(left.header("location"))).await).await;
    assert_eq!(claims(&tokens["id_token"])["cognito:username"], "Corp_1");
}

#[actix_web::test]
async fn the_functions_of_a_pool_map_judge_and_are_told() {
    let mut app = TestApp::dev().await;
    let functions = TestFunctions::start(&mut app).await;
    let arn = TestFunctions::arn;
    let lambda = json!({"PreSignUp": arn("before"), "PostConfirmation": arn("made"), "PostAuthentication": arn("came"), "PreAuthentication": arn("asked"),
                        "InboundFederation": {"LambdaVersion": "V1_0", "LambdaArn": arn("map")}});
    let pool = app.hosted_pool(json!({"LambdaConfig": lambda}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({"name": "name", "email": "mail"})).await;
    provider.knows(json!({"sub": "1", "mail": "a@corp.example"}), json!({"sub": "1", "name": "Anna"}));
    functions.answer("map", json!({"userAttributesToMap": {"sub": "1", "name": "ANNA"}}));
    functions.refuse("before", "not yet");
    let refused = through(&pool.visitor(), &provider, "Corp").await;
    assert_eq!(parameter(&refused, "error_description").as_deref(), Some("PreSignUp failed with error not yet."));
    assert_eq!(parameter(&refused, "state").as_deref(), Some("the-state"));
    functions.answer("before", json!({}));
    let id = claims(&tokens(&pool, &through(&pool.visitor(), &provider, "Corp").await).await["id_token"]);
    assert_eq!((&id["name"], id.get("email")), (&json!("ANNA"), None));
    let event = functions.event("map");
    assert_eq!(
        (&event["triggerSource"], &event["userName"], &event["request"]["providerType"]),
        (&json!("InboundFederation_ExternalProvider"), &json!("Corp_1"), &json!("OIDC"))
    );
    let attributes = &event["request"]["attributes"];
    assert_eq!((&attributes["idToken"]["mail"], &attributes["userInfo"]["name"]), (&json!("a@corp.example"), &json!("Anna")));
    assert_eq!(attributes["tokenResponse"]["access_token"], "the-access-token");
    assert_eq!(functions.event("before")["triggerSource"], "PreSignUp_ExternalProvider");
    assert_eq!(functions.event("made")["triggerSource"], "PostConfirmation_ConfirmSignUp");
    assert!(functions.calls("came").is_empty() && functions.calls("asked").is_empty());
    through(&pool.visitor(), &provider, "Corp").await;
    assert_eq!((functions.calls("came").len(), functions.calls("made").len()), (1, 1));
    // Whoever may not come in is not in.
    functions.refuse("came", "no");
    let visitor = pool.visitor();
    let refused = through(&visitor, &provider, "Corp").await;
    assert_eq!(parameter(&refused, "error").as_deref(), Some("invalid_request"));
    assert!(parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_none());
}

#[actix_web::test]
async fn at_a_domain_of_the_pool_the_way_back_is_to_the_domain() {
    let app = TestApp::dev().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let provider = TestProvider::start(&app).await;
    provider.join(&pool, "Corp", json!({})).await;
    pool.admin("CreateUserPoolDomain", json!({"Domain": "login-of-corp"})).await.ok();
    let visitor = pool.visitor().at(&format!("login-of-corp.auth.{}", crate::testing::HOST));
    let left = visitor.ask("/oauth2/authorize", &[("identity_provider", "Corp")]).await;
    let back = parameter(&left, "redirect_uri").unwrap();
    assert_eq!(back, format!("http://login-of-corp.auth.{}/oauth2/idpresponse", crate::testing::HOST));
    assert!(parameter(&visitor.open(&provider.lets_in(left.header("location"))).await, "code").is_some());
}

#[actix_web::test]
async fn an_address_begins_so_many_sign_ins_elsewhere() {
    let app = TestApp::within(Limits { departures: 2, ..Limits::default() }).await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let details = json!({"client_id": "c", "oidc_issuer": "https://op.example", "authorize_scopes": "openid", "jwks_uri": "https://op.example/keys",
                         "authorize_url": "https://op.example/a", "token_url": "https://op.example/t", "attributes_request_method": "GET"});
    let provider = json!({"ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": details});
    pool.admin("CreateIdentityProvider", provider).await.ok();
    pool.offer(&["COGNITO", "Corp"]).await;
    let leaves = async || pool.visitor().ask("oauth2/authorize", &[("identity_provider", "Corp")]).await.header("location").to_owned();
    for _ in 0..2 {
        assert!(leaves().await.starts_with("https://op.example/a?"));
    }
    assert!(leaves().await.contains("told=failed:Corp"));
    app.advance(Duration::from_secs(150));
    assert!(leaves().await.starts_with("https://op.example/a?"));
}
