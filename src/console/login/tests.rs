//! Signing in with a user name and a password: what is asked for, what is refused, and what ends the session.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::crypto::totp::TotpSeed;
use crate::testing::{ACCOUNT, Answer, Limits, TestApp, TestBrowser};

const FIRST: &str = "Correct-horse-1";
const SECOND: &str = "Correct-horse-2";
const COOKIE: &str = "passwright-console";
const MINUTE: Duration = Duration::from_secs(60);

/// A user who may do what these statements say, and has a password.
async fn user(app: &TestApp, statements: Value) {
    app.user_with(statements).await;
    app.admin().call("CreateLoginProfile", json!({"UserName": "ann", "Password": FIRST})).await.ok();
}

fn everything() -> Value {
    json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
}

async fn sign_in(browser: &TestBrowser<'_>, name: &str, password: &str) -> Answer {
    browser.submit("/sign-in", &[("account", ACCOUNT), ("user_name", name), ("password", password), ("to", "/iam/users")]).await
}

fn pending(page: &Answer) -> String {
    page.text.split_once("name=\"pending\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

async fn device(app: &TestApp) -> (String, TotpSeed) {
    let made = app.admin().call("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": "ann"})).await.ok()["VirtualMFADevice"].clone();
    let base32 = STANDARD.decode(made["Base32StringSeed"].as_str().unwrap()).unwrap();
    let seed = TotpSeed::from_base32(&String::from_utf8(base32).unwrap()).unwrap();
    let code = |steps| seed.code_at(TotpSeed::shifted(app.app.now(), steps)).unwrap();
    let serial = made["SerialNumber"].as_str().unwrap().to_owned();
    let input = json!({"UserName": "ann", "SerialNumber": serial, "AuthenticationCode1": code(-1), "AuthenticationCode2": code(0)});
    app.admin().call("EnableMFADevice", input).await.ok();
    app.advance(Duration::from_secs(30));
    (serial, seed)
}

async fn last_use(app: &TestApp) -> Value {
    app.admin().call("iam:GetUser", json!({"UserName": "ann"})).await.ok()["User"]["PasswordLastUsed"].clone()
}

#[actix_web::test]
async fn a_password_signs_in_and_its_use_is_told() {
    let app = TestApp::new().await;
    user(&app, everything()).await;
    assert_eq!(last_use(&app).await, Value::Null);
    let browser = app.browser();
    let answer = sign_in(&browser, "Ann", FIRST).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console/iam/users"), "names are one whatever their capitals");
    let page = browser.open("").await;
    assert!(page.status == 200 && page.text.contains(&format!("arn:aws:iam::{ACCOUNT}:user/ann")), "{}", page.text);
    let first = last_use(&app).await;
    assert!(first.is_string());
    app.advance(MINUTE * 4);
    sign_in(&app.browser(), "ann", FIRST).await;
    assert_eq!(last_use(&app).await, first, "within five minutes it is one use");
    app.advance(MINUTE);
    sign_in(&app.browser(), "ann", FIRST).await;
    let second = last_use(&app).await;
    assert_ne!(second, first);
    let listed = app.admin().call("iam:ListUsers", json!({})).await.ok()["Users"].clone();
    assert_eq!(listed[0]["PasswordLastUsed"], second);
    app.admin().call("DeleteLoginProfile", json!({"UserName": "ann"})).await.ok();
    assert_eq!(last_use(&app).await, second, "of a password that is gone too");
    app.write_journal().await;
    let events = app.console().await.open("/events").await.text;
    assert!(events.contains("passwright:ConsoleSignIn") && !events.contains(FIRST), "{events}");
}

