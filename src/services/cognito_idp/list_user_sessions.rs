//! ListUserSessions: where a signed-in user is signed in, through any client of the pool.

use serde::Deserialize;

use super::errors::Error;
use super::pages::Asked;
use super::session_answer::Page;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::sessions;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    next_token: Option<String>,
}

carries_access_token!(Request);

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Page, Error> {
    // There is one page: a token of a next one is none of ours.
    Asked::of(request.next_token.as_deref(), None).after(cx, &["ListUserSessions"])?;
    let sessions = sessions::list(cx, &holder.pool, &holder.user.id).await?;
    Ok(Page::of(sessions, Some(&holder.claims.origin_jti)))
}
