//! The `passwright` binary.
fn main() {}
