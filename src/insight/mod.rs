//! What an operator wants to know of a deployment: what happened, how much goes on, what it runs with. Read by programs at our
//! own endpoints and by the console, judged alike: each needs an action of its own.

pub mod activity;
pub mod deployment;
pub mod events;
pub mod imports;
pub mod keys;

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::context::App;
use crate::decisions::door::{Asker, Failure, OWN_SERVICE, request_id, respond};
use crate::iam::arn::Arn;
use crate::kit::id::UserPoolId;
use crate::kit::nul;

/// A pool of the asker's account, whom a policy allows an action on it.
///
/// # Errors
/// [`Failure`].
async fn pool_for(app: &App, asker: &Asker, action: &str, user_pool_id: &str) -> Result<UserPoolId, Failure> {
    if nul::in_text(user_pool_id) {
        return Err(Failure::BadRequest("a parameter has a NUL".to_owned()));
    }
    let pool_id = UserPoolId::from(user_pool_id);
    let pool = app.pool(&pool_id).await?;
    let own = pool.filter(|pool| asker.caller.account_id() == Some(&pool.account_id));
    let region = own.as_ref().map_or(asker.region.as_str(), |pool| pool.region.as_str());
    let account_id = asker.caller.account_id().unwrap_or(&app.first_account_id);
    // What is not there is judged where it would be: whether it exists is for those to know who may ask about it.
    asker.permit(app, action, Arn::user_pool(region, account_id, &pool_id).as_str()).await?;
    if own.is_none() {
        return Err(Failure::BadRequest(format!("User pool {pool_id} does not exist.")));
    }
    Ok(pool_id)
}

/// Answers a program: whoever signed its request asks.
async fn answer(app: &App, request: &HttpRequest, ask: impl AsyncFnOnce(&Asker) -> Result<Value, Failure>) -> HttpResponse {
    let answered = async { ask(&Asker::of(app, request, &Bytes::new(), &OWN_SERVICE).await?).await };
    let mut response = respond(request, request_id(app, request), answered.await);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
