//! CustomMessage.

use super::*;

async fn body(app: &TestApp, address: &str) -> (Option<String>, String) {
    let message = app.messages_to(address).await.remove(0);
    (message.subject, message.body)
}

#[actix_web::test]
async fn a_function_words_the_messages_of_a_sign_up_around_their_code() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["CustomMessage"], json!({"AutoVerifiedAttributes": ["email"]})).await;
    functions.answer("CustomMessage", json!({"emailMessage": "Hi, {####}!", "emailSubject": "Welcome"}));
    let made = sign_up(&pool, "alice", "a@x.example", json!({"ClientMetadata": {"lang": "de"}})).await.ok();
    let code = app.code_sent_to("a@x.example").await;
    assert_eq!(body(&app, "a@x.example").await, (Some("Welcome".to_owned()), format!("Hi, {code}!")));
    let event = functions.event("CustomMessage");
    assert_eq!(event["triggerSource"], "CustomMessage_SignUp");
    let attributes = json!({"sub": made["UserSub"], "cognito:user_status": "UNCONFIRMED", "email": "a@x.example"});
    assert_eq!(
        event["request"],
        json!({"userAttributes": attributes, "codeParameter": "{####}", "linkParameter": "{##Click Here##}", "usernameParameter": null,
               "clientMetadata": {"lang": "de"}})
    );
    assert_eq!(event["response"], json!({"smsMessage": null, "emailMessage": null, "emailSubject": null}));
    // The newest message is told by the clock.
    app.advance(std::time::Duration::from_secs(1));
    pool.client("ResendConfirmationCode", json!({"Username": "alice"})).await.ok();
    assert_eq!(functions.event("CustomMessage")["triggerSource"], "CustomMessage_ResendCode");
    let code = app.code_sent_to("a@x.example").await;
    assert_eq!(body(&app, "a@x.example").await.1, format!("Hi, {code}!"));
    pool.client("ConfirmSignUp", json!({"Username": "alice", "ConfirmationCode": code})).await.ok();
}

#[actix_web::test]
async fn a_text_without_its_code_is_passed_over_and_no_header_is_injected() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["CustomMessage"], json!({"AutoVerifiedAttributes": ["email"]})).await;
    functions.answer("CustomMessage", json!({"emailMessage": "Hi!", "emailSubject": "Hi\r\nBcc: evil@x.example"}));
    sign_up(&pool, "alice", "a@x.example", json!({})).await.ok();
    let code = app.code_sent_to("a@x.example").await;
    let (subject, text) = body(&app, "a@x.example").await;
    assert!(text.contains(&code) && !subject.unwrap().contains("Bcc"));
    functions.answer("CustomMessage", json!({"emailMessage": format!("{{####}}{}", "x".repeat(20_000))}));
    assert_eq!(sign_up(&pool, "bob", "b@x.example", json!({})).await.code(), "InvalidLambdaResponseException");
    functions.refuse("CustomMessage", "no");
    let refused = sign_up(&pool, "bob", "b@x.example", json!({})).await;
    assert_eq!(refused.message(), "CustomMessage failed with error no.");
    assert_eq!(pool.admin("AdminGetUser", json!({"Username": "bob"})).await.code(), "UserNotFoundException");
}

#[actix_web::test]
async fn an_invitation_is_worded_around_name_and_password() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["CustomMessage"], json!({})).await;
    let invite = async |name: &str| {
        let attributes = json!([{"Name": "email", "Value": format!("{name}@x.example")}]);
        let new =
            json!({"Username": name, "TemporaryPassword": PASSWORD, "UserAttributes": attributes, "DesiredDeliveryMediums": ["EMAIL"]});
        pool.admin("AdminCreateUser", new).await.ok();
        body(&app, &format!("{name}@x.example")).await
    };
    functions.answer("CustomMessage", json!({"emailMessage": "{username}: {####}", "emailSubject": "Come in"}));
    assert_eq!(invite("alice").await, (Some("Come in".to_owned()), format!("alice: {PASSWORD}")));
    let event = functions.event("CustomMessage");
    assert_eq!(
        (&event["triggerSource"], &event["request"]["usernameParameter"]),
        (&json!("CustomMessage_AdminCreateUser"), &json!("{username}"))
    );
    assert!(!event.to_string().contains(PASSWORD), "the function does not see the password");
    functions.answer("CustomMessage", json!({"emailMessage": "no name: {####}"}));
    assert!(invite("bob").await.1.contains("bob"));
}

