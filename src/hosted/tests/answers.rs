//! What clients ask for, and what browsers carry back to them.

use std::time::Duration;

use serde_json::json;

use crate::testing::{CALLBACK, PASSWORD, TestApp, claims, parameter};

#[actix_web::test]
async fn tokens_at_once_are_for_clients_that_are_set_to_it_and_in_the_fragment() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({"AllowedOAuthFlows": ["implicit"]})).await;
    pool.user("alice").await;
    let implicit = [("response_type", "token"), ("code_challenge", ""), ("code_challenge_method", ""), ("nonce", "n")];
    let visitor = pool.visitor();
    let back = visitor.sign_in("alice", &implicit).await;
    assert!(back.header("location").starts_with(&format!("{CALLBACK}#")), "{}", back.header("location"));
    assert!(parameter(&back, "refresh_token").is_none() && parameter(&back, "expires_in").as_deref() == Some("3600"));
    let (id, access) = (json!(parameter(&back, "id_token")), json!(parameter(&back, "access_token")));
    assert_eq!(claims(&id)["nonce"], "n");
    pool.user_info(&access).await.ok();
    let code = visitor.ask("oauth2/authorize", &[]).await;
    assert_eq!(parameter(&code, "error").as_deref(), Some("unauthorized_client"));
}

#[actix_web::test]
async fn an_answer_is_posted_to_who_asks_for_that() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    let page = visitor.sign_in("alice", &[("response_mode", "form_post"), ("state", "a\"><b")]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&format!("action=\"{CALLBACK}\"")) && page.text.contains("name=\"code\""), "{}", page.text);
    assert!(!page.text.contains("a\"><b") && page.header("content-security-policy").contains("script-src 'self'"));
    // The request itself may be posted, too.
    let posted = visitor
        .post(
            &format!("/{}/oauth2/authorize", pool.id),
            &[("client_id", pool.client_id.as_str()), ("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid")],
        )
        .await;
    assert_eq!(parameter(&posted, "error").as_deref(), Some("invalid_request"), "a public client without PKCE");
}

#[actix_web::test]
async fn signing_out_ends_the_browsers_session_and_goes_where_the_client_says() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    let id_token = visitor.tokens_of("alice", &[]).await["id_token"].as_str().unwrap().to_owned();
    let is_in = async || parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some();
    let client = ("client_id", pool.client_id.as_str());
    let (known, unknown) = ("https://app.example/bye", "https://evil.example/bye");
    let out = async |fields: &[(&str, &str)]| {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        visitor.open(&format!("logout?{query}")).await
    };
    // What does not say who is meant, or leads elsewhere, is asked about, and leads nowhere.
    for asked in [
        vec![],
        vec![client],
        vec![client, ("logout_uri", unknown)],
        vec![("logout_uri", known)],
        vec![("id_token_hint", "x"), ("post_logout_redirect_uri", known)],
        vec![("id_token_hint", id_token.as_str()), ("post_logout_redirect_uri", unknown)],
        vec![("id_token_hint", id_token.as_str()), ("client_id", "another"), ("post_logout_redirect_uri", known)],
        vec![("post_logout_redirect_uri", known), ("state", "s")],
    ] {
        let page = out(&asked).await;
        assert!(page.status == 200 && page.text.contains("Sign out?") && !page.text.contains("evil"), "{asked:?} {}", page.text);
        assert!(is_in().await, "{asked:?}");
    }
    let cognitos = out(&[client, ("logout_uri", known)]).await;
    assert_eq!((cognitos.status, cognitos.header("location")), (303, known));
    assert!(!is_in().await);

    visitor.tokens_of("alice", &[]).await;
    let openids = out(&[("id_token_hint", &id_token), ("post_logout_redirect_uri", known), ("state", "s t")]).await;
    assert_eq!((openids.status, openids.header("location")), (303, "https://app.example/bye?state=s+t"));
    assert!(!is_in().await);

    visitor.tokens_of("alice", &[]).await;
    let page = out(&[]).await;
    let done = visitor.fill(&page, &[]).await;
    assert!(done.text.contains("You’re signed out"), "{}", done.text);
    assert!(!is_in().await);

    // To sign in as somebody else.
    visitor.tokens_of("alice", &[]).await;
    let anew = visitor.open(&format!("logout?{}", pool.asking(&[]))).await;
    assert!(anew.header("location").contains("/login?"), "{}", anew.header("location"));
    assert!(!is_in().await);
}

