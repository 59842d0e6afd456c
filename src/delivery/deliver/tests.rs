//! Messages on their way out: to real servers in this process, and to servers that fail.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data};
use actix_web::{App as Routes, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use super::*;
use crate::config::Delivery;
use crate::crypto::webhook;
use crate::kit::secret::Secret;
use crate::testing::{PASSWORD, TestApp, TestPool};

/// A request: its headers, its path among them, and its body.
type Received = (Vec<(String, String)>, String);

/// What a server of text messages was sent, and what it answers.
#[derive(Clone, Default)]
struct Texts {
    received: Arc<Mutex<Vec<Received>>>,
    refuses: Arc<Mutex<Vec<u16>>>,
}

impl Texts {
    /// Serves on a port of its own; answers its address.
    fn serve(&self) -> String {
        let texts = self.clone();
        let server = HttpServer::new(move || Routes::new().app_data(Data::new(texts.clone())).default_service(web::to(receive)));
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let address = server.addrs()[0].to_string();
        actix_web::rt::spawn(server.run());
        address
    }

    fn refuse(&self, statuses: &[u16]) {
        *self.refuses.lock().unwrap() = statuses.to_vec();
    }

    fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    fn last(&self) -> Received {
        self.received.lock().unwrap().last().cloned().unwrap()
    }
}

async fn receive(texts: Data<Texts>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let headers = headers.chain([("path".to_owned(), request.path().to_owned())]).collect();
    texts.received.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
    let mut refuses = texts.refuses.lock().unwrap();
    let status = if refuses.is_empty() { 200 } else { refuses.remove(0) };
    HttpResponse::build(status.try_into().unwrap()).finish()
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

fn routed(app: &mut TestApp, email: Option<&str>, sms: Option<&str>) -> Carriers {
    let secret = |text: &str| Secret::from(text.to_owned());
    let delivery = Delivery::read(email.map(secret).as_ref(), "no-reply@a.example", sms.map(secret).as_ref()).unwrap();
    Arc::get_mut(&mut app.app).unwrap().delivery = delivery;
    Carriers::of(&app.app.delivery).unwrap()
}

async fn sign_up(pool: &TestPool<'_>, name: &str, attribute: &str, address: &str) {
    let attributes = json!([{"Name": attribute, "Value": address}]);
    pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes})).await.ok();
}

async fn newest(app: &TestApp) -> usize {
    crate::delivery::newest(&app.app, None, 10).await.unwrap().len()
}

fn by(attribute: &str) -> Value {
    json!({"AutoVerifiedAttributes": [attribute]})
}

/// A folder of this test's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("passwright-mail-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn mails(&self) -> Vec<String> {
        std::fs::read_dir(&self.0).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[actix_web::test]
async fn mail_leaves_once_and_its_code_confirms() {
    let folder = Folder::new("once");
    let mut app = TestApp::new().await;
    let carriers = routed(&mut app, Some(&format!("file://{}", folder.0.display())), None);
    let pool = app.pool_with(by("email"), json!({})).await;
    sign_up(&pool, "alice", "email", "alice@b.example").await;
    assert_eq!(round(&app.app, &carriers).await.unwrap().found, 1);
    assert_eq!(round(&app.app, &carriers).await.unwrap().found, 0);
    let mails = folder.mails();
    let [mail] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    assert!(mail.contains("To: alice@b.example"), "{mail}");
    let code = mail.split_once("code is ").unwrap().1.get(..6).unwrap();
    pool.client("ConfirmSignUp", json!({"Username": "alice", "ConfirmationCode": code})).await.ok();
    assert_eq!(newest(&app).await, 0, "what was delivered is not kept");
}

