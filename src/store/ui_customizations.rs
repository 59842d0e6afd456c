//! How the classic sign-in pages of a pool look.

use super::{Conn, StoreError};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::userpools::image::ImageType;

/// What is set for one client, or for all that have nothing of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UiCustomization {
    /// The pool.
    pub pool_id: UserPoolId,
    /// A client's id, or `ALL`.
    pub applies_to: String,
    /// The style sheet.
    pub css: Option<String>,
    /// Which one: a text that each change makes anew.
    pub css_version: Option<String>,
    /// By what the logo is found.
    pub image_hash: Option<String>,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was last set.
    pub modified_at: Timestamp,
}

/// A logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: ImageType,
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: UserPoolId,
    applies_to: String,
    css: Option<String>,
    css_version: Option<String>,
    image_hash: Option<String>,
    created_at: i64,
    modified_at: i64,
}

impl From<Row> for UiCustomization {
    fn from(row: Row) -> Self {
        Self {
            pool_id: row.pool_id,
            applies_to: row.applies_to,
            css: row.css,
            css_version: row.css_version,
            image_hash: row.image_hash,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        }
    }
}

/// Sets all of it, in place of what was set before; when it was first set stays.
///
/// # Errors
/// [`StoreError`].
pub async fn set(tx: &mut Conn, customization: &UiCustomization, logo: Option<&Logo>) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO ui_customizations (pool_id, applies_to, css, css_version, image, image_type, image_hash, created_at, \
                       modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (pool_id, applies_to) DO UPDATE SET \
                       css = excluded.css, css_version = excluded.css_version, image = excluded.image, \
                       image_type = excluded.image_type, image_hash = excluded.image_hash, modified_at = excluded.modified_at";
    let UiCustomization { pool_id, applies_to, css, css_version, image_hash, modified_at, .. } = customization;
    let (image, image_type) = (logo.map(|logo| logo.bytes.as_slice()), logo.map(|logo| logo.kind.as_str()));
    execute!(tx, SQL, [pool_id, applies_to, css, css_version, image, image_type, image_hash, modified_at.millis()]).map(drop)
}

/// What is set for a client, or for `ALL`.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, applies_to: &str) -> Result<Option<UiCustomization>, StoreError> {
    const SQL: &str = "SELECT pool_id, applies_to, css, css_version, image_hash, created_at, modified_at FROM ui_customizations \
                       WHERE pool_id = $1 AND applies_to = $2";
    Ok(fetch!(tx, fetch_optional, Row, SQL, [pool_id, applies_to])?.map(UiCustomization::from))
}

/// Takes back what is set for a client, or for `ALL`.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, applies_to: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM ui_customizations WHERE pool_id = $1 AND applies_to = $2";
    execute!(tx, SQL, [pool_id, applies_to]).map(drop)
}
