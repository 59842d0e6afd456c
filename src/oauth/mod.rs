//! The endpoints that programs call at a pool: tokens, userInfo, revocation, introspection, and what tells of them all.
//!
//! Those that a person's browser is sent to are the hosted pages'.

mod answer;
mod authenticate;
mod device;
mod discovery;
mod exchange;
mod introspect;
mod place;
mod pushed;
mod register;
mod revoke;
#[cfg(test)]
mod tests;
mod token;
mod user_info;

use actix_web::web::{ServiceConfig, get, post, resource};

pub use answer::{Refusal, json};
pub use place::{Place, at_domain};
pub use pushed::{At, resolved};

/// The routes, below a pool. Each is a resource, which tells of a method that it does not take (RFC 9110 §15.5.6).
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/{pool}/.well-known/openid-configuration").route(get().to(discovery::serve)))
        // RFC 8414 §3.1: where an issuer has a path, it comes last.
        .service(resource("/.well-known/oauth-authorization-server/{pool}").route(get().to(discovery::serve)))
        .service(resource("/{pool}/.well-known/oauth-authorization-server").route(get().to(discovery::serve)))
        .service(resource("/{pool}/oauth2/token").route(post().to(token::handle)))
        .service(resource("/{pool}/oauth2/userInfo").route(get().to(user_info::handle)).route(post().to(user_info::handle)))
        .service(resource("/{pool}/oauth2/device_authorization").route(post().to(device::handle)))
        .service(resource("/{pool}/oauth2/par").route(post().to(pushed::handle)))
        .service(resource("/{pool}/oauth2/register").route(post().to(register::handle)))
        .service(resource("/{pool}/oauth2/revoke").route(post().to(revoke::handle)))
        .service(resource("/{pool}/oauth2/introspect").route(post().to(introspect::handle)));
}
