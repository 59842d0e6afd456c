//! Every answer in a session that asks for something else: no step is passed by, and none of it changes the session.

use serde_json::{Value, json};

use super::*;
use crate::testing::PASSWORD;

const FLOWS: [&str; 3] = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"];

/// A user at a step: what is asked of them, in which session, and the right answer to it.
struct Standing {
    name: &'static str,
    asked: &'static str,
    session: Value,
    answer: Value,
    /// Their authenticator, if they have one.
    seed: Option<Value>,
}

async fn pool_of_all(app: &TestApp) -> TestPool<'_> {
    let policies = json!({"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}});
    let pool = app.pool_with(policies, json!({"ExplicitAuthFlows": FLOWS})).await;
    let config = json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true}, "SmsMfaConfiguration": {},
                        "EmailMfaConfiguration": {}});
    pool.admin("SetUserPoolMfaConfig", config).await.ok();
    pool
}

/// A user with addresses that differ from everybody else's, who wants these second factors.
async fn with_factors(pool: &TestPool<'_>, name: &str, number: u32, wishes: &[&str]) {
    let (email, phone) = (format!("{name}@x.example"), format!("+1555555{number:04}"));
    let attributes = json!({"email": email, "email_verified": "true", "phone_number": phone, "phone_number_verified": "true"});
    pool.user_with(name, attributes).await;
    let mut request = json!({"Username": name});
    for wish in wishes {
        request[*wish] = json!({"Enabled": true, "PreferredMfa": wishes.len() == 1});
    }
    if !wishes.is_empty() {
        pool.admin("AdminSetUserMFAPreference", request).await.ok();
    }
}

async fn standings(app: &TestApp, pool: &TestPool<'_>) -> Vec<Standing> {
    let mut standings = Vec::new();
    let mut add = |name, asked: &Value, expected: &'static str, answer: Value, seed: Option<Value>| {
        assert_eq!(asked["ChallengeName"], expected, "{asked}");
        standings.push(Standing { name, asked: expected, session: asked["Session"].clone(), answer, seed });
    };
    with_factors(pool, "temporary", 0, &[]).await;
    set_password(pool, "temporary", PASSWORD, false).await;
    let asked = pool.sign_in("temporary", PASSWORD).await.ok();
    add("temporary", &asked, "NEW_PASSWORD_REQUIRED", json!({"NEW_PASSWORD": OTHER}), None);

    with_factors(pool, "token", 1, &[]).await;
    let tokens = pool.sign_in("token", PASSWORD).await.ok()["AuthenticationResult"].clone();
    let seed = enrol(app, &tokens, None).await;
    app.advance(std::time::Duration::from_secs(60));
    let asked = pool.sign_in("token", PASSWORD).await.ok();
    add("token", &asked, "SOFTWARE_TOKEN_MFA", json!({"SOFTWARE_TOKEN_MFA_CODE": code(app, &seed)}), Some(seed));

    with_factors(pool, "sms", 2, &["SMSMfaSettings"]).await;
    let asked = pool.sign_in("sms", PASSWORD).await.ok();
    add("sms", &asked, "SMS_MFA", json!({"SMS_MFA_CODE": app.code_sent_to("+15555550002").await}), None);

    with_factors(pool, "mail", 3, &["EmailMfaSettings"]).await;
    let asked = pool.sign_in("mail", PASSWORD).await.ok();
    add("mail", &asked, "EMAIL_OTP", json!({"EMAIL_OTP_CODE": app.code_sent_to("mail@x.example").await}), None);

    with_factors(pool, "several", 4, &["SMSMfaSettings", "EmailMfaSettings"]).await;
    let asked = pool.sign_in("several", PASSWORD).await.ok();
    add("several", &asked, "SELECT_MFA_TYPE", json!({"ANSWER": "SMS_MFA"}), None);

    with_factors(pool, "chooser", 5, &[]).await;
    let begin = async |name: &str, more: Value| {
        let parameters = with(json!({"USERNAME": name}), more);
        pool.client("InitiateAuth", json!({"AuthFlow": "USER_AUTH", "AuthParameters": parameters})).await.ok()
    };
    let asked = begin("chooser", json!({})).await;
    add("chooser", &asked, "SELECT_CHALLENGE", json!({"ANSWER": "EMAIL_OTP"}), None);

    with_factors(pool, "first", 6, &[]).await;
    let asked = begin("first", json!({"PREFERRED_CHALLENGE": "EMAIL_OTP"})).await;
    add("first", &asked, "EMAIL_OTP", json!({"EMAIL_OTP_CODE": app.code_sent_to("first@x.example").await}), None);
    standings
}

