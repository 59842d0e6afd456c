//! The endpoints that programs call at a pool: tokens, userInfo, revocation, introspection, and what tells of them all.
//!
//! Those that a person's browser is sent to are the hosted pages'.

mod answer;
mod authenticate;
mod discovery;
mod exchange;
mod introspect;
mod place;
mod pushed;
mod revoke;
#[cfg(test)]
mod tests;
mod token;
mod user_info;

use actix_web::web::{ServiceConfig, get, post, resource};

pub use answer::{Refusal, json};
pub use place::{Place, at_domain};
pub use pushed::{At, resolved};

/// The routes, below a pool.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/{pool}/.well-known/openid-configuration", get().to(discovery::serve))
        // RFC 8414 §3.1: where an issuer has a path, it comes last.
        .route("/.well-known/oauth-authorization-server/{pool}", get().to(discovery::serve))
        .route("/{pool}/.well-known/oauth-authorization-server", get().to(discovery::serve))
        .route("/{pool}/oauth2/token", post().to(token::handle))
        .service(resource("/{pool}/oauth2/userInfo").route(get().to(user_info::handle)).route(post().to(user_info::handle)))
        .route("/{pool}/oauth2/par", post().to(pushed::handle))
        .route("/{pool}/oauth2/revoke", post().to(revoke::handle))
        .route("/{pool}/oauth2/introspect", post().to(introspect::handle));
}
