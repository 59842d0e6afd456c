//! What `dev` adds: the outbox, and a reset. `serve` has neither.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::{Data, Query};
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::context::App;
use crate::delivery;
use crate::kit::causes::Causes;
use crate::kit::id::UserPoolId;
use crate::store::deployment;
use crate::userpools::message::Message;
use crate::{authz, console, pages};

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

/// SECURITY: what stands here is for whoever sits at this machine, and not for the pages that their browser shows.
///
/// # Errors
/// Those of what it wraps.
pub async fn not_for_public_sites(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if authz::by_a_public_site(&app, request.request()) {
        return Ok(request.into_response(HttpResponse::Forbidden().finish()).map_into_right_body());
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
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

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::json;

    use crate::testing::{Answer, TestApp};

    /// Lists pools by a key that nobody issued.
    async fn list_pools(app: &TestApp, host: &str, origin: Option<&str>) -> Answer {
        let day = "20270115";
        let signed = "content-type;host;x-amz-date;x-amz-target";
        let mut headers = vec![
            ("host", host.to_owned()),
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", "AWSCognitoIdentityProviderService.ListUserPools".to_owned()),
            ("x-amz-date", format!("{day}T080000Z")),
            (
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential=test/{day}/us-east-1/cognito-idp/aws4_request, SignedHeaders={signed}, Signature=0"),
            ),
        ];
        headers.extend(origin.map(|origin| ("origin", origin.to_owned())));
        let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        app.send(Method::POST, "/", &headers, json!({"MaxResults": 1}).to_string().into_bytes()).await
    }

    #[actix_web::test]
    async fn no_public_site_acts_as_root_through_a_developers_browser() {
        let app = TestApp::dev().await;
        app.pool().await;
        for (host, origin) in [("127.0.0.1:7277", None), ("127.0.0.1:7277", Some("http://localhost:3000"))] {
            list_pools(&app, host, origin).await.ok();
        }
        for (host, origin) in
            [("127.0.0.1:7277", Some("https://evil.example")), ("127.0.0.1:7277", Some("null")), ("rebound.evil.example", None)]
        {
            assert_eq!(list_pools(&app, host, origin).await.code(), "UnrecognizedClientException", "{host} {origin:?}");
            let mut headers = vec![("host".to_owned(), host.to_owned())];
            headers.extend(origin.map(|origin| ("origin".to_owned(), origin.to_owned())));
            assert_eq!(app.send(Method::GET, "/_dev/outbox", &headers, Vec::new()).await.status, 403);
            assert_eq!(app.send(Method::POST, "/_dev/reset", &headers, Vec::new()).await.status, 403);
        }
        let pools = list_pools(&app, "localhost", None).await.ok();
        assert_eq!(pools["UserPools"].as_array().unwrap().len(), 1, "nothing was reset");
    }
}
