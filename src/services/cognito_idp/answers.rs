//! Users as answers give them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::codes::{CodeDelivery, Medium};
use crate::kit::clock::Timestamp;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::second_factor::SecondFactor;
use crate::userpools::user::User;

/// A name and a value.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The value.
    #[serde(default)]
    pub value: String,
}

/// The attributes of a request, by name.
pub fn by_name(attributes: Vec<Attribute>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|attribute| (attribute.name, attribute.value)).collect()
}

/// The attributes of a user that `shows` lets through, `sub` first.
pub fn attributes(user: &User, shows: impl Fn(&str) -> bool) -> Vec<Attribute> {
    let sub = Attribute { name: "sub".to_owned(), value: user.id.to_string() };
    let rest = user.attributes.iter().map(|(name, value)| Attribute { name: name.clone(), value: value.clone() });
    std::iter::once(sub).chain(rest).filter(|attribute| shows(&attribute.name)).collect()
}

/// UserMFASettingList and PreferredMfaSetting.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_mfa_setting: Option<&'static str>,
    #[serde(rename = "UserMFASettingList", skip_serializing_if = "Vec::is_empty")]
    user_mfa_setting_list: Vec<&'static str>,
}

impl MfaSettings {
    /// A user's.
    pub fn of(user: &User) -> Self {
        Self {
            preferred_mfa_setting: user.mfa.preferred().map(SecondFactor::as_str),
            user_mfa_setting_list: user.mfa.list().map(SecondFactor::as_str).collect(),
        }
    }
}

/// UserType, of lists and of AdminCreateUser.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserAnswer {
    username: String,
    attributes: Vec<Attribute>,
    user_create_date: Timestamp,
    user_last_modified_date: Timestamp,
    enabled: bool,
    user_status: &'static str,
}

impl UserAnswer {
    /// A user with the attributes that `shows` lets through.
    pub fn of(user: &User, shows: impl Fn(&str) -> bool) -> Self {
        Self {
            username: user.username.clone(),
            attributes: attributes(user, shows),
            user_create_date: user.created_at,
            user_last_modified_date: user.modified_at,
            enabled: user.enabled,
            user_status: user.status.as_str(),
        }
    }
}

/// CodeDeliveryDetailsType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CodeDeliveryDetails {
    destination: String,
    delivery_medium: &'static str,
    attribute_name: String,
}

impl From<CodeDelivery> for CodeDeliveryDetails {
    fn from(delivery: CodeDelivery) -> Self {
        Self {
            destination: delivery.destination,
            delivery_medium: match delivery.medium {
                Medium::Email => "EMAIL",
                Medium::Sms => "SMS",
            },
            attribute_name: delivery.attribute,
        }
    }
}

/// A user of a pool by whatever the wire calls a username.
pub async fn find_user(cx: &Context, pool: &Pool, username: &str) -> Result<User, Error> {
    cx.read(async |tx| store::users::find(tx, pool, username).await).await?.ok_or(Error::UserNotFound)
}
