//! Many users at once, made like one: straight into the database, many times faster than by calls.

use std::path::Path;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::server::{DATABASE_URL, Server};

/// What a user is made of that has an address.
const TABLES: [&str; 3] = ["users", "user_names", "user_search"];

/// A user that others are made like: `filler0`, whose number stands wherever its name does.
pub struct Filler {
    pool_id: String,
    user_id: String,
}

impl Filler {
    /// Makes it in a pool.
    pub fn create(server: &Server, pool_id: &str) -> Self {
        server.create_user(pool_id, "filler0", json!([{"Name": "email", "Value": "filler0@example.com"}]));
        let filler = server.user_pools("AdminGetUser", &json!({"UserPoolId": pool_id, "Username": "filler0"}));
        let sub = |attribute: &Value| (attribute["Name"] == "sub").then(|| attribute["Value"].as_str().unwrap().to_owned());
        let user_id = filler["UserAttributes"].as_array().unwrap().iter().find_map(sub).unwrap();
        Self { pool_id: pool_id.to_owned(), user_id }
    }

    /// Makes `filler1` to `filler{users}` in the database of servers that [`Server::start`] starts on a folder. None may run.
    pub async fn fill(&self, folder: &Path, users: u64) {
        match std::env::var(DATABASE_URL) {
            Ok(url) => self.fill_postgres(&url, users).await,
            Err(_) => self.fill_sqlite(folder, users).await,
        }
    }

    async fn fill_sqlite(&self, folder: &Path, users: u64) {
        const VALUE: &str = "CAST(replace(CAST(search_value AS TEXT), 'filler0', 'filler' || CAST(n AS TEXT)) AS BLOB)";
        let mut connection = SqliteConnection::connect(&format!("sqlite://{}", folder.join("passwright.db").display())).await.unwrap();
        for table in TABLES {
            let columns = sqlx::query("SELECT name FROM pragma_table_info($1)").bind(table).fetch_all(&mut connection).await.unwrap();
            let columns: Vec<String> = columns.iter().map(|row| row.get(0)).collect();
            let insert = sqlx::query(insert(table, &columns, VALUE, users)).bind(&self.pool_id).bind(&self.user_id);
            insert.execute(&mut connection).await.unwrap();
        }
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    async fn fill_postgres(&self, url: &str, users: u64) {
        const VALUE: &str = "convert_to(replace(convert_from(search_value, 'UTF8'), 'filler0', 'filler' || CAST(n AS TEXT)), 'UTF8')";
        const COLUMNS: &str = "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = 'public' \
                               AND table_name = $1 ORDER BY ordinal_position";
        let mut connection = PgConnection::connect(url).await.unwrap();
        for table in TABLES {
            let columns = sqlx::query(COLUMNS).bind(table).fetch_all(&mut connection).await.unwrap();
            let columns: Vec<String> = columns.iter().map(|row| row.get(0)).collect();
            let insert = sqlx::query(insert(table, &columns, VALUE, users)).bind(&self.pool_id).bind(&self.user_id);
            insert.execute(&mut connection).await.unwrap();
            sqlx::query(AssertSqlSafe(format!("VACUUM ANALYZE {table}"))).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }
}

fn insert(table: &str, columns: &[String], search_value: &str, users: u64) -> AssertSqlSafe<String> {
    let made = columns.iter().map(|column| match column.as_str() {
        // Its beginning is spread over the ids there can be, as those of real users are.
        "user_id" => "CAST(10000000 + (n * 7919) % 90000000 AS TEXT) || '-0000-4000-8000-' || CAST(100000000000 + n AS TEXT)".to_owned(),
        "username" | "attributes" | "name_key" => format!("replace({column}, 'filler0', 'filler' || CAST(n AS TEXT))"),
        "search_value" => search_value.to_owned(),
        other => other.to_owned(),
    });
    let (made, columns) = (made.collect::<Vec<_>>().join(", "), columns.join(", "));
    AssertSqlSafe(format!(
        "WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {users}) \
         INSERT INTO {table} ({columns}) SELECT {made} FROM {table}, numbers WHERE pool_id = $1 AND user_id = $2 ON CONFLICT DO NOTHING"
    ))
}
