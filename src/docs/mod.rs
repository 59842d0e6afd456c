//! The documentation of this very binary: pages in Markdown, embedded, searched, and served at `/docs`.

mod answers;
mod front;
mod library;
mod llms;
mod markdown;
mod search;
#[cfg(test)]
mod tests;

pub use answers::{fixed, search};
