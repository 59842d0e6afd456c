//! Console passwords of users, as operations set, give and take them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::store::audit::{self, By};
use crate::testing::{ACCOUNT, Answer, TestApp, TestCaller};

const FIRST: &str = "Correct-horse-1";

async fn create(app: &TestApp, password: &str) -> Answer {
    app.admin().call("CreateLoginProfile", json!({"UserName": "ann", "Password": password})).await
}

async fn policy(app: &TestApp, policy: Value) {
    app.admin().call("UpdateAccountPasswordPolicy", policy).await.ok();
}

async fn change(user: &TestCaller<'_>, old: &str, new: &str) -> (String, String) {
    user.call("iam:ChangePassword", json!({"OldPassword": old, "NewPassword": new})).await.error()
}

const DONE: (String, String) = (String::new(), String::new());

fn refused(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

#[actix_web::test]
async fn a_password_is_given_once_told_of_changed_and_taken_away() {
    let app = TestApp::new().await;
    app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    let get = async || app.admin().call("GetLoginProfile", json!({"UserName": "ann"})).await;
    let none = refused("NoSuchEntity", "Login Profile for User ann cannot be found.");
    assert_eq!(get().await.error(), none);
    let update = async |more: Value| app.admin().call("UpdateLoginProfile", more).await.error();
    assert_eq!(update(json!({"UserName": "ann", "Password": FIRST})).await, none);
    let made = create(&app, FIRST).await;
    assert!(!made.text.contains(FIRST));
    let made = made.ok()["LoginProfile"].clone();
    assert_eq!((&made["UserName"], &made["PasswordResetRequired"]), (&json!("ann"), &json!("false")));
    assert_eq!(create(&app, FIRST).await.error(), refused("EntityAlreadyExists", "Login Profile for user ann already exists."));
    app.advance(Duration::from_secs(60));
    assert_eq!(update(json!({"UserName": "ann", "PasswordResetRequired": true})).await, DONE);
    assert_eq!(update(json!({"UserName": "ann", "Password": "Correct-horse-2"})).await, DONE);
    let longest = async || get().await.ok()["LoginProfile"]["MaxSigninSessionDuration"].clone();
    assert_eq!(update(json!({"UserName": "ann", "MaxSigninSessionDuration": 7200})).await, DONE);
    assert_eq!(update(json!({"UserName": "ann", "PasswordResetRequired": true})).await, DONE);
    assert_eq!(longest().await, json!("7200"));
    let both = json!({"UserName": "ann", "MaxSigninSessionDuration": 7200, "ResetMaxSigninSessionDuration": true});
    assert_eq!(update(both).await.0, "ValidationError");
    assert_eq!(update(json!({"UserName": "ann", "ResetMaxSigninSessionDuration": true})).await, DONE);
    assert_eq!(longest().await, Value::Null);
    let found = get().await.ok()["LoginProfile"].clone();
    assert_eq!((&found["CreateDate"], &found["PasswordResetRequired"]), (&made["CreateDate"], &json!("true")));
    let delete = async || app.admin().call("iam:DeleteUser", json!({"UserName": "ann"})).await.error();
    assert_eq!(delete().await, refused("DeleteConflict", "Cannot delete entity, must delete login profile first."));
    app.admin().call("DeleteLoginProfile", json!({"UserName": "ann"})).await.ok();
    assert_eq!(app.admin().call("DeleteLoginProfile", json!({"UserName": "ann"})).await.error(), none);
    assert_eq!(delete().await, DONE);
    assert_eq!(create(&app, FIRST).await.code(), "NoSuchEntity");
}

#[actix_web::test]
async fn without_a_name_it_is_the_callers_own_and_the_root_has_none() {
    let app = TestApp::new().await;
    let own = format!("arn:aws:iam::{ACCOUNT}:user/${{aws:username}}");
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:*LoginProfile", "Resource": own}])).await;
    app.admin().call("iam:CreateUser", json!({"UserName": "bob"})).await.ok();
    assert_eq!(ann.call("CreateLoginProfile", json!({"UserName": "bob", "Password": FIRST})).await.code(), "AccessDenied");
    assert_eq!(ann.call("CreateLoginProfile", json!({})).await.code(), "ValidationError");
    ann.call("CreateLoginProfile", json!({"Password": FIRST})).await.ok();
    assert_eq!(ann.call("GetLoginProfile", json!({})).await.ok()["LoginProfile"]["UserName"], "ann");
    ann.call("DeleteLoginProfile", json!({})).await.ok();
    for operation in ["CreateLoginProfile", "GetLoginProfile", "DeleteLoginProfile"] {
        let root = app.admin().call(operation, json!({"Password": FIRST})).await.error();
        assert_eq!(root, refused("ValidationError", "Must specify userName when calling with non-User credentials"), "{operation}");
    }
}

#[actix_web::test]
async fn every_password_that_is_set_is_held_to_the_policy() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}])).await;
    assert_eq!(create(&app, "Short-1").await.error(), refused("PasswordPolicyViolation", "Password should have a minimum length of 8"));
    create(&app, FIRST).await.ok();
    policy(&app, json!({"MinimumPasswordLength": 20, "RequireNumbers": true})).await;
    let short = refused("PasswordPolicyViolation", "Password should have a minimum length of 20");
    assert_eq!(change(&ann, FIRST, "Correct-horse-2").await, short);
    let digit = refused("PasswordPolicyViolation", "Password should have at least one number");
    assert_eq!(change(&ann, FIRST, "correct horse battery staple").await, digit);
    let update = app.admin().call("UpdateLoginProfile", json!({"UserName": "ann", "Password": "Correct-horse-2"})).await;
    assert_eq!((update.status, update.error()), (400, short));
    assert_eq!(change(&ann, FIRST, "correct horse battery 1 staple").await, DONE);
}

