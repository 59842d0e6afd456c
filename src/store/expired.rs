//! What has expired, and what deletes it: one list, which a test holds to the schema.

use std::time::Duration;

use super::{Conn, StoreError, changes};
use crate::kit::clock::Timestamp;

/// How long a message stays for whoever looks after it: 30 days. The code in it is long dead by then.
const MESSAGES_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long a row stays beyond the moment that its column names.
#[derive(Clone, Copy)]
enum Kept {
    For(Duration),
    /// As long as the deployment keeps events.
    AsEvents,
}

/// How long a record of a pool's logs waits for its destination: a day, as a message for its server.
const RECORDS_KEPT: Duration = Duration::from_secs(24 * 3600);

/// How long it is kept how much went on in an hour: 400 days, so that a month can be held against last year's.
const ACTIVITY_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

/// A table whose rows expire.
pub struct Expiring {
    /// Its name.
    pub table: &'static str,
    delete: &'static str,
    kept: Kept,
}

macro_rules! expiring {
    ($table:literal, $key:literal, $moment:literal, $kept:expr) => {
        Expiring {
            table: $table,
            delete: concat!(
                "DELETE FROM ",
                $table,
                " WHERE (",
                $key,
                ") IN (SELECT ",
                $key,
                " FROM ",
                $table,
                " WHERE ",
                $moment,
                " < $1 ORDER BY ",
                $moment,
                " LIMIT $2)"
            ),
            kept: $kept,
        }
    };
}

/// The tables whose rows expire.
pub const TABLES: [Expiring; 22] = [
    expiring!("audit_events", "account_id, event_id", "created_at", Kept::AsEvents),
    expiring!("authorization_codes", "pool_id, code_hash", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("browser_sessions", "pool_id, session_hash", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("challenge_sessions", "pool_id, session_id", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("client_metadata_documents", "pool_id, cimd_policy_id, url", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("configuration_changes", "stream, number", "changed_at", Kept::For(changes::KEPT)),
    expiring!("console_sessions", "account_id, session_hash", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("device_authorizations", "pool_id, device_code_hash", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("device_sign_ins", "pool_id, public_hash", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("federation_requests", "pool_id, state_hash", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("iam_sign_in_attempts", "account_id, name_hash, factor", "fades_at", Kept::For(Duration::ZERO)),
    expiring!("message_budgets", "pool_id, address_hash", "spent_until", Kept::For(Duration::ZERO)),
    expiring!("nodes", "node_id", "alive_until", Kept::For(Duration::ZERO)),
    expiring!("outbox_messages", "pool_id, message_id", "created_at", Kept::For(MESSAGES_KEPT)),
    expiring!("pool_activity", "pool_id, hour_began_at", "hour_began_at", Kept::For(ACTIVITY_KEPT)),
    expiring!("pool_log_records", "pool_id, event_source, queued_at, record_id", "queued_at", Kept::For(RECORDS_KEPT)),
    expiring!("sign_in_attempts", "pool_id, name_hash, factor", "fades_at", Kept::For(Duration::ZERO)),
    expiring!("spent_assertions", "pool_id, assertion_hash", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("token_families", "pool_id, origin_jti", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("user_auth_events", "pool_id, user_id, event_id", "created_at", Kept::AsEvents),
    expiring!("verification_codes", "pool_id, user_id, purpose", "expires_at", Kept::For(Duration::ZERO)),
    expiring!("web_authn_registrations", "pool_id, user_id", "expires_at", Kept::For(Duration::ZERO)),
];

/// Deletes what has expired in a table, the oldest first: at most `limit` rows, so that no transaction is long. `events` is how long
/// events are kept. Answers how many.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, expiring: &Expiring, events: Duration, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let kept = match expiring.kept {
        Kept::For(kept) => kept,
        Kept::AsEvents => events,
    };
    execute!(tx, expiring.delete, [now.minus(kept).millis(), limit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::template;

    #[actix_web::test]
    async fn every_table_whose_rows_expire_is_swept() {
        for column in ["changed_at", "expires_at", "fades_at", "spent_until"] {
            for table in template::tables_with(column).await {
                assert!(TABLES.iter().any(|expiring| expiring.table == table), "{table} is never swept");
            }
        }
    }

    #[actix_web::test]
    async fn what_has_expired_is_found_by_an_index() {
        for expiring in &TABLES {
            let plan = template::plan(expiring.delete).await.join("\n");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{}: {plan}", expiring.table);
        }
    }
}
