//! The pages that links in messages lead to. Opening one changes nothing, for mail scanners open links; its button does.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::authz;
use crate::budgets::Guess;
use crate::context::App;
use crate::flows::confirm_by_link::LinkRefused;
use crate::kit::causes::Causes;
use crate::pages;
use crate::store::StoreError;

/// A page.
#[derive(Template)]
#[template(path = "linked.html")]
pub struct LinkedPage<'a> {
    /// What it is about.
    pub title: &'static str,
    /// What it says.
    pub message: &'static str,
    /// What it asks, if anything.
    pub asked: Option<Asked<'a>>,
}

/// What the button sends, and where.
pub struct Asked<'a> {
    /// Where: [`action`].
    pub action: String,
    /// The fields: what the link says.
    pub fields: [(&'static str, &'a str); 2],
    /// What is on the button.
    pub button: &'static str,
}

impl LinkedPage<'_> {
    /// The address of a file.
    #[expect(clippy::unused_self, reason = "templates know the page only")]
    fn asset(&self, name: &str) -> String {
        pages::assets::url(name)
    }

    /// A page without a button.
    pub const fn telling(title: &'static str, message: &'static str) -> LinkedPage<'static> {
        LinkedPage { title, message, asked: None }
    }
}

/// The address of a page below a pool, whose id is the link's word.
pub fn action(pool_id: &str, page: &str) -> String {
    format!("/{}/{page}", form_urlencoded::byte_serialize(pool_id.as_bytes()).collect::<String>())
}

/// SECURITY: a page has one such answer, whatever is wrong with a link: of users nobody learns anything here.
pub fn dead(page: &LinkedPage<'static>) -> HttpResponse {
    pages::html_with(StatusCode::BAD_REQUEST, page)
}

/// Does what a link is for, and tells what became of it; for a link that does not serve, `dead_page`.
///
/// SECURITY: a guess at a link is a guess: it is counted as one at sign-in is.
pub async fn follow(
    app: &App,
    request: &HttpRequest,
    dead_page: &LinkedPage<'static>,
    act: impl Future<Output = Result<LinkedPage<'static>, LinkRefused>>,
) -> HttpResponse {
    let address = authz::origin(app, request).source_ip;
    let judge = async |refused: &LinkRefused| if matches!(refused, LinkRefused::Dead) { Guess::Somewhere } else { Guess::No };
    match app.budgets.guess(address, app.now(), act, judge).await {
        None => {
            let page = LinkedPage::telling("Too many tries", "Wait a few minutes, and open the link again.");
            pages::html_with(StatusCode::TOO_MANY_REQUESTS, &page)
        }
        Some(Ok(page)) => pages::html(&page),
        Some(Err(LinkRefused::Dead)) => dead(dead_page),
        Some(Err(LinkRefused::Failed(failed))) if StoreError::tells_of_pause(&failed) => {
            let page = LinkedPage::telling("Not at the moment", "Open the link again in a while: your account is being worked on.");
            pages::html_with(StatusCode::SERVICE_UNAVAILABLE, &page)
        }
        Some(Err(LinkRefused::Failed(failed))) => {
            tracing::error!(error = %Causes(&failed), "a link could not be followed");
            let page = LinkedPage::telling("Something went wrong", "Open the link again in a while.");
            pages::html_with(StatusCode::INTERNAL_SERVER_ERROR, &page)
        }
    }
}