#[actix_web::test]
async fn a_request_that_was_pushed_is_carried_by_its_name() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let push = async |more: &[(&str, &str)]| {
        let query = pool.asking(more);
        let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pool.post("oauth2/par", &[], &fields).await
    };
    let pushed = push(&[("login_hint", "alice")]).await;
    assert_eq!((pushed.status, &pushed.body["expires_in"]), (201, &json!(600)));
    let name = pushed.body["request_uri"].as_str().unwrap().to_owned();
    let carried = |client: &str, name: &str| {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("client_id", client).append_pair("request_uri", name).finish();
        format!("oauth2/authorize?{query}&redirect_uri=https%3A%2F%2Fevil.example&state=changed")
    };
    let visitor = pool.visitor();
    let page = visitor.follow(&visitor.open(&carried(pool.client_id.as_str(), &name)).await).await;
    assert!(page.text.contains("value=\"alice\""), "{}", page.text);
    let back = visitor.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    assert_eq!((back.header("location").split('?').next(), parameter(&back, "state").as_deref()), (Some(CALLBACK), Some("the-state")));
    pool.exchange(&parameter(&back, "code").unwrap(), &[]).await.ok();

    // Who is at a page takes their time; who brings the name does not.
    let slow = pool.visitor();
    let page = slow.follow(&slow.open(&carried(pool.client_id.as_str(), &name)).await).await;
    app.advance(Duration::from_secs(601));
    let back = slow.fill(&page, &[("username", "alice"), ("password", PASSWORD)]).await;
    pool.exchange(&parameter(&back, "code").unwrap_or_else(|| panic!("{}", back.text)), &[]).await.ok();
    let late = pool.visitor().open(&carried(pool.client_id.as_str(), &name)).await;
    assert!(parameter(&late, "code").is_none() && !late.header("location").contains("/login?"), "{}", late.header("location"));
    let name = push(&[]).await.body["request_uri"].as_str().unwrap().to_owned();

    for (more, error) in [
        (&[("redirect_uri", "https://evil.example")][..], "invalid_request"),
        (&[("scope", "phone")], "invalid_scope"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("request_uri", name.as_str())], "invalid_request"),
        (&[("client_id", "nobody")], "invalid_client"),
    ] {
        assert_eq!(push(more).await.body["error"], error, "{more:?}");
    }
    // A name that is another client's, changed, or too old, is none.
    let other = app.hosted_pool(json!({}), json!({})).await;
    for refused in [carried(other.client_id.as_str(), &name), carried(pool.client_id.as_str(), &name[..name.len() - 2])] {
        assert_eq!(visitor.open(&refused).await.status, 400);
    }
    let known = |name: &str| {
        format!(
            "oauth2/authorize?{}&request_uri={}",
            pool.asking(&[]),
            form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>()
        )
    };
    app.advance(Duration::from_secs(600));
    for name in [name.as_str(), "https://app.example/request"] {
        let refused = visitor.open(&known(name)).await;
        assert_eq!(parameter(&refused, "error").as_deref(), Some("request_uri_not_supported"));
    }
}

