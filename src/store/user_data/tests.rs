//! What is kept, for how long, and by whose clock.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::kit::clock::ManualClock;
use crate::store::recoveries::insert;
use crate::store::template::{self, TestDatabase};
use crate::store::{Db, names};
use crate::userpools::name::{CanonicalName, Capitals, NameKind, NewName};
use crate::userpools::point_in_time::RecoveryStatus;
use crate::userpools::user_data::NameImage;

const SECOND: Duration = Duration::from_secs(1);

fn name() -> NewName {
    CanonicalName::of("alice", Capitals::Ignored).unwrap().takeable().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn recovery(from: i64, to: i64) -> Recovery {
    Recovery {
        pool_id: "pool".into(),
        id: "r".to_owned(),
        account_id: "a".into(),
        status: RecoveryStatus::Restoring,
        restored_to: at(from),
        triggered_at: at(to),
        initiated_at: at(to),
        completed_at: None,
        due_at: Some(at(to)),
        preview: None,
        place: Place::before(Kind::Name),
    }
}

/// Nodes on one database, each with a clock of its own.
async fn nodes(moments: &[i64]) -> (TestDatabase, Vec<(Db, Arc<ManualClock>)>) {
    let database = TestDatabase::new().await;
    let db = Db::open(&database.url, 4).await.unwrap();
    let node = |moment: &i64| {
        let clock = Arc::new(ManualClock::at(at(*moment)));
        (db.clone().timed_by(Arc::<ManualClock>::clone(&clock)), clock)
    };
    (database, moments.iter().map(node).collect())
}

async fn take(db: &Db, kind: NameKind, user: &str) {
    db.write(async |tx| {
        if !names::take(tx, &"pool".into(), &name(), kind, &user.into()).await? {
            names::take_over(tx, &"pool".into(), &name(), kind, &user.into()).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
}

/// Whose the name was at a moment, if it was changed since.
async fn then(db: &Db, moment: i64) -> Option<String> {
    let changed = db.read(async |tx| changed(tx, &recovery(moment, 1_000_000), &Place::before(Kind::Name), 10).await).await.unwrap();
    let owner = |image: Option<Image>| match image {
        Some(Image::Name(NameImage { user_id, .. })) => user_id.to_string(),
        _ => "nobody".to_owned(),
    };
    assert!(changed.len() < 2, "each thing once");
    changed.into_iter().next().map(|changed| owner(changed.then))
}

#[actix_web::test]
async fn a_thing_was_at_a_moment_what_it_was_before_its_next_change() {
    let (_database, nodes) = nodes(&[100]).await;
    let (db, clock) = &nodes[0];
    take(db, NameKind::Email, "a").await;
    // Of two changes of one moment the first is kept.
    take(db, NameKind::Email, "b").await;
    clock.advance(10 * SECOND);
    take(db, NameKind::Email, "c").await;
    for (moment, expected) in [(99, Some("nobody")), (100, Some("b")), (109, Some("b")), (110, None)] {
        assert_eq!(then(db, moment).await.as_deref(), expected, "{moment}");
    }
}

#[actix_web::test]
async fn a_node_whose_clock_is_behind_changes_no_past() {
    let (_database, nodes) = nodes(&[100, 90, 200]).await;
    let [(ahead, _), (behind, _), (later, _)] = nodes.as_slice() else { panic!() };
    take(ahead, NameKind::Email, "a").await;
    take(behind, NameKind::Email, "b").await;
    take(later, NameKind::Email, "c").await;
    assert_eq!(then(ahead, 95).await.as_deref(), Some("nobody"), "it was taken at 100");
    assert_eq!(then(ahead, 150).await.as_deref(), Some("b"));
}

#[actix_web::test]
async fn the_past_is_kept_as_long_as_a_recovery_may_need_it() {
    let (_database, nodes) = nodes(&[100]).await;
    let (db, _) = &nodes[0];
    take(db, NameKind::Email, "a").await;
    let forget = async |seconds: i64| {
        db.write(async |tx| forget_old(tx, at(100).plus(KEPT).plus(Duration::from_secs(seconds.unsigned_abs())), 10).await).await.unwrap()
    };
    assert_eq!(forget(0).await, 0);
    db.write(async |tx| insert(tx, &recovery(50, 200)).await).await.unwrap();
    assert_eq!(forget(1).await, 0, "it is being recovered");
    db.write(async |tx| recoveries::update(tx, &recovery(50, 200).over(RecoveryStatus::PreviewCancelled)).await).await.unwrap();
    assert_eq!(forget(1).await, 1);
}

#[actix_web::test]
async fn a_pool_is_recovered_once_at_a_time() {
    let (_database, nodes) = nodes(&[100]).await;
    let (db, _) = &nodes[0];
    let first = recovery(50, 100);
    db.write(async |tx| insert(tx, &first).await).await.unwrap();
    let second = Recovery { id: "s".to_owned(), ..recovery(50, 100) };
    assert!(db.write(async |tx| insert(tx, &second).await).await.is_err_and(|error: StoreError| error.is_unique_violation()));
    let refused = db.write(async |tx| names::take(tx, &"pool".into(), &name(), NameKind::Email, &"a".into()).await).await;
    assert!(matches!(refused, Err(StoreError::WritesPaused)));
    let elsewhere = db.write(async |tx| names::take(tx, &"other".into(), &name(), NameKind::Email, &"a".into()).await).await;
    assert!(elsewhere.unwrap());
    assert_eq!(then(db, 0).await, None, "what was refused is not kept");
}

#[actix_web::test]
async fn the_past_is_found_by_an_index() {
    for sql in [CHANGED, FORGET_OLD] {
        let plan = template::plan(sql).await.join("\n");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
