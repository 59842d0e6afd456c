//! UpdateAuthEventFeedback: who has the feedback token of an event says whether it was the user's.

use serde::{Deserialize, Serialize};

use super::admin_update_auth_event_feedback::FeedbackValue;
use super::errors::Error;
use crate::context::Context;
use crate::flows::auth_events;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    event_id: String,
    feedback_token: String,
    feedback_value: FeedbackValue,
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let Request { user_pool_id, username, event_id, feedback_token, feedback_value } = request;
    let pool = cx.pool(&user_pool_id).await?.ok_or_else(|| NoSuchPool(user_pool_id.clone()))?;
    auth_events::say_by_token(cx, &pool, &username, &event_id, &feedback_token, feedback_value.into()).await?;
    Ok(Response {})
}
