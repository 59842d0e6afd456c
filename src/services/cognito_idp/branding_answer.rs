//! A style of the managed sign-in pages as requests give it and answers tell it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::Error;
use crate::crypto::digest::{hex, sha256};
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::{Conn, StoreError, branding};
use crate::userpools::branding::{
    Asset, AssetPlace, AssetRefused, Branding, SettingsRefused, check_settings, merged_with_defaults, overlaid, replaced,
};
use crate::userpools::image::ImageType;

/// AssetType.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssetAnswer {
    category: String,
    color_mode: String,
    extension: String,
    #[serde(default)]
    bytes: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
}

impl AssetAnswer {
    fn read(self) -> Result<Asset, Error> {
        let kind = ImageType::parse(&self.extension).ok_or_else(|| Error::parameter("Invalid Extension"))?;
        let bytes = STANDARD.decode(&self.bytes).map_err(|_| Error::parameter("Bytes are not base64-encoded"))?;
        let place = AssetPlace { category: self.category, color_mode: self.color_mode, resource_id: self.resource_id.unwrap_or_default() };
        Ok(Asset { place, kind, bytes })
    }
}

impl From<Asset> for AssetAnswer {
    fn from(asset: Asset) -> Self {
        Self {
            category: asset.place.category,
            color_mode: asset.place.color_mode,
            extension: asset.kind.as_str().to_owned(),
            bytes: STANDARD.encode(asset.bytes),
            resource_id: Some(asset.place.resource_id).filter(|id| !id.is_empty()),
        }
    }
}

/// What a request sets of a style.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Given {
    use_cognito_provided_values: Option<bool>,
    settings: Option<Value>,
    assets: Option<Vec<AssetAnswer>>,
}

/// The same, checked.
pub struct Set {
    use_provided_values: bool,
    settings: Option<Value>,
    assets: Vec<Asset>,
}

impl Given {
    /// Checks it by itself: the default style has nothing of its own.
    pub fn check(self) -> Result<Set, Error> {
        let use_provided_values = self.use_cognito_provided_values == Some(true);
        if use_provided_values && (self.settings.is_some() || self.assets.as_ref().is_some_and(|assets| !assets.is_empty())) {
            return Err(Error::parameter("Settings and Assets must be omitted when UseCognitoProvidedValues is true."));
        }
        if let Some(settings) = &self.settings {
            check_settings(settings)?;
        }
        let assets = self.assets.unwrap_or_default().into_iter().map(AssetAnswer::read).collect::<Result<_, _>>()?;
        Ok(Set { use_provided_values, settings: self.settings, assets })
    }
}

impl Set {
    /// Lays it over a style, which is as read in this transaction, and stores the images. What it does not set stays.
    pub async fn apply(&self, tx: &mut Conn, style: &mut Branding) -> Result<(), Error> {
        let before = if self.use_provided_values { Vec::new() } else { branding::assets(tx, &style.pool_id, &style.id).await? };
        let is_set = self.settings.is_some() || !self.assets.is_empty();
        if self.use_provided_values {
            (style.use_provided_values, style.settings) = (true, empty());
        } else if is_set {
            style.use_provided_values = false;
        }
        if let Some(settings) = &self.settings {
            style.settings = overlaid(style.settings.clone(), settings.clone());
        }
        let hashed = |asset: Asset| {
            let hash = hex(&sha256(&[&asset.bytes]));
            (asset, hash)
        };
        let after: Vec<_> = replaced(before, self.assets.clone())?.into_iter().map(hashed).collect();
        Ok(branding::set_assets(tx, style, &after).await?)
    }
}

/// Settings of nothing.
pub fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

/// ManagedLoginBrandingType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BrandingAnswer {
    managed_login_branding_id: String,
    user_pool_id: UserPoolId,
    use_cognito_provided_values: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assets: Vec<AssetAnswer>,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
}

/// The answer that is a style.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    managed_login_branding: BrandingAnswer,
}

impl Response {
    /// A style with its images; `merged` fills in what it leaves out.
    pub async fn read(tx: &mut Conn, style: Branding, merged: bool) -> Result<Self, StoreError> {
        let assets = branding::assets(tx, &style.pool_id, &style.id).await?;
        let settings = if merged { merged_with_defaults(style.settings) } else { style.settings };
        let managed_login_branding = BrandingAnswer {
            managed_login_branding_id: style.id,
            user_pool_id: style.pool_id,
            use_cognito_provided_values: style.use_provided_values,
            settings: Some(settings).filter(|settings| *settings != empty()),
            assets: assets.into_iter().map(AssetAnswer::from).collect(),
            creation_date: style.created_at,
            last_modified_date: style.modified_at,
        };
        Ok(Self { managed_login_branding })
    }
}

/// No style of this id, or none of this client.
pub fn no_such_style() -> Error {
    Error::ResourceNotFound("Managed login branding style does not exist.".to_owned())
}

impl From<SettingsRefused> for Error {
    fn from(refused: SettingsRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<AssetRefused> for Error {
    fn from(refused: AssetRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}
