//! AdminListUserAuthEvents: what a user did, the newest first.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::find_user;
use super::errors::Error;
use super::pages::Asked;
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::store::auth_events::{Listed, Place};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    auth_events: Vec<AuthEventAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// AuthEventType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AuthEventAnswer {
    event_id: String,
    event_type: String,
    creation_date: Timestamp,
    event_response: String,
    event_risk: EventRisk,
    challenge_responses: serde_json::Value,
    event_context_data: EventContextData,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_feedback: Option<EventFeedback>,
}

/// EventRiskType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventRisk {
    risk_decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_level: Option<&'static str>,
    compromised_credentials_detected: bool,
}

/// EventContextDataType. Where an address lies is not known here.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventContextData {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<String>,
}

/// EventFeedbackType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EventFeedback {
    feedback_value: String,
    provider: String,
    feedback_date: Timestamp,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let user = find_user(cx, &pool, &request.username).await?;
    let key = ["AdminListUserAuthEvents", pool.id.as_str(), user.id.as_str()];
    let asked = Asked::of(request.next_token.as_deref(), request.max_results);
    let before = read_place(&asked.after(cx, &key)?);
    let events = cx.read(async |tx| store::auth_events::list(tx, &pool.id, &user.id, before.as_ref(), asked.read()).await).await?;
    let place = |event: &Listed| format!("{}:{}", event.created_at.millis(), event.id);
    let (events, next_token) = asked.cut(cx, &key, events, place)?;
    let auth_events = events.into_iter().map(answer).collect::<Result<_, _>>()?;
    Ok(Response { auth_events, next_token })
}

/// Where a page begins; `None` for the first.
fn read_place(text: &str) -> Option<Place> {
    let (created_at, event_id) = text.split_once(':')?;
    Some(Place { created_at: created_at.parse().ok()?, event_id: event_id.to_owned() })
}