#[actix_web::test]
async fn as_many_of_the_last_passwords_as_the_policy_says_are_not_taken_again() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}])).await;
    create(&app, "Password-1").await.ok();
    let next = async |old: u8, new: u8| {
        app.advance(Duration::from_secs(1));
        change(&ann, &format!("Password-{old}"), &format!("Password-{new}")).await
    };
    assert_eq!((next(1, 1).await, next(1, 2).await, next(2, 3).await), (DONE, DONE, DONE));
    policy(&app, json!({"PasswordReusePrevention": 2})).await;
    let reused = refused("PasswordPolicyViolation", "Policy constraint violation with password reuse prevention during password change");
    assert_eq!((next(3, 3).await, next(3, 2).await), (reused.clone(), reused.clone()), "the present one is the last");
    let update = json!({"UserName": "ann", "Password": "Password-2"});
    assert_eq!(app.admin().call("UpdateLoginProfile", update).await.error(), reused);
    assert_eq!(next(3, 1).await, DONE, "what was set before the policy was is remembered no longer than it says");
    policy(&app, json!({"PasswordReusePrevention": 24})).await;
    assert_eq!((next(1, 2).await, next(1, 4).await), (reused, DONE));
}

#[actix_web::test]
async fn no_more_passwords_are_kept_than_a_policy_can_have_remembered() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}])).await;
    create(&app, "Password-0").await.ok();
    for number in 1..27 {
        app.advance(Duration::from_secs(1));
        assert_eq!(change(&ann, &format!("Password-{}", number - 1), &format!("Password-{number}")).await, DONE);
    }
    policy(&app, json!({"PasswordReusePrevention": 24})).await;
    assert_eq!(change(&ann, "Password-26", "Password-3").await.0, "PasswordPolicyViolation");
    assert_eq!(change(&ann, "Password-26", "Password-2").await, DONE);
    app.admin().call("DeleteLoginProfile", json!({"UserName": "ann"})).await.ok();
    app.admin().call("DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "p"})).await.ok();
    let key = app.admin().call("ListAccessKeys", json!({"UserName": "ann"})).await.ok()["AccessKeyMetadata"][0]["AccessKeyId"].clone();
    app.admin().call("DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": key})).await.ok();
    app.admin().call("iam:DeleteUser", json!({"UserName": "ann"})).await.ok();
}

