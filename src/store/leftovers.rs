//! What no test may leave behind: rows of who is gone, jobs that failed, what has expired and is there still.

use tokio::sync::OnceCell;

use super::{Conn, StoreError, expired, signing_keys, template};

/// Whom rows belong to: the columns that name them, the table that has them, and the tables that may name nobody.
struct Owner {
    columns: &'static [&'static str],
    table: &'static str,
    except: &'static [&'static str],
}

const OWNERS: [Owner; 9] = [
    Owner { columns: &["pool_id"], table: "user_pools", except: &[] },
    Owner { columns: &["pool_id", "client_id"], table: "user_pool_clients", except: &[] },
    Owner { columns: &["pool_id", "group_name"], table: "user_groups", except: &[] },
    // Tries are counted for names that nobody has, too; and a device that waits is nobody's yet.
    Owner { columns: &["pool_id", "user_id"], table: "users", except: &["verification_codes", "device_authorizations"] },
    Owner { columns: &["identity_pool_id"], table: "identity_pools", except: &[] },
    Owner { columns: &["identity_pool_id", "identity_id"], table: "identities", except: &[] },
    Owner { columns: &["account_id", "user_id"], table: "iam_users", except: &[] },
    Owner { columns: &["account_id", "group_id"], table: "iam_groups", except: &[] },
    // AWS's policies are in no table.
    Owner {
        columns: &["account_id", "policy_id"],
        table: "iam_policies",
        except: &["iam_policy_attachments", "iam_permissions_boundaries"],
    },
];

/// What belongs to a user, a role, a group or an account's root.
const OF_IAM: [&str; 5] =
    ["iam_access_keys", "iam_inline_policies", "iam_policy_attachments", "iam_permissions_boundaries", "iam_mfa_devices"];

/// The tables with rows whose owner is not there, and how many.
///
/// # Errors
/// [`StoreError`].
pub async fn orphans(tx: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    static SQL: OnceCell<String> = OnceCell::const_new();
    counted(tx, SQL.get_or_init(without_owner).await).await
}

/// How many jobs are held, or failed when they last ran.
///
/// # Errors
/// [`StoreError`].
pub async fn restless_jobs(tx: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    counted(tx, &count("jobs", "lease IS NOT NULL OR attempts <> 0")).await
}

/// The tables whose rows expire that have rows, and how many.
///
/// # Errors
/// [`StoreError`].
pub async fn expiring(tx: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    let counts: Vec<String> = expired::TABLES.iter().map(|expiring| count(expiring.table, "1 = 1")).collect();
    counted(tx, &counts.join(" UNION ALL ")).await
}

/// The counts of a statement that are not zero.
async fn counted(tx: &mut Conn, sql: &str) -> Result<Vec<(String, i64)>, StoreError> {
    let counts = fetch!(tx, fetch_all, (String, i64), sqlx::AssertSqlSafe(sql), [])?;
    Ok(counts.into_iter().filter(|(_, count)| *count > 0).collect())
}

/// Counts rows. The names are the schema's, and ours.
fn count(table: &str, condition: &str) -> String {
    format!("SELECT CAST('{table}' AS TEXT), CAST(COUNT(*) AS BIGINT) FROM {table} WHERE {condition}")
}

async fn without_owner() -> String {
    let mut counts = Vec::new();
    for owner in &OWNERS {
        let mut tables = template::tables_with(owner.columns[0]).await;
        for column in owner.columns {
            let with = template::tables_with(column).await;
            tables.retain(|table| with.contains(table));
        }
        for table in tables.iter().filter(|table| **table != owner.table && !owner.except.contains(&table.as_str())) {
            let same: Vec<String> = owner.columns.iter().map(|column| format!("owner.{column} = {table}.{column}")).collect();
            let mut condition = format!("NOT EXISTS (SELECT 1 FROM {} owner WHERE {})", owner.table, same.join(" AND "));
            if table == "pool_signing_keys" {
                condition = format!("{condition} AND pool_id <> '{}'", signing_keys::OF_IDENTITY_POOLS);
            }
            counts.push(count(table, &condition));
        }
    }
    for table in OF_IAM {
        let nobody = format!(
            "owner_id <> account_id AND NOT EXISTS (SELECT 1 FROM iam_users u WHERE u.account_id = {table}.account_id AND u.user_id = owner_id) \
             AND NOT EXISTS (SELECT 1 FROM iam_roles r WHERE r.account_id = {table}.account_id AND r.role_id = owner_id) \
             AND NOT EXISTS (SELECT 1 FROM iam_groups g WHERE g.account_id = {table}.account_id AND g.group_id = owner_id)"
        );
        counts.push(count(table, &nobody));
    }
    counts.join(" UNION ALL ")
}
