//! The nodes that serve a deployment.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;

/// More are not listed.
const LISTED: i64 = 1_000;

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it calls itself: a new name at each start.
    pub id: String,
    /// Its release.
    pub version: String,
    /// When it started.
    pub started_at: Timestamp,
    /// Until when it is taken to live, unless it says so again.
    pub alive_until: Timestamp,
}

#[derive(sqlx::FromRow)]
struct NodeRow {
    node_id: String,
    version: String,
    started_at: i64,
    alive_until: i64,
}

impl From<NodeRow> for Node {
    fn from(row: NodeRow) -> Self {
        Self {
            id: row.node_id,
            version: row.version,
            started_at: Timestamp::from_millis(row.started_at),
            alive_until: Timestamp::from_millis(row.alive_until),
        }
    }
}

/// A node lives.
///
/// # Errors
/// [`StoreError`].
pub async fn beat(tx: &mut Conn, node: &Node) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO nodes (node_id, version, started_at, alive_until) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (node_id) DO UPDATE SET alive_until = $4";
    execute!(tx, SQL, [&node.id, &node.version, node.started_at.millis(), node.alive_until.millis()]).map(drop)
}

/// A node has stopped.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, id: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM nodes WHERE node_id = $1", [id]).map(drop)
}

/// The nodes that live, the longest first.
///
/// # Errors
/// [`StoreError`].
pub async fn living(tx: &mut Conn, now: Timestamp) -> Result<Vec<Node>, StoreError> {
    const SQL: &str =
        "SELECT node_id, version, started_at, alive_until FROM nodes WHERE alive_until > $1 ORDER BY started_at, node_id LIMIT $2";
    Ok(fetch!(tx, fetch_all, NodeRow, SQL, [now.millis(), LISTED])?.into_iter().map(Node::from).collect())
}
