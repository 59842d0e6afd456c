//! Signing in with an access key, proving again who one is, and signing out.

use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::fields::Fields;
use super::frame::Frame;
use super::gate;
use super::login;
use super::reply::{self, Reply, see_other};
use super::session::{self, Proof, Session, prove};
use super::visit::Visit;
use crate::audit::{Details, Event, Outcome};
use crate::budgets::Guess;
use crate::config::Mode;
use crate::context::App;
use crate::crypto::ids;
use crate::iam::caller::Caller;
use crate::iam::origin::Origin;
use crate::kit::id::AccessKeyId;
use crate::kit::secret::Secret;
use crate::pages;
use crate::store::StoreError;

/// The cookie of a browser whose person has signed out in `dev`: it is not signed in again by itself.
pub const LEFT: &str = "passwright-left";

const WRONG: &str = "The access key or its secret is wrong, or the key is not active.";

/// Where to go on to.
#[derive(Deserialize)]
pub struct Asked {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "console/sign_in.html")]
pub struct SignInPage {
    theme: String,
    is_dev: bool,
    to: String,
    /// What was typed; never a secret.
    typed: Typed,
    error: &'static str,
}

/// What was typed to sign in.
#[derive(Default)]
pub struct Typed {
    /// The account; the deployment's own where none was.
    pub account: String,
    /// The user's name.
    pub user_name: String,
    /// The key's id.
    pub access_key_id: String,
    /// Whether it was the form for a key.
    pub by_key: bool,
}

impl SignInPage {
    /// For somebody who has typed nothing yet.
    pub fn of(app: &App, request: &HttpRequest, to: String) -> Self {
        let typed = Typed { account: app.first_account_id.to_string(), ..Typed::default() };
        Self { theme: super::theme::chosen(request), is_dev: app.mode == Mode::Dev, to, typed, error: "" }
    }

    /// For somebody whose sign-in was refused.
    pub fn again(app: &App, request: &HttpRequest, to: String, typed: Typed, error: &'static str) -> Self {
        let page = Self::of(app, request, to);
        let account = if typed.account.is_empty() { page.typed.account } else { typed.account };
        Self { typed: Typed { account, ..typed }, error, ..page }
    }

    /// The address of a file.
    #[expect(clippy::unused_self, reason = "templates know the page only")]
    fn asset(&self, name: &str) -> String {
        pages::assets::url(name)
    }
}

/// `GET /console/sign-in`
pub async fn show(app: Data<App>, request: HttpRequest, asked: Query<Asked>) -> HttpResponse {
    if let Err(refused) = gate::admit(&app, &request) {
        return *refused;
    }
    let to = way_back(asked.to.as_deref().unwrap_or_default());
    pages::html(&SignInPage::of(&app, &request, to))
}

/// `POST /console/sign-in`: a new session, whatever cookie there was before.
pub async fn sign_in(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let app = app.into_inner();
    let origin = match gate::admit(&app, &request) {
        Ok(origin) => origin,
        Err(refused) => return *refused,
    };
    let fields = Fields::parse(&body);
    let to = way_back(&fields.text("to"));
    if fields.has("root") && app.mode == Mode::Dev {
        let mut response = see_other(&to);
        let _ = response.add_removal_cookie(&left(origin.secure));
        return response;
    }
    if fields.has("user_name") {
        return login::by_password(&app, &request, &origin, &fields, to).await;
    }
    let access_key_id = AccessKeyId::from(fields.text("access_key_id").trim());
    let secret = Secret::from(fields.text("secret_access_key").trim().to_owned());
    let proving = async { prove(&app, &access_key_id, &secret).await.map_err(Some)?.ok_or(None) };
    let caller = match guess(&app, &origin, proving, |_| true).await {
        Err(refused) => return refused,
        Ok(Ok(caller)) => caller,
        Ok(Err(None)) => {
            tracing::info!(target: "audit", action = "passwright:ConsoleSignIn", access_key_id = %access_key_id.as_str().escape_debug(), outcome = "refused");
            let typed = Typed { access_key_id: access_key_id.to_string(), by_key: true, ..Typed::default() };
            let page = SignInPage::again(&app, &request, to, typed, WRONG);
            return pages::html_with(StatusCode::FORBIDDEN, &page);
        }
        Ok(Err(Some(error))) => return gate::failed(&error),
    };
    enter(&app, &request, &origin, caller, Proof::Key(access_key_id), &to).await.unwrap_or_else(|error| gate::failed(&error))
}

/// Takes a step that somebody may be guessing by, as [`Budgets::guess`](crate::budgets::Budgets::guess) counts them; what to answer
/// where nothing is left to the address.
pub async fn guess<T, E>(
    app: &App,
    origin: &Origin,
    step: impl Future<Output = Result<T, E>>,
    is_guess: impl FnOnce(&E) -> bool,
) -> Result<Result<T, E>, HttpResponse> {
    let judge = async |refused: &E| if is_guess(refused) { Guess::Somewhere } else { Guess::No };
    let message = "Too many sign-ins from here were refused. Wait some minutes and try again.";
    let refused = || gate::ClosedPage::answer(StatusCode::TOO_MANY_REQUESTS, "Too many tries", message);
    app.budgets.guess(origin.source_ip, app.now(), step, judge).await.ok_or_else(refused)
}

