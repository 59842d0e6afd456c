//! Messages of pools that have a function for them: handed to it in place of being delivered.
//!
//! Source: Amazon Cognito developer guide, "Custom email sender Lambda trigger" and "Custom SMS sender Lambda trigger".

use serde_json::{Map, Value, json};

use crate::context::App;
use crate::crypto::ids;
use crate::kit::id::UserPoolId;
use crate::store::{Conn, StoreError, sender_events, user_pools, users};
use crate::userpools::message::{Message, SenderEvent};
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// What the function of a message's pool is called with; `None` where the pool has none for it.
///
/// # Errors
/// [`StoreError`].
pub async fn event_of(tx: &mut Conn, message: &Message) -> Result<Option<SenderEvent>, StoreError> {
    let Some(pool) = user_pools::find(tx, &message.user_pool_id).await? else { return Ok(None) };
    let functions = &pool.configuration.lambda_config;
    let sender = if message.channel == "email" { &functions.custom_email_sender } else { &functions.custom_sms_sender };
    let (Some(sender), Some(key_id)) = (sender, &functions.kms_key_id) else { return Ok(None) };
    let user = users::find(tx, &pool, &message.username).await?;
    Ok(Some(SenderEvent {
        function: sender.lambda_arn.clone(),
        key_id: key_id.clone(),
        event: event(&pool, message, user.as_ref()),
        code: message.code.clone(),
    }))
}

/// Puts an event where the function gets it from, in the transaction that causes the message.
///
/// # Errors
/// [`StoreError`].
pub async fn queue(app: &App, tx: &mut Conn, pool_id: &UserPoolId, event: &SenderEvent) -> Result<(), StoreError> {
    let id = ids::uuid(&mut app.rng());
    let sealed = app.keys.at_rest.seal(&["sender_events", pool_id.as_str(), &id], event, &mut app.rng())?;
    sender_events::insert(tx, pool_id, &id, &sealed, app.now()).await
}

fn event(pool: &Pool, message: &Message, user: Option<&User>) -> Value {
    let (kind, form) = match message.channel.as_str() {
        "email" => ("CustomEmailSender", "customEmailSenderRequestV1"),
        _ => ("CustomSMSSender", "customSMSSenderRequestV1"),
    };
    let mut attributes: Map<String, Value> =
        user.iter().flat_map(|user| &user.attributes).map(|(name, value)| (name.clone(), json!(value))).collect();
    if let Some(user) = user {
        attributes.insert("sub".to_owned(), json!(user.id));
        attributes.insert("cognito:user_status".to_owned(), json!(user.status.as_str()));
    }
    attributes.extend(message.own.told.iter().map(|(name, value)| (name.clone(), json!(value))));
    json!({
        "version": "1",
        "triggerSource": message.trigger_source.replacen("CustomMessage", kind, 1),
        "region": pool.region,
        "userPoolId": pool.id,
        "userName": message.username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "CLIENT_ID_NOT_APPLICABLE"},
        "request": {"type": form, "code": null, "userAttributes": attributes},
        "response": {},
    })
}
