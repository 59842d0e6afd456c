//! AdminUpdateAuthEventFeedback: an administrator says whether an event was the user's.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::auth_events::{self, Verdict};
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    event_id: String,
    feedback_value: FeedbackValue,
}

/// FeedbackValueType.
#[derive(Clone, Copy, Deserialize)]
pub enum FeedbackValue {
    /// It was the user.
    Valid,
    /// It was not.
    Invalid,
}

impl From<FeedbackValue> for Verdict {
    fn from(value: FeedbackValue) -> Self {
        match value {
            FeedbackValue::Valid => Self::Valid,
            FeedbackValue::Invalid => Self::Invalid,
        }
    }
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

/// What is said later replaces what was said before.
pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    auth_events::say(cx, &pool, &request.username, &request.event_id, request.feedback_value.into()).await?;
    Ok(Response {})
}