/// A new session, whatever cookie there was before.
pub async fn enter(
    app: &Arc<App>,
    request: &HttpRequest,
    origin: &Origin,
    caller: Caller,
    proof: Proof,
    to: &str,
) -> Result<HttpResponse, StoreError> {
    note(app, &caller, "passwright:ConsoleSignIn", origin);
    let Some(session) = Session::begin(app, caller, proof).await? else {
        let message = "Sign in as a user, or as the root.";
        return Ok(gate::ClosedPage::answer(StatusCode::FORBIDDEN, "This key cannot sign in", message));
    };
    // What the browser held before serves nobody any more.
    if let Ok(Some(earlier)) = Session::of(app, request, origin.secure).await {
        earlier.end(app).await?;
    }
    let mut response = see_other(to);
    let _ = response.add_cookie(&session.cookie(origin.secure));
    Ok(response)
}

/// Signing in and out are events like any other.
fn note(app: &App, caller: &Caller, action: &str, origin: &Origin) {
    let principal = caller.principal().to_string();
    let source_ip = origin.source_ip.map(|address| address.to_string());
    app.journal.record(Event {
        at: app.now(),
        account_id: caller.account_id().unwrap_or(&app.first_account_id).clone(),
        request_id: ids::uuid(&mut app.rng()),
        principal,
        action: action.to_owned(),
        outcome: Outcome::Done,
        details: Details { source_ip, ..Details::default() },
    });
}

#[derive(Template)]
#[template(path = "console/reauthenticate.html")]
struct AskAgainPage {
    frame: Frame,
    to: String,
    access_key_id: String,
    by_password: bool,
    error: &'static str,
}

fn ask_again_page(visit: &Visit, to: &str, error: &'static str) -> AskAgainPage {
    let access_key_id = visit.session.access_key_id().map(ToString::to_string).unwrap_or_default();
    AskAgainPage {
        frame: visit.frame("Prove that it is you"),
        to: way_back(to),
        access_key_id,
        by_password: visit.session.is_by_password(),
        error,
    }
}

/// `GET /console/reauthenticate`
pub async fn ask_again(visit: &Visit) -> reply::Outcome {
    Ok(Reply::page(&ask_again_page(visit, &visit.query().text("to"), "")))
}

/// `POST /console/reauthenticate`: a new session takes the old one's place.
pub async fn authenticate_again(visit: &Visit, fields: &Fields) -> reply::Outcome {
    let to = fields.text("to");
    let typed = fields.text("secret_access_key");
    let secret = Secret::from(if visit.session.is_by_password() { typed } else { typed.trim().to_owned() });
    let renewing = async { session::renew(&visit.app, &visit.session, &secret).await.map_err(Some)?.ok_or(None) };
    let judge = async |_: &Option<StoreError>| Guess::Somewhere;
    let renewed = match visit.app.budgets.guess(visit.origin.source_ip, visit.now(), renewing, judge).await {
        None => return Ok(Reply::page(&ask_again_page(visit, &to, "Too many tries. Wait some minutes and try again."))),
        Some(Ok(renewed)) => renewed,
        Some(Err(Some(error))) => return Err(error.into()),
        Some(Err(None)) => {
            let wrong = if visit.session.is_by_password() { "This is not your password." } else { "This is not the key's secret." };
            return Ok(Reply::page(&ask_again_page(visit, &to, wrong)));
        }
    };
    let mut response = see_other(&way_back(&to));
    let _ = response.add_cookie(&renewed.cookie(visit.origin.secure));
    Ok(Reply::Page(response))
}

/// `POST /console/sign-out`
pub async fn sign_out(visit: &Visit, _: &Fields) -> reply::Outcome {
    visit.session.end(&visit.app).await?;
    note(&visit.app, visit.caller(), "passwright:ConsoleSignOut", &visit.origin);
    Ok(Reply::Page(gone(visit)))
}

/// `POST /console/sign-out-everywhere`
pub async fn sign_out_everywhere(visit: &Visit, _: &Fields) -> reply::Outcome {
    visit.session.end_all(&visit.app).await?;
    note(&visit.app, visit.caller(), "passwright:ConsoleSignOut", &visit.origin);
    Ok(Reply::Page(gone(visit)))
}

fn gone(visit: &Visit) -> HttpResponse {
    let secure = visit.origin.secure;
    let mut response = see_other("/sign-in");
    gate::forget(&mut response, secure);
    if visit.app.mode == Mode::Dev {
        let _ = response.add_cookie(&left(secure));
    }
    response
}

fn left(secure: bool) -> Cookie<'static> {
    Cookie::build(LEFT, "1").path(super::ROOT).http_only(true).same_site(SameSite::Strict).secure(secure).finish()
}

/// SECURITY: a path of the console, and nothing that a browser could take for another place: `//evil.example`, `/\evil`.
pub fn way_back(wanted: &str) -> String {
    let is_path = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains(['\\', '#']);
    let is_plain = wanted.bytes().all(|byte| byte.is_ascii_graphic());
    if is_path && is_plain && wanted.len() < 2_000 && !wanted.starts_with("/sign-in") { wanted.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_in_the_console() {
        assert_eq!(way_back("/users?q=a%20b"), "/users?q=a%20b");
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nb", "/sign-in", ""] {
            assert_eq!(way_back(elsewhere), "", "{elsewhere:?}");
        }
    }
}
