//! What pools log, delivered to folders and to a server in this process, and to neither.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data};
use actix_web::{App as Routes, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::json;

use super::*;
use crate::config::{DestinationSetting, LogDestinations, LogSettings};
use crate::crypto::webhook;
use crate::kit::secret::Secret;
use crate::testing::{ACCOUNT, PASSWORD, TestApp, TestPool};

const SECRET: &str = "a secret of some length";

/// What a server of logs was sent, and what it answers.
#[derive(Clone, Default)]
struct Taker {
    /// The signature, the id and the lines.
    received: Arc<Mutex<Vec<(String, String, String)>>>,
    refuses: Arc<Mutex<bool>>,
}

impl Taker {
    /// Serves on a port of its own; answers its address.
    fn serve(&self) -> String {
        let taker = self.clone();
        let server = HttpServer::new(move || Routes::new().app_data(Data::new(taker.clone())).default_service(web::to(take)));
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}/", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        address
    }

    fn refuse(&self, refuses: bool) {
        *self.refuses.lock().unwrap() = refuses;
    }

    fn received(&self) -> Vec<(String, String, String)> {
        self.received.lock().unwrap().clone()
    }
}

async fn take(taker: Data<Taker>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap().to_owned();
    let lines = String::from_utf8(body.to_vec()).unwrap();
    taker.received.lock().unwrap().push((header(webhook::SIGNATURE), header("idempotency-key"), lines));
    if *taker.refuses.lock().unwrap() { HttpResponse::InternalServerError().finish() } else { HttpResponse::Ok().finish() }
}

fn group() -> String {
    format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:cognito")
}

/// An application whose settings have this one destination.
async fn with_destination(url: &str, secret: Option<&str>) -> TestApp {
    let mut app = TestApp::new().await;
    let secret = secret.map(|secret| Secret::from(secret.to_owned()));
    let setting = DestinationSetting { arn: group(), url: url.to_owned(), secret };
    let destinations = LogDestinations::read(&LogSettings { destination: vec![setting] }).unwrap();
    Arc::get_mut(&mut app.app).unwrap().log_destinations = destinations;
    app
}

async fn log(pool: &TestPool<'_>, source: &str, level: &str) {
    let configuration = json!({"EventSource": source, "LogLevel": level, "CloudWatchLogsConfiguration": {"LogGroupArn": group()}});
    pool.admin("SetLogDeliveryConfiguration", json!({"LogConfigurations": [configuration]})).await.ok();
}

async fn waiting(app: &TestApp, pool: &TestPool<'_>) -> i64 {
    app.app.read(async |tx| pool_logs::count(tx, &pool.id.as_str().into(), "userAuthEvents", 100).await).await.unwrap()
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("passwright-logs-{}", uuid::Builder::from_random_bytes(rand::random()).into_uuid()))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[actix_web::test]
async fn what_users_do_is_posted_with_a_signature_as_the_guide_writes_it() {
    let taker = Taker::default();
    let app = with_destination(&taker.serve(), Some(SECRET)).await;
    let (pool, silent) = (app.pool().await, app.pool().await);
    log(&pool, "userAuthEvents", "INFO").await;
    for pool in [&pool, &silent] {
        pool.user("alice").await.signed_in().await;
        assert_eq!(pool.sign_in("alice", "wrong").await.code(), "NotAuthorizedException");
    }
    app.write_journal().await;
    assert_eq!(taker.received().len(), 0, "no sign-in waits for a destination");
    app.run_jobs().await;
    let received = taker.received();
    assert_eq!(received.len(), 1);
    let (signature, id, text) = &received[0];
    assert_eq!(*signature, webhook::signature(&Secret::from(SECRET.to_owned()), app.app.now(), text.as_bytes()));
    assert_eq!(id.len(), 36);
    let mut records = lines(text);
    records.sort_by_key(|record| record["message"]["eventResponse"].to_string());
    let listed = pool.admin("AdminListUserAuthEvents", json!({"Username": "alice"})).await.ok()["AuthEvents"].clone();
    let passed = listed.as_array().unwrap().iter().find(|event| event["EventResponse"] == "Pass").unwrap();
    let message = &records[1]["message"];
    for (member, expected) in [
        ("version", json!("1")),
        ("eventId", passed["EventId"].clone()),
        ("eventType", json!("SignIn")),
        ("userName", json!("alice")),
        ("userPoolId", json!(pool.id)),
        ("eventResponse", json!("Pass")),
        ("riskLevel", json!("")),
        ("riskDecision", json!("PASS")),
        ("challenges", json!([{"challengeName": "Password", "challengeResponse": "Success"}])),
        ("compromisedCredentialDetected", json!("false")),
        ("creationDate", json!(app.app.now().to_unix_date())),
    ] {
        assert_eq!(message[member], expected, "{member}");
    }
    assert_eq!(
        (&records[1]["eventSource"], &records[1]["logLevel"], &records[1]["logSourceId"]),
        (&json!("USER_ACTIVITY"), &json!("INFO"), &json!({"userPoolId": pool.id}))
    );
    assert_eq!(records[0]["message"]["eventResponse"], "Fail");
    assert_eq!(waiting(&app, &pool).await, 0);
    assert!(!text.contains(PASSWORD));
}

