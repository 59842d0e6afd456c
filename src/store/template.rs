//! Databases for tests: the schema is migrated once a process, and copied for each test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::{Conn, Db, StoreError};
use crate::kit::id::UserPoolId;

/// The address of a PostgreSQL server for the tests; they run on it where `PASSWRIGHT_TEST_DATABASE` is `postgres`.
const SERVER: &str = "PASSWRIGHT_TEST_POSTGRES";

/// How long is waited between two looks at whether something is under way.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();

/// A database of a test's own. Its folder, which is there on PostgreSQL too, goes with it.
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    /// A folder of the test's own.
    pub folder: PathBuf,
}

impl TestDatabase {
    /// A new database, empty but for its schema.
    pub async fn new() -> Self {
        let name = fresh_name();
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        let url = if std::env::var("PASSWRIGHT_TEST_DATABASE").as_deref() == Ok("postgres") {
            copy_postgres(&name).await
        } else {
            let path = folder.join("passwright.db");
            let template = SQLITE.get_or_init(|| migrated_sqlite(&folder)).await;
            std::fs::write(&path, template).unwrap();
            sqlite_url(&path)
        };
        Self { url, folder }
    }

    /// Waits until nothing is under way here: what a future that was dropped had sent is then done, or undone.
    pub async fn settled(&self) {
        if self.url.starts_with("postgres") {
            while is_busy(&self.url).await.unwrap() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        } else {
            take_lock(&self.url).await.unwrap();
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The tables that hold rows of a pool, and how many, where there are any.
///
/// # Errors
/// [`StoreError`].
pub async fn rows_of_pool(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Vec<(String, i64)>, StoreError> {
    let mut left = Vec::new();
    for table in tables_with("pool_id").await {
        let sql = sqlx::AssertSqlSafe(format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table} WHERE pool_id = $1"));
        let count = scalar!(tx, fetch_one, i64, sql, [pool_id])?;
        if count > 0 {
            left.push((table, count));
        }
    }
    Ok(left)
}

/// Adds a row to a table whose every text is this and every number 1, so that each key and each owner is that of `text`.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_any(tx: &mut Conn, table: &str, text: &str) -> Result<(), StoreError> {
    let columns = of_schema(&format!("SELECT type, name FROM pragma_table_info('{table}') ORDER BY cid")).await;
    let kinds = of_schema(&format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid")).await;
    let values = kinds.iter().map(|kind| match kind.as_str() {
        "TEXT" => "$1".to_owned(),
        "BYTEA" => "CAST('1' AS BYTEA)".to_owned(),
        number => format!("CAST(1 AS {number})"),
    });
    let (columns, values) = (columns.join(", "), values.collect::<Vec<_>>().join(", "));
    let sql = sqlx::AssertSqlSafe(format!("INSERT INTO {table} ({columns}) VALUES ({values})"));
    execute!(tx, sql, [text]).map(drop)
}

fn fresh_name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!("passwright_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst))
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// The bytes of a SQLite file with the schema: closing its last connection brings the write-ahead log back into the file.
async fn migrated_sqlite(folder: &Path) -> Vec<u8> {
    let path = folder.join("template.db");
    Db::open(&sqlite_url(&path), 1).await.unwrap().close().await;
    std::fs::read(path).unwrap()
}

async fn copy_postgres(name: &str) -> String {
    let server = std::env::var(SERVER).unwrap();
    let base = server.rsplit_once('/').unwrap().0;
    let template = POSTGRES
        .get_or_init(async || {
            let template = format!("{name}_template");
            run_on_postgres(&server, &format!("CREATE DATABASE {template}")).await.unwrap();
            Db::open(&format!("{base}/{template}"), 1).await.unwrap().close().await;
            template
        })
        .await;
    run_on_postgres(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    format!("{base}/{name}")
}

/// Runs one statement outside of a transaction, as `CREATE DATABASE` wants it. The names in it are our own.
async fn run_on_postgres(url: &str, statement: &str) -> Result<(), StoreError> {
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await?;
    Ok(())
}

/// Whether another connection is in a statement or a transaction. A commit that was sent keeps its connection busy until it is done.
async fn is_busy(url: &str) -> Result<bool, StoreError> {
    use sqlx::{Connection as _, PgConnection};
    let others = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                  AND backend_type = 'client backend' AND state <> 'idle')";
    let mut connection = PgConnection::connect(url).await?;
    let is_busy = sqlx::query_scalar(others).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(is_busy)
}

/// Takes the lock that every write has, once the one who has it lets it go.
async fn take_lock(url: &str) -> Result<(), StoreError> {
    use sqlx::{Connection as _, Executor as _, SqliteConnection};
    let mut connection = SqliteConnection::connect(url).await?;
    connection.execute("PRAGMA busy_timeout = 60000").await?;
    connection.execute("BEGIN IMMEDIATE; COMMIT").await?;
    connection.close().await?;
    Ok(())
}

/// The tables of the schema.
pub async fn tables() -> BTreeSet<String> {
    of_schema("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").await.into_iter().collect()
}

/// The tables that have a column of this name.
pub async fn tables_with(column: &str) -> BTreeSet<String> {
    let having = "SELECT DISTINCT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name =";
    of_schema(&format!("{having} '{column}'")).await.into_iter().collect()
}

/// Every column of the schema, as `table.column`.
pub async fn columns() -> BTreeSet<String> {
    let all = "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'";
    of_schema(all).await.into_iter().collect()
}

/// How SQLite goes about a statement: a line a step.
pub async fn plan(sql: &str) -> Vec<String> {
    of_schema(&format!("EXPLAIN QUERY PLAN {sql}")).await
}

/// The last column of a statement that looks at the schema; both databases have the same one. The names in it are our own.
async fn of_schema(sql: &str) -> Vec<String> {
    use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
    let folder = std::env::temp_dir().join(fresh_name());
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("schema.db");
    std::fs::write(&path, SQLITE.get_or_init(|| migrated_sqlite(&folder)).await).unwrap();
    let mut connection = SqliteConnection::connect(&sqlite_url(&path)).await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    rows.iter().map(|row| row.get(row.len() - 1)).collect()
}

mod tests {
    use super::tables_with;

    #[actix_web::test]
    async fn the_tables_of_a_pool_are_read_from_the_schema() {
        let tables = tables_with("pool_id").await;
        assert!(["users", "user_names", "outbox_messages"].iter().all(|table| tables.iter().any(|found| found == table)), "{tables:?}");
        assert!(!tables.iter().any(|table| table == "iam_users" || table == "identities"), "{tables:?}");
    }
}
