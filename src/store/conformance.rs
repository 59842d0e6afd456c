//! What the store promises whatever database is below it: one suite, run on each.
//!
//! It runs on the database of the tests, and where `PASSWRIGHT_TEST_CONFORMANCE` has the address of an empty one (`postgres://…`
//! of whatever speaks PostgreSQL's protocol), on that: `PASSWRIGHT_TEST_CONFORMANCE=… cargo test --lib store::conformance`.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{join, join_all};

use super::changes::Change;
use super::template::{self, TestDatabase};
use super::{Conn, Db, StoreError, deployment, jobs, user_pools};
use crate::crypto::ids;
use crate::kit::clock::Timestamp;
use crate::kit::rng::{EntropyRng, SystemEntropy};

/// The database under test, and names that no other test has, for it may be one for all.
struct Subject {
    db: Db,
    url: String,
    prefix: String,
    _own: Option<TestDatabase>,
}

impl Subject {
    async fn new() -> Self {
        let own = match std::env::var("PASSWRIGHT_TEST_CONFORMANCE") {
            Ok(url) => Err(url),
            Err(_) => Ok(TestDatabase::new().await),
        };
        let url = own.as_ref().map_or_else(Clone::clone, |own| own.url.clone());
        Self { db: Db::open(&url, 8).await.unwrap(), url, prefix: ids::uuid(&mut EntropyRng(&SystemEntropy)), _own: own.ok() }
    }

    /// A second node.
    async fn another(&self) -> Db {
        Db::open(&self.url, 8).await.unwrap()
    }

    fn name(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    async fn write<T>(&self, body: impl AsyncFn(&mut Conn) -> Result<T, StoreError>) -> T {
        self.db.write(body).await.unwrap()
    }

    async fn setting(&self, name: &str) -> Option<String> {
        self.db.read(async |tx| deployment::find(tx, name).await).await.unwrap()
    }
}

const INSERT_SETTING: &str = "INSERT INTO deployment_settings (name, value) VALUES ($1, $2)";
const INSERT_MESSAGE: &str = "INSERT INTO outbox_messages (pool_id, message_id, sealed_message, created_at) VALUES ($1, $2, $3, $4)";

/// Lets the others run up to where they are.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

#[actix_web::test]
async fn writes_at_once_are_as_if_one_after_another() {
    let on = Subject::new().await;
    let (counter, runs) = (on.name("counter"), AtomicUsize::new(0));
    on.write(async |tx| deployment::replace(tx, &counter, "0").await).await;
    let add = async |_| {
        on.write(async |tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            let before: i64 = deployment::find(tx, &counter).await?.unwrap().parse().unwrap();
            pause().await;
            deployment::replace(tx, &counter, &(before + 1).to_string()).await
        })
        .await;
    };
    join_all((0..6).map(add)).await;
    assert_eq!(on.setting(&counter).await.as_deref(), Some("6"), "after {} runs", runs.load(Ordering::SeqCst));
}

/// Each reads what the other writes, and writes what the other reads: snapshots alone would let both pass.
#[actix_web::test]
async fn of_two_who_each_rest_on_what_the_other_changes_one_sees_it_changed() {
    let on = Subject::new().await;
    for round in 0..4 {
        let lights = [on.name(&format!("left {round}")), on.name(&format!("right {round}"))];
        for light in &lights {
            on.write(async |tx| deployment::replace(tx, light, "on").await).await;
        }
        let leave = async |own: &str, other: &str| {
            on.write(async |tx| {
                let other = deployment::find(tx, other).await?;
                pause().await;
                if other.as_deref() == Some("on") { deployment::replace(tx, own, "off").await } else { Ok(()) }
            })
            .await;
        };
        join(leave(&lights[0], &lights[1]), leave(&lights[1], &lights[0])).await;
        let (left, right) = (on.setting(&lights[0]).await, on.setting(&lights[1]).await);
        assert_ne!(left, right, "round {round}");
    }
}

#[actix_web::test]
async fn a_body_that_fails_leaves_nothing_and_its_error_is_its_own() {
    let on = Subject::new().await;
    let name = on.name("half");
    let failed = on.db.write(async |tx| {
        deployment::replace(tx, &name, "written").await?;
        assert_eq!(deployment::find(tx, &name).await?.as_deref(), Some("written"), "it sees its own");
        Err::<(), _>(StoreError::corrupt("t", "c", "i"))
    });
    assert!(matches!(failed.await, Err(StoreError::CorruptRow { .. })));
    assert_eq!(on.setting(&name).await, None);
}

