//! The peers are measured by `../policy.rs`; this package has no code of its own.
