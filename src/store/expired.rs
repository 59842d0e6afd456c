//! What has expired, and what deletes it: one list, which a test holds to the schema.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;

/// How long a message stays for whoever looks after it: 30 days, in milliseconds. The code in it is long dead by then.
const MESSAGES_KEPT: i64 = 30 * 24 * 3600 * 1000;

/// A table whose rows expire.
pub struct Expiring {
    #[cfg(test)]
    table: &'static str,
    delete: &'static str,
    /// How long a row stays beyond the moment that its column names: milliseconds.
    kept: i64,
}

macro_rules! expiring {
    ($table:literal, $key:literal, $moment:literal, $kept:expr) => {
        Expiring {
            #[cfg(test)]
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
///
/// SECURITY: a verification code lives longer than the window in which its tries and resends are counted, so that no count
/// goes before its time.
pub const TABLES: [Expiring; 6] = [
    expiring!("challenge_sessions", "pool_id, session_id", "expires_at", 0),
    expiring!("message_budgets", "pool_id, address_hash", "spent_until", 0),
    expiring!("outbox_messages", "pool_id, message_id", "created_at", MESSAGES_KEPT),
    expiring!("sign_in_attempts", "pool_id, name_hash, factor", "fades_at", 0),
    expiring!("token_families", "pool_id, origin_jti", "expires_at", 0),
    expiring!("verification_codes", "pool_id, user_id, purpose", "expires_at", 0),
];

/// Deletes what has expired in a table, the oldest first: at most `limit` rows, so that no transaction is long. Answers how many.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, expiring: &Expiring, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    execute!(tx, expiring.delete, [now.millis().saturating_sub(expiring.kept), limit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::template;

    #[actix_web::test]
    async fn every_table_whose_rows_expire_is_swept() {
        for column in ["expires_at", "fades_at", "spent_until"] {
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
