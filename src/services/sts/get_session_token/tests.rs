//! Sessions of users and of the root, and what a code of an MFA device makes of them.

use std::time::Duration;

use actix_web::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::crypto::totp::TotpSeed;
use crate::testing::{ACCOUNT, Answer, TestApp, TestCaller};

const STEP: Duration = Duration::from_secs(30);
const WRONG: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";

/// A device that a user, or the root, has: its serial number and seed. The codes of this moment and the next are used.
async fn device_of(app: &TestApp, user: &str) -> (String, TotpSeed) {
    let named = json!({"VirtualMFADeviceName": user});
    let made = app.admin().call("CreateVirtualMFADevice", named).await.ok()["VirtualMFADevice"].clone();
    let base32 = STANDARD.decode(made["Base32StringSeed"].as_str().unwrap()).unwrap();
    let seed = TotpSeed::from_base32(&String::from_utf8(base32).unwrap()).unwrap();
    let code = |steps| seed.code_at(TotpSeed::shifted(app.app.now(), steps)).unwrap();
    let input =
        json!({"UserName": user, "SerialNumber": made["SerialNumber"], "AuthenticationCode1": code(-1), "AuthenticationCode2": code(0)});
    app.admin().call("EnableMFADevice", input).await.ok();
    app.advance(STEP);
    (made["SerialNumber"].as_str().unwrap().to_owned(), seed)
}

fn holder<'a>(app: &'a TestApp, answer: &Value) -> TestCaller<'a> {
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")))
}

async fn session(caller: &TestCaller<'_>, serial: &str, code: &str) -> Answer {
    caller.call("GetSessionToken", json!({"SerialNumber": serial, "TokenCode": code})).await
}

const WITH_MFA: &str = r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;

fn allow(action: &str, condition: &str) -> Value {
    let condition: Value = serde_json::from_str(condition).unwrap();
    json!({"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition})
}

#[actix_web::test]
async fn a_code_opens_what_policies_keep_for_those_who_show_one() {
    let app = TestApp::new().await;
    let young = r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}"#;
    let ann = app.user_with(json!([allow("iam:ListUsers", WITH_MFA), allow("iam:ListGroups", young)])).await;
    let (serial, seed) = device_of(&app, "ann").await;
    assert_eq!(ann.call("iam:ListUsers", json!({})).await.code(), "AccessDenied");
    let code = seed.code_at(app.app.now()).unwrap();
    let answer = session(&ann, &serial, &code).await.ok();
    let shown = holder(&app, &answer);
    shown.call("iam:ListUsers", json!({})).await.ok();
    shown.call("iam:ListGroups", json!({})).await.ok();
    assert_eq!(shown.call("GetCallerIdentity", json!({})).await.ok()["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/ann"));
    app.advance(Duration::from_secs(300));
    shown.call("iam:ListUsers", json!({})).await.ok();
    assert_eq!(shown.call("iam:ListGroups", json!({})).await.code(), "AccessDenied", "it was too long ago");
    app.admin().call("UpdateUser", json!({"UserName": "ann", "NewUserName": "anna"})).await.ok();
    assert_eq!(shown.call("GetCallerIdentity", json!({})).await.ok()["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/anna"));
    app.advance(Duration::from_secs(12 * 3600));
    assert_eq!(shown.call("iam:ListUsers", json!({})).await.code(), "ExpiredToken");
}

#[actix_web::test]
async fn a_code_serves_once_its_own_user_only_and_is_slow_to_guess() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])).await;
    let (serial, seed) = device_of(&app, "ann").await;
    let denied = |message: &str| ("AccessDenied".to_owned(), message.to_owned());
    let incomplete = denied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
    assert_eq!(ann.call("GetSessionToken", json!({"SerialNumber": serial})).await.error(), incomplete);
    assert_eq!(ann.call("GetSessionToken", json!({"TokenCode": "000000"})).await.error(), incomplete);
    let unknown = denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
    let code = seed.code_at(app.app.now()).unwrap();
    assert_eq!(session(&app.admin(), &serial, &code).await.error(), unknown, "the root has none of ann's");
    assert_eq!(session(&ann, "arn:aws:iam::000000000000:mfa/other", &code).await.error(), unknown);
    session(&ann, &serial, &code).await.ok();
    assert_eq!(session(&ann, &serial, &code).await.error(), denied(WRONG), "it was used");
    for _ in 0..4 {
        let past = seed.code_at(TotpSeed::shifted(app.app.now(), -9)).unwrap();
        assert_eq!(session(&ann, &serial, &past).await.error(), denied(WRONG));
    }
    let next = seed.code_at(TotpSeed::shifted(app.app.now(), 1)).unwrap();
    assert_eq!(session(&ann, &serial, &next).await.error(), denied(WRONG), "five wrong ones are followed by a pause");
    app.advance(Duration::from_secs(1));
    session(&ann, &serial, &next).await.ok();
    app.admin().call("DeactivateMFADevice", json!({"UserName": "ann", "SerialNumber": serial})).await.ok();
    app.advance(STEP * 2);
    let later = seed.code_at(app.app.now()).unwrap();
    assert_eq!(session(&ann, &serial, &later).await.error(), unknown, "it is hers no more");
}

