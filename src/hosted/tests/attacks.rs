//! What others try at the pages (security.md: H1 to H6, S1, S4, T3, T5).

use std::time::Duration;

use actix_web::http::Method;
use serde_json::json;

use crate::budgets::Limits;
use crate::testing::{CALLBACK, HOST, PASSWORD, TestApp, parameter};

#[actix_web::test]
async fn nothing_that_is_sent_runs_on_a_page() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    let script = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    for page in ["login", "signup", "forgotPassword", "logout", "oauth2/authorize"] {
        for name in [
            "login_hint",
            "state",
            "nonce",
            "lang",
            "ui_locales",
            "told",
            "another",
            "extra",
            "scope",
            "client_id",
            "redirect_uri",
            "response_mode",
        ] {
            let answer = visitor.ask(page, &[(name, script)]).await;
            let answer =
                if answer.status == 303 && answer.header("location").starts_with('/') { visitor.follow(&answer).await } else { answer };
            assert!(!answer.text.contains("<script>alert") && !answer.text.contains("<img src=x"), "{page} {name}: {}", answer.text);
        }
    }
    let page = visitor.ask("login", &[]).await;
    let back = visitor.fill(&page, &[("username", script), ("password", script)]).await;
    assert!(back.status == 400 && !back.text.contains("<script>alert"), "{}", back.text);
    for header in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(page.header(header.0), header.1);
    }
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part) && !policy.contains("unsafe"), "{policy}");
    }
    assert!(page.header("access-control-allow-origin").is_empty(), "no other origin reads a page");
}

#[actix_web::test]
async fn a_browser_is_sent_nowhere_but_to_its_client() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    visitor.tokens_of("alice", &[]).await;
    for uri in [
        "https://evil.example/cb",
        "https://app.example/cb/../evil",
        "https://app.example/cb?next=https://evil.example",
        "https://app.example/cb#x",
        "https://app.example@evil.example/cb",
        "https://app.example\\@evil.example/cb",
        "https://a@app.example@evil.example/cb",
        "https://app.example.evil.example/cb",
        "https://app.example:444/cb",
        "http://app.example/cb",
        "//app.example/cb",
        "/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example/cb%0d%0aSet-Cookie:x=y",
        "https://app.example/cb\r\nSet-Cookie:x=y",
        "https://app.example/cb ",
        "https://APP.example/cb",
        "https://app.example/%63b",
        "https://app.example/cb%00",
    ] {
        for page in ["oauth2/authorize", "login", "signup"] {
            let answer = visitor.ask(page, &[("redirect_uri", uri), ("prompt", "none")]).await;
            assert_eq!((answer.status, answer.header("location")), (400, ""), "{page} {uri:?}");
        }
        let out = visitor.ask("logout", &[("logout_uri", uri), ("redirect_uri", "")]).await;
        assert_eq!(out.header("location"), "", "{uri:?}");
    }
    let twice = format!("oauth2/authorize?{}&redirect_uri=https%3A%2F%2Fevil.example", pool.asking(&[]));
    assert_eq!(visitor.open(&twice).await.status, 400);
    let twice = format!("oauth2/authorize?{}&state=other", pool.asking(&[]));
    assert_eq!(parameter(&visitor.open(&twice).await, "error").as_deref(), Some("invalid_request"));
    for client in ["", "nobody", "a\0b"] {
        let answer = visitor.ask("oauth2/authorize", &[("client_id", client)]).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""));
    }
    // Another pool's client is none of this one's.
    let other = app.hosted_pool(json!({}), json!({})).await;
    let answer = visitor.ask("oauth2/authorize", &[("client_id", other.client_id.as_str())]).await;
    assert_eq!(answer.status, 400);
}