#[actix_web::test]
async fn what_is_not_committed_is_seen_by_nobody_else() {
    let on = Subject::new().await;
    let name = on.name("late");
    on.write(async |tx| {
        deployment::replace(tx, &name, "written").await?;
        assert_eq!(on.setting(&name).await, None);
        Ok(())
    })
    .await;
    assert_eq!(on.setting(&name).await.as_deref(), Some("written"));
}

#[actix_web::test]
async fn a_transaction_that_is_given_up_leaves_none_open_on_its_connection() {
    let on = Subject::new().await;
    let (name, most) = (on.name("seen"), 40);
    // Whoever comes after on its only connection would see the past, and what they wrote would be lost.
    let node = Db::open(&on.url, 1).await.unwrap();
    for polls in 1..most {
        let value = polls.to_string();
        let write = node.write(async |tx| deployment::replace(tx, &on.name("given up"), &value).await);
        given_up_after(polls, write).await;
        let seen = || node.read(async |tx| deployment::find(tx, &name).await);
        seen().await.unwrap();
        on.write(async |tx| deployment::replace(tx, &name, &value).await).await;
        assert_eq!(seen().await.unwrap(), Some(value), "given up after {polls} polls");
    }
    let end = most.to_string();
    node.write(async |tx| deployment::replace(tx, &name, &end).await).await.unwrap();
    assert_eq!(on.setting(&name).await, Some(end));
}

/// Does a piece of work until it has been polled so often, and gives it up.
async fn given_up_after<T>(polls: usize, work: impl Future<Output = T>) {
    let (mut work, mut left) = (pin!(work), polls);
    poll_fn(|cx| {
        left = left.saturating_sub(1);
        match work.as_mut().poll(cx) {
            Poll::Pending if left > 0 => Poll::Pending,
            Poll::Pending | Poll::Ready(_) => Poll::Ready(()),
        }
    })
    .await;
}

#[actix_web::test]
async fn a_key_that_is_taken_is_told_apart_from_every_other_failure() {
    let on = Subject::new().await;
    let name = on.name("once");
    on.write(async |tx| execute!(tx, INSERT_SETTING, [&name, "first"])).await;
    let again = on.db.write(async |tx| execute!(tx, INSERT_SETTING, [&name, "second"])).await;
    assert!(again.unwrap_err().is_unique_violation());
    let absent = on.db.write(async |tx| execute!(tx, INSERT_SETTING, [on.name("other"), None::<String>])).await;
    assert!(!absent.unwrap_err().is_unique_violation(), "NOT NULL");
    assert_eq!(on.setting(&name).await.as_deref(), Some("first"));
}

#[actix_web::test]
async fn what_several_make_that_was_not_there_is_made_once_and_fails_none_of_them() {
    let on = Subject::new().await;
    let name = on.name("asked");
    let make = || {
        on.db.write(async |tx| {
            if deployment::find(tx, &name).await?.is_none() {
                // All have asked before the first of them makes it, where the database lets them.
                tokio::time::sleep(Duration::from_millis(20)).await;
                execute!(tx, INSERT_SETTING, [&name, "made"])?;
            }
            Ok::<_, StoreError>(())
        })
    };
    for made in join_all((0..4).map(|_| make())).await {
        made.unwrap();
    }
}

#[actix_web::test]
async fn a_conflict_keeps_or_replaces_as_it_is_told_and_counts_what_it_touched() {
    const KEEP: &str = "INSERT INTO deployment_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    const IF_LESS: &str = "INSERT INTO deployment_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2 \
                           WHERE deployment_settings.value = $3";
    const RETURNING: &str = "UPDATE deployment_settings SET value = $2 WHERE name = $1 RETURNING value";
    let on = Subject::new().await;
    let name = on.name("kept");
    on.write(async |tx| {
        assert_eq!(execute!(tx, KEEP, [&name, "a"])?, 1);
        assert_eq!(execute!(tx, KEEP, [&name, "b"])?, 0);
        assert_eq!(deployment::adopt(tx, &name, "c").await?, "a");
        assert_eq!(execute!(tx, IF_LESS, [&name, "d", "z"])?, 0, "its condition does not hold");
        assert_eq!(execute!(tx, IF_LESS, [&name, "d", "a"])?, 1);
        assert_eq!(scalar!(tx, fetch_optional, String, RETURNING, [&name, "e"])?.as_deref(), Some("e"));
        assert_eq!(scalar!(tx, fetch_optional, String, RETURNING, [on.name("absent"), "e"])?, None);
        Ok(())
    })
    .await;
}

