//! What pools log, on its way to their destinations: queued in rows, so that nothing waits for a destination, and handed over by
//! one node at a time.
//!
//! Source: Amazon Cognito developer guide, "Exporting logs from Amazon Cognito user pools": delivery is best effort.

mod carry;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use crate::context::App;
use crate::crypto::ids;
use crate::kit::id::UserPoolId;
use crate::store::pool_logs::{self, Stream, Waiting};
use crate::store::{Conn, StoreError, pool_services};
use crate::userpools::log_delivery::{self, EventSource, LogConfiguration};

pub use carry::LogCarrier;

/// So many records of a pool and source wait at most; what comes beyond them is dropped, and the log says so.
pub const BACKLOG: i64 = 10_000;

/// So many records are handed over at once.
const AT_ONCE: i64 = 200;

/// So many pools and sources are served side by side.
const STREAMS: i64 = 16;

/// The pause after a first failure; each one more doubles it.
const RETRY: Duration = Duration::from_secs(5);

/// After so many doublings the pause grows no more: it is over five minutes then.
const MOST_DOUBLINGS: i64 = 6;

/// Where a pool's records of a source go, if they go anywhere that the settings know.
///
/// # Errors
/// [`StoreError`].
pub async fn destination(app: &App, pool_id: &UserPoolId, source: EventSource) -> Result<Option<String>, StoreError> {
    let configurations = configurations(app, pool_id).await?;
    let configuration = configurations.iter().find(|configuration| configuration.event_source == source);
    let arn = configuration.and_then(LogConfiguration::destination);
    Ok(arn.filter(|arn| app.log_destinations.find(arn).is_some()).map(str::to_owned))
}

async fn configurations(app: &App, pool_id: &UserPoolId) -> Result<Arc<Vec<LogConfiguration>>, StoreError> {
    let load = async || app.read(async |tx| pool_services::log_deliveries(tx, pool_id).await).await.map(Some);
    Ok(app.caches.logs.find(pool_id, app.now(), load).await?.unwrap_or_default())
}

/// Queues records that a pool logs, in the transaction that causes them. Whoever calls this has found that they have a
/// [`destination`], and [`room`].
///
/// # Errors
/// [`StoreError`].
pub async fn queue(app: &App, tx: &mut Conn, pool_id: &UserPoolId, source: EventSource, records: &[Value]) -> Result<(), StoreError> {
    let records: Vec<_> = records.iter().map(|record| (ids::uuid(&mut app.rng()), record.to_string())).collect();
    pool_logs::add(tx, pool_id, source.as_str(), &records, app.now()).await
}

/// How many more records of a pool and source may wait. It is read beside the transaction that queues them: of several nodes
/// each may fill the last places, and no more.
///
/// # Errors
/// [`StoreError`].
pub async fn room(app: &App, pool_id: &UserPoolId, source: EventSource) -> Result<usize, StoreError> {
    let waiting = app.read(async |tx| pool_logs::count(tx, pool_id, source.as_str(), BACKLOG).await).await?;
    Ok(usize::try_from(BACKLOG - waiting).unwrap_or_default())
}

/// Queues one record of a message that was not delivered, where the pool logs that.
///
/// # Errors
/// [`StoreError`].
pub async fn message_failed(app: &App, pool_id: &UserPoolId, details: &str) -> Result<(), StoreError> {
    const SOURCE: EventSource = EventSource::UserNotification;
    if destination(app, pool_id, SOURCE).await?.is_none() {
        return Ok(());
    }
    if room(app, pool_id, SOURCE).await? == 0 {
        tracing::warn!(pool = %pool_id, "a record of the pool's logs found no room");
        return Ok(());
    }
    let record = log_delivery::of_message(pool_id, details, app.now());
    app.write(async |tx| queue(app, tx, pool_id, SOURCE, std::slice::from_ref(&record)).await).await
}

/// Whether any records are due.
///
/// # Errors
/// [`StoreError`].
pub async fn is_due(app: &App) -> Result<bool, StoreError> {
    Ok(!app.read(async |tx| pool_logs::due(tx, app.now(), 1).await).await?.is_empty())
}

/// What a round did with the records of a pool and source.
pub struct Carried {
    stream: Stream,
    records: Vec<Waiting>,
    is_delivered: bool,
}

/// Hands over the oldest records of the streams that have been due longest. What comes of each is still to be [`settle`]d.
///
/// # Errors
/// [`StoreError`].
pub async fn carry_due(app: &App, carrier: &LogCarrier) -> Result<Vec<Carried>, StoreError> {
    let due = app.read(async |tx| {
        let mut due = Vec::new();
        for stream in pool_logs::due(tx, app.now(), STREAMS).await? {
            let records = pool_logs::oldest(tx, &stream, AT_ONCE).await?;
            due.push((stream, records));
        }
        Ok::<_, StoreError>(due)
    });
    let carried = due.await?.into_iter().map(|(stream, records)| async {
        let is_delivered = records.is_empty() || is_delivered(app, carrier, &stream, &records).await?;
        Ok(Carried { stream, records, is_delivered })
    });
    join_all(carried).await.into_iter().collect()
}

async fn is_delivered(app: &App, carrier: &LogCarrier, stream: &Stream, records: &[Waiting]) -> Result<bool, StoreError> {
    let configurations = configurations(app, &stream.pool_id).await?;
    let Some(configuration) = configurations.iter().find(|configuration| configuration.event_source.as_str() == stream.event_source) else {
        // The pool logs it no more: what waits goes nowhere.
        return Ok(true);
    };
    let arn = configuration.destination().unwrap_or_default();
    let carried = match app.log_destinations.find(arn) {
        Some(route) => carrier.carry(route, arn, stream, records, app.now()).await,
        None => Err("the settings have no [[log_delivery.destination]] for it".to_owned()),
    };
    if let Err(reason) = &carried {
        tracing::warn!(pool = %stream.pool_id, source = stream.event_source, destination = arn, failures = stream.failures + 1, reason, "records of a pool's logs wait");
    }
    Ok(carried.is_ok())
}

/// Says of a round's records what became of them. Answers whether more may be due at once.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(app: &App, tx: &mut Conn, carried: &[Carried]) -> Result<bool, StoreError> {
    for Carried { stream, records, is_delivered } in carried {
        if *is_delivered {
            pool_logs::delivered(tx, stream, records, app.now()).await?;
        } else {
            let pause = RETRY * (1 << stream.failures.clamp(0, MOST_DOUBLINGS));
            pool_logs::put_off(tx, stream, app.now().plus(pause)).await?;
        }
    }
    let is_full = |carried: &Carried| carried.is_delivered && i64::try_from(carried.records.len()) == Ok(AT_ONCE);
    Ok(i64::try_from(carried.len()) == Ok(STREAMS) || carried.iter().any(is_full))
}

#[cfg(test)]
mod tests;
