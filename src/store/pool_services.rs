//! What stands beside a pool's configuration: where its logs go, its SAML certificates; and an account's limits.

use super::changes::Change;
use super::{Conn, StoreError, doc};
use crate::crypto::sealed::Sealed;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UserPoolId};
use crate::tokens::keys::PrivateKey;
use crate::userpools::log_delivery::LogConfiguration;

/// Where a pool's logs go.
///
/// # Errors
/// [`StoreError`].
pub async fn log_deliveries(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Vec<LogConfiguration>, StoreError> {
    const SQL: &str = "SELECT configurations FROM pool_log_deliveries WHERE pool_id = $1";
    let text = scalar!(tx, fetch_optional, String, SQL, [pool_id])?;
    let read = |text: String| doc::from_text("pool_log_deliveries", "configurations", pool_id.as_str(), &text);
    Ok(text.map(read).transpose()?.unwrap_or_default())
}

/// Sets where a pool's logs go.
///
/// # Errors
/// [`StoreError`].
pub async fn set_log_deliveries(tx: &mut Conn, pool_id: &UserPoolId, configurations: &[LogConfiguration]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO pool_log_deliveries (pool_id, configurations) VALUES ($1, $2) \
                       ON CONFLICT (pool_id) DO UPDATE SET configurations = $2";
    let text = doc::to_text("pool_log_deliveries", "configurations", pool_id.as_str(), &configurations)?;
    execute!(tx, SQL, [pool_id, text])?;
    tx.changed(Change::Pool(pool_id.clone()));
    Ok(())
}

/// A certificate that a pool's SAML requests are signed by.
pub struct SamlCertificate {
    /// X.509, DER in base64.
    pub certificate: String,
    /// Its private key, sealed.
    pub sealed_key: Sealed<PrivateKey>,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// The newest certificate of a pool.
///
/// # Errors
/// [`StoreError`].
pub async fn newest_saml_certificate(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Option<SamlCertificate>, StoreError> {
    const SQL: &str = "SELECT certificate, sealed_key, issued_at FROM pool_saml_certificates \
                       WHERE pool_id = $1 ORDER BY issued_at DESC LIMIT 1";
    let row = fetch!(tx, fetch_optional, (String, Sealed<PrivateKey>, i64), SQL, [pool_id])?;
    Ok(row.map(|(certificate, sealed_key, issued_at)| SamlCertificate {
        certificate,
        sealed_key,
        issued_at: Timestamp::from_millis(issued_at),
    }))
}

/// Adds a certificate.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_saml_certificate(tx: &mut Conn, pool_id: &UserPoolId, new: &SamlCertificate) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO pool_saml_certificates (pool_id, issued_at, certificate, sealed_key) VALUES ($1, $2, $3, $4)";
    execute!(tx, SQL, [pool_id, new.issued_at.millis(), &new.certificate, &new.sealed_key]).map(drop)
}

/// How many requests a second of a category an account has in a region; `None` where nothing was provisioned.
///
/// # Errors
/// [`StoreError`].
pub async fn provisioned_limit(tx: &mut Conn, account_id: &AccountId, region: &str, category: &str) -> Result<Option<i64>, StoreError> {
    const SQL: &str = "SELECT requests_per_second FROM provisioned_limits WHERE account_id = $1 AND region = $2 AND category = $3";
    scalar!(tx, fetch_optional, i64, SQL, [account_id, region, category])
}

/// What was provisioned for an account in a region: requests a second by category.
///
/// # Errors
/// [`StoreError`].
pub async fn provisioned_limits(tx: &mut Conn, account_id: &AccountId, region: &str) -> Result<Vec<(String, i64)>, StoreError> {
    // As many as there are categories.
    const SQL: &str =
        "SELECT category, requests_per_second FROM provisioned_limits WHERE account_id = $1 AND region = $2 ORDER BY category";
    fetch!(tx, fetch_all, (String, i64), SQL, [account_id, region])
}

/// Sets how many requests a second of a category an account has in a region.
///
/// # Errors
/// [`StoreError`].
pub async fn set_provisioned_limit(
    tx: &mut Conn,
    account_id: &AccountId,
    region: &str,
    category: &str,
    requests_per_second: i64,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO provisioned_limits (account_id, region, category, requests_per_second) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (account_id, region, category) DO UPDATE SET requests_per_second = $4";
    tx.changed(Change::Limits { account_id: account_id.clone(), region: region.to_owned() });
    execute!(tx, SQL, [account_id, region, category, requests_per_second]).map(drop)
}
