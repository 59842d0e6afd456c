//! `/consent`: a user agrees to what a client gets, where the client has them asked (`prompt=consent`).

use actix_web::HttpResponse;

use super::step::{Ask, Step};
use super::view::Consent;
use super::visit::Visit;
use super::{device, give};
use crate::crypto::digest::{hex, sha256};
use crate::flows::browser::SignedIn;
use crate::userpools::authorization::ResponseType;
use crate::userpools::scopes::Scopes;

/// Sends a browser to the page. SECURITY: whoever has just proven who they are is held to it: by `prompt=login` beside it they are
/// not asked twice, and nobody else in the same browser agrees in their place.
pub fn ask(visit: &Visit<'_>, signed_in: &SignedIn) -> HttpResponse {
    let step =
        Step::new(visit.app(), &signed_in.user.username, Ask::Consent { user_id: signed_in.user.id.clone(), request: fingerprint(visit) });
    visit.go_on(&step)
}

/// `GET /{pool}/consent`
pub async fn show(visit: &Visit<'_>) -> HttpResponse {
    match asked(visit) {
        Some(signed_in) => shown(visit, signed_in).await,
        None => visit.go("login"),
    }
}

/// Which request it is about.
fn fingerprint(visit: &Visit<'_>) -> String {
    hex(&sha256(&[visit.query().as_bytes()]))
}

/// Whom the page asks: who is signed in, if it is still who was sent here.
fn asked<'v>(visit: &'v Visit<'_>) -> Option<&'v SignedIn> {
    match visit.step()?.ask {
        // SECURITY: what was proven for one request serves no other, which may ask for a newer proof.
        Ask::Consent { user_id, request } if request == fingerprint(visit) => {
            visit.session().filter(|signed_in| signed_in.user.id == user_id)
        }
        _ => None,
    }
}

/// `POST /{pool}/consent`: `allow` or `deny`.
pub async fn take(visit: &Visit<'_>) -> HttpResponse {
    let Some(signed_in) = asked(visit) else { return visit.go("login") };
    let answer = match visit.form.get("choice") {
        Some("allow") => give::agreed(visit, signed_in).await,
        _ if visit.asked.authorization.response_type == ResponseType::Device => device::answer(visit, None).await,
        _ => {
            let asked = &visit.asked;
            give::error(&visit.site, &asked.app_client, &asked.to, "access_denied", "the user does not agree")
        }
    };
    visit.without_step(answer)
}

async fn shown(visit: &Visit<'_>, signed_in: &SignedIn) -> HttpResponse {
    let (asked, words) = (&visit.asked, visit.words());
    let told = |scope: &str| (scope.to_owned(), words.scopes.of(scope).unwrap_or(scope).to_owned());
    let page = Consent {
        frame: visit.frame().await,
        form: visit.form_to("consent"),
        notice: visit.notice(),
        username: signed_in.user.username.clone(),
        client_name: asked.app_client.client.name.clone(),
        client_host: None,
        redirect_host: host_of(&asked.to.redirect_uri),
        scopes: Scopes::granted(Some(&asked.authorization.scope)).listed().into_iter().map(told).collect(),
        client_logo_url: None,
        links: Vec::new(),
    };
    visit.page(&page)
}

/// Where a browser is sent: a host, or the scheme of an app.
fn host_of(redirect_uri: &str) -> String {
    let (scheme, rest) = redirect_uri.split_once("://").unwrap_or((redirect_uri, ""));
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.is_empty() || !matches!(scheme.as_str(), "https" | "http") { scheme } else { host.to_owned() }
}
