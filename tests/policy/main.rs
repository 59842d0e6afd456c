//! The proof of the policy engine: a naive reference that agrees with it, the laws of the language, AWS's examples, and the fuzzers' corpus.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and indexing a serde_json value does not"
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
