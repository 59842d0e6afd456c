//! What pools and clients do about risk.

use std::collections::BTreeMap;

use super::changes::Change;
use super::{Conn, StoreError, doc};
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::risk::RiskConfiguration;

/// A configuration, and since when it is so.
#[derive(Clone, Debug)]
pub struct Dated {
    /// The configuration.
    pub configuration: RiskConfiguration,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// All that a pool has set about risk.
#[derive(Clone, Debug, Default)]
pub struct OfPool {
    /// For clients that have nothing of their own.
    pub pool: Option<Dated>,
    /// For those that have.
    pub clients: BTreeMap<ClientId, Dated>,
}

impl OfPool {
    /// What applies to a client: its own where it has any.
    #[must_use]
    pub fn of_client(&self, client_id: &ClientId) -> Option<&RiskConfiguration> {
        self.clients.get(client_id).or(self.pool.as_ref()).map(|dated| &dated.configuration)
    }
}

fn dated(table: &'static str, pool_id: &UserPoolId, configuration: &str, modified_at: i64) -> Result<Dated, StoreError> {
    let configuration = doc::from_text(table, "configuration", pool_id.as_str(), configuration)?;
    Ok(Dated { configuration, modified_at: Timestamp::from_millis(modified_at) })
}

/// All that a pool has set: a pool has as many clients as it may have, so this is bounded by them.
///
/// # Errors
/// [`StoreError`].
pub async fn of_pool(tx: &mut Conn, pool_id: &UserPoolId) -> Result<OfPool, StoreError> {
    const POOL: &str = "SELECT configuration, modified_at FROM pool_risk_configurations WHERE pool_id = $1";
    const CLIENTS: &str = "SELECT client_id, configuration, modified_at FROM client_risk_configurations \
                           WHERE pool_id = $1 AND client_id > $2 ORDER BY client_id LIMIT 500";
    let pool = fetch!(tx, fetch_optional, (String, i64), POOL, [pool_id])?;
    let pool = pool.map(|(configuration, at)| dated("pool_risk_configurations", pool_id, &configuration, at)).transpose()?;
    let (mut clients, mut after) = (BTreeMap::new(), String::new());
    loop {
        let rows = fetch!(tx, fetch_all, (ClientId, String, i64), CLIENTS, [pool_id, &after])?;
        let Some((last, ..)) = rows.last() else { return Ok(OfPool { pool, clients }) };
        last.as_str().clone_into(&mut after);
        for (client_id, configuration, at) in rows {
            clients.insert(client_id, dated("client_risk_configurations", pool_id, &configuration, at)?);
        }
    }
}

/// Sets what a pool, or a client of it, does about risk; `None` takes it back.
///
/// # Errors
/// [`StoreError`].
pub async fn set(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    client_id: Option<&ClientId>,
    configuration: Option<&RiskConfiguration>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const POOL: &str = "INSERT INTO pool_risk_configurations (pool_id, configuration, modified_at) VALUES ($1, $2, $3) \
                        ON CONFLICT (pool_id) DO UPDATE SET configuration = $2, modified_at = $3";
    const CLIENT: &str = "INSERT INTO client_risk_configurations (pool_id, client_id, configuration, modified_at) \
                          VALUES ($1, $2, $3, $4) \
                          ON CONFLICT (pool_id, client_id) DO UPDATE SET configuration = $3, modified_at = $4";
    const NO_POOL: &str = "DELETE FROM pool_risk_configurations WHERE pool_id = $1";
    const NO_CLIENT: &str = "DELETE FROM client_risk_configurations WHERE pool_id = $1 AND client_id = $2";
    let text =
        configuration.map(|configuration| doc::to_text("pool_risk_configurations", "configuration", pool_id.as_str(), configuration));
    match (client_id, text.transpose()?) {
        (None, Some(text)) => execute!(tx, POOL, [pool_id, text, now.millis()])?,
        (None, None) => execute!(tx, NO_POOL, [pool_id])?,
        (Some(client_id), Some(text)) => execute!(tx, CLIENT, [pool_id, client_id, text, now.millis()])?,
        (Some(client_id), None) => execute!(tx, NO_CLIENT, [pool_id, client_id])?,
    };
    tx.changed(Change::Pool(pool_id.clone()));
    Ok(())
}
