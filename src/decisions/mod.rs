//! Decisions for other systems: may this principal do that?

pub mod evaluation;
pub mod forward_auth;
mod subject;
