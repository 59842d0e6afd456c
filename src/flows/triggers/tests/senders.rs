//! CustomEmailSender and CustomSMSSender.

use super::*;
use crate::testing::KMS_KEY;

async fn pool_with_senders<'a>(app: &'a TestApp, key: &str) -> TestPool<'a> {
    let sender = |name: &str| json!({"LambdaVersion": "V1_0", "LambdaArn": TestFunctions::arn(name)});
    let config = json!({"CustomEmailSender": sender("mail"), "CustomSMSSender": sender("text"), "KMSKeyID": key});
    app.pool_with(json!({"LambdaConfig": config, "AutoVerifiedAttributes": ["email"]}), json!({})).await
}

#[actix_web::test]
async fn a_function_gets_the_message_with_its_code_encrypted_in_place_of_an_address() {
    let (app, functions) = with_functions().await;
    let pool = pool_with_senders(&app, KMS_KEY).await;
    let made = sign_up(&pool, "alice", "a@x.example", json!({})).await.ok();
    assert_eq!(made["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert!(functions.calls("mail").is_empty(), "nobody waits for it");
    app.run_jobs().await;
    let event = functions.event("mail");
    assert_eq!((&event["triggerSource"], &event["userName"]), (&json!("CustomEmailSender_SignUp"), &json!("alice")));
    assert_eq!(event["request"]["type"], "customEmailSenderRequestV1");
    let attributes = json!({"sub": made["UserSub"], "cognito:user_status": "UNCONFIRMED", "email": "a@x.example"});
    assert_eq!(event["request"]["userAttributes"], attributes);
    let message = data_encoding::BASE64.decode(event["request"]["code"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(&message[..3], [2, 0x04, 0x78], "a message of the Encryption SDK");
    assert!(app.messages_to("a@x.example").await.is_empty(), "it is not delivered here too");
    app.advance(std::time::Duration::from_secs(2));
    app.run_jobs().await;
    assert_eq!(functions.calls("mail").len(), 1, "once");
}

#[actix_web::test]
async fn each_medium_has_its_own_function_and_invitations_go_by_them_too() {
    let (app, functions) = with_functions().await;
    let pool = pool_with_senders(&app, KMS_KEY).await;
    let attributes = json!([{"Name": "phone_number", "Value": "+15555550100"}]);
    pool.admin("AdminCreateUser", json!({"Username": "bob", "TemporaryPassword": PASSWORD, "UserAttributes": attributes})).await.ok();
    app.run_jobs().await;
    let event = functions.event("text");
    assert_eq!(
        (&event["triggerSource"], &event["request"]["type"]),
        (&json!("CustomSMSSender_AdminCreateUser"), &json!("customSMSSenderRequestV1"))
    );
    assert!(!event.to_string().contains(PASSWORD) && functions.calls("mail").is_empty());
}

#[actix_web::test]
async fn a_code_that_cannot_be_encrypted_goes_nowhere_and_holds_nobody_up() {
    let (app, functions) = with_functions().await;
    let unknown = pool_with_senders(&app, "arn:aws:kms:us-east-1:000000000000:key/unknown").await;
    sign_up(&unknown, "alice", "a@x.example", json!({})).await.ok();
    let pool = pool_with_senders(&app, KMS_KEY).await;
    sign_up(&pool, "bob", "b@x.example", json!({})).await.ok();
    functions.refuse("mail", "mailbox on fire");
    app.run_jobs().await;
    assert_eq!(functions.calls("mail").len(), 1, "the one with a key");
    assert!(app.messages_to("a@x.example").await.is_empty(), "a code that was to be encrypted is not mailed in the clear");
}

#[actix_web::test]
async fn messages_that_wait_go_with_their_pool() {
    let (app, functions) = with_functions().await;
    let pool = pool_with_senders(&app, KMS_KEY).await;
    sign_up(&pool, "alice", "a@x.example", json!({})).await.ok();
    pool.admin("DeleteUserPool", json!({})).await.ok();
    app.run_jobs().await;
    assert!(functions.calls("mail").is_empty());
}

#[actix_web::test]
async fn a_sign_in_that_may_be_somebody_elses_is_told_by_the_function_with_what_is_known_of_it() {
    let (app, functions) = with_functions().await;
    let pool = pool_with_senders(&app, KMS_KEY).await;
    pool.user_with("alice", json!({"email": "a@x.example", "email_verified": "true"})).await;
    let sign_in = async |address: &str| {
        let context = json!({"IpAddress": address, "ServerName": "s", "ServerPath": "/", "HttpHeaders": []});
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        let input = json!({"ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters, "ContextData": context});
        pool.admin("AdminInitiateAuth", input).await.ok();
        app.write_journal().await;
    };
    sign_in("203.0.113.7").await;
    let source = json!({"SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/x.example"});
    let takeover = json!({"NotifyConfiguration": source, "Actions": {"LowAction": {"Notify": true, "EventAction": "NO_ACTION"}}});
    pool.admin("SetRiskConfiguration", json!({"AccountTakeoverRiskConfiguration": takeover})).await.ok();
    sign_in("198.51.100.7").await;
    app.run_jobs().await;
    let event = functions.event("mail");
    assert_eq!(event["triggerSource"], "CustomEmailSender_AccountTakeOverNotification");
    assert_eq!(event["request"]["code"], Value::Null);
    let told = &event["request"]["userAttributes"];
    for (name, value) in [
        ("email", "a@x.example"),
        ("USER_NAME", "alice"),
        ("IP_ADDRESS", "198.51.100.7"),
        ("ACCOUNT_TAKE_OVER_ACTION", "NO_ACTION"),
        ("LOGIN_TIME", "Friday, January 15, 2027 08:00 AM UTC"),
    ] {
        assert_eq!(told[name], value, "{told}");
    }
    assert!(told["ONE_CLICK_LINK_INVALID"].as_str().unwrap().contains(told["FEEDBACK_TOKEN"].as_str().unwrap()), "{told}");
    assert!(told.get("CITY").is_none() && told.get("COUNTRY").is_none(), "{told}");
}