#[actix_web::test]
async fn texts_are_kept_to_the_letter_and_are_one_only_if_they_are_equal() {
    let on = Subject::new().await;
    let long = "long".repeat(250_000);
    let texts = [
        "",
        " ",
        "a",
        "A",
        "\u{e4}",
        "a\u{308}",
        "\u{c5}",
        "\u{212b}",
        "ß",
        "ss",
        "\u{1}\t\n\r",
        "'\"\\%_$1",
        "😀",
        "\u{ffff}\u{10ffff}",
        "\u{ff46}",
        long.as_str(),
    ];
    // What is long is a value; an index entry is not.
    let name = |text: &str| on.name(if text.len() > 100 { "long" } else { text });
    for text in texts {
        on.write(async |tx| execute!(tx, INSERT_SETTING, [name(text), text])).await;
    }
    for (index, text) in texts.into_iter().enumerate() {
        assert!(on.setting(&name(text)).await.as_deref() == Some(text), "{index}");
    }
}

/// The wire refuses NUL; a database that cannot hold it may fail, but not cut the text.
#[actix_web::test]
async fn a_nul_is_refused_or_kept() {
    let on = Subject::new().await;
    let name = on.name("nul");
    let written = on.db.write(async |tx| execute!(tx, INSERT_SETTING, [&name, "a\0b"])).await;
    assert_eq!(on.setting(&name).await, written.ok().map(|_| "a\0b".to_owned()));
}

#[actix_web::test]
async fn numbers_bytes_and_what_is_absent_come_back_as_they_were() {
    const READ: &str = "SELECT sealed_message, created_at FROM outbox_messages WHERE pool_id = $1 AND message_id = $2";
    const JOB: &str = "INSERT INTO jobs (kind, job_id, payload, attempts, ready_at, lease) VALUES ($1, $2, '{}', 0, 0, $3)";
    const LEASE: &str = "SELECT lease FROM jobs WHERE kind = $1 AND job_id = $2";
    let on = Subject::new().await;
    let every: Vec<u8> = (0..=255).collect();
    for (index, (bytes, number)) in
        [(Vec::new(), 0), (every, -1), (vec![0; 2], i64::MIN), (vec![0xff; 1_000_000], i64::MAX), (b"text".to_vec(), 1 << 53)]
            .into_iter()
            .enumerate()
    {
        let row = on
            .write(async |tx| {
                execute!(tx, INSERT_MESSAGE, [&on.prefix, index.to_string(), &bytes, number])?;
                fetch!(tx, fetch_one, (Vec<u8>, i64), READ, [&on.prefix, index.to_string()])
            })
            .await;
        assert!(row == (bytes, number), "{index}");
    }
    for (id, lease) in [("absent", None), ("empty", Some(""))] {
        on.write(async |tx| execute!(tx, JOB, [&on.prefix, id, lease])).await;
        let read = on.db.read(async |tx| scalar!(tx, fetch_one, Option<String>, LEASE, [&on.prefix, id])).await.unwrap();
        assert_eq!(read.as_deref(), lease, "{id}");
    }
}

/// Names in bytes: in this order whatever collation the database was made with.
#[actix_web::test]
async fn pages_by_bytes_have_one_order_and_miss_nothing() {
    const INSERT: &str = "INSERT INTO user_search (pool_id, attribute, search_value, user_id) VALUES ($1, 'name', $2, $3)";
    const PAGE: &str = "SELECT search_value, user_id FROM user_search WHERE pool_id = $1 AND attribute = 'name' \
                        AND (search_value, user_id) > ($2, $3) ORDER BY search_value, user_id LIMIT 3";
    let on = Subject::new().await;
    let mut rows: Vec<(Vec<u8>, String)> = Vec::new();
    for (index, name) in
        ["b", "B", "a", "aa", "a b", "a-b", "Ä", "ä", "z", "é", "ß", "Ω", "ｚ", "😀", "\u{ffff}", "", "_", "~"].iter().enumerate()
    {
        for user in [format!("{index}"), format!("{index}x")] {
            rows.push((name.as_bytes().to_vec(), user));
        }
    }
    on.write(async |tx| {
        for (value, user) in &rows {
            execute!(tx, INSERT, [&on.prefix, value, user])?;
        }
        Ok(())
    })
    .await;
    let mut found: Vec<(Vec<u8>, String)> = Vec::new();
    loop {
        let (value, user) = found.last().cloned().unwrap_or_default();
        let page = on.db.read(async |tx| fetch!(tx, fetch_all, (Vec<u8>, String), PAGE, [&on.prefix, &value, &user])).await.unwrap();
        if page.is_empty() {
            break;
        }
        found.extend(page);
        assert!(found.len() <= rows.len(), "a page came twice");
    }
    rows.sort();
    assert_eq!(found, rows);
}

