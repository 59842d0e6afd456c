//! `GET /v1/forward-auth`: a reverse proxy asks whether a request that it holds may pass.

mod answer;
mod credential;
mod original;
mod path;
mod rules;

pub use answer::handle;
pub use rules::{RuleRefused, Rules};
