//! Decisions for other systems: may this principal do that?

mod denied;
pub mod door;
pub mod evaluation;
pub mod forward_auth;
mod keys;
mod render;
pub mod simulate;
pub mod simulation;
mod subject;

pub use render::source as source_name;
