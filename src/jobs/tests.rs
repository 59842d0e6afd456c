//! Jobs as nodes claim, run, lose and stop them.

mod recovery;
mod rotation;

use std::time::Duration;

use tokio::sync::watch;

use super::held::{Held, Interrupted, LEASE};
use super::work::run_until;
use super::{journal, run_due, sweep};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::store::outbox::Goes;
use crate::store::{StoreError, audit, jobs, outbox, tokens};
use crate::testing::TestApp;

/// Leaves so many challenge sessions behind that have expired.
async fn expired_sessions(app: &TestApp, count: u32) {
    let at = app.app.now();
    let insert = async |tx: &mut crate::store::Conn| {
        for number in 0..count {
            tokens::fail_session(tx, &"pool".into(), &number.to_string(), at).await?;
        }
        Ok::<_, StoreError>(())
    };
    app.app.write(insert).await.unwrap();
    app.advance(Duration::from_secs(1));
}

/// Whether a challenge session's row is there.
async fn is_left(app: &TestApp, number: u32) -> bool {
    app.app.read(async |tx| tokens::session(tx, &"pool".into(), &number.to_string()).await).await.unwrap().failed_attempts == 1
}

/// Claims the sweep as a node that is never heard of again.
async fn claim(app: &TestApp, lease: &str) -> Option<jobs::Job> {
    let now = app.app.now();
    app.app
        .write(async |tx| {
            jobs::plant(tx, "sweep", "only", "{}", now).await?;
            jobs::claim(tx, "sweep", lease, now, now.plus(LEASE)).await
        })
        .await
        .unwrap()
}

#[actix_web::test]
async fn sweeping_goes_on_until_nothing_that_has_expired_is_left() {
    let app = TestApp::new().await;
    let last = 2 * sweep::BATCH;
    expired_sessions(&app, last + 1).await;
    run_due(&app.app).await.unwrap();
    for number in [0, sweep::BATCH, last] {
        assert!(!is_left(&app, number).await, "{number}");
    }
}

#[actix_web::test]
async fn a_job_is_due_again_after_its_pause() {
    let app = TestApp::new().await;
    run_due(&app.app).await.unwrap();
    expired_sessions(&app, 1).await;
    run_due(&app.app).await.unwrap();
    assert!(is_left(&app, 0).await);
    app.advance(Duration::from_secs(20));
    run_due(&app.app).await.unwrap();
    assert!(!is_left(&app, 0).await);
}

#[actix_web::test]
async fn events_and_counts_go_by_their_age() {
    let app = TestApp::new().await;
    let pool = app.pool().await;
    pool.user("alice").await.signed_in().await;
    journal::write(&app.app).await.unwrap();
    let left = async || {
        run_due(&app.app).await.unwrap();
        let account = crate::kit::id::AccountId::from(crate::testing::ACCOUNT);
        let read = app.app.read(async |tx| {
            let events = audit::list(tx, &account, audit::By::Time, "~", 10).await?;
            Ok::<_, StoreError>((events.len(), audit::counts(tx, &pool.id, Timestamp::from_millis(0)).await?.len()))
        });
        read.await.unwrap()
    };
    let day = Duration::from_secs(24 * 3600);
    app.advance(day * 90);
    let (events, counts) = left().await;
    assert!(events > 0 && counts == 1, "{events} {counts}");
    app.advance(Duration::from_secs(20));
    assert_eq!(left().await, (0, 1));
    app.advance(day * 310);
    assert_eq!(left().await, (0, 0));
}

#[actix_web::test]
async fn of_two_nodes_one_has_a_job() {
    let (one, sweeper) = (TestApp::new().await.leaving_it(), "sweeper");
    let two = one.another_node().await;
    let (first, second) = futures_util::future::join(claim(&one, sweeper), claim(&two, "another")).await;
    assert_ne!(first.is_some(), second.is_some());
    expired_sessions(&one, 1).await;
    run_due(&two.app).await.unwrap();
    assert!(is_left(&one, 0).await, "it ran where it was not held");
}

#[actix_web::test]
async fn a_job_whose_node_died_is_taken_over_and_the_dead_cannot_go_on() {
    let app = TestApp::new().await;
    let job = claim(&app, "dead").await.unwrap();
    expired_sessions(&app, 1).await;
    app.advance(LEASE);
    let taken = claim(&app, "living").await.unwrap();
    assert_eq!(taken.attempts, 2);
    let (_running, stopping) = watch::channel(false);
    let dead = Held { app: &app.app, job, lease: "dead".to_owned(), stopping: &stopping };
    assert!(matches!(sweep::run(&dead).await, Err(Interrupted::Lost)));
    assert!(matches!(dead.give_back(0, app.app.now()).await, Err(Interrupted::Lost)));
    assert!(is_left(&app, 0).await);
    let living = Held { app: &app.app, job: taken, lease: "living".to_owned(), stopping: &stopping };
    sweep::run(&living).await.unwrap();
    assert!(!is_left(&app, 0).await);
}

#[actix_web::test]
async fn a_node_that_stops_gives_its_job_back() {
    let app = TestApp::new().await;
    expired_sessions(&app, 1).await;
    let (stop, stopping) = watch::channel(false);
    stop.send(true).unwrap();
    assert!(matches!(run_until(&app.app, &stopping).await, Err(Interrupted::Stopping)));
    assert!(is_left(&app, 0).await);
    run_due(&app.app).await.unwrap();
    assert!(!is_left(&app, 0).await);
}

#[actix_web::test]
async fn messages_go_by_their_age_and_however_many_one_pool_sends_it_takes_none_of_anothers() {
    let app = TestApp::new().await.leaving_it();
    let old = Timestamp::from_millis(app.app.now().millis() - 30 * 24 * 3600 * 1000 - 1);
    let insert = async |tx: &mut crate::store::Conn| {
        outbox::insert(tx, &"quiet".into(), "old", &Sealed::stored(Vec::new()), Goes::Nowhere(old)).await?;
        outbox::insert(
            tx,
            &"quiet".into(),
            "young",
            &Sealed::stored(Vec::new()),
            Goes::Nowhere(app.app.now().minus(Duration::from_secs(60))),
        )
        .await?;
        for number in 0..10_001 {
            outbox::insert(tx, &"loud".into(), &number.to_string(), &Sealed::stored(Vec::new()), Goes::Nowhere(app.app.now())).await?;
        }
        Ok::<_, StoreError>(())
    };
    app.app.write(insert).await.unwrap();
    run_due(&app.app).await.unwrap();
    let left = app.app.read(async |tx| outbox::newest(tx, Some(&"quiet".into()), 10).await).await.unwrap();
    assert_eq!(left.into_iter().map(|message| message.message_id).collect::<Vec<_>>(), ["young"]);
}
