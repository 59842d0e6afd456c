//! Decisions for other systems: may this principal do that?

pub mod evaluation;
mod subject;
