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
mod forgot;
mod give;
mod login;
mod logout;
mod say;
mod sign_up;
mod step;
mod style;
#[cfg(test)]
mod tests;
pub mod view;
mod visit;
pub mod words;

use actix_web::web::{ServiceConfig, get, post, resource};

/// The routes, below a pool.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/{pool}/oauth2/authorize").route(get().to(authorize::get)).route(post().to(authorize::post)))
        .service(resource("/{pool}/login").route(get().to(login::show)).route(post().to(login::take)))
        .service(resource("/{pool}/challenge").route(get().to(challenge::show)).route(post().to(challenge::take)))
        .service(resource("/{pool}/mfa").route(get().to(challenge::show)).route(post().to(challenge::take)))
        .service(resource("/{pool}/signup").route(get().to(sign_up::show)).route(post().to(sign_up::take)))
        .service(resource("/{pool}/confirm").route(get().to(confirm::show)).route(post().to(confirm::take)))
        .service(resource("/{pool}/forgotPassword").route(get().to(forgot::show)).route(post().to(forgot::take)))
        .service(resource("/{pool}/resetPassword").route(get().to(forgot::show_reset)).route(post().to(forgot::take_reset)))
        .service(resource("/{pool}/consent").route(get().to(consent::show)).route(post().to(consent::take)))
        .service(resource("/{pool}/logout").route(get().to(logout::get)).route(post().to(logout::post)))
        .route("/{pool}/style.css", get().to(style::serve));
}