#[actix_web::test]
async fn what_is_not_taken_waits_longer_each_time_and_comes_again_whole() {
    let taker = Taker::default();
    let app = with_destination(&taker.serve(), Some(SECRET)).await;
    let pool = app.pool().await;
    log(&pool, "userAuthEvents", "INFO").await;
    pool.user("alice").await.signed_in().await;
    app.write_journal().await;
    taker.refuse(true);
    for (pause, tries) in [(0, 1), (4, 1), (1, 2), (9, 2), (1, 3)] {
        app.advance(Duration::from_secs(pause));
        app.run_jobs().await;
        assert_eq!(taker.received().len(), tries, "after {pause} more seconds");
    }
    taker.refuse(false);
    app.advance(Duration::from_secs(20));
    app.run_jobs().await;
    let received = taker.received();
    assert!(received.iter().all(|(_, id, text)| *id == received[0].1 && *text == received[0].2));
    assert_eq!((received.len(), waiting(&app, &pool).await), (4, 0));
    app.advance(Duration::from_secs(3600));
    app.run_jobs().await;
    assert_eq!(taker.received().len(), 4, "what was taken does not come again");
}

#[actix_web::test]
async fn records_are_appended_to_the_days_file_of_their_pool() {
    let folder = folder();
    let app = with_destination(&format!("file://{}", folder.display()), None).await;
    let pool = app.pool().await;
    log(&pool, "userAuthEvents", "INFO").await;
    let alice = pool.user("alice").await;
    for _ in 0..2 {
        alice.signed_in().await;
        app.write_journal().await;
        app.run_jobs().await;
        app.advance(Duration::from_secs(2));
    }
    let day = app.app.now().to_rfc3339()[..10].to_owned();
    let text = std::fs::read_to_string(folder.join(pool.id.as_str()).join(format!("userAuthEvents-{day}.jsonl"))).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(lines(&text).len(), 2);
}

#[actix_web::test]
async fn a_message_that_was_not_delivered_is_logged_without_its_address_or_code() {
    let folder = folder();
    let app = with_destination(&format!("file://{}", folder.display()), None).await;
    let pool = app.pool().await;
    log(&pool, "userNotification", "ERROR").await;
    message_failed(&app.app, &pool.id.as_str().into(), "a message was given up after 1 tries: the mail server answered 550").await.unwrap();
    app.run_jobs().await;
    let day = app.app.now().to_rfc3339()[..10].to_owned();
    let text = std::fs::read_to_string(folder.join(pool.id.as_str()).join(format!("userNotification-{day}.jsonl"))).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(
        lines(&text),
        [json!({"eventTimestamp": app.app.now().millis().to_string(), "eventSource": "USER_NOTIFICATION", "logLevel": "ERROR",
                "message": {"details": "a message was given up after 1 tries: the mail server answered 550"},
                "logSourceId": {"userPoolId": pool.id}})]
    );
}

#[actix_web::test]
async fn nothing_is_queued_for_what_the_settings_do_not_know_and_nothing_without_end() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    log(&pool, "userAuthEvents", "INFO").await;
    pool.user("alice").await.signed_in().await;
    app.write_journal().await;
    assert_eq!(waiting(&app, &pool).await, 0);

    let pool_id: UserPoolId = pool.id.as_str().into();
    let many = vec![json!({}); usize::try_from(BACKLOG).unwrap()];
    let fill = async |tx: &mut Conn| queue(&app.app, tx, &pool_id, EventSource::UserAuthEvents, &many).await;
    app.app.write(fill).await.unwrap();
    assert_eq!(room(&app.app, &pool_id, EventSource::UserAuthEvents).await.unwrap(), 0);
    // After a day nobody wants them any more.
    app.advance(Duration::from_secs(24 * 3600 + 1));
    app.run_jobs().await;
    assert_eq!(room(&app.app, &pool_id, EventSource::UserAuthEvents).await.unwrap(), many.len());
}
