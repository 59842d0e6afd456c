//! PreSignUp and PostConfirmation.

use super::*;

const VERIFIES: &str = "AutoVerifiedAttributes";

#[actix_web::test]
async fn a_sign_up_is_judged_by_its_data_before_anything_is_made() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PreSignUp"], json!({})).await;
    let more = json!({"ValidationData": [{"Name": "captcha", "Value": "ok"}], "ClientMetadata": {"from": "web"}});
    sign_up(&pool, "alice", "a@x.example", more).await.ok();
    let event = functions.event("PreSignUp");
    assert_eq!(
        event,
        json!({
            "version": "1",
            "triggerSource": "PreSignUp_SignUp",
            "region": "us-east-1",
            "userPoolId": pool.id,
            "userName": "alice",
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": pool.client_id},
            "request": {
                "userAttributes": {"email": "a@x.example"},
                "validationData": {"captcha": "ok"},
                "clientMetadata": {"from": "web"},
            },
            "response": {"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false},
        })
    );
    sign_up(&pool, "bob", "b@x.example", json!({})).await.ok();
    assert_eq!(functions.event("PreSignUp")["request"], json!({"userAttributes": {"email": "b@x.example"}, "validationData": null}));
    functions.refuse("PreSignUp", "no");
    assert_eq!(sign_up(&pool, "carol", "c@x.example", json!({})).await.code(), "UserLambdaValidationException");
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "carol"})).await.code(), "UserNotFoundException");
    let before = functions.calls("PreSignUp").len();
    let unfit =
        pool.client("SignUp", json!({"Username": "dave", "Password": PASSWORD, "UserAttributes": [{"Name": "no", "Value": ""}]})).await;
    assert_eq!((unfit.code().as_str(), functions.calls("PreSignUp").len()), ("InvalidParameterException", before));
}

#[actix_web::test]
async fn a_function_confirms_and_verifies_and_nothing_is_mailed_then() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PreSignUp", "PostConfirmation"], json!({VERIFIES: ["email"], "AliasAttributes": ["email"]})).await;
    functions.answer("PreSignUp", json!({"autoConfirmUser": true, "autoVerifyEmail": true}));
    let answer = sign_up(&pool, "alice", "a@x.example", json!({"ClientMetadata": {"k": "v"}})).await.ok();
    assert_eq!((&answer["UserConfirmed"], &answer["CodeDeliveryDetails"]), (&json!(true), &Value::Null));
    assert!(app.messages_to("a@x.example").await.is_empty());
    pool.sign_in("a@x.example", PASSWORD).await.ok();
    let told = functions.event("PostConfirmation");
    assert_eq!((&told["triggerSource"], &told["userName"]), (&json!("PostConfirmation_ConfirmSignUp"), &json!("alice")));
    let sub = &answer["UserSub"];
    let attributes = json!({"sub": sub, "cognito:user_status": "CONFIRMED", "email": "a@x.example", "email_verified": "true"});
    assert_eq!(told["request"], json!({"userAttributes": attributes, "clientMetadata": {"k": "v"}}));
    // Verified, and another's name already.
    assert_eq!(sign_up(&pool, "bob", "A@x.example", json!({})).await.code(), "AliasExistsException");
    functions.answer("PreSignUp", json!({"autoVerifyPhone": true}));
    let refused = sign_up(&pool, "carol", "c@x.example", json!({})).await;
    assert_eq!(refused.code(), "InvalidLambdaResponseException", "a phone number that they do not have");
}

#[actix_web::test]
async fn a_user_of_an_administrator_is_judged_too_and_stays_as_the_administrator_says() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PreSignUp", "PostConfirmation"], json!({})).await;
    functions.answer("PreSignUp", json!({"autoConfirmUser": true, "autoVerifyEmail": true}));
    let new = json!({"Username": "alice", "MessageAction": "SUPPRESS", "ValidationData": [{"Name": "a", "Value": "b"}],
                     "UserAttributes": [{"Name": "email", "Value": "a@x.example"}], "ClientMetadata": {"k": "v"}});
    let made = pool.admin("AdminCreateUser", new).await.ok();
    assert_eq!(made["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    assert!(!made["User"]["Attributes"].to_string().contains("email_verified"));
    let event = functions.event("PreSignUp");
    assert_eq!(event["triggerSource"], "PreSignUp_AdminCreateUser");
    assert_eq!(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    assert_eq!((&event["request"]["validationData"], &event["request"]["clientMetadata"]), (&json!({"a": "b"}), &json!({"k": "v"})));
    assert!(functions.calls("PostConfirmation").is_empty());
    functions.refuse("PreSignUp", "no");
    let refused = pool.admin("AdminCreateUser", json!({"Username": "bob", "MessageAction": "SUPPRESS"})).await;
    assert_eq!(refused.error(), ("UserLambdaValidationException".to_owned(), "PreSignUp failed with error no.".to_owned()));
}

#[actix_web::test]
async fn a_confirmation_is_told_after_it_was_made_and_stays_when_the_function_fails() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PostConfirmation"], json!({VERIFIES: ["email"]})).await;
    for name in ["alice", "bob"] {
        sign_up(&pool, name, &format!("{name}@x.example"), json!({})).await.ok();
    }
    assert!(functions.calls("PostConfirmation").is_empty());
    let confirm = async |name: &str, code: &str| {
        pool.client("ConfirmSignUp", json!({"Username": name, "ConfirmationCode": code, "ClientMetadata": {"k": "v"}})).await
    };
    assert_eq!(confirm("alice", "wrong").await.code(), "CodeMismatchException");
    assert!(functions.calls("PostConfirmation").is_empty());
    confirm("alice", &app.code_sent_to("alice@x.example").await).await.ok();
    let request = functions.event("PostConfirmation")["request"].clone();
    assert_eq!((&request["userAttributes"]["email_verified"], &request["clientMetadata"]), (&json!("true"), &json!({"k": "v"})));
    functions.refuse("PostConfirmation", "full");
    let failed = pool.admin("AdminConfirmSignUp", json!({"Username": "bob", "ClientMetadata": {"by": "admin"}})).await;
    let words = "PostConfirmation failed with error full.";
    assert_eq!(failed.error(), ("UserLambdaValidationException".to_owned(), words.to_owned()));
    assert_eq!(functions.event("PostConfirmation")["request"]["clientMetadata"], json!({"by": "admin"}));
    pool.sign_in("bob", PASSWORD).await.ok();
}
