//! Light, dark, or as the system has it: a choice of the browser's, which it keeps itself.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::{Fields, Outcome, Reply, Visit};
use crate::console::reply::see_other;

const COOKIE: &str = "passwright-theme";

/// `POST /console/theme`: chooses, and shows the page again where it was chosen.
pub async fn choose(visit: &Visit, fields: &Fields) -> Outcome {
    let wanted = fields.text("theme");
    let wanted = if wanted == "light" || wanted == "dark" { wanted } else { String::new() };
    let path = super::sign_in::way_back(&fields.text("to"));
    let mut response = see_other(&path);
    let secure = visit.origin.secure;
    let mut cookie = Cookie::build(COOKIE, wanted)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .max_age(Duration::days(365))
        .finish();
    if cookie.value().is_empty() {
        cookie.make_removal();
    }
    // A header that cannot be written is a choice that is not kept.
    let _ = response.add_cookie(&cookie);
    Ok(Reply::Page(response))
}

/// What was chosen: `light`, `dark` or nothing.
pub fn chosen(request: &HttpRequest) -> String {
    let chosen = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    if chosen == "light" || chosen == "dark" { chosen } else { String::new() }
}
