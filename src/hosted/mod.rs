//! The pages that a pool's users sign in at, and the endpoints that their browsers are sent to: one file a page.
//!
//! What a page does, it does by the flows that the API's operations use. Where a visit stands is in three cookies of the browser and
//! in the query, which is the authorization request; it is held to the client anew by each page.

mod asked;
mod authorize;
mod challenge;
mod confirm;
mod consent;
mod cookies;
mod device;
mod federate;
mod forgot;
mod give;
mod login;
mod logout;
pub mod preview;
mod say;
mod sign_up;
mod step;
mod style;
#[cfg(test)]
mod tests;
pub mod view;
mod visit;
pub mod words;

use actix_web::web::{Bytes, Data, ServiceConfig, get, post, resource};
use actix_web::{HttpRequest, HttpResponse};

use self::visit::Visit;
use crate::context::App;

/// The routes, below a pool.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/{pool}/oauth2/authorize").route(get().to(authorize::get)).route(post().to(authorize::post)))
        .service(resource("/{pool}/oauth2/idpresponse").route(get().to(federate::get)).route(post().to(federate::post)))
        .service(resource("/{pool}/saml2/idpresponse").route(get().to(federate::get)).route(post().to(federate::assert)))
        .route("/{pool}/saml2/metadata", get().to(federate::metadata))
        .service(resource("/{pool}/logout").route(get().to(logout::get)).route(post().to(logout::post)))
        .service(resource("/{pool}/device").route(get().to(device::get)).route(post().to(device::post)))
        .route("/{pool}/style.css", get().to(style::serve));
    page(config, "/{pool}/login", login::show, login::take);
    page(config, "/{pool}/challenge", challenge::show, challenge::take);
    page(config, "/{pool}/mfa", challenge::show, challenge::take);
    page(config, "/{pool}/signup", sign_up::show, sign_up::take);
    page(config, "/{pool}/confirm", confirm::show, confirm::take);
    page(config, "/{pool}/forgotPassword", forgot::show, forgot::take);
    page(config, "/{pool}/resetPassword", forgot::show_reset, forgot::take_reset);
    page(config, "/{pool}/consent", consent::show, consent::take);
}

/// A page that an authorization request leads to: what shows it, and what takes its form.
///
/// SECURITY: a form that another site has a browser send is none of this browser's. It is held to that here, so that no page can
/// forget it: such a form is not taken, and the page is shown again.
fn page<Show, Take>(config: &mut ServiceConfig, path: &str, show: Show, take: Take)
where
    Show: AsyncFn(&Visit<'_>) -> HttpResponse + Copy + 'static,
    Take: AsyncFn(&Visit<'_>) -> HttpResponse + Copy + 'static,
{
    let shown = move |app: Data<App>, request: HttpRequest| async move {
        match Visit::enter(&app, &request, &[]).await {
            Ok(visit) => show(&visit).await,
            Err(refused) => refused.0,
        }
    };
    let taken = move |app: Data<App>, request: HttpRequest, body: Bytes| async move {
        match Visit::enter(&app, &request, &body).await {
            Ok(visit) if visit.is_own_form() => take(&visit).await,
            Ok(visit) => show(&visit.of_a_stranger()).await,
            Err(refused) => refused.0,
        }
    };
    config.service(resource(path).route(get().to(shown)).route(post().to(taken)));
}