/// Each challenge's answer by somebody who knows all that is to be known of the user, as far as it can be known.
async fn answers(app: &TestApp, standing: &Standing) -> Vec<(&'static str, Value)> {
    let sent = |messages: Vec<crate::userpools::message::Message>| messages.into_iter().find_map(|message| message.code);
    let mail = sent(app.messages_to(&format!("{}@x.example", standing.name)).await).unwrap_or_else(|| "000000".to_owned());
    let token = standing.seed.as_ref().map_or_else(|| "000000".to_owned(), |seed| code(app, seed));
    let proof =
        json!({"PASSWORD_CLAIM_SECRET_BLOCK": "AAAA", "PASSWORD_CLAIM_SIGNATURE": "AAAA", "TIMESTAMP": "Fri Jan 15 08:00:00 UTC 2027"});
    let device = "us-east-1_00000000-0000-4000-8000-000000000000";
    vec![
        ("SOFTWARE_TOKEN_MFA", json!({"SOFTWARE_TOKEN_MFA_CODE": token})),
        ("SMS_MFA", json!({"SMS_MFA_CODE": mail})),
        ("EMAIL_OTP", json!({"EMAIL_OTP_CODE": mail})),
        ("SMS_OTP", json!({"SMS_OTP_CODE": mail})),
        ("SELECT_MFA_TYPE", json!({"ANSWER": "SOFTWARE_TOKEN_MFA"})),
        ("MFA_SETUP", json!({})),
        ("NEW_PASSWORD_REQUIRED", json!({"NEW_PASSWORD": OTHER})),
        ("SELECT_CHALLENGE", json!({"ANSWER": "PASSWORD", "PASSWORD": PASSWORD})),
        ("PASSWORD", json!({"PASSWORD": PASSWORD})),
        ("PASSWORD_SRP", json!({"SRP_A": "ab"})),
        ("PASSWORD_VERIFIER", proof.clone()),
        ("WEB_AUTHN", json!({"CREDENTIAL": "{}"})),
        ("CUSTOM_CHALLENGE", json!({"ANSWER": "x"})),
        ("DEVICE_SRP_AUTH", json!({"SRP_A": "ab", "DEVICE_KEY": device})),
        ("DEVICE_PASSWORD_VERIFIER", with(proof, json!({"DEVICE_KEY": device}))),
    ]
}

fn with(mut members: Value, more: Value) -> Value {
    members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    members
}

/// Answers everything but what is asked, then that.
async fn try_all(app: &TestApp, pool: &TestPool<'_>, standing: &Standing) {
    let with_name = |responses: Value| with(responses, json!({"USERNAME": standing.name}));
    for (challenge, responses) in answers(app, standing).await {
        if challenge == standing.asked {
            continue;
        }
        let answer = pool.respond(challenge, &standing.session, with_name(responses)).await;
        let refused = ["NotAuthorizedException", "InvalidParameterException", "ResourceNotFoundException"];
        assert!(refused.contains(&answer.code().as_str()), "{} in {}: {}", challenge, standing.asked, answer.text);
    }
    let right = pool.respond(standing.asked, &standing.session, with_name(standing.answer.clone())).await;
    assert_eq!(right.status, 200, "{}: {}", standing.asked, right.text);
}

#[actix_web::test]
async fn no_step_is_passed_by_with_the_answer_to_another() {
    let app = TestApp::new().await;
    let pool = pool_of_all(&app).await;
    for standing in standings(&app, &pool).await {
        try_all(&app, &pool, &standing).await;
    }
    // Who has a factor to set up signs in by none that they have not.
    let pool = pool_with_mfa(&app, "ON").await;
    pool.user("new").await;
    let asked = pool.sign_in("new", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP", "{asked}");
    let standing = Standing { name: "new", asked: "MFA_SETUP", session: asked["Session"].clone(), answer: json!({}), seed: None };
    for (challenge, responses) in answers(&app, &standing).await {
        let answer = pool.respond(challenge, &standing.session, with(responses, json!({"USERNAME": "new"}))).await;
        assert!(answer.status == 400 && answer.code() != "CodeMismatchException", "{challenge}: {}", answer.text);
    }
    let enrolling = app.anonymous().call("AssociateSoftwareToken", json!({"Session": standing.session})).await.ok();
    let verify = json!({"Session": enrolling["Session"], "UserCode": code(&app, &enrolling["SecretCode"])});
    let verified = app.anonymous().call("VerifySoftwareToken", verify).await.ok();
    let signed_in = pool.respond("MFA_SETUP", &verified["Session"], json!({"USERNAME": "new"})).await.ok();
    assert!(is_live(&app, &signed_in["AuthenticationResult"]).await);
}