#[actix_web::test]
async fn a_user_changes_their_own_password_where_a_policy_or_the_account_lets_them() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])).await;
    create(&app, FIRST).await.ok();
    let change = async || change(&ann, FIRST, FIRST).await.0;
    assert_eq!(change().await, "AccessDenied");
    policy(&app, json!({"AllowUsersToChangePassword": true})).await;
    assert_eq!(change().await, "");
    let boundary = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
    app.admin().call("PutUserPermissionsBoundary", json!({"UserName": "ann", "PermissionsBoundary": boundary})).await.ok();
    assert_eq!(change().await, "AccessDenied", "what the account gives does not pass a boundary");
    app.admin().call("DeleteUserPermissionsBoundary", json!({"UserName": "ann"})).await.ok();
    let deny =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:ChangePassword", "Resource": "*"}}).to_string();
    app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "q", "PolicyDocument": deny})).await.ok();
    assert_eq!(change().await, "AccessDenied");
    let root = app.admin().call("iam:ChangePassword", json!({"OldPassword": FIRST, "NewPassword": FIRST})).await.error();
    assert_eq!(root, refused("InvalidUserType", "Only IAM Users can change their own password"));
}

#[actix_web::test]
async fn wrong_old_passwords_are_counted_slowed_and_forgotten() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}])).await;
    assert_eq!(change(&ann, FIRST, FIRST).await.0, "NoSuchEntity");
    create(&app, FIRST).await.ok();
    let wrong = refused("AccessDenied", "The old password was incorrect.");
    for _ in 0..5 {
        assert_eq!(change(&ann, "Wrong-horse-1", "Correct-horse-2").await, wrong);
    }
    let locked = change(&ann, FIRST, "Correct-horse-2").await;
    assert!(locked.0 == "AccessDenied" && locked.1.contains("too often"), "{locked:?}");
    app.advance(Duration::from_secs(1));
    assert_eq!(change(&ann, "Wrong-horse-1", "Correct-horse-2").await, wrong);
    app.advance(Duration::from_secs(1));
    assert!(change(&ann, FIRST, "Correct-horse-2").await.1.contains("too often"), "the pause doubles");
    app.advance(Duration::from_secs(16 * 60));
    assert_eq!(change(&ann, "Wrong-horse-1", "Correct-horse-2").await, wrong);
    assert_eq!(change(&ann, FIRST, "Correct-horse-2").await, DONE, "the count has faded");
    for _ in 0..4 {
        assert_eq!(change(&ann, "Wrong-horse-1", FIRST).await, wrong);
    }
    assert_eq!(change(&ann, "Correct-horse-2", FIRST).await, DONE);
    assert_eq!(change(&ann, "Wrong-horse-1", FIRST).await, wrong);
    assert_eq!(change(&ann, FIRST, FIRST).await, DONE, "a right password sets the count to nothing");
}

#[actix_web::test]
async fn no_password_is_in_the_trail() {
    let app = TestApp::new().await;
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}])).await;
    create(&app, FIRST).await.ok();
    change(&ann, "Wrong-horse-1", "short").await;
    change(&ann, FIRST, "Correct-horse-2").await;
    app.write_journal().await;
    let listed = app.app.read(async |tx| audit::list(tx, &ACCOUNT.into(), By::Time, "~", 100).await).await.unwrap();
    let told = listed.iter().map(|listed| format!("{} {:?}", listed.action, listed.details)).collect::<String>();
    assert!(told.contains("iam:ChangePassword") && told.contains("iam:CreateLoginProfile"), "{told}");
    for secret in [FIRST, "Wrong-horse-1", "Correct-horse-2", "short"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}
