//! What stands before every page: where it may be asked from, who is signed in, and that a form is one of ours.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{HeaderName, ORIGIN};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::fields::Fields;
use super::reply::{Reply, Shown, see_other};
use super::row::Row;
use super::session::{self, Proof, Session};
use super::visit::{Visit, segment};
use crate::authz;
use crate::config::Mode;
use crate::context::App;
use crate::iam::caller::Caller;
use crate::iam::origin::Origin;
use crate::kit::causes::Causes;
use crate::kit::secret::constant_time_equals;
use crate::pages;
use crate::store::StoreError;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What has just happened, for the next page to say.
const NOTICE: &str = "passwright-notice";

/// A page for somebody who is not signed in, or cannot be.
#[derive(Template)]
#[template(path = "console/closed.html")]
pub struct ClosedPage {
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
}

impl ClosedPage {
    /// The page, as it is answered.
    pub fn answer(status: StatusCode, title: &'static str, message: impl Into<String>) -> HttpResponse {
        pages::html_with(status, &Self { title, message: message.into() })
    }

    /// The address of a file.
    #[expect(clippy::unused_self, reason = "templates know the page only")]
    fn asset(&self, name: &str) -> String {
        pages::assets::url(name)
    }
}

/// Answers a row of the table.
pub async fn run(row: Rc<Row>, app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let app = app.into_inner();
    let origin = match admit(&app, &request) {
        Ok(origin) => origin,
        Err(refused) => return *refused,
    };
    let secure = origin.secure;
    let (session, is_new) = match find_or_begin(&app, &request, &origin).await {
        Ok(Some(found)) => found,
        Ok(None) => return sign_in_first(&request),
        Err(error) => return failed(&error),
    };
    let cookie = is_new.then(|| session.cookie(secure));
    let notice = take_notice(&app, &request);
    let was_told = request.cookie(NOTICE).is_some() && request.method() == Method::GET;
    let visit = Visit::new(Arc::clone(&app), request, session, origin, notice);
    let mut response = answer(&row, &visit, &body).await;
    if let Some(cookie) = cookie {
        let _ = response.add_cookie(&cookie);
    }
    if was_told {
        let _ = response.add_removal_cookie(&notice_cookie(secure, String::new()));
    }
    response
}

async fn answer(row: &Row, visit: &Visit, body: &Bytes) -> HttpResponse {
    let fields = if row.method == Method::POST { Fields::parse(body) } else { Fields::default() };
    // SECURITY: a form that another site has a browser send carries no token of this session.
    if row.method == Method::POST && !visit.session.is_own_form(&visit.app, &fields.text("form_token")) {
        let message = "The form was not one of this session's. Go back, load the page again, and send it once more. Nothing was done.";
        return ClosedPage::answer(StatusCode::FORBIDDEN, "The form is out of date", message);
    }
    if row.is_grave && !visit.session.is_recent(visit.now()) {
        return see_other(&format!("/reauthenticate?to={}", segment(way_back_from(row, visit.path()))));
    }
    match row.run(visit, &fields).await {
        Ok(Reply::Page(response)) => response,
        Ok(Reply::Done { path, notice }) => {
            let mut response = see_other(&path);
            if !notice.is_empty() {
                let _ = response.add_cookie(&notice_cookie(visit.origin.secure, sealed_notice(&visit.app, &notice)));
            }
            response
        }
        Err(shown) => shown.to_response(visit).await,
    }
}

/// Where somebody goes on who had to prove their secret first: to the page itself, or to the one that the form was on, whose
/// path is the form's without its last segment.
fn way_back_from<'a>(row: &Row, path: &'a str) -> &'a str {
    if row.method == Method::GET { path } else { path.rsplit_once('/').map_or(path, |(page, _)| page) }
}

/// `GET` of what no row has.
pub async fn not_found(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let row = Rc::new(super::row::page("", async |_: &Visit| Err(Shown::NotFound)));
    run(row, app, request, body).await
}

/// Whether the console may be asked for this way, and where from.
///
/// SECURITY: over TLS, or from this machine to this machine by one of its own names; a name that an attacker's DNS gives to
/// 127.0.0.1 is none. And no request that another site has made changes anything: browsers say where it comes from.
pub fn admit(app: &App, request: &HttpRequest) -> Result<Origin, Box<HttpResponse>> {
    let origin = authz::origin(app, request);
    let host = authz::host(request).unwrap_or_default();
    let is_local = origin.source_ip.is_some_and(|address| address.is_loopback()) && is_own_name(&host);
    if !origin.secure && !is_local && !is_test_peer(request) {
        let message = "The console is shown over TLS, or on the server's own machine at a loopback address. Give the server a \
                       certificate (--tls-cert and --tls-key), or put a proxy with TLS in front and name it with --trusted-proxy.";
        return Err(Box::new(ClosedPage::answer(StatusCode::FORBIDDEN, "The console needs TLS", message)));
    }
    if request.method() != Method::GET && !is_same_origin(request, &host, origin.secure) {
        let message = "Another site sent this request. Nothing was done.";
        return Err(Box::new(ClosedPage::answer(StatusCode::FORBIDDEN, "This came from elsewhere", message)));
    }
    Ok(origin)
}

