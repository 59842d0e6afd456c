//! The answers that pages are, and the headers that keep them ours: nothing from elsewhere runs in them, shows them in a frame,
//! or reads them.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::guard::GuardContext;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// What is said of every page. Source: OWASP ASVS 5.0 V3.4; W3C CSP Level 3.
const HEADERS: [(&str, &str); 8] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    // Not `no-referrer`: by it a form of ours would be sent with `Origin: null` (Fetch §3.1), and could not be told from others.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cache-Control", "no-store"),
];

/// The paths of pages, which are for people who came to this very origin.
const PAGES: [&str; 3] = ["/console", "/docs", "/assets"];

/// A page, as it is answered.
#[must_use]
pub fn html(page: &impl Template) -> HttpResponse {
    html_with(StatusCode::OK, page)
}

/// A page, with another status than 200.
#[must_use]
pub fn html_with(status: StatusCode, page: &impl Template) -> HttpResponse {
    let (status, text) = match page.render() {
        Ok(text) => (status, text),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown.".to_owned())
        }
    };
    let mut response = HttpResponse::build(status);
    for header in HEADERS {
        response.insert_header(header);
    }
    response.content_type("text/html; charset=utf-8").body(text)
}

/// What is said of the pages that people sign in at. Forms are not held to this origin: browsers hold to that what a form's answer
/// leads to as well (Chromium does), which is the client's callback and wherever that leads.
const OF_HOSTED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'";

/// A page that people sign in at.
#[must_use]
pub fn hosted(status: StatusCode, page: &impl Template) -> HttpResponse {
    let mut response = html_with(status, page);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(OF_HOSTED));
    response
}

/// An answer without a page, which is nobody else's either.
#[must_use]
pub fn bare(status: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    for header in HEADERS {
        response.insert_header(header);
    }
    response.finish()
}

/// What is said of HTML that others wrote, in place of what is said of pages: it is seen in a frame of a page of ours, and runs
/// and fetches nothing.
const OF_OTHERS: [(&str, &str); 2] = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"),
    ("X-Frame-Options", "SAMEORIGIN"),
];

/// What is said of a page that is shown for its looks: in a frame of a page of ours, with a style that stands in it; it sends
/// nothing.
const OF_SAMPLES: [(&str, &str); 2] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self' data:; img-src 'self' data:; form-action 'none'; frame-ancestors 'self'; base-uri 'none'",
    ),
    ("x-frame-options", "SAMEORIGIN"),
];

/// A page for its looks, for a frame of a page of ours.
#[must_use]
pub fn sample(page: &impl Template) -> HttpResponse {
    let mut response = html(page);
    for (name, value) in OF_SAMPLES {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// HTML that others wrote, for a frame of a page of ours.
#[must_use]
pub fn html_of_others(html: String) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for header in HEADERS.into_iter().chain(OF_OTHERS) {
        response.insert_header(header);
    }
    response.content_type("text/html; charset=utf-8").body(html)
}

/// Nothing is there.
pub(super) fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("Not found.\n")
}

/// Whether a request is a browser's that wants a page.
#[must_use]
pub fn is_for_a_browser(context: &GuardContext<'_>) -> bool {
    let accept = context.head().headers.get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| kind.trim().split(';').next() == Some("text/html"))
}

/// SECURITY: operations are called from any origin, for each call proves itself; a page is shown to whoever has a cookie, or in
/// `dev` to whoever sits at this machine. So no other origin may read one, whatever the rules say that stand around every route.
///
/// # Errors
/// Those of what it wraps.
pub async fn own_origin_only(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_page = is_page(request.request());
    let mut response = next.call(request).await?;
    // The pages of pools are below the ids of these.
    let is_html = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || is_html {
        close(response.headers_mut());
    }
    Ok(response)
}

fn is_page(request: &HttpRequest) -> bool {
    let path = request.path();
    PAGES.iter().any(|page| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn close(headers: &mut HeaderMap) {
    for header in [ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_EXPOSE_HEADERS] {
        headers.remove(header);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn pages_are_known_by_whole_segments() {
        for (path, page) in [("/console", true), ("/console/users", true), ("/docs/", true), ("/console2", false), ("/", false)] {
            assert_eq!(is_page(&TestRequest::with_uri(path).to_http_request()), page, "{path}");
        }
    }
}