#[actix_web::test]
async fn a_form_that_is_not_this_browsers_does_nothing() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    pool.user("mallory").await;
    pool.user("alice").await;
    let (victim, attacker) = (pool.visitor(), pool.visitor());
    victim.ask("login", &[]).await;
    let page = attacker.ask("login", &[]).await;
    let token = page.text.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let action = format!("/{}/login?{}", pool.id, pool.asking(&[]));
    for forged in [vec![], vec![("form_token", "")], vec![("form_token", token.as_str())], vec![("form_token", "x")]] {
        let fields = [&forged[..], &[("username", "mallory"), ("password", PASSWORD)]].concat();
        let answer = victim.post(&action, &fields).await;
        assert!(answer.status == 400 && parameter(&answer, "code").is_none(), "{forged:?}");
    }
    assert_eq!(parameter(&victim.ask("oauth2/authorize", &[("prompt", "none")]).await, "error").as_deref(), Some("login_required"));
    let form = [("username", "new"), ("email", "new@x.example"), ("password", PASSWORD)];
    assert_eq!(victim.post(&action.replace("/login?", "/signup?"), &form).await.status, 400);
    assert_eq!(victim.post(&action.replace("/login?", "/forgotPassword?"), &form).await.status, 400);
    assert!(app.messages_to("new@x.example").await.is_empty());
    // Neither is one who is signed in signed out.
    victim.tokens_of("alice", &[]).await;
    let out = victim.post(&format!("/{}/logout", pool.id), &[("form_token", &token)]).await;
    assert!(out.text.contains("Sign out?"), "{}", out.text);
    assert!(parameter(&victim.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some());
}

#[actix_web::test]
async fn a_session_is_a_new_one_at_each_sign_in_and_of_one_pool() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let other = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    other.user("alice").await;
    let visitor = pool.visitor();
    let (session, step) = (format!("passwright-session-{}", pool.id), format!("passwright-step-{}", pool.id));
    visitor.browser.set_cookie(&session, "chosen-by-another");
    let answer = visitor.sign_in("alice", &[]).await;
    let cookie = answer.cookies().find(|cookie| cookie.starts_with(&session)).unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let first = visitor.browser.cookie(&session);
    assert!(first != "chosen-by-another" && first.len() >= 43);
    visitor.sign_in("alice", &[("prompt", "login")]).await;
    assert_ne!(visitor.browser.cookie(&session), first);
    let before = pool.visitor();
    before.browser.set_cookie(&session, &first);
    let gone = before.ask("oauth2/authorize", &[("prompt", "none")]).await;
    assert_eq!(parameter(&gone, "error").as_deref(), Some("login_required"), "the one before it has ended");

    let elsewhere = other.visitor();
    elsewhere.browser.set_cookie(&format!("passwright-session-{}", other.id), &visitor.browser.cookie(&session));
    let refused = elsewhere.ask("oauth2/authorize", &[("prompt", "none")]).await;
    assert_eq!(parameter(&refused, "error").as_deref(), Some("login_required"), "another pool's is none");
    assert!(visitor.browser.cookie(&step).is_empty());
}

#[actix_web::test]
async fn a_stranger_who_claims_tls_gets_no_cookie_of_it() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    let visitor = pool.visitor();
    let path = format!("/{}/login?{}", pool.id, pool.asking(&[]));
    let plain = visitor.browser.send_to(HOST, Method::GET, &path, &[("x-forwarded-proto", "https")], String::new()).await;
    assert!(plain.cookies().all(|cookie| !cookie.starts_with("__Host-")), "nobody is believed who is no proxy of ours");
}

