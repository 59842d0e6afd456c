//! What an operator wants to know of a deployment: what happened, how much goes on, what it runs with. Read by programs at our
//! own endpoints and by the console, judged alike: each needs an action of its own.

pub mod activity;
pub mod deployment;
pub mod events;

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::context::App;
use crate::decisions::door::{Asker, Failure, OWN_SERVICE, request_id, respond};

/// Answers a program: whoever signed its request asks.
async fn answer(app: &App, request: &HttpRequest, ask: impl AsyncFnOnce(&Asker) -> Result<Value, Failure>) -> HttpResponse {
    let answered = async { ask(&Asker::of(app, request, &Bytes::new(), &OWN_SERVICE).await?).await };
    let mut response = respond(request, request_id(app, request), answered.await);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
