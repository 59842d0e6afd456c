//! The domains of pools: each is one pool's in the whole deployment.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::domain::{DomainKind, UserPoolDomain};

#[derive(sqlx::FromRow)]
struct DomainRow {
    pool_id: UserPoolId,
    kind: String,
    domain: String,
    certificate_arn: Option<String>,
    security_policy: Option<String>,
    managed_login_version: i64,
    created_at: i64,
    modified_at: i64,
}

impl TryFrom<DomainRow> for UserPoolDomain {
    type Error = StoreError;

    fn try_from(row: DomainRow) -> Result<Self, StoreError> {
        let kind = match (row.kind.as_str(), row.certificate_arn) {
            ("prefix", None) => DomainKind::Prefix,
            ("custom", Some(certificate_arn)) => DomainKind::Custom { certificate_arn, security_policy: row.security_policy },
            _ => return Err(StoreError::corrupt("user_pool_domains", "kind", &row.domain)),
        };
        Ok(Self {
            pool_id: row.pool_id,
            domain: row.domain,
            kind,
            managed_login_version: row.managed_login_version,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        })
    }
}

/// Whether a domain was inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It was.
    Done,
    /// A pool has it.
    Taken,
    /// The pool has one of that kind.
    HasOne,
}

/// The certificate and the policy of a custom domain.
fn custom(kind: &DomainKind) -> (Option<&String>, Option<&String>) {
    match kind {
        DomainKind::Prefix => (None, None),
        DomainKind::Custom { certificate_arn, security_policy } => (Some(certificate_arn), security_policy.as_ref()),
    }
}

/// Inserts a new domain, unless a pool has it, or the pool has one of its kind: then the transaction is to be given up.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, domain: &UserPoolDomain) -> Result<Inserted, StoreError> {
    const DIRECTORY: &str = "INSERT INTO domain_directory (domain, pool_id) VALUES ($1, $2) ON CONFLICT (domain) DO NOTHING";
    const SQL: &str = "INSERT INTO user_pool_domains (pool_id, kind, domain, certificate_arn, security_policy, managed_login_version, \
                       created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (pool_id, kind) DO NOTHING";
    if execute!(tx, DIRECTORY, [&domain.domain, &domain.pool_id])? == 0 {
        return Ok(Inserted::Taken);
    }
    let ((certificate, policy), version) = (custom(&domain.kind), domain.managed_login_version);
    let created = domain.created_at.millis();
    let inserted = execute!(tx, SQL, [&domain.pool_id, domain.kind.as_str(), &domain.domain, certificate, policy, version, created])?;
    Ok(if inserted == 1 { Inserted::Done } else { Inserted::HasOne })
}

/// A domain by its name alone, through the directory.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, domain: &str) -> Result<Option<UserPoolDomain>, StoreError> {
    const SQL: &str = "SELECT p.pool_id, p.kind, p.domain, p.certificate_arn, p.security_policy, p.managed_login_version, p.created_at, \
                       p.modified_at FROM domain_directory d JOIN user_pool_domains p ON p.pool_id = d.pool_id AND p.domain = d.domain \
                       WHERE d.domain = $1";
    fetch!(tx, fetch_optional, DomainRow, SQL, [domain])?.map(UserPoolDomain::try_from).transpose()
}

/// The domains of a pool: two at most, the custom one first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_pool(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Vec<UserPoolDomain>, StoreError> {
    const SQL: &str = "SELECT pool_id, kind, domain, certificate_arn, security_policy, managed_login_version, created_at, modified_at \
                       FROM user_pool_domains WHERE pool_id = $1 ORDER BY kind LIMIT 2";
    fetch!(tx, fetch_all, DomainRow, SQL, [pool_id])?.into_iter().map(UserPoolDomain::try_from).collect()
}

/// Replaces what a domain is, but for its name.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, domain: &UserPoolDomain) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_pool_domains SET certificate_arn = $3, security_policy = $4, managed_login_version = $5, \
                       modified_at = $6 WHERE pool_id = $1 AND domain = $2";
    let ((certificate, policy), version) = (custom(&domain.kind), domain.managed_login_version);
    execute!(tx, SQL, [&domain.pool_id, &domain.domain, certificate, policy, version, domain.modified_at.millis()]).map(drop)
}

/// Deletes a domain of a pool; `false` if it has none of that name.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, domain: &str) -> Result<bool, StoreError> {
    const DIRECTORY: &str = "DELETE FROM domain_directory WHERE pool_id = $1 AND domain = $2";
    const SQL: &str = "DELETE FROM user_pool_domains WHERE pool_id = $1 AND domain = $2";
    execute!(tx, DIRECTORY, [pool_id, domain])?;
    Ok(execute!(tx, SQL, [pool_id, domain])? == 1)
}
