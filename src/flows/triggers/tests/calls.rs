//! One call: where it goes, what it proves itself by, and what its failures are called.

use super::*;
use crate::crypto::digest::{hex, hmac_sha256};
use crate::kit::clock::Timestamp;
use crate::testing::{FUNCTIONS_KEY, FUNCTIONS_SECRET, OWN_SECRET};

#[actix_web::test]
async fn a_call_is_an_invoke_of_lambda_signed_by_the_settings_key() {
    let (app, functions) = with_functions().await;
    let pool = app.pool_with(json!({"LambdaConfig": {"PreSignUp": format!("{}:live", TestFunctions::arn("f"))}}), json!({})).await;
    sign_up(&pool, "alice", "a@x.example", json!({})).await.ok();
    let call = functions.calls("f").pop().unwrap();
    assert_eq!(call.target, "/base/2015-03-31/functions/f/invocations?Qualifier=live");
    assert!(call.is_signed_by(FUNCTIONS_KEY, FUNCTIONS_SECRET, app.app.now()));
    assert!(
        !call.is_signed_by(FUNCTIONS_KEY, "another", app.app.now()) && !call.is_signed_by("AKIAANOTHER", FUNCTIONS_SECRET, app.app.now())
    );
}

#[actix_web::test]
async fn a_function_with_an_address_of_its_own_gets_the_same_event_and_a_signature_of_it() {
    let (app, functions) = with_functions().await;
    let pool = app.pool_with(json!({"LambdaConfig": {"PreSignUp": TestFunctions::arn("own")}}), json!({})).await;
    sign_up(&pool, "alice", "a@x.example", json!({})).await.ok();
    let call = functions.calls("own").pop().unwrap();
    assert_eq!((call.target.as_str(), call.event["triggerSource"].as_str()), ("/hooks/own", Some("PreSignUp_SignUp")));
    let header = |name: &str| call.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let seconds = app.app.now().seconds();
    let signed = hmac_sha256(OWN_SECRET.as_bytes(), &[format!("{seconds}.{}", call.body).as_bytes()]);
    assert_eq!(header("x-passwright-signature"), Some(format!("t={seconds},v1={}", hex(&signed))));
    assert_eq!(header("x-passwright-function"), Some(TestFunctions::arn("own")));
    assert_eq!(header("authorization"), None, "the service's key signs nothing that goes elsewhere");
    assert_eq!(Timestamp::from_seconds(seconds), app.app.now());
}

#[actix_web::test]
async fn each_failure_has_the_name_and_the_words_that_it_has_at_aws() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PreSignUp"], json!({})).await;
    let tried = async || {
        let before = functions.calls("PreSignUp").len();
        let answer = sign_up(&pool, "alice", "a@x.example", json!({})).await;
        (answer.code(), answer.message(), functions.calls("PreSignUp").len() - before)
    };
    let expected = |code: &str, message: &str, tries: usize| (code.to_owned(), message.to_owned(), tries);
    functions.refuse("PreSignUp", "not you");
    assert_eq!(tried().await, expected("UserLambdaValidationException", "PreSignUp failed with error not you.", 1));
    for body in ["null", "", "[]", "\"no\"", "{}", r#"{"response": 1}"#, r#"{"response": {"autoConfirmUser": "yes"}}"#] {
        functions.raw("PreSignUp", 200, "", body);
        assert_eq!(tried().await, expected("InvalidLambdaResponseException", "Unrecognizable lambda output", 1), "{body}");
    }
    let big = format!("{{\"response\": {{}}, \"x\": \"{}\"}}", "x".repeat(1024 * 1024));
    functions.raw("PreSignUp", 200, "", &big);
    assert_eq!(tried().await.0, "InvalidLambdaResponseException");
    functions.raw("PreSignUp", 403, "x-amzn-errortype: AccessDeniedException\r\n", "{}");
    let denied = "PreSignUp invocation failed due to error AccessDeniedException.";
    assert_eq!(tried().await, expected("UnexpectedLambdaException", denied, 1));
    functions.raw("PreSignUp", 429, "x-amzn-errortype: TooManyRequestsException\r\n", "{}");
    let too_many = "PreSignUp invocation failed due to error TooManyRequestsException.";
    assert_eq!(tried().await, expected("UnexpectedLambdaException", too_many, 3));
    functions.raw("PreSignUp", 302, "location: http://169.254.169.254/latest\r\n", "");
    assert_eq!(tried().await.0, "UnexpectedLambdaException", "no redirect is followed");
    functions.silent("PreSignUp");
    let late = "PreSignUp failed with error Socket timeout while invoking Lambda function.";
    assert_eq!(tried().await, expected("UnexpectedLambdaException", late, 3));
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "alice"})).await.code(), "UserNotFoundException", "nobody was made");
    functions.answer("PreSignUp", json!({}));
    assert_eq!(tried().await, expected("", "", 1));
}