/// In-process tests have no connection, and so no peer.
#[cfg(test)]
fn is_test_peer(request: &HttpRequest) -> bool {
    request.peer_addr().is_none()
}

#[cfg(not(test))]
const fn is_test_peer(_: &HttpRequest) -> bool {
    false
}

/// Whether a host is one of this machine's own loopback names.
fn is_own_name(host: &str) -> bool {
    // A host has no user in it; what has one is nothing that a browser asks for.
    if host.contains('@') {
        return false;
    }
    let name = format!("http://{host}/").parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a request was made by a page of this origin: as the browser says (Fetch Metadata), or by its `Origin` (RFC 6454). One
/// that says neither is no browser's, and no browser's cookie is with it.
fn is_same_origin(request: &HttpRequest, host: &str, secure: bool) -> bool {
    let header = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or_default().to_owned());
    let fetched = header(FETCH_SITE).is_none_or(|site| site == "same-origin");
    let scheme = if secure { "https" } else { "http" };
    fetched && header(ORIGIN).is_none_or(|origin| origin == format!("{scheme}://{host}"))
}

/// Who is signed in, and whether that began just now.
async fn find_or_begin(app: &Arc<App>, request: &HttpRequest, origin: &Origin) -> Result<Option<(Session, bool)>, StoreError> {
    match Session::of(app, request, origin.secure).await? {
        Some(session) => Ok(Some((session, false))),
        None => Ok(begin_in_dev(app, request, origin).await?.map(|session| (session, true))),
    }
}

/// `dev` signs its root in: whoever sits at this machine may call every operation anyway. Only where a person opens a page.
async fn begin_in_dev(app: &Arc<App>, request: &HttpRequest, origin: &Origin) -> Result<Option<Session>, StoreError> {
    let is_document = request.headers().get(FETCH_DEST).is_none_or(|dest| dest == "document");
    let has_left = request.cookie(super::sign_in::LEFT).is_some();
    let is_local = origin.source_ip.is_none_or(|address| address.is_loopback());
    if app.mode != Mode::Dev || request.method() != Method::GET || !is_document || has_left || !is_local {
        return Ok(None);
    }
    let root = Caller::Root { account_id: app.first_account_id.clone(), sign_in: None };
    Session::begin(app, root, Proof::Dev).await
}

fn sign_in_first(request: &HttpRequest) -> HttpResponse {
    let path = request.path().strip_prefix(super::ROOT).unwrap_or_default();
    let back = if request.method() == Method::GET && !path.is_empty() {
        let query = request.query_string();
        let back = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        format!("?to={}", segment(&back))
    } else {
        String::new()
    };
    see_other(&format!("/sign-in{back}"))
}

/// Our own failure, logged.
pub fn failed(error: &StoreError) -> HttpResponse {
    tracing::error!(error = %Causes(error), "the console could not tell who is signed in");
    ClosedPage::answer(StatusCode::INTERNAL_SERVER_ERROR, "This did not work", "The fault is the server's, and is in its log.")
}

fn notice_cookie(secure: bool, value: String) -> Cookie<'static> {
    let cookie = Cookie::build(NOTICE, value).path(super::ROOT).http_only(true).same_site(SameSite::Strict);
    cookie.secure(secure).max_age(Duration::minutes(1)).finish()
}

/// A notice as its cookie holds it, so that only ours are ever shown.
fn sealed_notice(app: &App, notice: &str) -> String {
    format!("{}.{}", proof_of(app, notice), segment(notice))
}

fn take_notice(app: &App, request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(NOTICE)?;
    let (proof, text) = cookie.value().split_once('.')?;
    let notice = percent_encoding::percent_decode_str(text).decode_utf8().ok()?.into_owned();
    constant_time_equals(proof_of(app, &notice).as_bytes(), proof.as_bytes()).then_some(notice)
}

fn proof_of(app: &App, notice: &str) -> String {
    crate::crypto::digest::hex(&app.keys.travelling.keyed_hash(&["console notice", notice]))
}

/// Forgets a session's cookie, and the proofs with it.
pub fn forget(response: &mut HttpResponse, secure: bool) {
    let _ = response.add_cookie(&session::no_cookie(secure));
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_loopback_names_are_this_machines_own() {
        for (host, own) in [
            ("127.0.0.1:7277", true),
            ("localhost", true),
            ("[::1]:7277", true),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example:7277", false),
            ("evil.example@127.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_own_name(host), own, "{host}");
        }
    }

    #[test]
    fn a_request_of_another_site_is_told_by_what_browsers_say() {
        let told = |site: Option<&str>, origin: Option<&str>| {
            let mut request = TestRequest::default();
            for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                if let Some(value) = value {
                    request = request.insert_header((name, value));
                }
            }
            is_same_origin(&request.to_http_request(), "a.example", true)
        };
        assert!(told(Some("same-origin"), Some("https://a.example")) && told(None, None));
        for (site, origin) in [
            (Some("cross-site"), None),
            (Some("same-site"), Some("https://a.example")),
            (Some("none"), None),
            (None, Some("https://b.example")),
            (None, Some("http://a.example")),
            (None, Some("null")),
        ] {
            assert!(!told(site, origin), "{site:?} {origin:?}");
        }
    }
}
