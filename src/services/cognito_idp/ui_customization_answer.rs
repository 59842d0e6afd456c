//! How the classic sign-in pages look, as answers give it.

use serde::Serialize;

use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::ui_customizations::UiCustomization;

/// The client that stands for all that have nothing of their own.
pub const ALL: &str = "ALL";

/// UICustomizationType.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UiCustomizationAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_pool_id: Option<UserPoolId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<String>,
    #[serde(rename = "CSS", skip_serializing_if = "Option::is_none")]
    css: Option<String>,
    #[serde(rename = "CSSVersion", skip_serializing_if = "Option::is_none")]
    css_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_date: Option<Timestamp>,
}

/// The answer that is a customization.
#[derive(Serialize)]
pub struct Response {
    #[serde(rename = "UICustomization")]
    ui_customization: UiCustomizationAnswer,
}

impl Response {
    /// What is set; of nothing, an empty object.
    pub fn of(cx: &Context, set: Option<UiCustomization>) -> Self {
        let answer = |set: UiCustomization| UiCustomizationAnswer {
            image_url: set.image_hash.map(|hash| format!("{}/{}/assets/{hash}", cx.public_url, set.pool_id)),
            user_pool_id: Some(set.pool_id),
            client_id: Some(set.applies_to),
            css: set.css,
            css_version: set.css_version,
            last_modified_date: Some(set.modified_at),
            creation_date: Some(set.created_at),
        };
        Self { ui_customization: set.map(answer).unwrap_or_default() }
    }
}
