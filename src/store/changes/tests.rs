//! What nodes hear of each other's writes, on a database of the test's own.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;

use super::*;
use crate::kit::clock::ManualClock;
use crate::store::template::TestDatabase;
use crate::store::{Db, expired, iam};

/// A node, and what it has been told.
struct Node {
    db: Db,
    told: Arc<Mutex<Vec<Change>>>,
    confirmation: Arc<Confirmation>,
}

impl Node {
    async fn on(database: &TestDatabase, clock: &Arc<ManualClock>) -> Self {
        let db = Db::open(&database.url, 8).await.unwrap().timed_by(Arc::<ManualClock>::clone(clock));
        let told = Arc::new(Mutex::new(Vec::new()));
        let notebook = Arc::clone(&told);
        let confirmation = db.on_change(move |change| notebook.lock().unwrap().push(change.clone()));
        Self { db, told, confirmation }
    }

    /// What it has been told since the last time.
    fn told(&self) -> Vec<Change> {
        std::mem::take(&mut self.told.lock().unwrap())
    }

    async fn caught_up(&self) -> Vec<Change> {
        self.db.catch_up().await.unwrap();
        self.told()
    }

    async fn put_policy(&self, owner_id: &str) {
        self.db.write(async |tx| iam::put_policy(tx, &"1".into(), &owner_id.into(), "p", "{}").await).await.unwrap();
    }

    async fn records(&self) -> i64 {
        self.db.read(async |tx| count(tx).await).await.unwrap()
    }
}

async fn two_nodes() -> (Node, Node, Arc<ManualClock>, TestDatabase) {
    let database = TestDatabase::new().await;
    let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_800_000_000)));
    let (here, there) = (Node::on(&database, &clock).await, Node::on(&database, &clock).await);
    assert_eq!(here.caught_up().await, [Change::Everything]);
    assert_eq!(there.caught_up().await, [Change::Everything]);
    (here, there, clock, database)
}

fn policies_of(owner_id: &str) -> Change {
    Change::Policies { account_id: "1".into(), owner_id: owner_id.into() }
}

async fn record(node: &Node, stream: &str, number: i64, changes: &str) {
    const SQL: &str = "INSERT INTO configuration_changes (stream, number, changes, changed_at) VALUES ($1, $2, $3, 0)";
    node.db.write(async |tx| execute!(tx, SQL, [stream, number, changes])).await.unwrap();
}

#[actix_web::test]
async fn a_change_is_told_here_at_once_and_elsewhere_when_it_is_read() {
    let (here, there, clock, _database) = two_nodes().await;
    here.put_policy("AIDA1").await;
    here.put_policy("AIDA2").await;
    assert_eq!(here.told(), [policies_of("AIDA1"), policies_of("AIDA2")]);
    assert_eq!(there.told(), []);
    clock.advance(Duration::from_secs(1));
    assert_eq!(there.caught_up().await, [policies_of("AIDA1"), policies_of("AIDA2")]);
    assert_eq!(there.confirmation.at(), Timestamp::from_seconds(1_800_000_001));
    assert_eq!(there.caught_up().await, [], "once");
}

#[actix_web::test]
async fn a_node_that_could_not_finish_a_write_finds_its_own_record() {
    let (here, _there, _clock, _database) = two_nodes().await;
    here.put_policy("AIDA1").await;
    here.told();
    assert_eq!(here.caught_up().await, [policies_of("AIDA1")]);
}

#[actix_web::test]
async fn what_is_rolled_back_is_told_nobody_and_leaves_no_gap() {
    let (here, there, _clock, _database) = two_nodes().await;
    here.put_policy("AIDA1").await;
    let refused = here.db.write(async |tx| {
        iam::put_policy(tx, &"1".into(), &"AIDA2".into(), "p", "{}").await?;
        Err::<(), _>(StoreError::Contention { attempts: 0 })
    });
    assert!(refused.await.is_err());
    here.put_policy("AIDA3").await;
    assert_eq!(there.caught_up().await, [policies_of("AIDA1"), policies_of("AIDA3")]);
}

#[actix_web::test]
async fn a_stream_whose_outcome_is_unknown_is_left() {
    let (here, there, _clock, _database) = two_nodes().await;
    here.put_policy("AIDA1").await;
    let stream = here.db.journal.hold().await.next().stream;
    here.put_policy("AIDA2").await;
    assert_eq!(there.caught_up().await.len(), 2);
    // The lost commit arrives after all.
    record(&here, &stream, 2, r#"[{"Pool":"late"}]"#).await;
    assert_eq!(there.caught_up().await, [Change::Pool("late".into())]);
}

#[actix_web::test]
async fn what_cannot_be_told_apart_makes_everything_old() {
    let (here, there, _clock, _database) = two_nodes().await;
    record(&here, "a", 2, r#"[{"Pool":"p"}]"#).await;
    assert_eq!(there.caught_up().await, [Change::Everything], "its first record is deleted, unread");
    record(&here, "a", 3, r#"[{"Moon":"p"}]"#).await;
    assert_eq!(there.caught_up().await, [Change::Everything], "a newer release's kind of change");
}

#[actix_web::test]
async fn who_has_not_listened_for_long_forgets_everything() {
    let (_here, there, clock, _database) = two_nodes().await;
    clock.advance(KEPT / 2 + Duration::from_secs(1));
    assert_eq!(there.caught_up().await, [Change::Everything]);
}

#[actix_web::test]
async fn records_are_deleted_by_age() {
    let (here, there, clock, _database) = two_nodes().await;
    here.put_policy("AIDA1").await;
    assert_eq!(there.caught_up().await.len(), 1);
    clock.advance(Duration::from_secs(2));
    here.put_policy("AIDA2").await;
    let table = expired::TABLES.iter().find(|expiring| expiring.table == "configuration_changes").unwrap();
    let now = Timestamp::from_seconds(1_800_000_001).plus(KEPT);
    assert_eq!(here.db.write(async |tx| expired::delete(tx, table, Duration::ZERO, now, 10).await).await.unwrap(), 1);
    assert_eq!(here.records().await, 1);
    assert_eq!(there.caught_up().await, [policies_of("AIDA2")]);
}

#[actix_web::test]
async fn nothing_is_missed_while_many_write_at_once() {
    let (here, there, clock, database) = two_nodes().await;
    let reader = Node::on(&database, &clock).await;
    reader.caught_up().await;
    let owners: Vec<String> = (0..40).map(|number| format!("AIDA{number}")).collect();
    let write = async |(index, owner): (usize, &String)| {
        let node = if index % 2 == 0 { &here } else { &there };
        node.put_policy(owner).await;
    };
    let mut heard = Vec::new();
    let read = async {
        for _ in 0..20 {
            heard.extend(reader.caught_up().await);
            tokio::task::yield_now().await;
        }
    };
    futures_util::future::join(join_all(owners.iter().enumerate().map(write)), read).await;
    heard.extend(reader.caught_up().await);
    assert_eq!(heard.len(), owners.len(), "each once");
    assert!(owners.iter().all(|owner| heard.contains(&policies_of(owner))));
}

#[actix_web::test]
async fn who_follows_hears_without_being_asked() {
    let (here, there, _clock, _database) = two_nodes().await;
    let follower = there.db.clone();
    let follow = actix_web::rt::spawn(async move { follower.follow().await });
    here.put_policy("AIDA1").await;
    let heard = async {
        while there.told() != [policies_of("AIDA1")] {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), heard).await.unwrap();
    follow.abort();
    assert!(follow.await.unwrap_err().is_cancelled());
}