fn answer(event: Listed) -> Result<AuthEventAnswer, Error> {
    let feedback = |feedback: store::auth_events::Feedback| EventFeedback {
        feedback_value: feedback.value,
        provider: feedback.provider,
        feedback_date: feedback.at,
    };
    let risk = event.details.risk.unwrap_or_default();
    Ok(AuthEventAnswer {
        event_id: event.id,
        event_type: event.kind,
        creation_date: event.created_at,
        event_response: event.response,
        event_risk: EventRisk {
            risk_decision: risk.decision.as_str(),
            risk_level: risk.level.map(|level| level.as_str()),
            compromised_credentials_detected: risk.compromised_credentials,
        },
        challenge_responses: serde_json::to_value(&event.details.challenges).map_err(Error::internal)?,
        event_context_data: EventContextData { ip_address: event.details.ip_address, device_name: event.details.device_name },
        event_feedback: event.feedback.map(feedback),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::flows::auth_events::feedback_token;
    use crate::store::users;
    use crate::testing::{PASSWORD, TestApp, TestPool};

    async fn events(pool: &TestPool<'_>, name: &str) -> Vec<Value> {
        pool.app.write_journal().await;
        let listed = pool.admin("AdminListUserAuthEvents", json!({"Username": name})).await.ok();
        listed["AuthEvents"].as_array().unwrap().clone()
    }

    fn told(event: &Value) -> (String, String, Value) {
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        (text("EventType"), text("EventResponse"), event["ChallengeResponses"].clone())
    }

    fn answered(name: &str, result: &str) -> Value {
        json!({"ChallengeName": name, "ChallengeResponse": result})
    }

    #[actix_web::test]
    async fn a_sign_in_is_one_event_from_its_first_step_to_its_last() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let alice = pool.user("alice").await;
        pool.user("bob").await.signed_in().await;
        assert_eq!(pool.sign_in("alice", "wrong").await.code(), "NotAuthorizedException");
        app.advance(Duration::from_secs(1));
        alice.signed_in().await;
        let listed = events(&pool, "alice").await;
        let told: Vec<_> = listed.iter().map(told).collect();
        assert_eq!(
            told,
            [
                ("SignIn".to_owned(), "Pass".to_owned(), json!([answered("Password", "Success")])),
                ("SignIn".to_owned(), "Fail".to_owned(), json!([answered("Password", "Failure")])),
            ]
        );
        assert_eq!(listed[0]["EventRisk"], json!({"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": false}));
        assert_eq!(listed[0]["EventContextData"]["DeviceName"], "unknown");
        assert!(pool.sign_in("nobody", "wrong").await.status == 400);
        app.write_journal().await;
    }

    #[actix_web::test]
    async fn what_waits_for_a_second_factor_is_in_progress_until_it_passes_or_fails() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("SetUserPoolMfaConfig", json!({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": true}}))
            .await
            .ok();
        pool.user("alice").await;
        let session = pool.sign_in("alice", PASSWORD).await.ok()["Session"].clone();
        let in_progress = events(&pool, "alice").await;
        assert_eq!(told(&in_progress[0]).1, "InProgress");
        let associated = app.anonymous().call("AssociateSoftwareToken", json!({"Session": session})).await.ok();
        let seed = data_encoding::BASE32_NOPAD.decode(associated["SecretCode"].as_str().unwrap().as_bytes()).unwrap();
        let totp = totp_rs::Builder::new().with_step_duration(30).with_secret(seed).build().unwrap();
        let code = || totp.generate(app.app.now().seconds().unsigned_abs()).to_string();
        let verify = json!({"Session": associated["Session"], "UserCode": code()});
        let verified = app.anonymous().call("VerifySoftwareToken", verify).await.ok();
        pool.respond("MFA_SETUP", &verified["Session"], json!({"USERNAME": "alice"})).await.ok();
        let passed = events(&pool, "alice").await;
        assert_eq!((passed.len(), &passed[0]["EventId"]), (1, &in_progress[0]["EventId"]));
        assert_eq!((told(&passed[0]).1, &passed[0]["ChallengeResponses"][1]), ("Pass".to_owned(), &answered("Mfa", "Success")));
        app.advance(Duration::from_secs(60));
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        let wrong = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": "000000"});
        assert_eq!(pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], wrong).await.code(), "CodeMismatchException");
        let failed = events(&pool, "alice").await;
        assert_eq!((told(&failed[0]).1, &failed[0]["ChallengeResponses"][1]), ("Fail".to_owned(), &answered("Mfa", "Failure")));
        let right = json!({"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code()});
        pool.respond("SOFTWARE_TOKEN_MFA", &asked["Session"], right).await.ok();
        let passed = events(&pool, "alice").await;
        assert_eq!((passed.len(), told(&passed[0]).1), (2, "Pass".to_owned()));
    }

    #[actix_web::test]
    async fn a_users_events_are_paged_the_newest_first_and_are_theirs_alone() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
        let attributes = json!([{"Name": "email", "Value": "alice@x.example"}]);
        pool.client("SignUp", json!({"Username": "alice", "Password": PASSWORD, "UserAttributes": attributes})).await.ok();
        let code = app.code_sent_to("alice@x.example").await;
        pool.client("ConfirmSignUp", json!({"Username": "alice", "ConfirmationCode": code})).await.ok();
        pool.user("bob").await;
        for _ in 0..3 {
            pool.sign_in("alice", PASSWORD).await.ok();
        }
        let all = events(&pool, "alice").await;
        assert_eq!(all.iter().map(|event| told(event).0).filter(|kind| kind == "SignUp").count(), 1);
        let page = async |name: &str, token: &Value| {
            pool.admin("AdminListUserAuthEvents", json!({"Username": name, "MaxResults": 3, "NextToken": token})).await
        };
        let first = page("alice", &Value::Null).await.ok();
        let rest = page("alice", &first["NextToken"]).await.ok();
        let ids = |events: &Value| events.as_array().unwrap().iter().map(|event| event["EventId"].clone()).collect::<Vec<_>>();
        let paged: Vec<Value> = ids(&first["AuthEvents"]).into_iter().chain(ids(&rest["AuthEvents"])).collect();
        assert_eq!((paged, rest.get("NextToken")), (ids(&json!(all)), None));
        assert_eq!(page("bob", &first["NextToken"]).await.code(), "InvalidParameterException");
        assert_eq!(page("bob", &Value::Null).await.ok(), json!({"AuthEvents": []}));
        assert_eq!(page("nobody", &Value::Null).await.code(), "UserNotFoundException");
        // What is noted of somebody who is gone meanwhile is dropped, and what was written goes with them.
        pool.sign_in("alice", PASSWORD).await.ok();
        pool.admin("AdminDeleteUser", json!({"Username": "alice"})).await.ok();
        app.write_journal().await;
    }

    #[actix_web::test]
    async fn administrators_and_who_has_the_events_token_say_whether_it_was_the_user() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await.signed_in().await;
        pool.user("bob").await.signed_in().await;
        let (event, bobs) = (events(&pool, "alice").await[0]["EventId"].clone(), events(&pool, "bob").await[0]["EventId"].clone());
        let admin = async |name: &str, event: &Value, value: &str| {
            let request = json!({"Username": name, "EventId": event, "FeedbackValue": value});
            pool.admin("AdminUpdateAuthEventFeedback", request).await
        };
        admin("alice", &event, "Invalid").await.ok();
        let feedback = events(&pool, "alice").await[0]["EventFeedback"].clone();
        assert_eq!((&feedback["FeedbackValue"], &feedback["Provider"]), (&json!("Invalid"), &json!("Admin")));
        assert_eq!(admin("nobody", &event, "Valid").await.code(), "UserNotFoundException");
        assert_eq!(admin("alice", &bobs, "Valid").await.code(), "ResourceNotFoundException");
        assert_eq!(admin("alice", &event, "Perhaps").await.code(), "InvalidParameterException");
        let found = app.app.pool(&pool.id).await.unwrap().unwrap();
        let alice = app.app.read(async |tx| users::find(tx, &found, "alice").await).await.unwrap().unwrap();
        let token = feedback_token(&app.app, &alice, event.as_str().unwrap()).unwrap();
        let say = async |pool_id: &str, name: &str, event: &Value, token: &str| {
            let request =
                json!({"UserPoolId": pool_id, "Username": name, "EventId": event, "FeedbackToken": token, "FeedbackValue": "Valid"});
            app.anonymous().call("UpdateAuthEventFeedback", request).await
        };
        let another = app.pool().await;
        let (own, id) = (pool.id.as_str(), event.as_str().unwrap());
        for (pool_id, name, event, token) in [
            (own, "bob", &event, token.as_str()),
            (own, "nobody", &event, token.as_str()),
            (own, "alice", &bobs, token.as_str()),
            (own, "alice", &event, "AAAA"),
            (own, "alice", &event, id),
            (another.id.as_str(), "alice", &event, token.as_str()),
        ] {
            assert_eq!(say(pool_id, name, event, token).await.code(), "NotAuthorizedException", "{pool_id} {name} {event}");
        }
        assert_eq!(say("us-east-1_000000000", "alice", &event, &token).await.code(), "ResourceNotFoundException");
        say(own, "alice", &event, &token).await.ok();
        let feedback = events(&pool, "alice").await[0]["EventFeedback"].clone();
        assert_eq!((&feedback["FeedbackValue"], &feedback["Provider"]), (&json!("Valid"), &json!("User")));
    }
}
