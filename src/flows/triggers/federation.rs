//! InboundFederation: the function maps what a provider tells of a user.
//!
//! Source: Amazon Cognito developer guide, "Inbound federation Lambda trigger".

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Event, Through, TriggerRefused, call, or_default, request};
use crate::context::App;
use crate::userpools::identity_provider::IdentityProvider;
use crate::userpools::lambda_config::Trigger;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mapped {
    #[serde(default, deserialize_with = "or_default")]
    user_attributes_to_map: Map<String, Value>,
}

/// What is taken of a provider's claims: what the function answers, and all of them where it answers nothing or the pool has none.
///
/// # Errors
/// [`TriggerRefused`].
pub async fn map(
    app: &App,
    through: impl Into<Through<'_>>,
    provider: &IdentityProvider,
    raw: Value,
    claims: Map<String, Value>,
) -> Result<Map<String, Value>, TriggerRefused> {
    let username = provider.subject(&claims).map(|subject| provider.username_of(&subject)).unwrap_or_default();
    let event = Event {
        trigger: Trigger::InboundFederation,
        source: "InboundFederation_ExternalProvider",
        version: "1",
        username: &username,
        request: request([
            ("providerName", Value::from(provider.name.as_str())),
            ("providerType", Value::from(provider.kind.as_str())),
            ("attributes", raw),
        ]),
        response: json!({"userAttributesToMap": {}}),
    };
    let mapped = call::<Mapped>(app, through.into(), event).await?.map(|answer| answer.user_attributes_to_map);
    Ok(mapped.filter(|mapped| !mapped.is_empty()).unwrap_or(claims))
}