#[actix_web::test]
async fn nobody_is_no_word_for_a_function() {
    let (app, functions) = with_functions().await;
    let pool = pool_calling(&app, &["CustomMessage"], json!({"AutoVerifiedAttributes": ["email"]})).await;
    pool.user_with("alice", json!({"email": "a@x.example"})).await;
    for name in ["nobody", "alice"] {
        pool.client("ResendConfirmationCode", json!({"Username": name})).await.ok();
    }
    assert!(functions.calls("CustomMessage").is_empty());
}

#[actix_web::test]
async fn the_codes_of_sign_ins_are_worded_where_they_come_first_and_second() {
    let (app, functions) = with_functions().await;
    let factors = json!({"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}});
    let mut settings = lambda_config(&["CustomMessage"]);
    settings.as_object_mut().unwrap().extend(factors.as_object().unwrap().clone());
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
    let pool = app.pool_with(settings, json!({"ExplicitAuthFlows": flows})).await;
    let config = json!({"MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": {}, "EmailMfaConfiguration": {"Message": "own {####}"}});
    pool.admin("SetUserPoolMfaConfig", config).await.ok();
    let addresses =
        json!({"email": "a@x.example", "email_verified": "true", "phone_number": "+15555550100", "phone_number_verified": "true"});
    pool.user_with("alice", addresses).await;
    let begin = json!({"AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": "alice", "PREFERRED_CHALLENGE": "EMAIL_OTP"}});
    // Whom the function refuses is not sent a code, and goes no further.
    functions.refuse("CustomMessage", "no");
    assert_eq!(pool.client("InitiateAuth", begin.clone()).await.message(), "CustomMessage failed with error no.");
    functions.answer("CustomMessage", json!({"emailMessage": "mail {####}", "emailSubject": "In", "smsMessage": "text {####}"}));
    let asked = pool.client("InitiateAuth", begin).await.ok();
    assert_eq!(functions.event("CustomMessage")["triggerSource"], "CustomMessage_Authentication");
    let code = app.code_sent_to("a@x.example").await;
    assert_eq!(body(&app, "a@x.example").await, (Some("In".to_owned()), format!("mail {code}")));
    pool.respond("EMAIL_OTP", &asked["Session"], json!({"USERNAME": "alice", "EMAIL_OTP_CODE": code})).await.ok();
    for (setting, challenge, member, address, text) in [
        ("SMSMfaSettings", "SMS_MFA", "SMS_MFA_CODE", "+15555550100", "text "),
        ("EmailMfaSettings", "EMAIL_OTP", "EMAIL_OTP_CODE", "a@x.example", "mail "),
    ] {
        app.advance(std::time::Duration::from_secs(1));
        let wish = json!({"Username": "alice", setting: {"Enabled": true, "PreferredMfa": true}});
        pool.admin("AdminSetUserMFAPreference", wish).await.ok();
        let before = functions.calls("CustomMessage").len();
        assert_eq!(pool.sign_in("alice", "Wr0ng-pass!").await.code(), "NotAuthorizedException");
        assert_eq!(functions.calls("CustomMessage").len(), before, "nobody is sent anything for a wrong password");
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], challenge);
        let code = app.code_sent_to(address).await;
        assert_eq!(body(&app, address).await.1, format!("{text}{code}"));
        pool.respond(challenge, &asked["Session"], json!({"USERNAME": "alice", member: code})).await.ok();
    }
    // A link is no code that could be typed.
    app.advance(std::time::Duration::from_secs(1));
    functions.answer("CustomMessage", json!({"emailMessage": "{##Click##}"}));
    pool.sign_in("alice", PASSWORD).await.ok();
    let code = app.code_sent_to("a@x.example").await;
    assert_eq!(body(&app, "a@x.example").await.1, format!("own {code}"));
    functions.refuse("CustomMessage", "no");
    assert_eq!(pool.sign_in("alice", PASSWORD).await.message(), "CustomMessage failed with error no.");
}