/// Ids are texts, whose order is the collation's: any will do, if pages follow it.
#[actix_web::test]
async fn pages_by_ids_miss_nothing_whatever_the_collation() {
    const PAGE: &str = "SELECT message_id FROM outbox_messages WHERE pool_id = $1 AND message_id > $2 ORDER BY message_id LIMIT 2";
    let on = Subject::new().await;
    let ids: BTreeSet<String> = ["_A", "_a", "_B", "_b", "_aB", "_Ab", "-a", "1", "10", "2", "a", "Z"].map(str::to_owned).into();
    on.write(async |tx| {
        for id in &ids {
            execute!(tx, INSERT_MESSAGE, [&on.prefix, id, &b""[..], 0])?;
        }
        Ok(())
    })
    .await;
    let mut found: Vec<String> = Vec::new();
    for _ in &ids {
        let after = found.last().cloned().unwrap_or_default();
        found.extend(on.db.read(async |tx| scalar!(tx, fetch_all, String, PAGE, [&on.prefix, &after])).await.unwrap());
    }
    assert_eq!(found.len(), ids.len());
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), ids);
}

#[actix_web::test]
async fn nodes_that_claim_at_once_share_no_job_and_leave_none() {
    let on = Subject::new().await;
    let nodes = [on.db.clone(), on.another().await];
    let (kind, now) = (on.name("kind"), Timestamp::from_seconds(1_000));
    let until = now.plus(Duration::from_secs(60));
    on.write(async |tx| {
        for job in 0..6 {
            jobs::plant(tx, &kind, &job.to_string(), "{}", now).await?;
            jobs::plant(tx, &kind, &job.to_string(), "again", until).await?;
        }
        Ok(())
    })
    .await;
    let claim = async |number: usize| {
        let lease = number.to_string();
        nodes[number % 2].write(async |tx| jobs::claim(tx, &kind, &lease, now, until).await).await.unwrap()
    };
    let claimed: Vec<_> = join_all((0..8).map(claim)).await.into_iter().flatten().collect();
    let distinct: BTreeSet<&str> = claimed.iter().map(|job| job.job_id.as_str()).collect();
    assert_eq!((claimed.len(), distinct.len()), (6, 6));
    assert!(claimed.iter().all(|job| job.attempts == 1 && job.payload == "{}"));
    // Whose lease has ended has lost the job to whoever claims it next.
    let (first, second) =
        (claimed[0].clone(), nodes[1].write(async |tx| jobs::claim(tx, &kind, "later", until, until).await).await.unwrap());
    assert_eq!(second.map(|job| job.attempts), Some(2));
    let kept = on.write(async |tx| jobs::give_back(tx, &first, "nobody", 0, now).await).await;
    assert!(!kept, "it is not theirs");
}

#[actix_web::test]
async fn what_one_node_changes_another_hears_of_and_what_is_undone_nobody() {
    let on = Subject::new().await;
    let there = on.another().await;
    let told: Arc<Mutex<Vec<Change>>> = Arc::default();
    let notebook = Arc::clone(&told);
    let _confirmation = there.on_change(move |change| notebook.lock().unwrap().push(change.clone()));
    there.catch_up().await.unwrap();
    let pool = on.name("pool");
    let undone = on.db.write(async |tx| {
        tx.changed(Change::Pool(on.name("undone").into()));
        Err::<(), _>(StoreError::corrupt("t", "c", "i"))
    });
    assert!(undone.await.is_err());
    on.write(async |tx| {
        tx.changed(Change::Pool(pool.clone().into()));
        Ok(())
    })
    .await;
    there.catch_up().await.unwrap();
    let told = told.lock().unwrap();
    assert!(told.contains(&Change::Pool(pool.into())) && !told.contains(&Change::Pool(on.name("undone").into())), "{told:?}");
}

#[actix_web::test]
async fn a_deleted_pool_takes_its_rows_and_no_others() {
    let on = Subject::new().await;
    let (gone, stays) = (on.name("gone"), on.name("stays"));
    let tables = template::tables_with("pool_id").await;
    on.write(async |tx| {
        for pool_id in [&gone, &stays] {
            for table in &tables {
                template::insert_any(tx, table, pool_id).await?;
            }
        }
        Ok(())
    })
    .await;
    on.write(async |tx| user_pools::delete(tx, &gone.as_str().into()).await).await;
    let left = async |pool_id: &str| on.db.read(async |tx| template::rows_of_pool(tx, &pool_id.into()).await).await.unwrap();
    assert_eq!(left(&gone).await, []);
    assert_eq!(left(&stays).await.len(), tables.len());
}
