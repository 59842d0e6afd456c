//! Who gets in, what ends a session, and what other sites can do: nothing.

use std::time::Duration;

mod accounts;

use actix_web::http::Method;
use serde_json::json;

use super::*;
use crate::testing::{ACCOUNT, TestApp};

const MINUTE: Duration = Duration::from_secs(60);
const COOKIE: &str = "passwright-console";

#[actix_web::test]
async fn serve_shows_nothing_to_whoever_is_not_signed_in() {
    let app = TestApp::new().await;
    let browser = app.browser();
    for row in rows() {
        let path = row.path.replace(['{', '}'], "");
        let answer = browser.send(row.method.clone(), &path, &[], String::new()).await;
        let location = answer.header("location");
        assert!(answer.status == 303 && location.starts_with("/console/sign-in"), "{} {path}: {} {location}", row.method, answer.status);
    }
}

#[actix_web::test]
async fn a_key_and_its_secret_sign_in_and_a_wrong_one_does_not() {
    let app = TestApp::new().await;
    let (id, secret) = app.root_key();
    let browser = app.browser();
    for (id, secret) in [(id.as_str(), "wrong"), ("AKIAIOSFODNN7EXAMPLE", secret.expose_secret()), ("", ""), (ACCOUNT, "test")] {
        let answer = browser.submit("/sign-in", &[("access_key_id", id), ("secret_access_key", secret)]).await;
        assert_eq!((answer.status, browser.cookie(COOKIE).as_str()), (403, ""), "{id}");
        assert!(answer.text.contains("is wrong") && !answer.text.contains(app.root_key().1.expose_secret()));
    }
    let browser = app.console().await;
    let page = browser.open("").await;
    assert!(page.status == 200 && page.text.contains(&format!("arn:aws:iam::{ACCOUNT}:root")), "{}", page.text);
}

#[actix_web::test]
async fn dev_signs_its_root_in_until_they_sign_out() {
    let app = TestApp::dev().await;
    let browser = app.browser();
    assert_eq!(browser.open("").await.status, 200);
    let left = browser.submit("/sign-out", &[]).await;
    assert_eq!((left.status, left.header("location")), (303, "/console/sign-in"));
    assert_eq!(browser.open("").await.status, 303);
    let back = browser.submit("/sign-in", &[("root", "1")]).await;
    assert_eq!((back.status, browser.open("").await.status), (303, 200));
}

#[actix_web::test]
async fn a_session_that_dev_began_is_nothing_to_serve() {
    let app = TestApp::dev().await;
    let browser = app.browser();
    browser.open("").await;
    let session = session::Session::begin(
        &app.app,
        crate::iam::caller::Caller::Root { account_id: ACCOUNT.into(), sign_in: None },
        session::Proof::Dev,
    )
    .await;
    let cookie = session.unwrap().unwrap().cookie(false).value().to_owned();
    let serve = TestApp::new().await;
    let row = app.app.read(async |tx| {
        let token = crate::crypto::digest::PlainToken::presented(cookie.split_once('.').unwrap().1).hashed();
        crate::store::console_sessions::find(tx, &ACCOUNT.into(), &token, app.app.now()).await
    });
    let row = row.await.unwrap().unwrap();
    serve.app.write(async |tx| crate::store::console_sessions::insert(tx, &row).await).await.unwrap();
    let other = serve.browser();
    other.set_cookie(COOKIE, &cookie);
    assert_eq!(other.open("").await.status, 303);
}

#[actix_web::test]
async fn a_session_ends_an_hour_after_its_last_use_and_half_a_day_after_its_first() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    app.advance(MINUTE * 59);
    assert_eq!(browser.open("").await.status, 200);
    app.advance(MINUTE * 60);
    assert_eq!(browser.open("").await.status, 303);
    let browser = app.console().await;
    for _ in 0..14 {
        app.advance(MINUTE * 50);
        assert_eq!(browser.open("").await.status, 200);
    }
    app.advance(MINUTE * 20);
    assert_eq!(browser.open("").await.status, 303, "twelve hours are over");
}

#[actix_web::test]
async fn a_session_goes_with_its_key_and_with_its_user() {
    let app = TestApp::new().await;
    let allow = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]);
    let browser = app.console_of_user_with(allow).await;
    assert_eq!(browser.open("").await.status, 200);
    let keys = app.admin().call("ListAccessKeys", json!({"UserName": "operator"})).await.ok();
    let key =
        keys["AccessKeyMetadata"]["member"][0]["AccessKeyId"].as_str().or_else(|| keys["AccessKeyMetadata"][0]["AccessKeyId"].as_str());
    let update = json!({"UserName": "operator", "AccessKeyId": key.unwrap(), "Status": "Inactive"});
    app.admin().call("UpdateAccessKey", update).await.ok();
    assert_eq!(browser.open("").await.status, 303);
}

#[actix_web::test]
async fn signing_out_everywhere_ends_every_session_of_that_person_and_no_others() {
    let app = TestApp::new().await;
    let (one, two) = (app.console().await, app.console().await);
    let other = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])).await;
    one.open("").await;
    one.submit("/sign-out-everywhere", &[]).await;
    assert_eq!((one.open("").await.status, two.open("").await.status, other.open("").await.status), (303, 303, 200));
}