#[actix_web::test]
async fn a_session_ends_with_what_it_rests_on() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    for (operation, more) in [
        ("AdminDisableUser", json!({})),
        ("AdminUserGlobalSignOut", json!({})),
        ("AdminSetUserPassword", json!({"Password": "An0ther-password!", "Permanent": true})),
        ("AdminResetUserPassword", json!({})),
        ("AdminDeleteUser", json!({})),
    ] {
        pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
        let visitor = pool.visitor();
        let code = visitor.code_of("alice", &[]).await;
        let is_in = async || parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some();
        assert!(is_in().await, "{operation}");
        let mut input = json!({"Username": "alice"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        pool.admin(operation, input).await.ok();
        assert!(!is_in().await, "{operation}");
        assert_eq!(pool.exchange(&code, &[]).await.body["error"], "invalid_grant", "{operation}");
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await;
    }
}

/// C4: what an administrator does ends it too, above; here its user does it, or whoever has their mailbox.
#[actix_web::test]
async fn a_session_ends_with_the_password_that_its_user_changes_or_recovers() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    for recovers in [false, true] {
        let alice = pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
        let visitor = pool.visitor();
        let code = visitor.code_of("alice", &[]).await;
        let is_in = async || parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some();
        assert!(is_in().await);
        if recovers {
            pool.client("ForgotPassword", json!({"Username": "alice"})).await.ok();
            let sent = app.code_sent_to("a@x.example").await;
            let confirm = json!({"Username": "alice", "ConfirmationCode": sent, "Password": "An0ther-password!"});
            pool.client("ConfirmForgotPassword", confirm).await.ok();
        } else {
            let token = alice.signed_in().await["AccessToken"].clone();
            let change = json!({"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": "An0ther-password!"});
            app.anonymous().call("ChangePassword", change).await.ok();
        }
        assert!(!is_in().await, "recovers: {recovers}");
        assert_eq!(pool.exchange(&code, &[]).await.body["error"], "invalid_grant", "recovers: {recovers}");
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
    }
}

