//! PreAuthentication and PostAuthentication.

use super::*;

#[actix_web::test]
async fn a_sign_in_is_judged_before_its_password() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PreAuthentication"], json!({})).await;
    let alice = pool.user_with("alice", json!({"email": "a@x.example"})).await;
    let begin = async |password: &str| {
        let parameters = json!({"USERNAME": "alice", "PASSWORD": password});
        let input = json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters, "ClientMetadata": {"k": "v"}});
        pool.client("InitiateAuth", input).await
    };
    begin(PASSWORD).await.ok();
    let event = functions.event("PreAuthentication");
    assert_eq!((&event["triggerSource"], &event["userName"]), (&json!("PreAuthentication_Authentication"), &json!("alice")));
    let sub = alice.described().await["UserAttributes"][0]["Value"].clone();
    let attributes = json!({"sub": sub, "cognito:user_status": "CONFIRMED", "email": "a@x.example"});
    let metadata = json!({"k": "v"});
    let expected = json!({"userAttributes": attributes, "userNotFound": false, "validationData": metadata, "clientMetadata": metadata});
    assert_eq!(event["request"], expected);
    functions.refuse("PreAuthentication", "not today");
    let words = ("UserLambdaValidationException".to_owned(), "PreAuthentication failed with error not today.".to_owned());
    assert_eq!([begin(PASSWORD).await.error(), begin("wrong").await.error()], [words.clone(), words.clone()], "no guess is judged");
    for flow in ["USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"] {
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD, "SRP_A": "2".repeat(700)});
        let input = json!({"ClientId": pool.client_id, "AuthFlow": flow, "AuthParameters": parameters});
        assert_eq!(pool.admin("AdminInitiateAuth", input).await.error(), words, "{flow}");
    }
}

#[actix_web::test]
async fn where_users_are_hidden_a_name_that_nobody_has_is_judged_like_one_that_somebody_has() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PreAuthentication"], json!({})).await;
    assert_eq!(pool.sign_in("nobody", PASSWORD).await.code(), "NotAuthorizedException");
    let event = functions.event("PreAuthentication");
    assert_eq!(event["userName"], "nobody");
    assert_eq!(event["request"], json!({"userAttributes": {}, "userNotFound": true, "validationData": null}));
    let open = app.pool_with(lambda_config(&["PreAuthentication"]), json!({"PreventUserExistenceErrors": "LEGACY"})).await;
    let before = functions.calls("PreAuthentication").len();
    assert_eq!(open.sign_in("nobody", PASSWORD).await.code(), "UserNotFoundException");
    assert_eq!(functions.calls("PreAuthentication").len(), before);
}

#[actix_web::test]
async fn a_sign_in_is_told_when_it_is_complete_and_is_none_when_the_function_fails() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["PostAuthentication"], json!({})).await;
    pool.user("alice").await;
    assert_eq!(pool.sign_in("alice", "wrong").await.code(), "NotAuthorizedException");
    assert!(functions.calls("PostAuthentication").is_empty());
    pool.sign_in("alice", PASSWORD).await.ok();
    let event = functions.event("PostAuthentication");
    assert_eq!((&event["triggerSource"], &event["request"]["newDeviceUsed"]), (&json!("PostAuthentication_Authentication"), &json!(false)));
    functions.refuse("PostAuthentication", "no");
    assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "PostAuthentication failed with error no.");
    // A temporary password: the sign-in is complete with the answer, whose metadata is told on.
    functions.answer("PostAuthentication", json!({}));
    pool.admin("AdminCreateUser", json!({"Username": "bob", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"})).await.ok();
    let before = functions.calls("PostAuthentication").len();
    let asked = pool.sign_in("bob", PASSWORD).await.ok();
    assert_eq!(functions.calls("PostAuthentication").len(), before);
    let responses = json!({"USERNAME": "bob", "NEW_PASSWORD": "0ther-Pa55word!"});
    let answer = json!({"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"], "ChallengeResponses": responses,
                        "ClientMetadata": {"k": "v"}});
    pool.client("RespondToAuthChallenge", answer).await.ok();
    assert_eq!(functions.event("PostAuthentication")["request"]["clientMetadata"], json!({"k": "v"}));
}

#[actix_web::test]
async fn guesses_that_a_function_judges_are_counted_to_the_address() {
    let mut app = TestApp::within(crate::testing::Limits { refused_sign_ins: 3, ..crate::testing::Limits::default() }).await;
    let functions = TestFunctions::start(&mut app).await;
    let pool = pool_calling(&app, &["UserMigration"], json!({})).await;
    functions.refuse("UserMigration", "Bad password");
    let mut codes = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        codes.push(pool.sign_in(name, "guess").await.code());
    }
    assert!(codes.ends_with(&["TooManyRequestsException".to_owned()]), "{codes:?}");
}