#[actix_web::test]
async fn nobody_is_told_from_somebody_and_both_are_slowed_alike() {
    let app = TestApp::new().await;
    user(&app, everything()).await;
    app.admin().call("iam:CreateUser", json!({"UserName": "bare"})).await.ok();
    for name in ["ann", "bare", "nobody"] {
        let browser = app.browser();
        for _ in 0..5 {
            let refused = sign_in(&browser, name, "Wrong-horse-1").await;
            assert_eq!((refused.status, browser.cookie(COOKIE).as_str()), (403, ""), "{name}");
            assert!(refused.text.contains("The account, the user name or the password is wrong."), "{}", refused.text);
            assert!(!refused.text.contains("Wrong-horse-1") && refused.text.contains(&format!("value=\"{name}\"")));
        }
        let locked = sign_in(&browser, name, FIRST).await;
        assert!(locked.status == 403 && locked.text.contains("too many tries for this user"), "{name} {}", locked.text);
    }
    app.advance(Duration::from_secs(1));
    assert_eq!(sign_in(&app.browser(), "ann", FIRST).await.status, 303);
    app.admin().call("CreateAccountAlias", serde_json::json!({"AccountAlias": "notes"})).await.ok();
    for (account, name) in [("notes", "bob"), ("111111111111", "ann"), ("", "ann"), ("x", "ann"), (ACCOUNT, ""), (ACCOUNT, "<b>")] {
        let browser = app.browser();
        let refused = browser.submit("/sign-in", &[("account", account), ("user_name", name), ("password", FIRST)]).await;
        assert!(refused.status == 403 && !refused.text.contains("<b>"), "{account} {name}");
    }
}

#[actix_web::test]
async fn an_address_has_so_many_refused_sign_ins_whomever_they_are_for() {
    let app = TestApp::within(Limits { refused_sign_ins: 3, ..Limits::default() }).await;
    user(&app, everything()).await;
    let browser = app.browser();
    for _ in 0..5 {
        assert_eq!(sign_in(&browser, "ann", FIRST).await.status, 303, "what is right costs nothing");
    }
    for name in ["a", "b", "c"] {
        assert_eq!(sign_in(&browser, name, "Wrong-horse-1").await.status, 403);
    }
    assert_eq!(sign_in(&browser, "ann", FIRST).await.status, 429);
}

#[actix_web::test]
async fn a_session_ends_with_the_password_that_it_began_with() {
    let app = TestApp::new().await;
    user(&app, everything()).await;
    let signed_in = async |password: &str| {
        let browser = app.browser();
        assert_eq!(sign_in(&browser, "ann", password).await.status, 303);
        assert_eq!(browser.open("").await.status, 200);
        browser
    };
    let update = async |more: Value| app.admin().call("UpdateLoginProfile", more).await.ok();
    let browser = signed_in(FIRST).await;
    update(json!({"UserName": "ann", "PasswordResetRequired": false})).await;
    assert_eq!(browser.open("").await.status, 200, "the password is the same");
    update(json!({"UserName": "ann", "Password": SECOND})).await;
    assert_eq!(browser.open("").await.status, 303);
    let browser = signed_in(SECOND).await;
    app.admin().call("DeleteLoginProfile", json!({"UserName": "ann"})).await.ok();
    app.admin().call("CreateLoginProfile", json!({"UserName": "ann", "Password": SECOND})).await.ok();
    assert_eq!(browser.open("").await.status, 303, "the same text is another password");
    let browser = signed_in(SECOND).await;
    app.advance(MINUTE * 61);
    assert_eq!(browser.open("").await.status, 303);
    update(json!({"UserName": "ann", "MaxSigninSessionDuration": 3600})).await;
    let browser = signed_in(SECOND).await;
    app.advance(MINUTE * 40);
    assert_eq!(browser.open("").await.status, 200);
    app.advance(MINUTE * 20);
    assert_eq!(browser.open("").await.status, 303, "its whole time is over");
}