#[actix_web::test]
async fn a_sign_in_makes_a_new_session_and_ends_the_one_that_was_there() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    let planted = browser.cookie(COOKIE);
    let (id, secret) = app.root_key();
    browser.submit("/sign-in", &[("access_key_id", id), ("secret_access_key", secret.expose_secret())]).await;
    assert_ne!(browser.cookie(COOKIE), planted);
    let other = app.browser();
    other.set_cookie(COOKIE, &planted);
    assert_eq!(other.open("").await.status, 303);
}

#[actix_web::test]
async fn a_form_without_the_sessions_token_or_from_another_site_does_nothing() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    let stranger = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}])).await;
    stranger.open("").await;
    let theirs = stranger.open("").await.text;
    let theirs = theirs.split_once("name=\"form_token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    browser.open("").await;
    for row in rows().iter().filter(|row| row.method == Method::POST) {
        let path = row.path.replace(['{', '}'], "");
        for token in ["", "x", &theirs] {
            assert_eq!(browser.submit_bare(&path, &[("form_token", token)]).await.status, 403, "{path}");
        }
        for header in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")]
        {
            assert_eq!(browser.send(Method::POST, &path, &[header], String::new()).await.status, 403, "{path} {header:?}");
        }
    }
    let sign_in = browser.send(Method::POST, "/sign-in", &[("origin", "https://evil.example")], String::new()).await;
    assert_eq!((sign_in.status, browser.open("").await.status), (403, 200));
}

#[actix_web::test]
async fn the_cookie_is_for_no_script_and_no_other_site_and_pages_are_for_no_frame() {
    let app = TestApp::new().await;
    let (id, secret) = app.root_key();
    let answer = app.browser().submit("/sign-in", &[("access_key_id", id), ("secret_access_key", secret.expose_secret())]).await;
    let cookie = answer.cookies().next().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    assert_eq!(session::cookie_name(true), "__Host-passwright-console");
    let page = app.console().await.open("").await;
    assert_eq!((page.header("x-frame-options"), page.header("cache-control")), ("DENY", "no-store"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.text.contains(" style=") && !page.text.contains("<style") && !page.text.contains(" onclick"));
}

#[actix_web::test]
async fn a_secret_that_was_proven_long_ago_is_asked_for_again() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    let before = browser.cookie(COOKIE);
    app.advance(MINUTE * 30);
    browser.open("/reauthenticate?to=%2F").await;
    let refused = browser.submit("/reauthenticate", &[("secret_access_key", "wrong"), ("to", "/")]).await;
    assert!(refused.status == 200 && refused.text.contains("not the key&#39;s secret"), "{}", refused.text);
    let secret = app.root_key().1.expose_secret();
    let proven = browser.submit("/reauthenticate", &[("secret_access_key", secret), ("to", "//evil.example")]).await;
    assert_eq!((proven.status, proven.header("location")), (303, "/console"));
    let other = app.browser();
    other.set_cookie(COOKIE, &before);
    assert_eq!((browser.open("").await.status, other.open("").await.status), (200, 303));
}

#[actix_web::test]
async fn what_cannot_be_undone_wants_a_secret_that_was_proven_lately() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    browser.open("").await;
    app.advance(MINUTE * 30);
    for row in rows() {
        let deletes = row.path.ends_with("/delete");
        assert!(row.is_grave || !deletes, "{} deletes, and is not grave", row.path);
        if row.is_grave {
            let path = row.path.replace(['{', '}'], "");
            let answer = if row.method == Method::POST { browser.submit(&path, &[]).await } else { browser.open(&path).await };
            assert!(answer.status == 303 && answer.header("location").starts_with("/console/reauthenticate?to=%2F"), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_browser_that_asks_for_the_server_is_shown_the_console() {
    let app = TestApp::dev().await;
    let accept = |kind: &str| vec![("accept".to_owned(), kind.to_owned())];
    let browser = app.send(Method::GET, "/", &accept("text/html,application/xhtml+xml,*/*;q=0.8"), Vec::new()).await;
    assert_eq!((browser.status, browser.header("location")), (303, "/console"));
    let program = app.send(Method::GET, "/", &accept("*/*"), Vec::new()).await;
    assert!(program.status == 200 && program.text.starts_with("Passwright."));
}

#[actix_web::test]
async fn every_link_among_the_rooms_leads_to_a_page() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    for room in frame::ROOMS.iter().flat_map(|rooms| rooms.rooms) {
        assert_eq!(browser.open(room.path).await.status, 200, "{}", room.path);
    }
    let missing = browser.open("/nowhere").await;
    assert!(missing.status == 404 && missing.text.contains("nothing here"));
}

/// PostgreSQL cannot be asked for a NUL.
#[actix_web::test]
async fn a_nul_in_an_address_is_refused_and_no_failure() {
    let app = TestApp::new().await;
    let browser = app.console().await;
    for path in ["/pools/us-east-1_%00", "/pools/%00/users/%00", "/access?who=%00&what=a&on=b", "/events?action=%00", "/%00", "/?days=%00"]
    {
        let status = browser.open(path).await.status;
        assert!(status < 500, "{path}: {status}");
    }
}
