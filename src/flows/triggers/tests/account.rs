//! What users do about their own accounts: each message is worded, and what is confirmed is told.

use super::*;

const OTHER: &str = "0ther-Pa55word!";

#[actix_web::test]
async fn a_forgotten_password_is_worded_and_its_reset_is_told() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["CustomMessage", "PostConfirmation"], json!({})).await;
    pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    functions.answer("CustomMessage", json!({"emailMessage": "Again: {####}", "emailSubject": "Again"}));
    let metadata = json!({"k": "v"});
    pool.client("ForgotPassword", json!({"Username": "alice", "ClientMetadata": metadata})).await.ok();
    let event = functions.event("CustomMessage");
    assert_eq!((&event["triggerSource"], &event["request"]["clientMetadata"]), (&json!("CustomMessage_ForgotPassword"), &metadata));
    let code = app.code_sent_to("a@x.example").await;
    assert_eq!(app.messages_to("a@x.example").await[0].body, format!("Again: {code}"));
    let reset = json!({"Username": "alice", "ConfirmationCode": code, "Password": OTHER, "ClientMetadata": metadata});
    pool.client("ConfirmForgotPassword", reset).await.ok();
    let told = functions.event("PostConfirmation");
    assert_eq!((&told["triggerSource"], &told["request"]["clientMetadata"]), (&json!("PostConfirmation_ConfirmForgotPassword"), &metadata));
    assert_eq!(told["request"]["userAttributes"]["cognito:user_status"], "CONFIRMED");
    pool.sign_in("alice", OTHER).await.ok();
    pool.admin("AdminResetUserPassword", json!({"Username": "alice", "ClientMetadata": {"by": "admin"}})).await.ok();
    assert_eq!(functions.event("CustomMessage")["request"]["clientMetadata"], json!({"by": "admin"}));
    functions.refuse("CustomMessage", "no");
    let refused = pool.client("ForgotPassword", json!({"Username": "alice"})).await;
    assert_eq!(refused.message(), "CustomMessage failed with error no.");
    // Of nobody nothing is asked.
    let before = functions.calls("CustomMessage").len();
    pool.client("ForgotPassword", json!({"Username": "ghost"})).await.ok();
    assert_eq!(functions.calls("CustomMessage").len(), before);
}

#[actix_web::test]
async fn whoever_forgot_the_password_of_another_directory_is_migrated() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["UserMigration"], json!({})).await;
    let attributes = json!({"email": "old@x.example", "email_verified": "true"});
    functions.answer("UserMigration", json!({"userAttributes": attributes, "messageAction": "SUPPRESS"}));
    pool.client("ForgotPassword", json!({"Username": "old"})).await.ok();
    let event = functions.event("UserMigration");
    assert_eq!((&event["triggerSource"], &event["request"]["password"]), (&json!("UserMigration_ForgotPassword"), &Value::Null));
    let code = app.code_sent_to("old@x.example").await;
    pool.client("ConfirmForgotPassword", json!({"Username": "old", "ConfirmationCode": code, "Password": OTHER})).await.ok();
    pool.sign_in("old", OTHER).await.ok();
    functions.answer("UserMigration", json!({"userAttributes": {"unknown": "x"}}));
    pool.client("ForgotPassword", json!({"Username": "unfit"})).await.ok();
    functions.refuse("UserMigration", "no");
    let refused = pool.client("ForgotPassword", json!({"Username": "ghost"})).await;
    assert_eq!(refused.error(), ("UserLambdaValidationException".to_owned(), "UserMigration failed with error no.".to_owned()));
}

#[actix_web::test]
async fn changed_and_verified_addresses_are_worded() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["CustomMessage"], json!({"AutoVerifiedAttributes": ["email"]})).await;
    let alice = pool.user_with("alice", json!({"email": "a@x.example"})).await;
    let token = alice.signed_in().await["AccessToken"].clone();
    functions.answer("CustomMessage", json!({"emailMessage": "Yours? {####}"}));
    let changed = json!([{"Name": "email", "Value": "b@x.example"}]);
    let update = json!({"AccessToken": token, "UserAttributes": changed, "ClientMetadata": {"k": "v"}});
    app.anonymous().call("UpdateUserAttributes", update).await.ok();
    let event = functions.event("CustomMessage");
    assert_eq!(
        (&event["triggerSource"], &event["request"]["clientMetadata"]),
        (&json!("CustomMessage_UpdateUserAttribute"), &json!({"k": "v"}))
    );
    assert_eq!(event["request"]["userAttributes"]["email"], "b@x.example");
    assert!(app.messages_to("b@x.example").await[0].body.starts_with("Yours? "));
    let code = json!({"AccessToken": token, "AttributeName": "email"});
    app.anonymous().call("GetUserAttributeVerificationCode", code).await.ok();
    assert_eq!(functions.event("CustomMessage")["triggerSource"], "CustomMessage_VerifyUserAttribute");
    let before = functions.calls("CustomMessage").len();
    let named = json!({"AccessToken": token, "UserAttributes": [{"Name": "name", "Value": "Al"}]});
    app.anonymous().call("UpdateUserAttributes", named).await.ok();
    assert_eq!(functions.calls("CustomMessage").len(), before, "no message, no words");
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": [{"Name": "email", "Value": "c@x.example"}]}))
        .await
        .ok();
    assert!(app.messages_to("c@x.example").await[0].body.starts_with("Yours? "));
}
