//! The proof of the policy engine: a naive reference that agrees with it, the laws of the language, AWS's examples, and the fuzzers' corpus.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, indexing a serde_json value does not, and steps are timed"
)]

mod agree;
mod aws_examples;
#[path = "../fuzz/bodies.rs"]
mod bodies;
mod engine;
mod generate;
mod hostile;
mod reference;
mod reference_conditions;
mod reference_patterns;
mod replay;
