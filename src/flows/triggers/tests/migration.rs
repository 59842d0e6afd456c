//! UserMigration.

use super::*;

#[actix_web::test]
async fn a_user_whom_the_function_knows_is_made_and_signed_in() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["UserMigration", "PreAuthentication"], json!({"AliasAttributes": ["email"]})).await;
    functions.on("UserMigration", |event| {
        if event["request"]["password"] != PASSWORD {
            return Err("Bad password".to_owned());
        }
        event["response"] = json!({
            "userAttributes": {"email": "old@x.example", "email_verified": "true", "sub": "forged", "cognito:groups": "admin"},
            "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS",
        });
        Ok(())
    });
    let refused = pool.sign_in("old", "wrong").await;
    assert_eq!(refused.error(), ("UserLambdaValidationException".to_owned(), "UserMigration failed with error Bad password.".to_owned()));
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "old"})).await.code(), "UserNotFoundException");
    let result = pool.sign_in("old", PASSWORD).await.ok()["AuthenticationResult"].clone();
    assert!(claims(&result["IdToken"]).get("cognito:groups").is_none());
    let event = functions.event("UserMigration");
    assert_eq!((&event["triggerSource"], &event["userName"]), (&json!("UserMigration_Authentication"), &json!("old")));
    assert_eq!(event["request"], json!({"password": PASSWORD, "validationData": null}));
    assert_eq!(functions.event("PreAuthentication")["request"]["userNotFound"], false, "the sign-in is theirs from then on");
    let before = functions.calls("UserMigration").len();
    for name in ["old", "old@x.example"] {
        pool.sign_in(name, PASSWORD).await.ok();
    }
    assert_eq!(pool.sign_in("old", "wrong").await.message(), "Incorrect username or password.");
    assert_eq!(functions.calls("UserMigration").len(), before, "once");
    assert!(app.messages_to("old@x.example").await.is_empty());
}

#[actix_web::test]
async fn one_who_is_not_confirmed_must_reset_the_password_and_is_welcomed() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["UserMigration"], json!({})).await;
    let attributes = json!({"email": "old@x.example", "username": "renamed"});
    functions.answer("UserMigration", json!({"userAttributes": attributes, "desiredDeliveryMediums": ["EMAIL"]}));
    // By its own name they are not found: the sign-in is nobody's.
    assert_eq!(pool.sign_in("old", PASSWORD).await.code(), "NotAuthorizedException");
    let made = pool.admin("AdminGetUser", json!({"Username": "renamed"})).await.ok();
    assert_eq!(made["UserStatus"], "RESET_REQUIRED");
    let welcome = app.messages_to("old@x.example").await.remove(0);
    assert!(welcome.body.contains("renamed") && !welcome.body.contains(PASSWORD), "{}", welcome.body);
    functions.answer("UserMigration", json!({"userAttributes": {"email": "two@x.example"}}));
    assert_eq!(pool.sign_in("two", PASSWORD).await.code(), "PasswordResetRequiredException");
}

#[actix_web::test]
async fn whom_the_pool_does_not_take_is_nobody() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["UserMigration"], json!({"AliasAttributes": ["email"]})).await;
    pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    for attributes in [json!({"unknown": "x"}), json!({"email": "a@x.example", "email_verified": "true"})] {
        functions.answer("UserMigration", json!({"userAttributes": attributes, "finalUserStatus": "CONFIRMED"}));
        assert_eq!(pool.sign_in("old", PASSWORD).await.code(), "NotAuthorizedException", "{attributes}");
    }
    functions.answer("UserMigration", json!({"userAttributes": {"email": "o@x.example"}, "finalUserStatus": "CONFIRMED"}));
    assert_eq!(pool.sign_in("old", "weak").await.code(), "NotAuthorizedException");
    functions.answer("UserMigration", json!({"finalUserStatus": "CONFIRMED"}));
    assert_eq!(pool.sign_in("old", PASSWORD).await.code(), "InvalidLambdaResponseException");
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "old"})).await.code(), "UserNotFoundException");
    let taken = json!({"userAttributes": {"email": "a@x.example", "email_verified": "true"}, "finalUserStatus": "CONFIRMED",
                       "forceAliasCreation": true, "messageAction": "SUPPRESS"});
    functions.answer("UserMigration", taken);
    pool.sign_in("old", PASSWORD).await.ok();
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "a@x.example"})).await.ok()["Username"], "old");
}

#[actix_web::test]
async fn guesses_at_a_name_that_only_the_function_knows_are_locked_out() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["UserMigration"], json!({})).await;
    functions.refuse("UserMigration", "Bad password");
    let mut codes = Vec::new();
    for _ in 0..7 {
        codes.push(pool.sign_in("old", "guess").await.message());
    }
    assert_eq!(codes.last().map(String::as_str), Some("Password attempts exceeded"), "{codes:?}");
    assert!(functions.calls("UserMigration").len() <= 6);
}