#[actix_web::test]
async fn whoever_is_to_agree_agrees_or_not() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let visitor = pool.visitor();
    let asking = [("prompt", "login consent"), ("scope", "openid email")];
    let asked = visitor.sign_in("alice", &asking).await;
    assert!(asked.header("location").contains("/consent?"), "{}", asked.header("location"));
    let page = visitor.follow(&asked).await;
    for text in ["test wants to access your account", "See your email address", "app.example", "alice"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let forged = visitor.post(&format!("/{}/consent?{}", pool.id, pool.asking(&asking)), &[("choice", "allow")]).await;
    assert!(parameter(&forged, "code").is_none(), "{}", forged.header("location"));
    let denied = visitor.fill(&page, &[("choice", "deny")]).await;
    assert_eq!((parameter(&denied, "error").as_deref(), parameter(&denied, "code")), (Some("access_denied"), None));
    // Who has not been asked has not agreed.
    let unasked = visitor.fill(&page, &[("choice", "allow")]).await;
    assert!(parameter(&unasked, "code").is_none(), "{}", unasked.header("location"));
    let page = visitor.follow(&visitor.ask("oauth2/authorize", &[("prompt", "consent")]).await).await;
    let allowed = visitor.fill(&page, &[("choice", "allow")]).await;
    pool.exchange(&parameter(&allowed, "code").unwrap_or_else(|| panic!("{}", allowed.text)), &[]).await.ok();
    // What is agreed to is all that is told.
    let page = visitor.follow(&visitor.ask("oauth2/authorize", &[("prompt", "consent")]).await).await;
    for text in ["See your email address", "See your phone number"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    // And agreed to for one request, it is for no other, which asks for a newer proof.
    app.advance(Duration::from_secs(3));
    for newer in [("max_age", "1"), ("max_age", "0"), ("prompt", "login consent")] {
        let asking = [("prompt", "consent"), newer].into_iter().rev().take(if newer.0 == "prompt" { 1 } else { 2 }).collect::<Vec<_>>();
        let path = format!("/{}/consent?{}", pool.id, pool.asking(&asking));
        let token = page.text.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let other = visitor.post(&path, &[("form_token", token), ("choice", "allow")]).await;
        assert!(parameter(&other, "code").is_none(), "{newer:?}: {}", other.header("location"));
    }
    let none = visitor.ask("oauth2/authorize", &[("prompt", "none consent")]).await;
    assert_eq!(parameter(&none, "error").as_deref(), Some("invalid_request"));
}

#[actix_web::test]
async fn a_session_lasts_as_long_as_the_client_says_that_it_began_at() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.admin("SetUserPoolSessionConfiguration", json!({"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 20}})).await.ok();
    pool.user("alice").await;
    let (minute, visitor) = (Duration::from_secs(60), pool.visitor());
    let lets_in = async || parameter(&visitor.ask("oauth2/authorize", &[("prompt", "none")]).await, "code").is_some();
    let set = async |minutes: u32| {
        let sso = json!({"ClientId": pool.client_id, "SSOSession": {"MaxValidityMinutes": minutes}});
        pool.admin("SetUserPoolClientSessionConfiguration", sso).await.ok();
    };
    set(120).await;
    visitor.code_of("alice", &[("prompt", "login")]).await;
    app.advance(minute * 119);
    assert!(lets_in().await);
    app.advance(minute);
    assert!(!lets_in().await);
    // One that a client lets nobody in by serves the sign-in that it is of.
    set(0).await;
    visitor.code_of("alice", &[("prompt", "login")]).await;
    assert!(!lets_in().await);
    // Whoever began at a client that says less is asked by one that says more.
    set(60).await;
    visitor.code_of("alice", &[("prompt", "login")]).await;
    set(600).await;
    app.advance(minute * 59);
    assert!(lets_in().await);
    app.advance(minute);
    assert!(!lets_in().await);

    // Where a sign-in stands is known for half an hour.
    pool.admin("SetUserPoolMfaConfig", json!({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": true}})).await.ok();
    visitor.sign_in("alice", &[("prompt", "login")]).await;
    app.advance(minute * 29);
    assert_eq!(visitor.ask("mfa", &[]).await.status, 200);
    app.advance(minute);
    assert_eq!(visitor.ask("mfa", &[]).await.status, 303);
}

#[actix_web::test]
async fn a_token_is_for_the_resource_that_was_asked_for() {
    let app = TestApp::new().await;
    let pool = app.hosted_pool(json!({}), json!({})).await;
    pool.user("alice").await;
    let (resource, visitor) = ("https://mcp.example/tools", pool.visitor());
    let code = visitor.code_of("alice", &[("resource", resource)]).await;
    let other = pool.exchange(&code, &[("resource", "https://other.example")]).await;
    assert_eq!(other.body["error"], "invalid_target");
    let tokens = pool.exchange(&code, &[("resource", resource)]).await.ok();
    assert_eq!(claims(&tokens["access_token"])["aud"], resource);
    assert_eq!(claims(&tokens["id_token"])["aud"], pool.client_id.as_str(), "the client is who the user signed in to");
    let fields = [("grant_type", "refresh_token"), ("client_id", pool.client_id.as_str())];
    let fields = [&fields[..], &[("refresh_token", tokens["refresh_token"].as_str().unwrap())]].concat();
    let refreshed = pool.post("oauth2/token", &[], &fields).await.ok();
    assert_eq!(claims(&refreshed["access_token"])["aud"], resource);
    for (named, expected) in [(resource, None), ("https://other.example", Some("invalid_target"))] {
        let answer = pool.post("oauth2/token", &[], &[&fields[..], &[("resource", named)]].concat()).await;
        assert_eq!(answer.body["error"].as_str(), expected, "{named}");
    }
    let refused = visitor.ask("oauth2/authorize", &[("resource", "nowhere")]).await;
    assert_eq!(parameter(&refused, "error").as_deref(), Some("invalid_target"));
    // What is for another service is not for this one.
    let refused = app.anonymous().call("GetUser", json!({"AccessToken": tokens["access_token"]})).await;
    assert_eq!(refused.code(), "NotAuthorizedException");
}