#[actix_web::test]
async fn a_session_without_a_code_reaches_neither_iam_nor_another_session() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])).await;
    for caller in [&ann, &app.admin()] {
        let answer = caller.call("GetSessionToken", json!({"DurationSeconds": 900})).await.ok();
        let plain = holder(&app, &answer);
        plain.call("GetCallerIdentity", json!({})).await.ok();
        plain.call("ListUserPools", json!({"MaxResults": 1})).await.ok();
        assert_eq!(plain.call("iam:ListUsers", json!({})).await.code(), "InvalidClientTokenId");
        let again = plain.call("GetSessionToken", json!({})).await.error();
        assert_eq!(again, ("AccessDenied".to_owned(), "Cannot call GetSessionToken with session credentials".to_owned()));
        app.advance(Duration::from_secs(900));
        assert_eq!(plain.call("GetCallerIdentity", json!({})).await.code(), "ExpiredToken");
    }
    assert_eq!(ann.call("GetSessionToken", json!({"DurationSeconds": 899})).await.code(), "ValidationError");
    let long = app.admin().call("GetSessionToken", json!({"DurationSeconds": 129_600})).await.ok();
    app.advance(Duration::from_secs(3600));
    assert_eq!(holder(&app, &long).call("GetCallerIdentity", json!({})).await.code(), "ExpiredToken", "the root's last an hour");
}

#[actix_web::test]
async fn decisions_are_made_of_a_session_while_it_lives() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([allow("notes:Read", WITH_MFA)])).await;
    let (serial, seed) = device_of(&app, "ann").await;
    let plain = ann.call("GetSessionToken", json!({})).await.ok()["Credentials"].clone();
    let shown = session(&ann, &serial, &seed.code_at(app.app.now()).unwrap()).await.ok()["Credentials"].clone();
    let decide = async |credentials: &Value| {
        let question = json!({"subject": {"type": "credentials", "id": credentials["AccessKeyId"],
                                          "properties": {"session_token": credentials["SessionToken"]}},
                              "action": {"name": "notes:Read"}, "resource": {"type": "arn", "id": format!("arn:aws:notes:us-east-1:{ACCOUNT}:note/1")}});
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = question.to_string().into_bytes();
        app.admin().send("passwright", Method::POST, "/access/v1/evaluation", headers, body).await.ok()["decision"].clone()
    };
    assert_eq!((decide(&plain).await, decide(&shown).await), (json!(false), json!(true)));
    app.advance(Duration::from_secs(12 * 3600));
    assert_eq!(decide(&shown).await, json!(false), "it has expired");
}

#[actix_web::test]
async fn a_session_ends_with_its_user() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])).await;
    let answer = ann.call("GetSessionToken", json!({})).await.ok();
    let own = holder(&app, &answer);
    own.call("GetCallerIdentity", json!({})).await.ok();
    let key = app.admin().call("ListAccessKeys", json!({"UserName": "ann"})).await.ok()["AccessKeyMetadata"][0]["AccessKeyId"].clone();
    app.admin().call("DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": key})).await.ok();
    app.admin().call("DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "p"})).await.ok();
    app.admin().call("iam:DeleteUser", json!({"UserName": "ann"})).await.ok();
    assert_eq!(own.call("GetCallerIdentity", json!({})).await.code(), "InvalidClientTokenId");
}

#[actix_web::test]
async fn a_role_may_want_a_code_of_whoever_assumes_it_and_its_session_tells() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
    let condition: Value = serde_json::from_str(WITH_MFA).unwrap();
    let trust =
        |condition: Value| json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Condition": condition}]);
    let guarded = app.role("Guarded", trust(condition)).await;
    let open = app.role("Open", trust(json!({}))).await;
    for role in ["Guarded", "Open"] {
        let policy = json!({"Version": "2012-10-17", "Statement": allow("iam:ListUsers", WITH_MFA)}).to_string();
        app.admin().call("PutRolePolicy", json!({"RoleName": role, "PolicyName": "p", "PolicyDocument": policy})).await.ok();
    }
    let (serial, seed) = device_of(&app, "ann").await;
    let assume = async |caller: &TestCaller<'_>, role: &str, code: Option<&str>| {
        let mut input = json!({"RoleArn": role, "RoleSessionName": "test"});
        if let Some(code) = code {
            input["SerialNumber"] = json!(serial);
            input["TokenCode"] = json!(code);
        }
        caller.call("AssumeRole", input).await
    };
    assert_eq!(assume(&ann, &guarded, None).await.code(), "AccessDenied");
    assert_eq!(assume(&ann, &guarded, Some("000000")).await.error(), ("AccessDenied".to_owned(), WRONG.to_owned()));
    let plain = assume(&ann, &open, None).await.ok();
    assert_eq!(holder(&app, &plain).call("iam:ListUsers", json!({})).await.code(), "AccessDenied");
    let code = seed.code_at(app.app.now()).unwrap();
    let shown = assume(&ann, &guarded, Some(&code)).await.ok();
    holder(&app, &shown).call("iam:ListUsers", json!({})).await.ok();
    assert_eq!(assume(&ann, &guarded, Some(&code)).await.code(), "AccessDenied", "it was used");
    // A session that has shown a code need not show another.
    app.advance(STEP);
    let answer = session(&ann, &serial, &seed.code_at(app.app.now()).unwrap()).await.ok();
    assume(&holder(&app, &answer), &guarded, None).await.ok();
}