#[actix_web::test]
async fn who_has_a_device_shows_a_code_and_policies_know() {
    let app = TestApp::new().await;
    let with_mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    user(&app, json!([{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": with_mfa}])).await;
    let browser = app.browser();
    sign_in(&browser, "ann", FIRST).await;
    assert!(browser.open("/iam/users").await.text.contains("not authorized to perform: iam:ListUsers"));
    let (serial, seed) = device(&app).await;
    let browser = app.browser();
    let page = sign_in(&browser, "ann", FIRST).await;
    assert!(page.status == 200 && page.text.contains("one-time-code") && browser.cookie(COOKIE).is_empty(), "{}", page.text);
    let sealed = pending(&page);
    let show = async |sealed: &str, code: &str| {
        browser.submit("/sign-in/code", &[("pending", sealed), ("code", code), ("to", "/iam/users")]).await
    };
    let code = seed.code_at(app.app.now()).unwrap();
    let wrong = show(&sealed, "000000").await;
    assert!(wrong.status == 403 && wrong.text.contains("The code is wrong"), "{}", wrong.text);
    for broken in ["", "x", &sealed[..40]] {
        assert!(show(broken, &code).await.text.contains("Sign in again"), "{broken}");
    }
    // Neither another page nor the password alone leads past the code.
    let fields = [("pending", sealed.as_str()), ("old_password", FIRST), ("new_password", SECOND), ("repeated", SECOND)];
    let skipped = browser.submit("/sign-in/password", &fields).await;
    assert!(skipped.text.contains("one-time-code") && browser.cookie(COOKIE).is_empty(), "{}", skipped.text);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let answer = show(&pending(&wrong), &spaced).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console/iam/users"));
    assert!(browser.open("/iam/users").await.text.contains("/console/iam/users/ann"));
    let again = app.browser();
    let page = sign_in(&again, "ann", FIRST).await;
    let used = again.submit("/sign-in/code", &[("pending", &pending(&page)), ("code", &code)]).await;
    assert_eq!(used.status, 403, "a code serves once");
    app.advance(MINUTE * 10);
    let late = again.submit("/sign-in/code", &[("pending", &pending(&page)), ("code", &seed.code_at(app.app.now()).unwrap())]).await;
    assert!(late.text.contains("took too long"), "{}", late.text);
    let page = sign_in(&again, "ann", FIRST).await;
    app.admin().call("DeactivateMFADevice", json!({"UserName": "ann", "SerialNumber": serial})).await.ok();
    assert_eq!(again.submit("/sign-in/code", &[("pending", &pending(&page)), ("code", "000000")]).await.status, 303, "none is asked for");
}

#[actix_web::test]
async fn codes_are_slow_to_guess_though_the_password_is_known() {
    let app = TestApp::new().await;
    user(&app, everything()).await;
    let (_, seed) = device(&app).await;
    let browser = app.browser();
    for _ in 0..5 {
        let page = sign_in(&browser, "ann", FIRST).await;
        let past = seed.code_at(TotpSeed::shifted(app.app.now(), -9)).unwrap();
        let refused = browser.submit("/sign-in/code", &[("pending", &pending(&page)), ("code", &past)]).await;
        assert!(refused.status == 403 && refused.text.contains("The code is wrong"), "{}", refused.text);
    }
    let page = sign_in(&browser, "ann", FIRST).await;
    let right = seed.code_at(app.app.now()).unwrap();
    let locked = browser.submit("/sign-in/code", &[("pending", &pending(&page)), ("code", &right)]).await;
    assert!(locked.status == 403 && locked.text.contains("too many tries"), "{}", locked.text);
}

#[actix_web::test]
async fn a_password_that_is_to_be_replaced_is_before_anything_else() {
    let app = TestApp::new().await;
    user(&app, everything()).await;
    app.admin().call("UpdateLoginProfile", json!({"UserName": "ann", "PasswordResetRequired": true})).await.ok();
    let browser = app.browser();
    let page = sign_in(&browser, "ann", FIRST).await;
    assert!(page.status == 200 && page.text.contains("Set a new password") && browser.cookie(COOKIE).is_empty(), "{}", page.text);
    let sealed = pending(&page);
    let set = async |old: &str, new: &str, repeated: &str| {
        let fields =
            [("pending", sealed.as_str()), ("old_password", old), ("new_password", new), ("repeated", repeated), ("to", "/iam/users")];
        browser.submit("/sign-in/password", &fields).await
    };
    for (old, new, repeated, words) in [
        (FIRST, SECOND, FIRST, "typed in two ways"),
        (FIRST, FIRST, FIRST, "is the old one"),
        ("Wrong-horse-1", SECOND, SECOND, "The old password was incorrect."),
        (FIRST, "short", "short", "minimum length of 8"),
    ] {
        let refused = set(old, new, repeated).await;
        assert!(refused.status == 403 && refused.text.contains(words), "{words} {}", refused.text);
        assert!(browser.cookie(COOKIE).is_empty());
    }
    let answer = set(FIRST, SECOND, SECOND).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console/iam/users"));
    assert_eq!(browser.open("").await.status, 200);
    assert!(set(SECOND, FIRST, FIRST).await.text.contains("Sign in again"), "what was proven went with the password");
    assert_eq!(sign_in(&app.browser(), "ann", SECOND).await.status, 303);
    assert_eq!(sign_in(&app.browser(), "ann", FIRST).await.status, 403);
}

#[actix_web::test]
async fn whom_no_policy_lets_set_a_password_does_not_set_one_on_the_way_in() {
    let app = TestApp::new().await;
    user(&app, json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])).await;
    app.admin().call("UpdateLoginProfile", json!({"UserName": "ann", "PasswordResetRequired": true})).await.ok();
    let browser = app.browser();
    let page = sign_in(&browser, "ann", FIRST).await;
    let sealed = pending(&page);
    let fields = [("pending", sealed.as_str()), ("old_password", FIRST), ("new_password", SECOND), ("repeated", SECOND)];
    let refused = browser.submit("/sign-in/password", &fields).await;
    assert!(refused.status == 403 && refused.text.contains("not authorized to perform: iam:ChangePassword"), "{}", refused.text);
    app.admin().call("UpdateAccountPasswordPolicy", json!({"MinimumPasswordLength": 8, "AllowUsersToChangePassword": true})).await.ok();
    assert_eq!(browser.submit("/sign-in/password", &fields).await.status, 303);
}

#[actix_web::test]
async fn a_password_that_has_expired_is_replaced_by_whom_the_policy_says() {
    let app = TestApp::new().await;
    user(&app, everything()).await;
    let policy = async |hard: bool| {
        let policy = json!({"MinimumPasswordLength": 8, "MaxPasswordAge": 30, "HardExpiry": hard});
        app.admin().call("UpdateAccountPasswordPolicy", policy).await.ok();
    };
    policy(true).await;
    app.advance(Duration::from_secs(30 * 24 * 3600 - 1));
    assert_eq!(sign_in(&app.browser(), "ann", FIRST).await.status, 303);
    app.advance(Duration::from_secs(1));
    let refused = sign_in(&app.browser(), "ann", FIRST).await;
    assert!(refused.status == 403 && refused.text.contains("has expired"), "{}", refused.text);
    policy(false).await;
    assert!(sign_in(&app.browser(), "ann", FIRST).await.text.contains("Set a new password"));
    app.admin().call("UpdateLoginProfile", json!({"UserName": "ann", "Password": SECOND})).await.ok();
    assert_eq!(sign_in(&app.browser(), "ann", SECOND).await.status, 303);
}

#[actix_web::test]
async fn what_is_dangerous_asks_for_the_password_again() {
    let app = TestApp::new().await;
    user(&app, everything()).await;
    let browser = app.browser();
    sign_in(&browser, "ann", FIRST).await;
    browser.open("/iam/users/ann").await;
    app.advance(MINUTE * 20);
    assert_eq!(browser.submit("/iam/users/ann/keys", &[]).await.status, 303);
    let page = browser.open("/reauthenticate?to=/iam/users/ann").await.text;
    assert!(page.contains("Your password"), "{page}");
    let wrong = browser.submit("/reauthenticate", &[("secret_access_key", SECOND), ("to", "/iam/users/ann")]).await;
    assert!(wrong.status == 200 && wrong.text.contains("This is not your password."), "{}", wrong.text);
    let before = browser.cookie(COOKIE);
    browser.submit_and_follow("/reauthenticate", &[("secret_access_key", FIRST), ("to", "/iam/users/ann")]).await;
    assert_ne!(browser.cookie(COOKIE), before);
    assert!(browser.submit("/iam/users/ann/keys", &[]).await.text.contains("AWS_SECRET_ACCESS_KEY"));
}
