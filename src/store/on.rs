//! One expression, run on whichever native connection a [`Conn`](super::Conn) holds.

/// `on!(conn, c => sqlx::query(SQL).bind(id).execute(c))`: runs the query on `c`, the driver's own connection, and
/// notes a serialization failure on `conn`, so that [`Db::write`](super::Db::write) reruns the transaction.
macro_rules! on {
    ($conn:expr, $c:ident => $query:expr) => {{
        let conn: &mut $crate::store::db::Conn = $conn;
        #[cfg(test)]
        conn.ran(concat!(file!(), ":", line!()));
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

/// `execute!(conn, SQL, [id, name])`: runs a statement and answers how many rows it touched.
macro_rules! execute {
    ($conn:expr, $sql:expr, [$($bind:expr),* $(,)?]) => {{
        use futures_util::TryFutureExt as _;
        on!($conn, c => sqlx::query($sql)$(.bind($bind))*.execute(c).map_ok(|done| done.rows_affected()))
    }};
}

/// `fetch!(conn, fetch_optional, Row, SQL, [id])`: the rows of a statement, as `Row`.
macro_rules! fetch {
    ($conn:expr, $how:ident, $row:ty, $sql:expr, [$($bind:expr),* $(,)?]) => {
        on!($conn, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.$how(c))
    };
}

/// `scalar!(conn, fetch_one, i64, SQL, [id])`: the first column of a statement.
macro_rules! scalar {
    ($conn:expr, $how:ident, $type:ty, $sql:expr, [$($bind:expr),* $(,)?]) => {
        on!($conn, c => sqlx::query_scalar::<_, $type>($sql)$(.bind($bind))*.$how(c))
    };
}
