//! What belongs to the deployment as a whole, recorded by its first node and adopted by the rest.

use super::changes::Change;
use super::{Conn, StoreError, user_pools};

macro_rules! emptied {
    ($($table:literal),+ $(,)?) => { &[$(($table, concat!("DELETE FROM ", $table))),+] };
}

/// Every table but those of user pools, and but what is the deployment's own (its record, its jobs, what nodes tell each other);
/// and what empties it. A test holds the two lists to the schema.
const EMPTIED: &[(&str, &str)] = emptied![
    "audit_events",
    "console_sessions",
    "identity_pools",
    "identities",
    "identity_logins",
    "identity_directory",
    "iam_users",
    "iam_roles",
    "iam_groups",
    "iam_group_members",
    "iam_inline_policies",
    "iam_policies",
    "iam_policy_versions",
    "iam_policy_attachments",
    "iam_permissions_boundaries",
    "iam_access_keys",
    "iam_password_policies",
    "iam_login_profiles",
    "iam_password_history",
    "iam_sign_in_attempts",
    "iam_mfa_devices",
    "iam_oidc_providers",
    "iam_account_aliases",
    "iam_credential_reports",
    "provisioned_limits",
];

/// The recorded value of a setting.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT value FROM deployment_settings WHERE name = $1";
    scalar!(tx, fetch_optional, String, SQL, [name])
}

/// Records a value unless there is one; answers what is recorded then.
///
/// # Errors
/// [`StoreError`].
pub async fn adopt(tx: &mut Conn, name: &str, value: &str) -> Result<String, StoreError> {
    const SQL: &str = "INSERT INTO deployment_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    execute!(tx, SQL, [name, value])?;
    Ok(find(tx, name).await?.unwrap_or_else(|| value.to_owned()))
}

/// Records a value in place of another.
///
/// # Errors
/// [`StoreError`].
pub async fn replace(tx: &mut Conn, name: &str, value: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO deployment_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
    execute!(tx, SQL, [name, value]).map(drop)
}

/// Empties every table but the deployment's own record: `POST /_dev/reset`.
///
/// # Errors
/// [`StoreError`].
pub async fn empty(tx: &mut Conn) -> Result<(), StoreError> {
    for sql in user_pools::TABLES.iter().map(|table| table.empty).chain(EMPTIED.iter().map(|(_, sql)| *sql)) {
        execute!(tx, sql, [])?;
    }
    tx.changed(Change::Everything);
    Ok(())
}

/// Whether the database answers.
///
/// # Errors
/// [`StoreError`].
pub async fn ping(tx: &mut Conn) -> Result<(), StoreError> {
    scalar!(tx, fetch_one, i64, "SELECT CAST(1 AS BIGINT)", []).map(drop)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::EMPTIED;
    use crate::store::template;
    use crate::store::user_pools::TABLES;

    #[actix_web::test]
    async fn a_reset_leaves_no_table_out_but_the_deployments_own() {
        let of_pools = TABLES.iter().map(|table| table.name);
        let mut emptied: BTreeSet<String> = of_pools.chain(EMPTIED.iter().map(|(table, _)| *table)).map(str::to_owned).collect();
        emptied.extend(
            ["_sqlx_migrations", "configuration_changes", "deployment_settings", "jobs", "nodes", "sealing_keys"].map(str::to_owned),
        );
        assert_eq!(emptied, template::tables().await);
    }
}
