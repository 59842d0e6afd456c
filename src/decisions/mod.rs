//! Decisions for other systems: may this principal do that?

pub mod door;
pub mod evaluation;
pub mod forward_auth;
mod keys;
mod render;
pub mod simulate;
pub mod simulation;
mod subject;
mod trail;

pub use render::source as source_name;
