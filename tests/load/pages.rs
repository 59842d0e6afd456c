//! How long the console's pages take over a pool of a million users: each page's median and its slowest of so many.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::client::{once, request};
use crate::server::Server;

/// What a page may take at the median.
const AIM: Duration = Duration::from_millis(100);

/// How often each page is opened.
const OPENED: usize = 21;

/// Fills a pool, opens the pages, and prints a table.
pub fn measure(folder: &Path, users: u64) {
    let (server, _) = Server::start(folder);
    let pool_id = server.create_pool("pages");
    server.create_user(&pool_id, "user0", json!([{"Name": "email", "Value": "user0@example.com"}]));
    drop(server);
    actix_web::rt::System::new().block_on(fill(folder, users));

    let (server, _) = Server::start(folder);
    let cookie = sign_in(&server);
    let pool = format!("/console/pools/{pool_id}");
    println!("| page, {users} users | median ms | slowest ms | aim |\n|---|---|---|---|");
    for path in [
        "/console".to_owned(),
        "/console/pools".to_owned(),
        pool.clone(),
        format!("{pool}/users"),
        format!("{pool}/users?by=username&q=user77"),
        format!("{pool}/users?by=email&q=user999"),
        format!("{pool}/users/user4711"),
        "/console/iam/users".to_owned(),
        "/console/iam/roles".to_owned(),
        "/console/identity-pools".to_owned(),
        "/console/events".to_owned(),
        "/console/access".to_owned(),
        "/console/settings".to_owned(),
    ] {
        let (median, slowest) = time(&server, &path, &cookie);
        let shown = path.replace(&pool_id, "…");
        println!("| {shown} | {:.1} | {:.1} | {} |", milliseconds(median), milliseconds(slowest), AIM.as_millis());
    }
}

/// The cookie of the root, whom `dev` signs in.
fn sign_in(server: &Server) -> String {
    let answer = once(server.address, &request("GET", "/console", &[], ""));
    let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie: passwright-console="));
    line.unwrap().split_once(": ").unwrap().1.split(';').next().unwrap().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn time(server: &Server, path: &str, cookie: &str) -> (Duration, Duration) {
    let wanted = request("GET", path, &[("cookie", cookie)], "");
    let mut times: Vec<Duration> = (0..OPENED)
        .map(|_| {
            let began = Instant::now();
            let answer = once(server.address, &wanted);
            assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
            began.elapsed()
        })
        .collect();
    times.sort();
    (times[OPENED / 2], times[OPENED - 1])
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Makes users like the first one, all of whose rows have its number in their names: many times faster than by calls.
async fn fill(folder: &Path, users: u64) {
    let url = format!("sqlite://{}", folder.join("passwright.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let numbers = format!("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {users}) ");
    let id = "printf('%08x-0000-4000-8000-%012x', (n * 2654435761) % 4294967296, n)";
    for table in ["users", "user_names", "user_search"] {
        let columns = sqlx::query("SELECT name FROM pragma_table_info($1)").bind(table).fetch_all(&mut connection).await.unwrap();
        let columns: Vec<String> = columns.iter().map(|row| row.get(0)).collect();
        let renamed = |column: &str| match column {
            "user_id" => id.to_owned(),
            "username" | "attributes" | "name_key" => format!("replace({column}, 'user0', 'user' || n)"),
            "search_value" => "CAST(replace(CAST(search_value AS TEXT), 'user0', 'user' || n) AS BLOB)".to_owned(),
            other => other.to_owned(),
        };
        let made: Vec<String> = columns.iter().map(|column| renamed(column)).collect();
        let sql =
            format!("{numbers}INSERT OR IGNORE INTO {table} ({}) SELECT {} FROM {table}, numbers", columns.join(", "), made.join(", "));
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