#[actix_web::test]
async fn mail_comes_from_whom_its_pool_says_where_that_is_the_developers_own_account() {
    const SOURCE: &str = "arn:aws:ses:us-east-1:000000000000:identity/x.example";
    for (name, sending, from, reply_to) in [
        ("ours", json!({}), "From: no-reply@a.example", None),
        (
            "reply",
            json!({"ReplyToEmailAddress": "help@x.example", "SourceArn": SOURCE, "From": "Us <us@x.example>"}),
            "From: no-reply@a.example",
            Some("Reply-To: help@x.example"),
        ),
        (
            "own",
            json!({"EmailSendingAccount": "DEVELOPER", "SourceArn": SOURCE, "From": "Us <us@x.example>",
                   "ReplyToEmailAddress": "help@x.example"}),
            "us@x.example>",
            Some("Reply-To: help@x.example"),
        ),
        (
            "identity",
            json!({"EmailSendingAccount": "DEVELOPER", "SourceArn": SOURCE.replace("/x.", "/no-reply@x.")}),
            "From: no-reply@x.example",
            None,
        ),
    ] {
        let folder = Folder::new(name);
        let mut app = TestApp::new().await;
        let carriers = routed(&mut app, Some(&format!("file://{}", folder.0.display())), None);
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"], "EmailConfiguration": sending}), json!({})).await;
        sign_up(&pool, "alice", "email", "alice@b.example").await;
        assert_eq!(round(&app.app, &carriers).await.unwrap().found, 1);
        let mails = folder.mails();
        let [mail] = mails.as_slice() else { panic!("{name}: {} mails", mails.len()) };
        let sender = mail.lines().find(|line| line.starts_with("From: ")).unwrap();
        assert!(sender.ends_with(from), "{name}: {mail}");
        let answers = mail.lines().find(|line| line.starts_with("Reply-To: "));
        assert_eq!(answers, reply_to, "{name}: {mail}");
    }
}

#[actix_web::test]
async fn dev_shows_what_it_delivered() {
    let folder = Folder::new("dev");
    let mut app = TestApp::dev().await;
    let carriers = routed(&mut app, Some(&format!("file://{}", folder.0.display())), None);
    let pool = app.pool_with(by("email"), json!({})).await;
    sign_up(&pool, "alice", "email", "alice@b.example").await;
    round(&app.app, &carriers).await.unwrap();
    assert_eq!([folder.mails().len(), newest(&app).await], [1, 1]);
    assert_eq!(round(&app.app, &carriers).await.unwrap().found, 0);
}

#[actix_web::test]
async fn of_two_nodes_one_hands_a_message_over() {
    let texts = Texts::default();
    let mut app = TestApp::new().await;
    let carriers = routed(&mut app, None, Some(&format!("http://:key@{}/sms", texts.serve())));
    let pool = app.pool_with(by("phone_number"), json!({})).await;
    for number in 0..10 {
        sign_up(&pool, &format!("user{number}"), "phone_number", &format!("+1555010{number}")).await;
    }
    let other = app.another_node().await;
    let (first, second) = futures_util::future::join(round(&app.app, &carriers), round(&other.app, &carriers)).await;
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(texts.count(), 10);
}

#[actix_web::test]
async fn a_webhook_is_told_signed_and_asked_again_until_it_takes_the_message() {
    let texts = Texts::default();
    let mut app = TestApp::new().await;
    let carriers = routed(&mut app, None, Some(&format!("http://:key@{}/sms", texts.serve())));
    let pool = app.pool_with(by("phone_number"), json!({})).await;
    sign_up(&pool, "alice", "phone_number", "+15550100").await;
    texts.refuse(&[500, 429]);
    for (pause, count) in [(0, 1), (4, 1), (2, 2), (6, 2), (5, 3), (3600, 3)] {
        app.advance(Duration::from_secs(pause));
        round(&app.app, &carriers).await.unwrap();
        assert_eq!(texts.count(), count, "after {pause} more seconds");
    }
    let (headers, body) = texts.last();
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((told["to"].as_str(), told["trigger_source"].as_str()), (Some("+15550100"), Some("CustomMessage_SignUp")));
    assert_eq!(header(&headers, "idempotency-key"), told["message_id"].as_str().unwrap());
    let signature = header(&headers, webhook::SIGNATURE);
    let seconds: i64 = signature[2..].split_once(',').unwrap().0.parse().unwrap();
    let expected = webhook::signature(&Secret::from("key".to_owned()), Timestamp::from_seconds(seconds), body.as_bytes());
    assert_eq!(signature, expected);
    let counts = &app.app.delivered;
    assert_eq!((counts.delivered.load(Ordering::Relaxed), counts.tried.load(Ordering::Relaxed)), (1, 2));
}

#[actix_web::test]
async fn what_a_server_refuses_for_good_or_for_a_day_is_given_up() {
    let texts = Texts::default();
    let mut app = TestApp::new().await.leaving_it();
    let carriers = routed(&mut app, None, Some(&format!("http://:key@{}/sms", texts.serve())));
    let pool = app.pool_with(by("phone_number"), json!({})).await;
    sign_up(&pool, "alice", "phone_number", "+15550100").await;
    texts.refuse(&[400]);
    round(&app.app, &carriers).await.unwrap();
    app.advance(Duration::from_secs(3600));
    round(&app.app, &carriers).await.unwrap();
    assert_eq!((texts.count(), app.app.delivered.given_up.load(Ordering::Relaxed)), (1, 1));

    sign_up(&pool, "bob", "phone_number", "+15550101").await;
    texts.refuse(&[500; 300]);
    for _ in 0..300 {
        round(&app.app, &carriers).await.unwrap();
        app.advance(Duration::from_secs(600));
    }
    let tries = texts.count();
    assert!((50..150).contains(&tries), "{tries}");
    assert_eq!(app.app.delivered.given_up.load(Ordering::Relaxed), 2);
}