#[actix_web::test]
async fn a_step_is_of_the_browser_the_client_and_the_user_that_it_was_for() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.admin("SetUserPoolMfaConfig", json!({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": true}})).await.ok();
    pool.user("alice").await;
    let visitor = pool.visitor();
    let asked = visitor.sign_in("alice", &[]).await;
    assert!(asked.header("location").contains("/mfa?"));
    let step = format!("passwright-step-{}", pool.id);
    let held = visitor.browser.cookie(&step);
    // Without it there is nothing to answer.
    let other = pool.visitor();
    let nothing = other.ask("mfa", &[]).await;
    assert!(nothing.header("location").contains("/login?"));
    // Neither is it another browser's, though that one has it.
    other.ask("login", &[]).await;
    other.browser.set_cookie(&step, &held);
    assert!(other.ask("mfa", &[]).await.header("location").contains("/login?"));
    // Another client's pages do not open it, and a changed one is none.
    let settings = json!({"ClientName": "other", "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": true,
                          "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK]});
    let client = pool.admin("CreateUserPoolClient", settings).await.ok()["UserPoolClient"]["ClientId"].clone();
    let at_another = visitor.ask("mfa", &[("client_id", client.as_str().unwrap())]).await;
    assert!(at_another.header("location").contains("/login?"), "{}", at_another.text);
    let mut changed = held.clone().into_bytes();
    let middle = changed.len() / 2;
    changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
    visitor.browser.set_cookie(&step, std::str::from_utf8(&changed).unwrap());
    assert!(visitor.ask("mfa", &[]).await.header("location").contains("/login?"));
    visitor.browser.set_cookie(&step, &held);
    assert_eq!(visitor.ask("mfa", &[]).await.status, 200);
    // The password alone signs nobody in.
    assert_eq!(parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "error").as_deref(), Some("login_required"));
}

#[actix_web::test]
async fn a_client_that_is_closed_in_mid_flow_gets_nothing() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    let page = visitor.ask("login", &[]).await;
    let code = visitor.code_of("alice", &[]).await;
    let closed =
        json!({"ClientId": pool.client_id, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK]});
    pool.admin("UpdateUserPoolClient", closed).await.ok();
    let answer = visitor.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.header("location")), (400, ""), "{}", answer.text);
    assert_eq!(pool.exchange(&code, &[]).await.body["error"], "unauthorized_client");
    let implicit = json!({"ClientId": pool.client_id, "AllowedOAuthFlows": ["implicit"], "AllowedOAuthFlowsUserPoolClient": true,
                          "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK]});
    pool.admin("UpdateUserPoolClient", implicit).await.ok();
    assert_eq!(pool.exchange(&code, &[]).await.body["error"], "unauthorized_client", "a client that takes codes no more");
}

#[actix_web::test]
async fn an_address_has_so_many_codes_sent_whichever_page_it_asks_at() {
    let app = TestApp::within(Limits { sign_ups: 4, ..Limits::default() }).await;
    let pool = app.hosted_pool(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    let visitor = pool.visitor();
    let fields = [("username", "carol"), ("email", "carol@x.example"), ("password", PASSWORD)];
    let made = visitor.fill(&visitor.ask("signup", &[]).await, &fields).await;
    let page = visitor.follow(&made).await;
    for _ in 0..2 {
        app.advance(Duration::from_secs(1));
        assert!(visitor.fill(&page, &[]).await.text.contains("We sent you a new code."));
    }
    let sent = app.code_sent_to("carol@x.example").await;
    app.advance(Duration::from_secs(1));
    // The password is right, and the code goes out anew for the last time.
    visitor.fill(&visitor.ask("login", &[]).await, &[("username", "carol"), ("password", PASSWORD)]).await;
    let last = app.code_sent_to("carol@x.example").await;
    assert_ne!(sent, last);
    app.advance(Duration::from_secs(1));
    assert!(visitor.fill(&page, &[]).await.text.contains("Too many attempts."));
    let confirming = visitor.fill(&visitor.ask("login", &[]).await, &[("username", "carol"), ("password", PASSWORD)]).await;
    assert!(visitor.follow(&confirming).await.text.contains("autocomplete=\"one-time-code\""));
    assert_eq!(app.code_sent_to("carol@x.example").await, last, "nothing more is sent");
}

#[actix_web::test]
async fn an_address_and_a_name_have_so_many_guesses() {
    let app = TestApp::within(Limits { refused_sign_ins: 20, ..Limits::default() }).await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    let page = visitor.ask("login", &[]).await;
    for _ in 0..6 {
        visitor.fill(&page, &[("username", "alice"), ("password", "wrong")]).await;
    }
    let locked = visitor.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    assert!(locked.status == 400 && locked.text.contains("Too many attempts."), "the count is one with the API's: {}", locked.text);
    let by_api = pool.sign_in("alice", PASSWORD).await;
    assert_eq!(by_api.code(), "NotAuthorizedException");
    pool.user("bob").await;
    for index in 0..20 {
        visitor.fill(&page, &[("username", &format!("nobody{index}")), ("password", "wrong")]).await;
    }
    let spent = visitor.fill(&page, &[("username", "bob"), ("password", PASSWORD)]).await;
    assert!(spent.text.contains("Too many attempts."), "{}", spent.text);
}

#[actix_web::test]
async fn the_pages_tell_nobody_who_there_is() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    pool.user("disabled").await;
    pool.admin("AdminDisableUser", json!({"Username": "disabled"})).await.ok();
    let destination = regex::Regex::new(r"\S\*\*\*@\S\*\*\*").unwrap();
    let mut answers = Vec::new();
    for name in ["alice", "disabled", "nobody"] {
        let visitor = pool.visitor();
        let page = visitor.ask("login", &[]).await;
        let wrong = visitor.fill(&page, &[("username", name), ("password", "wrong")]).await;
        let blank = |text: &str| {
            let token = text.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            text.replace(&token, "").replace(name, "")
        };
        let mut told = vec![(wrong.status, blank(&wrong.text))];
        // Whoever forgot their password is sent a code, or seems to be; where to is a name's own.
        let sent = visitor.fill(&visitor.ask("forgotPassword", &[]).await, &[("username", name)]).await;
        told.push((sent.status, sent.header("location").replace(name, "")));
        let asked = visitor.follow(&sent).await;
        let given = visitor.fill(&asked, &[("code", "000000"), ("password", "An0ther-password!")]).await;
        for page in [asked, given] {
            told.push((page.status, destination.replace_all(&blank(&page.text), "…").into_owned()));
        }
        answers.push(told);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[actix_web::test]
async fn a_client_that_takes_a_providers_users_has_none_of_the_pools_let_in() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    visitor.code_of("alice", &[]).await;
    assert!(parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some());
    let provider = json!({"ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": {"client_id": "c", "authorize_scopes": "openid",
                          "oidc_issuer": "https://op.example", "attributes_request_method": "GET"}});
    pool.admin("CreateIdentityProvider", provider).await.ok();
    pool.offer(&["Corp"]).await;
    let refused = visitor.ask("oauth2/authorize", &[("prompt", "none")]).await;
    assert_eq!(parameter(&refused, "error").as_deref(), Some("login_required"));
    pool.offer(&["Corp", "COGNITO"]).await;
    assert!(parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some());
}

#[actix_web::test]
async fn a_sign_out_that_another_site_posts_is_asked_for_like_any_other() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    for name in ["alice", "mallory"] {
        pool.user(name).await;
    }
    let visitor = pool.visitor();
    let tokens = visitor.tokens_of("alice", &[]).await;
    let hint_of_mallory = pool.visitor().tokens_of("mallory", &[]).await["id_token"].as_str().unwrap().to_owned();
    let posted = async |hint: &str| {
        let form = [("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.example/bye"), ("state", "s&s")];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        // No cookie comes with it.
        let headers = [("host".to_owned(), HOST.to_owned()), ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        app.send(Method::POST, &format!("/{}/logout", pool.id), &headers, body.into_bytes()).await
    };
    let asked = visitor.follow(&posted(&hint_of_mallory).await).await;
    assert_eq!((asked.status, asked.header("location")), (200, ""), "another user's hint signs nobody out unasked");
    assert!(parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some());
    let held = visitor.browser.cookies();
    let out = visitor.follow(&posted(tokens["id_token"].as_str().unwrap()).await).await;
    assert_eq!(out.header("location"), "https://app.example/bye?state=s%26s");
    visitor.browser.hold(held);
    assert!(parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_none(), "the session itself has ended");
}

#[actix_web::test]
async fn another_tab_takes_nobodys_step_away() {
    let app = TestApp::new().await;
    let policies = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}});
    let flows = ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let pool =
        app.hosted_pool(json!({"Policies": policies, "AutoVerifiedAttributes": ["email"]}), json!({"ExplicitAuthFlows": flows})).await;
    pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": {"RelyingPartyId": "login.example"}})).await.ok();
    let visitor = pool.visitor();
    let fields = [("username", "carol"), ("email", "carol@x.example"), ("password", PASSWORD)];
    let page = visitor.follow(&visitor.fill(&visitor.ask("signup", &[]).await, &fields).await).await;
    assert!(visitor.ask("login", &[]).await.text.contains("data-passkey"));
    let code = app.code_sent_to("carol@x.example").await;
    let back = visitor.fill(&page, &[("code", &code)]).await;
    assert!(parameter(&back, "code").is_some(), "{} {}", back.header("location"), back.text);
    // A name that nobody has is no failure of ours, however long it is.
    for long in [1024, 5000, 200_000] {
        let answer = visitor.fill(&visitor.ask("login", &[("another", "1")]).await, &[("username", &"x".repeat(long))]).await;
        assert!(answer.status < 500, "{long}: {}", answer.status);
    }
}

