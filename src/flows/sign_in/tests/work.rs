//! Where users are hidden, an anonymous call does the same work whomever its name names: the same statements in the same
//! transactions, not merely the same answer.

use serde_json::json;

use super::*;
use crate::store::{self, expired, template};
use crate::testing::{Limits, PASSWORD};

/// The names of a user who waits for a code, of one who is disabled, of one who is confirmed, and of nobody.
const NAMES: [&str; 4] = ["waiting", "disabled", "confirmed", "nobody"];

async fn pool_of_all<'a>(app: &'a TestApp) -> TestPool<'a> {
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    for name in ["waiting", "disabled"] {
        let attributes = json!([{"Name": "email", "Value": format!("{name}@x.example")}]);
        pool.client("SignUp", json!({"Username": name, "Password": PASSWORD, "UserAttributes": attributes})).await.ok();
    }
    pool.user("confirmed").await;
    let found = app.app.pool(&pool.id).await.unwrap().unwrap();
    let now = app.app.now();
    let disable = async |tx: &mut store::Conn| {
        let mut user = store::users::find(tx, &found, "disabled").await?.unwrap();
        user.enabled = false;
        store::users::update(tx, &user, now).await
    };
    app.app.write(disable).await.unwrap();
    warm(&pool).await;
    pool
}

/// Fills the caches: that is nobody's work.
async fn warm(pool: &TestPool<'_>) {
    pool.sign_in("nobody at all", PASSWORD).await;
}

/// What a call ran, and its error.
type Work = (Vec<&'static str>, (String, String));

async fn work_of(app: &TestApp, call: impl Future<Output = Answer>) -> Work {
    app.app.db.work.lock().unwrap().clear();
    let error = call.await.error();
    (std::mem::take(&mut *app.app.db.work.lock().unwrap()), error)
}

/// Holds that a call, made so often, does for each name the same work at each time; what it was at each.
async fn same_work<Call: Future<Output = Answer>>(app: &TestApp, times: usize, call: impl Fn(&'static str) -> Call) -> Vec<Work> {
    let mut all = Vec::new();
    for name in NAMES {
        let mut works = Vec::new();
        for _ in 0..times {
            works.push(work_of(app, call(name)).await);
        }
        all.push((name, works));
    }
    let (_, first) = all.swap_remove(0);
    for (name, works) in all {
        assert_eq!(works, first, "{name}");
    }
    assert!(first.iter().all(|(work, _)| !work.is_empty()));
    first
}

async fn messages_at_rest(app: &TestApp, pool: &TestPool<'_>) -> i64 {
    let rows = app.app.read(async |tx| template::rows_of_pool(tx, &pool.id).await).await.unwrap();
    rows.into_iter().find(|(table, _)| table == "outbox_messages").map_or(0, |(_, count)| count)
}

#[actix_web::test]
async fn a_code_that_is_asked_for_again_costs_the_same_for_nobody() {
    // Addresses are full before the name's own limit is met: that does not show either.
    for messages in [0, 3] {
        let app = TestApp::within(Limits { messages, ..Limits::default() }).await;
        let pool = pool_of_all(&app).await;
        let before = messages_at_rest(&app, &pool).await;
        // A sign-up's code went to those two addresses already: its budget is another one by the time that it is compared.
        app.advance(std::time::Duration::from_secs(3600));
        warm(&pool).await;
        let works = same_work(&app, 7, |name| pool.client("ResendConfirmationCode", json!({"Username": name}))).await;
        let codes: Vec<&str> = works.iter().map(|(_, (code, _))| code.as_str()).collect();
        assert_eq!(codes, [[""; 5].as_slice(), &["LimitExceededException"; 2]].concat());
        // Each left a message; those who wait got theirs, and the rest goes with the next sweep.
        assert_eq!(messages_at_rest(&app, &pool).await - before, 20);
        let sent = if messages == 0 { 6 } else { 4 };
        assert_eq!(app.messages_to("waiting@x.example").await.len(), sent);
        let outbox = expired::TABLES.iter().find(|expiring| expiring.table == "outbox_messages").unwrap();
        let now = app.app.now();
        let swept = app.app.write(async |tx| expired::delete(tx, outbox, app.app.events_kept, now, 100).await).await.unwrap();
        assert_eq!(usize::try_from(swept).unwrap(), 20 - (sent - 1));
    }
}

#[actix_web::test]
async fn a_wrong_code_costs_the_same_for_nobody() {
    let app = TestApp::new().await;
    let pool = pool_of_all(&app).await;
    same_work(&app, 7, |name| pool.client("ConfirmSignUp", json!({"Username": name, "ConfirmationCode": "x"}))).await;
}

#[actix_web::test]
async fn a_forgotten_password_costs_the_same_for_nobody() {
    let app = TestApp::new().await;
    let pool = pool_of_all(&app).await;
    let verified = json!([{"Name": "email", "Value": "c@x.example"}, {"Name": "email_verified", "Value": "true"}]);
    pool.admin("AdminUpdateUserAttributes", json!({"Username": "confirmed", "UserAttributes": verified})).await.ok();
    warm(&pool).await;
    same_work(&app, 7, |name| pool.client("ForgotPassword", json!({"Username": name}))).await;
    assert_eq!(app.messages_to("c@x.example").await.len(), 5);
    let confirm = |name: &'static str| {
        let input = json!({"Username": name, "ConfirmationCode": "x", "Password": OTHER});
        pool.client("ConfirmForgotPassword", input)
    };
    same_work(&app, 7, confirm).await;
}

#[actix_web::test]
async fn a_wrong_password_costs_the_same_for_nobody() {
    let app = TestApp::new().await;
    let pool = pool_of_all(&app).await;
    let works = same_work(&app, 6, |name| pool.sign_in(name, "Wr0ng-pass!")).await;
    assert_ne!(works[0].0, works[5].0, "the last one is locked");
}

#[actix_web::test]
async fn a_proof_costs_the_same_for_nobody() {
    let app = TestApp::new().await;
    let pool = pool_of_all(&app).await;
    let begin = |name: &str| {
        let parameters = json!({"USERNAME": name, "SRP_A": "ab"});
        pool.client("InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters}))
    };
    same_work(&app, 2, &begin).await;
    let mut works = Vec::new();
    for name in NAMES {
        let block = begin(name).await.ok()["ChallengeParameters"]["SECRET_BLOCK"].clone();
        let responses = json!({"USERNAME": name, "PASSWORD_CLAIM_SECRET_BLOCK": block, "PASSWORD_CLAIM_SIGNATURE": "AAAA",
                               "TIMESTAMP": "Fri Jan 15 08:00:00 UTC 2027"});
        let answer = json!({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses});
        works.push(work_of(&app, pool.client("RespondToAuthChallenge", answer)).await);
    }
    assert_eq!(works[0].1.0, "NotAuthorizedException");
    assert!(works.iter().all(|work| *work == works[0]), "{works:?}");
}

#[actix_web::test]
async fn ones_own_session_tells_nothing_of_other_names() {
    let app = TestApp::new().await;
    let pool = pool_of_all(&app).await;
    pool.user("mallory").await;
    set_password(&pool, "mallory", PASSWORD, false).await;
    let session = pool.sign_in("mallory", PASSWORD).await.ok()["Session"].clone();
    let works = same_work(&app, 1, |name| {
        let chosen = json!({"USERNAME": name, "NEW_PASSWORD": OTHER});
        let answer = json!({"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session, "ChallengeResponses": chosen});
        pool.client("RespondToAuthChallenge", answer)
    })
    .await;
    assert_eq!(works[0].1.0, "NotAuthorizedException");
}
