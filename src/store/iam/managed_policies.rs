//! Managed policies of accounts, and their versions. AWS's are in no table.

use std::collections::HashMap;

use crate::iam::arn;
use crate::iam::aws_policies::{self, AwsPolicy};
use crate::iam::managed_policy::{ManagedPolicy, PolicyVersion, Usage, Uses};
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::store::changes::Change;
use crate::store::{Conn, StoreError, doc};

#[derive(sqlx::FromRow)]
struct PolicyRow {
    account_id: AccountId,
    policy_name: String,
    policy_id: UniqueId,
    path: String,
    description: Option<String>,
    default_version: i64,
    last_version: i64,
    tags: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<PolicyRow> for ManagedPolicy {
    type Error = StoreError;

    fn try_from(row: PolicyRow) -> Result<Self, StoreError> {
        Ok(Self {
            tags: doc::from_text("iam_policies", "tags", row.policy_id.as_str(), &row.tags)?,
            account_id: Some(row.account_id),
            name: row.policy_name,
            id: row.policy_id,
            path: row.path,
            description: row.description,
            default_version: row.default_version,
            last_version: row.last_version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Inserts a policy and its first version. A name that is taken (in whatever capitals) fails with a unique violation.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_managed_policy(
    tx: &mut Conn,
    account_id: &AccountId,
    policy: &ManagedPolicy,
    document: &str,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_policies (account_id, policy_name_key, policy_name, policy_id, path, description, default_version, \
                       last_version, tags, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let tags = doc::to_text("iam_policies", "tags", policy.id.as_str(), &policy.tags)?;
    execute!(
        tx,
        SQL,
        [
            account_id,
            policy.name.to_lowercase(),
            &policy.name,
            &policy.id,
            &policy.path,
            &policy.description,
            policy.default_version,
            policy.last_version,
            tags,
            policy.created_at.millis(),
            policy.updated_at.millis()
        ]
    )?;
    insert_version(tx, account_id, policy, document).await
}

/// An account's policy by name.
///
/// # Errors
/// [`StoreError`].
pub async fn find_managed_policy(tx: &mut Conn, account_id: &AccountId, name: &str) -> Result<Option<ManagedPolicy>, StoreError> {
    const SQL: &str = "SELECT account_id, policy_name, policy_id, path, description, default_version, last_version, tags, created_at, \
                       updated_at FROM iam_policies WHERE account_id = $1 AND policy_name_key = $2";
    fetch!(tx, fetch_optional, PolicyRow, SQL, [account_id, name.to_lowercase()])?.map(ManagedPolicy::try_from).transpose()
}

/// A policy of an account, or of AWS, by its ARN in its very letters.
///
/// # Errors
/// [`StoreError`].
pub async fn find_policy_by_arn(tx: &mut Conn, account_id: &AccountId, arn: &str) -> Result<Option<ManagedPolicy>, StoreError> {
    let Some(named) = arn::parse_policy(arn) else { return Ok(None) };
    let found = match named.account_id {
        None => aws_policies::named(named.path, named.name).map(AwsPolicy::policy),
        Some(of) if *account_id == of => find_managed_policy(tx, account_id, named.name).await?,
        // SECURITY: nothing of another account is looked up: what it has is not told from what nobody has.
        Some(_) => None,
    };
    Ok(found.filter(|policy| policy.arn() == arn))
}

/// A policy of an account, or of AWS, by unique id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_policy_by_id(tx: &mut Conn, account_id: &AccountId, policy_id: &UniqueId) -> Result<Option<ManagedPolicy>, StoreError> {
    match aws_policies::by_id(policy_id) {
        Some(aws) => Ok(Some(aws.policy())),
        None => find_managed_policy_by_id(tx, account_id, policy_id).await,
    }
}

/// An account's policy by unique id.
///
/// # Errors
/// [`StoreError`].
pub async fn find_managed_policy_by_id(
    tx: &mut Conn,
    account_id: &AccountId,
    policy_id: &UniqueId,
) -> Result<Option<ManagedPolicy>, StoreError> {
    const SQL: &str = "SELECT account_id, policy_name, policy_id, path, description, default_version, last_version, tags, created_at, \
                       updated_at FROM iam_policies WHERE account_id = $1 AND policy_id = $2";
    fetch!(tx, fetch_optional, PolicyRow, SQL, [account_id, policy_id])?.map(ManagedPolicy::try_from).transpose()
}

/// A page of the policies whose path begins with `prefix`, after `after`; where a usage is given, of those that have it.
///
/// # Errors
/// [`StoreError`].
pub async fn list_managed_policies(
    tx: &mut Conn,
    account_id: &AccountId,
    prefix: &str,
    usage: Option<Usage>,
    after: &str,
    limit: i64,
) -> Result<Vec<ManagedPolicy>, StoreError> {
    const SQL: &str = "SELECT account_id, policy_name, policy_id, path, description, default_version, last_version, tags, created_at, \
                       updated_at FROM iam_policies p WHERE account_id = $1 AND policy_id > $2 AND substr(path, 1, $3) = $4 \
                       AND ($5 <> 'permissions' OR EXISTS (SELECT 1 FROM iam_policy_attachments a \
                       WHERE a.account_id = p.account_id AND a.policy_id = p.policy_id)) \
                       AND ($5 <> 'boundary' OR EXISTS (SELECT 1 FROM iam_permissions_boundaries b \
                       WHERE b.account_id = p.account_id AND b.policy_id = p.policy_id)) ORDER BY policy_id LIMIT $6";
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    let usage = match usage {
        None => "",
        Some(Usage::Permissions) => "permissions",
        Some(Usage::Boundary) => "boundary",
    };
    let rows = fetch!(tx, fetch_all, PolicyRow, SQL, [account_id, after, length, prefix, usage, limit])?;
    rows.into_iter().map(ManagedPolicy::try_from).collect()
}

/// How many policies an account has, counted no further than `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn count_managed_policies(tx: &mut Conn, account_id: &AccountId, limit: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM iam_policies WHERE account_id = $1 LIMIT $2) AS counted";
    scalar!(tx, fetch_one, i64, SQL, [account_id, limit])
}

/// How many have a policy, which may be AWS's.
///
/// # Errors
/// [`StoreError`].
pub async fn uses_of(tx: &mut Conn, account_id: &AccountId, policy_id: &UniqueId) -> Result<Uses, StoreError> {
    const ATTACHED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM iam_policy_attachments WHERE account_id = $1 AND policy_id = $2";
    const BOUNDED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM iam_permissions_boundaries WHERE account_id = $1 AND policy_id = $2";
    let attachments = scalar!(tx, fetch_one, i64, ATTACHED, [account_id, policy_id])?;
    Ok(Uses { attachments, boundaries: scalar!(tx, fetch_one, i64, BOUNDED, [account_id, policy_id])? })
}

/// How many have each of the policies from one unique id to another: those that nobody has are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn uses_between(
    tx: &mut Conn,
    account_id: &AccountId,
    first: &UniqueId,
    last: &UniqueId,
) -> Result<HashMap<UniqueId, Uses>, StoreError> {
    const ATTACHED: &str = "SELECT policy_id, CAST(COUNT(*) AS BIGINT) FROM iam_policy_attachments \
                            WHERE account_id = $1 AND policy_id >= $2 AND policy_id <= $3 GROUP BY policy_id";
    const BOUNDED: &str = "SELECT policy_id, CAST(COUNT(*) AS BIGINT) FROM iam_permissions_boundaries \
                           WHERE account_id = $1 AND policy_id >= $2 AND policy_id <= $3 GROUP BY policy_id";
    let mut uses: HashMap<UniqueId, Uses> = HashMap::new();
    for (policy_id, count) in fetch!(tx, fetch_all, (UniqueId, i64), ATTACHED, [account_id, first, last])? {
        uses.entry(policy_id).or_default().attachments = count;
    }
    for (policy_id, count) in fetch!(tx, fetch_all, (UniqueId, i64), BOUNDED, [account_id, first, last])? {
        uses.entry(policy_id).or_default().boundaries = count;
    }
    Ok(uses)
}

/// Replaces what can be changed of a policy: the version that holds, the last number that was given, its tags, and when its newest
/// version was made.
///
/// # Errors
/// [`StoreError`].
pub async fn update_managed_policy(tx: &mut Conn, account_id: &AccountId, policy: &ManagedPolicy) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE iam_policies SET default_version = $3, last_version = $4, tags = $5, updated_at = $6 \
                       WHERE account_id = $1 AND policy_id = $2";
    let tags = doc::to_text("iam_policies", "tags", policy.id.as_str(), &policy.tags)?;
    tx.changed(Change::ManagedPolicy { account_id: account_id.to_owned(), policy_id: policy.id.clone() });
    let updated_at = policy.updated_at.millis();
    execute!(tx, SQL, [account_id, &policy.id, policy.default_version, policy.last_version, tags, updated_at]).map(drop)
}

/// Deletes a policy that nobody has any more, and its versions.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_managed_policy(tx: &mut Conn, account_id: &AccountId, policy_id: &UniqueId) -> Result<(), StoreError> {
    const VERSIONS: &str = "DELETE FROM iam_policy_versions WHERE account_id = $1 AND policy_id = $2";
    const POLICY: &str = "DELETE FROM iam_policies WHERE account_id = $1 AND policy_id = $2";
    tx.changed(Change::ManagedPolicy { account_id: account_id.to_owned(), policy_id: policy_id.to_owned() });
    for sql in [VERSIONS, POLICY] {
        execute!(tx, sql, [account_id, policy_id])?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    version: i64,
    document: String,
    created_at: i64,
}

impl From<VersionRow> for PolicyVersion {
    fn from(row: VersionRow) -> Self {
        Self { number: row.version, document: row.document, created_at: Timestamp::from_millis(row.created_at) }
    }
}

/// Inserts the newest version of a policy.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_version(tx: &mut Conn, account_id: &AccountId, policy: &ManagedPolicy, document: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO iam_policy_versions (account_id, policy_id, version, document, created_at) VALUES ($1, $2, $3, $4, $5)";
    execute!(tx, SQL, [account_id, &policy.id, policy.last_version, document, policy.updated_at.millis()]).map(drop)
}

/// The versions of a policy, the newest first: some at most, by quota.
///
/// # Errors
/// [`StoreError`].
pub async fn versions_of(tx: &mut Conn, account_id: &AccountId, policy_id: &UniqueId) -> Result<Vec<PolicyVersion>, StoreError> {
    const SQL: &str = "SELECT version, document, created_at FROM iam_policy_versions WHERE account_id = $1 AND policy_id = $2 \
                       ORDER BY version DESC";
    Ok(fetch!(tx, fetch_all, VersionRow, SQL, [account_id, policy_id])?.into_iter().map(PolicyVersion::from).collect())
}

/// A version of a policy.
///
/// # Errors
/// [`StoreError`].
pub async fn find_version(
    tx: &mut Conn,
    account_id: &AccountId,
    policy_id: &UniqueId,
    number: i64,
) -> Result<Option<PolicyVersion>, StoreError> {
    const SQL: &str = "SELECT version, document, created_at FROM iam_policy_versions \
                       WHERE account_id = $1 AND policy_id = $2 AND version = $3";
    Ok(fetch!(tx, fetch_optional, VersionRow, SQL, [account_id, policy_id, number])?.map(PolicyVersion::from))
}

/// A policy of an account, or of AWS, and the text of its version that holds.
///
/// # Errors
/// [`StoreError`].
pub async fn version_that_holds(
    tx: &mut Conn,
    account_id: &AccountId,
    policy_id: &UniqueId,
) -> Result<Option<(ManagedPolicy, String)>, StoreError> {
    if let Some(aws) = aws_policies::by_id(policy_id) {
        return Ok(Some((aws.policy(), aws.document.to_owned())));
    }
    let Some(policy) = find_managed_policy_by_id(tx, account_id, policy_id).await? else { return Ok(None) };
    let version = find_version(tx, account_id, policy_id, policy.default_version).await?;
    let version = version.ok_or_else(|| StoreError::corrupt("iam_policies", "default_version", policy_id.as_str()))?;
    Ok(Some((policy, version.document)))
}

/// Deletes a version that does not hold; `false` if there is none of that number.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_version(tx: &mut Conn, account_id: &AccountId, policy_id: &UniqueId, number: i64) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM iam_policy_versions WHERE account_id = $1 AND policy_id = $2 AND version = $3";
    tx.changed(Change::ManagedPolicy { account_id: account_id.to_owned(), policy_id: policy_id.to_owned() });
    Ok(execute!(tx, SQL, [account_id, policy_id, number])? == 1)
}