#[actix_web::test]
async fn a_hint_that_means_nobody_is_refused_before_anybody_signs_in() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    for name in ["alice", "bob"] {
        pool.user(name).await;
    }
    let refused = pool.visitor().ask("oauth2/authorize", &[("id_token_hint", "junk")]).await;
    assert_eq!(parameter(&refused, "error").as_deref(), Some("invalid_request"));
    let hint = pool.visitor().tokens_of("bob", &[]).await["id_token"].as_str().unwrap().to_owned();
    let visitor = pool.visitor();
    visitor.code_of("alice", &[]).await;
    // Whoever is expected is somebody else: the page offers no going on as who is not.
    let page = visitor.follow(&visitor.ask("oauth2/authorize", &[("id_token_hint", &hint)]).await).await;
    assert!(page.text.contains("name=\"password\"") && !page.text.contains("Continue as"), "{}", page.text);
}

#[actix_web::test]
async fn a_code_of_the_default_address_may_be_redeemed_by_naming_it() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({"DefaultRedirectURI": CALLBACK})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    for (named, expected) in [(CALLBACK, true), ("", true), ("https://app.example/other", false)] {
        let code = visitor.code_of("alice", &[("redirect_uri", ""), ("prompt", "login")]).await;
        assert_eq!(pool.exchange(&code, &[("redirect_uri", named)]).await.status == 200, expected, "{named:?}");
    }
}
