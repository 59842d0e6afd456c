//! UserMigration: the function knows users that the pool does not.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Event, Texts, Through, TriggerRefused, call, or_default, request};
use crate::context::App;
use crate::kit::secret::Secret;
use crate::userpools::lambda_config::Trigger;

/// A user as the function knows them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// Their attributes; `username` among them is the name that they get.
    #[serde(default, deserialize_with = "or_default")]
    pub user_attributes: Texts,
    /// Where they stand: `CONFIRMED`, or they must reset their password.
    #[serde(default)]
    pub final_user_status: Option<String>,
    /// `SUPPRESS`, or they are written to.
    #[serde(default)]
    pub message_action: Option<String>,
    /// What they are written to by.
    #[serde(default, deserialize_with = "or_default")]
    pub desired_delivery_mediums: Vec<String>,
    /// Whether verified addresses become theirs though others have them.
    #[serde(default, deserialize_with = "or_default")]
    pub force_alias_creation: bool,
}

/// Asks for a user whom a name names that nobody has: by the password that was given with it, or for one who forgot theirs.
/// `None` where the pool has no such function.
///
/// # Errors
/// [`TriggerRefused`]: a function that knows no such user, or another password, refuses.
pub async fn ask(
    app: &App,
    through: impl Into<Through<'_>>,
    name: &str,
    password: Option<&Secret>,
) -> Result<Option<Known>, TriggerRefused> {
    let source = if password.is_some() { "UserMigration_Authentication" } else { "UserMigration_ForgotPassword" };
    // The function judges the password: there is nobody else who can.
    let password = password.map_or(Value::Null, |password| Value::from(password.expose_secret()));
    let event = Event {
        trigger: Trigger::UserMigration,
        source,
        version: "1",
        username: name,
        request: request([("password", password)]),
        response: json!({
            "userAttributes": null, "finalUserStatus": null, "messageAction": null, "desiredDeliveryMediums": null,
            "forceAliasCreation": null, "enableSMSMFA": null,
        }),
    };
    call(app, through.into(), event).await
}