#[actix_web::test]
async fn a_message_whose_node_died_is_handed_over_by_another() {
    let texts = Texts::default();
    let mut app = TestApp::new().await;
    let carriers = routed(&mut app, None, Some(&format!("http://:key@{}/sms", texts.serve())));
    let pool = app.pool_with(by("phone_number"), json!({})).await;
    sign_up(&pool, "alice", "phone_number", "+15550100").await;
    let now = app.app.now();
    let due = app.app.read(async |tx| outbox::due(tx, now, 1).await).await.unwrap().remove(0);
    assert!(app.app.write(async |tx| outbox::hold(tx, &due, now.plus(HELD)).await).await.unwrap().is_some());
    assert!(app.app.write(async |tx| outbox::hold(tx, &due, now.plus(HELD)).await).await.unwrap().is_none(), "it is held");
    round(&app.app, &carriers).await.unwrap();
    assert_eq!(texts.count(), 0);
    app.advance(HELD);
    round(&app.app, &carriers).await.unwrap();
    assert_eq!(texts.count(), 1);
    // The dead come back: what they would still say is not heard.
    let late = Due { due_at: now.plus(HELD).millis(), ..due };
    assert!(!app.app.write(async |tx| outbox::remove(tx, &late).await).await.unwrap());
}

#[actix_web::test]
async fn twilio_and_sns_get_what_their_interfaces_ask_for() {
    let texts = Texts::default();
    let address = texts.serve();
    let mut app = TestApp::new().await;
    let carriers = routed(&mut app, None, Some(&format!("twilio+http://AC1:token@{address}?from=%2B15550199")));
    let pool = app.pool_with(by("phone_number"), json!({})).await;
    sign_up(&pool, "alice", "phone_number", "+15550100").await;
    round(&app.app, &carriers).await.unwrap();
    let (headers, body) = texts.last();
    assert_eq!(header(&headers, "path"), "/2010-04-01/Accounts/AC1/Messages.json");
    assert_eq!(header(&headers, "authorization"), "Basic QUMxOnRva2Vu");
    assert!(body.starts_with("To=%2B15550100&From=%2B15550199&Body=Your+confirmation+code+is+"), "{body}");
    drop(pool);

    let mut app = TestApp::new().await;
    let route = format!("sns://AKIDEXAMPLE:secret@eu-west-1?sender_id=Notes&endpoint=http%3A%2F%2F{address}%2F");
    let carriers = routed(&mut app, None, Some(&route));
    let pool = app.pool_with(by("phone_number"), json!({})).await;
    sign_up(&pool, "alice", "phone_number", "+15550100").await;
    round(&app.app, &carriers).await.unwrap();
    let (headers, body) = texts.last();
    let authorization = header(&headers, "authorization");
    assert!(
        authorization.contains("/eu-west-1/sns/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature="),
        "{authorization}"
    );
    assert!(body.contains("Action=Publish") && body.contains("PhoneNumber=%2B15550100") && body.contains("SenderID"), "{body}");
    let host = header(&headers, "host").to_owned();
    let date = header(&headers, "x-amz-date").to_owned();
    let sent =
        [("content-type", header(&headers, "content-type")), ("host", &host), ("x-amz-date", &date), ("authorization", authorization)];
    let sent: Vec<(&str, &[u8])> = sent.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let request = crate::sigv4::HttpRequest {
        method: "POST",
        path: "/",
        query: "",
        headers: &sent,
        body: crate::sigv4::Body::Bytes(body.as_bytes()),
    };
    let parsed = crate::sigv4::parse(&request).unwrap().unwrap();
    let secret = Secret::from("secret".to_owned());
    parsed.verify(&request, &secret, app.app.now()).unwrap();
}

#[actix_web::test]
async fn what_goes_to_nobody_never_leaves() {
    let texts = Texts::default();
    let mut app = TestApp::new().await;
    let carriers = routed(&mut app, None, Some(&format!("http://:key@{}/sms", texts.serve())));
    let pool = app.pool_with(by("phone_number"), json!({})).await;
    pool.client("ResendConfirmationCode", json!({"Username": "nobody"})).await.ok();
    assert_eq!(round(&app.app, &carriers).await.unwrap().found, 0);
    assert_eq!(texts.count(), 0);
}
