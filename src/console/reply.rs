//! What a page's handler answers, and what becomes of what an operation refused.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;
use serde_json::Map;

use super::fields::Fields;
use super::frame::Frame;
use super::visit::Visit;
use crate::decisions::door::Failure;
use crate::pages;
use crate::store::StoreError;
use crate::wire::fault::WireError;

/// What a handler answers.
pub type Outcome = Result<Reply, Shown>;

/// An answer.
pub enum Reply {
    /// A page.
    Page(HttpResponse),
    /// A form has done its work: where to look at it, and what to say there.
    Done {
        /// The path, from the console's root on.
        path: String,
        /// What has happened; empty to say nothing.
        notice: String,
    },
}

impl Reply {
    /// A page.
    #[must_use]
    pub fn page(page: &impl Template) -> Self {
        Self::Page(pages::html(page))
    }

    /// The form that somebody has filled in, shown again with what was refused: the status says that nothing was done.
    #[must_use]
    pub fn again(page: &impl Template, refused: &WireError) -> Self {
        Self::Page(pages::html_with(status(refused), page))
    }

    /// A form has done its work.
    #[must_use]
    pub fn done(path: impl Into<String>, notice: impl Into<String>) -> Self {
        Self::Done { path: path.into(), notice: notice.into() }
    }
}

/// Why there is no answer of the handler's own: a page says so.
#[derive(Debug)]
pub enum Shown {
    /// An operation refused.
    Refused(WireError),
    /// There is no such thing.
    NotFound,
    /// Our own failure, logged where it happened.
    Failed,
}

impl From<WireError> for Shown {
    fn from(error: WireError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Shown {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %crate::kit::causes::Causes(&error), "the console could not do its work");
        Self::Failed
    }
}

#[derive(Template)]
#[template(path = "console/refused.html")]
struct RefusedPage {
    frame: Frame,
    what: &'static str,
    code: String,
    message: String,
}

impl Shown {
    /// What an endpoint of our own refused, for a page to say in its midst.
    ///
    /// # Errors
    /// [`Shown::Failed`] for what is no refusal.
    pub fn told(failure: Failure) -> Result<String, Self> {
        let (status, message) = failure.status_and_message("");
        if status.is_server_error() { Err(Self::Failed) } else { Ok(message) }
    }

    /// The page that says so.
    pub(super) async fn to_response(&self, visit: &Visit) -> HttpResponse {
        let page = |what, code: &str, message: &str| RefusedPage {
            frame: visit.frame(what),
            what,
            code: code.to_owned(),
            message: message.to_owned(),
        };
        match self {
            Self::Refused(error) if is_denial(error) => {
                pages::html_with(StatusCode::FORBIDDEN, &page("You may not do this", &error.code, &error.message))
            }
            // What the JSON protocol says by 400 is, of a page, that there is none.
            Self::Refused(error) if visit.only_looks() && is_missing(error) => {
                pages::html_with(StatusCode::NOT_FOUND, &page("There is nothing here", &error.code, &error.message))
            }
            Self::Refused(error) => pages::html_with(status(error), &page("This was refused", &error.code, &error.message)),
            Self::NotFound => {
                pages::html_with(StatusCode::NOT_FOUND, &page("There is nothing here", "", "No page of the console has this address."))
            }
            Self::Failed => {
                let page = page("This did not work", "", "The fault is the server's, and is in its log.");
                pages::html_with(StatusCode::INTERNAL_SERVER_ERROR, &page)
            }
        }
    }
}

/// What is refused before any operation is called.
pub fn refused(message: impl Into<String>) -> WireError {
    WireError { code: String::new(), status: 400, message: message.into(), members: Map::new() }
}

/// What cannot be undone is done once its name has been typed.
///
/// # Errors
/// What to say, where another was.
pub fn confirmed(fields: &Fields, name: &str) -> Result<(), WireError> {
    if fields.text("confirm") == name { Ok(()) } else { Err(refused(format!("Nothing was done: what was typed is not `{name}`."))) }
}

/// The same, where nothing but the name was typed: back to the page that asked for it, unless it is the one.
pub fn mistyped(fields: &Fields, name: &str, at: String) -> Option<Reply> {
    (fields.text("confirm") != name).then(|| Reply::done(at, "Nothing was deleted: the name that was typed is another."))
}

/// Whether policies refused it.
#[must_use]
pub fn is_denial(error: &WireError) -> bool {
    matches!(error.code.as_str(), "AccessDenied" | "AccessDeniedException")
}

fn status(error: &WireError) -> StatusCode {
    if is_denial(error) { StatusCode::FORBIDDEN } else { StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST) }
}

fn is_missing(error: &WireError) -> bool {
    error.code.ends_with("NotFoundException") || error.code.starts_with("NoSuchEntity")
}

/// Goes to another page of the console.
#[must_use]
pub fn see_other(path: &str) -> HttpResponse {
    let location = format!("{}{path}", super::ROOT);
    HttpResponse::SeeOther().insert_header((LOCATION, location)).insert_header(("Cache-Control", "no-store")).finish()
}