#[actix_web::test]
async fn a_function_that_the_settings_know_no_way_to_lets_nobody_in() {
    let app = TestApp::new().await;
    let pool = pool_calling(&app, &["PreSignUp"], json!({})).await;
    let answer = sign_up(&pool, "alice", "a@x.example", json!({})).await;
    let words = "PreSignUp invocation failed due to error ResourceNotFoundException.";
    assert_eq!(answer.error(), ("UnexpectedLambdaException".to_owned(), words.to_owned()));
}

#[actix_web::test]
async fn a_service_that_nobody_runs_is_an_error_and_no_way_around() {
    let mut app = TestApp::new().await;
    let functions = TestFunctions::start(&mut app).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let settings = json!({"endpoint": format!("http://{closed}"), "access_key_id": "A", "secret_access_key": "s"});
    let settings = serde_json::from_value(settings).unwrap();
    std::sync::Arc::get_mut(&mut app.app).unwrap().functions = crate::triggers::Functions::from_settings(&settings).unwrap();
    let pool = pool_calling(&app, &["PreSignUp"], json!({})).await;
    assert_eq!(sign_up(&pool, "alice", "a@x.example", json!({})).await.code(), "UnexpectedLambdaException");
    assert!(functions.calls("PreSignUp").is_empty());
}

#[actix_web::test]
async fn functions_are_kept_answered_reset_and_checked() {
    let app = TestApp::new().await;
    let sender = json!({"LambdaVersion": "V1_0", "LambdaArn": TestFunctions::arn("s")});
    let given = json!({
        "PreSignUp": TestFunctions::arn("a"), "UserMigration": TestFunctions::arn("b"), "DefineAuthChallenge": TestFunctions::arn("c"),
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": TestFunctions::arn("t")},
        "CustomSMSSender": sender, "CustomEmailSender": sender, "InboundFederation": sender,
        "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/1",
    });
    let pool = app.pool_with(json!({"LambdaConfig": given}), json!({})).await;
    let described = async || pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["LambdaConfig"].clone();
    let mut expected = given.clone();
    expected["PreTokenGeneration"] = json!(TestFunctions::arn("t"));
    assert_eq!(described().await, expected);
    pool.admin("UpdateUserPool", json!({"LambdaConfig": {"PreTokenGeneration": TestFunctions::arn("t")}})).await.ok();
    let both = json!({"LambdaVersion": "V1_0", "LambdaArn": TestFunctions::arn("t")});
    assert_eq!(described().await, json!({"PreTokenGeneration": TestFunctions::arn("t"), "PreTokenGenerationConfig": both}));
    pool.admin("UpdateUserPool", json!({})).await.ok();
    assert_eq!(described().await, Value::Null, "what is left out goes back to its default");
    for (wrong, says) in [
        (json!({"PreSignUp": "arn:aws:sns:us-east-1:000000000000:topic"}), "PreSignUp is not the ARN of a Lambda function"),
        (json!({"CustomEmailSender": sender}), "KMSKeyID is required"),
        (json!({"PreTokenGeneration": TestFunctions::arn("u"), "PreTokenGenerationConfig": both}), "must name the same"),
        (json!({"PreTokenGenerationConfig": {"LambdaVersion": "V9_0", "LambdaArn": TestFunctions::arn("t")}}), "enum value set"),
    ] {
        let refused = pool.admin("UpdateUserPool", json!({"LambdaConfig": wrong})).await;
        assert_eq!(refused.code(), "InvalidParameterException", "{wrong}");
        assert!(refused.message().contains(says), "{}", refused.message());
    }
    let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}])).await;
    let input = json!({"UserPoolId": pool.id, "LambdaConfig": {"PreSignUp": TestFunctions::arn("a")}});
    assert_eq!(ann.call("UpdateUserPool", input).await.code(), "AccessDeniedException");
}
