//! `on!`: runs one expression on whichever native connection a [`Conn`](super::Conn) holds.

/// `on!(conn, c => sqlx::query(SQL).bind(id).execute(c))`: runs the query on `c`, the driver's own connection, and
/// notes a serialization failure on `conn`, so that [`Db::write`](super::Db::write) reruns the transaction.
macro_rules! on {
    ($conn:expr, $c:ident => $query:expr) => {{
        let conn: &mut $crate::store::db::Conn = $conn;
        let outcome = match conn.link() {
            $crate::store::db::Link::Sqlite(link) => {
                let $c = link.connection();
                $query.await
            }
            $crate::store::db::Link::Postgres(link) => {
                let $c = link.connection();
                $query.await
            }
        };
        conn.note(outcome)
    }};
}

/// `execute!(conn, sqlx::query(SQL).bind(id))`: runs a statement and answers how many rows it touched.
macro_rules! execute {
    ($conn:expr, $query:expr) => {{
        use futures_util::TryFutureExt as _;
        on!($conn, c => $query.execute(c).map_ok(|done| done.rows_affected()))
    }};
}
