//! What `dev` adds: the outbox, and a reset. `serve` has neither.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::context::App;
use crate::delivery;
use crate::kit::causes::Causes;
use crate::kit::id::UserPoolId;
use crate::store::deployment;
use crate::userpools::message::Message;
use crate::{console, pages};

/// No more messages than this are listed.
const LISTED: i64 = 200;

/// Which messages are asked for.
#[derive(Deserialize)]
pub struct Wanted {
    /// To this address.
    to: Option<String>,
    /// Of this pool.
    pool: Option<String>,
}

/// A message as the outbox lists it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    message: Message,
    sent_at: String,
}

/// The outbox for people.
#[derive(Template)]
#[template(path = "dev/outbox.html")]
struct OutboxPage {
    messages: Vec<Listed>,
    theme: String,
    /// To whom, where only theirs are shown.
    to: String,
    /// The page's address.
    here: String,
}

impl OutboxPage {
    /// The address of a file.
    #[expect(clippy::unused_self, reason = "templates know the page only")]
    fn asset(&self, name: &str) -> String {
        pages::assets::url(name)
    }
}

/// `GET /_dev/outbox`: JSON, or HTML for a browser.
pub async fn outbox(app: Data<App>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    if wanted.pool.as_deref().unwrap_or_default().contains('\0') {
        return HttpResponse::BadRequest().finish();
    }
    let messages = match delivery::newest(&app, wanted.pool.as_deref().map(UserPoolId::from).as_ref(), LISTED).await {
        Ok(messages) => messages,
        Err(error) => {
            tracing::error!(error = %Causes(&error), "the outbox could not be read");
            return HttpResponse::InternalServerError().finish();
        }
    };
    let is_wanted = |message: &Message| wanted.to.as_ref().is_none_or(|to| *to == message.to);
    let listed = messages.into_iter().filter(|(message, _)| is_wanted(message));
    let messages: Vec<Listed> = listed.map(|(message, sent_at)| Listed { message, sent_at: sent_at.to_rfc3339() }).collect();
    let accept = request.headers().get("accept").and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return HttpResponse::Ok().json(messages);
    }
    let here = request.uri().path_and_query().map_or("/_dev/outbox", |address| address.as_str()).to_owned();
    let page = OutboxPage { messages, theme: console::theme_of(&request), to: wanted.to.clone().unwrap_or_default(), here };
    pages::html(&page)
}

/// `POST /_dev/reset`: empties everything.
pub async fn reset(app: Data<App>) -> HttpResponse {
    let emptied = app.write(async |tx| deployment::empty(tx).await).await;
    match emptied {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => {
            tracing::error!(error = %Causes(&error), "reset failed");
            HttpResponse::InternalServerError().finish()
        }
    }
}
