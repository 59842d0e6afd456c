//! A style of the managed sign-in pages: settings, and images.

mod settings;
mod sheet;

use serde_json::Value;

use super::image::ImageType;
use crate::kit::clock::Timestamp;
use crate::kit::id::{ClientId, UserPoolId};

pub use settings::{SettingsRefused, check_settings, merged_with_defaults, overlaid};
pub use sheet::{Mode, style_sheet};

/// How many images a style has at most.
///
/// Source: Amazon Cognito API reference, CreateManagedLoginBranding, Assets.
pub const MOST_ASSETS: usize = 40;

/// How many bytes the images of a style have together at most: each of its answers carries them all. The limit is ours.
pub const MOST_BYTES: usize = 8_000_000;

/// A style of one app client.
#[derive(Clone, Debug, PartialEq)]
pub struct Branding {
    /// The pool.
    pub pool_id: UserPoolId,
    /// A UUID.
    pub id: String,
    /// The client.
    pub client_id: ClientId,
    /// Whether it is the default style, with nothing of its own.
    pub use_provided_values: bool,
    /// What it sets, and nothing else.
    pub settings: Value,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// What an image is for: one style has one of each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AssetPlace {
    /// AssetCategoryType.
    pub category: String,
    /// ColorSchemeModeType.
    pub color_mode: String,
    /// Which of several; empty where there is one.
    pub resource_id: String,
}

/// An image of a style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// What it is for.
    pub place: AssetPlace,
    /// What its bytes are.
    pub kind: ImageType,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Why an image is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssetRefused {
    /// No bytes.
    #[error("The asset {0} has no bytes.")]
    Empty(String),
    /// The bytes are something else.
    #[error("The bytes of the asset {0} are not a {1} image.")]
    OtherType(String, &'static str),
    /// This place takes other files.
    #[error("The asset {0} cannot be a {1} image.")]
    TypeOfPlace(String, &'static str),
    /// The same place twice.
    #[error("The asset {0} is given more than once for a color mode.")]
    Twice(String),
    /// Too many.
    #[error("A style has at most 40 assets.")]
    TooMany,
    /// Too large, together.
    #[error("The assets of a style have at most 8,000,000 bytes together.")]
    TooLarge,
}

impl Asset {
    /// Whether an image is what it is said to be, and fits where it goes: icons of the browser have a type of their own.
    ///
    /// # Errors
    /// [`AssetRefused`].
    pub fn check(&self) -> Result<(), AssetRefused> {
        let category = &self.place.category;
        if self.bytes.is_empty() {
            return Err(AssetRefused::Empty(category.clone()));
        }
        let fits = match category.as_str() {
            "FAVICON_ICO" => self.kind == ImageType::Ico,
            "FAVICON_SVG" => self.kind == ImageType::Svg,
            _ => self.kind != ImageType::Ico,
        };
        if !fits {
            return Err(AssetRefused::TypeOfPlace(category.clone(), self.kind.as_str()));
        }
        if ImageType::of(&self.bytes) != Some(self.kind) {
            return Err(AssetRefused::OtherType(category.clone(), self.kind.as_str()));
        }
        Ok(())
    }
}

/// The images of a style after some are given: each in place of the one that stood there.
///
/// # Errors
/// [`AssetRefused`].
pub fn replaced(before: Vec<Asset>, given: Vec<Asset>) -> Result<Vec<Asset>, AssetRefused> {
    for (index, asset) in given.iter().enumerate() {
        asset.check()?;
        if given.iter().skip(index + 1).any(|other| other.place == asset.place) {
            return Err(AssetRefused::Twice(asset.place.category.clone()));
        }
    }
    let kept = before.into_iter().filter(|asset| !given.iter().any(|new| new.place == asset.place));
    let mut after: Vec<Asset> = kept.collect();
    after.extend(given);
    after.sort_by(|one, other| one.place.cmp(&other.place));
    if after.len() > MOST_ASSETS {
        return Err(AssetRefused::TooMany);
    }
    if after.iter().map(|asset| asset.bytes.len()).sum::<usize>() > MOST_BYTES {
        return Err(AssetRefused::TooLarge);
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n.";

    fn asset(category: &str, kind: ImageType, bytes: &[u8]) -> Asset {
        let place = AssetPlace { category: category.into(), color_mode: "LIGHT".into(), resource_id: String::new() };
        Asset { place, kind, bytes: bytes.to_vec() }
    }

    #[test]
    fn an_image_is_what_it_says_and_fits_its_place() {
        for (category, kind, bytes, accepted) in [
            ("FORM_LOGO", ImageType::Png, PNG, true),
            ("FORM_LOGO", ImageType::Jpeg, PNG, false),
            ("FORM_LOGO", ImageType::Svg, PNG, false),
            ("FORM_LOGO", ImageType::Png, b"", false),
            ("FORM_LOGO", ImageType::Ico, b"\0\0\x01\0", false),
            ("FAVICON_ICO", ImageType::Ico, b"\0\0\x01\0", true),
            ("FAVICON_ICO", ImageType::Png, PNG, false),
            ("FAVICON_SVG", ImageType::Svg, b"<svg xmlns='http://www.w3.org/2000/svg'/>", true),
            ("FAVICON_SVG", ImageType::Svg, b"<html/>", false),
        ] {
            assert_eq!(asset(category, kind, bytes).check().is_ok(), accepted, "{category} {kind:?}");
        }
    }

    #[test]
    fn an_image_takes_the_place_of_the_one_before_it_and_there_are_so_many() {
        let (first, second) = (asset("FORM_LOGO", ImageType::Png, PNG), asset("FORM_LOGO", ImageType::Png, b"\x89PNG\r\n\x1a\n2"));
        let other = asset("PAGE_BACKGROUND", ImageType::Png, PNG);
        assert_eq!(replaced(vec![first.clone(), other.clone()], vec![second.clone()]), Ok(vec![second.clone(), other]));
        assert_eq!(replaced(Vec::new(), vec![first, second]), Err(AssetRefused::Twice("FORM_LOGO".into())));
        let numbered = |number: usize, bytes: &[u8]| {
            let mut asset = asset("IDP_BUTTON_ICON", ImageType::Png, bytes);
            asset.place.resource_id = format!("idp {number}");
            asset
        };
        assert!(replaced((0..40).map(|number| numbered(number, PNG)).collect(), Vec::new()).is_ok());
        assert_eq!(replaced((0..40).map(|number| numbered(number, PNG)).collect(), vec![numbered(40, PNG)]), Err(AssetRefused::TooMany));
        let large: Vec<u8> = PNG.iter().copied().chain(std::iter::repeat_n(0, 999_000)).collect();
        assert_eq!(replaced(Vec::new(), (0..9).map(|number| numbered(number, &large)).collect()), Err(AssetRefused::TooLarge));
    }
}
