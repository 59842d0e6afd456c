//! AdminListUserSessions.

use std::sync::Arc;

use serde::Deserialize;

use super::answers::find_user;
use super::errors::Error;
use super::pages::Asked;
use super::session_answer::Page;
use crate::context::Context;
use crate::flows::sessions;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    next_token: Option<String>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Page, Error> {
    // There is one page: a token of a next one is none of ours.
    Asked::of(request.next_token.as_deref(), None).after(cx, &["AdminListUserSessions"])?;
    let user = find_user(cx, &pool, &request.username).await?;
    Ok(Page::of(sessions::list(cx, &pool, &user.id).await?, None))
}
