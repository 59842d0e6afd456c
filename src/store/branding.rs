//! The styles of a pool's managed sign-in pages, and the images of all its pages.

use super::{Conn, StoreError, doc, ui_customizations};
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};
use crate::userpools::branding::{Asset, AssetPlace, Branding, MOST_ASSETS};
use crate::userpools::image::ImageType;

#[derive(sqlx::FromRow)]
struct BrandingRow {
    pool_id: UserPoolId,
    branding_id: String,
    client_id: ClientId,
    use_provided_values: i16,
    settings: String,
    created_at: i64,
    modified_at: i64,
}

impl TryFrom<BrandingRow> for Branding {
    type Error = StoreError;

    fn try_from(row: BrandingRow) -> Result<Self, StoreError> {
        Ok(Self {
            settings: doc::from_text("managed_login_brandings", "settings", &row.branding_id, &row.settings)?,
            pool_id: row.pool_id,
            id: row.branding_id,
            client_id: row.client_id,
            use_provided_values: row.use_provided_values != 0,
            created_at: Timestamp::from_millis(row.created_at),
            modified_at: Timestamp::from_millis(row.modified_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct AssetRow {
    branding_id: String,
    category: String,
    color_mode: String,
    resource_id: String,
    extension: String,
    image: Vec<u8>,
}

impl TryFrom<AssetRow> for Asset {
    type Error = StoreError;

    fn try_from(row: AssetRow) -> Result<Self, StoreError> {
        let corrupt = || StoreError::corrupt("managed_login_assets", "extension", &row.branding_id);
        Ok(Self {
            kind: ImageType::parse(&row.extension).ok_or_else(corrupt)?,
            place: AssetPlace { category: row.category, color_mode: row.color_mode, resource_id: row.resource_id },
            bytes: row.image,
        })
    }
}

/// Inserts a new style; `false` if its client has one.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Conn, branding: &Branding) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO managed_login_brandings (pool_id, branding_id, client_id, use_provided_values, settings, created_at, \
                       modified_at) VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (pool_id, client_id) DO NOTHING";
    let settings = doc::to_text("managed_login_brandings", "settings", &branding.id, &branding.settings)?;
    let Branding { pool_id, id, client_id, use_provided_values, created_at, .. } = branding;
    Ok(execute!(tx, SQL, [pool_id, id, client_id, i16::from(*use_provided_values), settings, created_at.millis()])? == 1)
}

/// A style by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<Option<Branding>, StoreError> {
    const SQL: &str = "SELECT pool_id, branding_id, client_id, use_provided_values, settings, created_at, modified_at \
                       FROM managed_login_brandings WHERE pool_id = $1 AND branding_id = $2";
    fetch!(tx, fetch_optional, BrandingRow, SQL, [pool_id, id])?.map(Branding::try_from).transpose()
}

/// The style of a client.
///
/// # Errors
/// [`StoreError`].
pub async fn of_client(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId) -> Result<Option<Branding>, StoreError> {
    const SQL: &str = "SELECT pool_id, branding_id, client_id, use_provided_values, settings, created_at, modified_at \
                       FROM managed_login_brandings WHERE pool_id = $1 AND client_id = $2";
    fetch!(tx, fetch_optional, BrandingRow, SQL, [pool_id, client_id])?.map(Branding::try_from).transpose()
}

/// Replaces what a style sets.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Conn, branding: &Branding) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE managed_login_brandings SET use_provided_values = $3, settings = $4, modified_at = $5 \
                       WHERE pool_id = $1 AND branding_id = $2";
    let settings = doc::to_text("managed_login_brandings", "settings", &branding.id, &branding.settings)?;
    let Branding { pool_id, id, use_provided_values, modified_at, .. } = branding;
    execute!(tx, SQL, [pool_id, id, i16::from(*use_provided_values), settings, modified_at.millis()]).map(drop)
}

/// The images of a style, by their places.
///
/// # Errors
/// [`StoreError`].
pub async fn assets(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<Vec<Asset>, StoreError> {
    const SQL: &str = "SELECT branding_id, category, color_mode, resource_id, extension, image FROM managed_login_assets \
                       WHERE pool_id = $1 AND branding_id = $2 ORDER BY category, color_mode, resource_id LIMIT $3";
    let most = i64::try_from(MOST_ASSETS).unwrap_or(i64::MAX);
    fetch!(tx, fetch_all, AssetRow, SQL, [pool_id, id, most])?.into_iter().map(Asset::try_from).collect()
}

/// Of the images of a style, what finds those that its pages show by themselves: category and hash, those for light pages last.
///
/// # Errors
/// [`StoreError`].
pub async fn shown_images(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT category, image_hash FROM managed_login_assets WHERE pool_id = $1 AND branding_id = $2 \
                       AND category IN ('FORM_LOGO', 'FAVICON_SVG', 'FAVICON_ICO') ORDER BY category, color_mode LIMIT 12";
    fetch!(tx, fetch_all, (String, String), SQL, [pool_id, id])
}

/// Replaces the images of a style; each with the hash that it is found by.
///
/// # Errors
/// [`StoreError`].
pub async fn set_assets(tx: &mut Conn, branding: &Branding, assets: &[(Asset, String)]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO managed_login_assets (pool_id, branding_id, category, color_mode, resource_id, extension, image, \
                       image_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    forget_assets(tx, &branding.pool_id, &branding.id).await?;
    for (Asset { place, kind, bytes }, hash) in assets {
        let (category, mode, resource, extension) = (&place.category, &place.color_mode, &place.resource_id, kind.as_str());
        execute!(tx, SQL, [&branding.pool_id, &branding.id, category, mode, resource, extension, bytes.as_slice(), hash])?;
    }
    Ok(())
}

async fn forget_assets(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM managed_login_assets WHERE pool_id = $1 AND branding_id = $2";
    execute!(tx, SQL, [pool_id, id]).map(drop)
}

/// Deletes a style and its images; `false` if there was none.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Conn, pool_id: &UserPoolId, id: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM managed_login_brandings WHERE pool_id = $1 AND branding_id = $2";
    forget_assets(tx, pool_id, id).await?;
    Ok(execute!(tx, SQL, [pool_id, id])? == 1)
}

/// Deletes how the pages of a client look, with the client.
pub(super) async fn forget_client(tx: &mut Conn, pool_id: &UserPoolId, client_id: &ClientId) -> Result<(), StoreError> {
    ui_customizations::delete(tx, pool_id, client_id.as_str()).await?;
    if let Some(branding) = of_client(tx, pool_id, client_id).await? {
        delete(tx, pool_id, &branding.id).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ImageRow {
    image: Vec<u8>,
    image_type: String,
}

const LOGO: &str = "SELECT image, image_type FROM ui_customizations WHERE pool_id = $1 AND image_hash = $2 ORDER BY applies_to LIMIT 1";

const ASSET: &str = "SELECT image, extension AS image_type FROM managed_login_assets WHERE pool_id = $1 AND image_hash = $2 \
                     ORDER BY branding_id LIMIT 1";

/// An image of a pool's pages, of whichever kind, by its hash.
///
/// # Errors
/// [`StoreError`].
pub async fn image(tx: &mut Conn, pool_id: &UserPoolId, hash: &str) -> Result<Option<(ImageType, Vec<u8>)>, StoreError> {
    for sql in [LOGO, ASSET] {
        if let Some(row) = fetch!(tx, fetch_optional, ImageRow, sql, [pool_id, hash])? {
            let kind = ImageType::parse(&row.image_type).ok_or_else(|| StoreError::corrupt("images", "image_type", hash))?;
            return Ok(Some((kind, row.image)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{ASSET, LOGO};
    use crate::store::template;

    #[actix_web::test]
    async fn an_image_is_found_without_a_scan() {
        for sql in [LOGO, ASSET] {
            let plan = template::plan(sql).await.join("\n");
            assert!(!plan.contains("SCAN"), "{plan}");
        }
    }
}
