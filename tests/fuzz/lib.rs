//! What the fuzz targets share with `tests/policy`: the reference, the engine's side, and the bodies.

pub mod bodies;
#[path = "../policy/engine.rs"]
pub mod engine;
#[path = "../policy/generate.rs"]
pub mod generate;
#[path = "../policy/reference.rs"]
pub mod reference;
#[path = "../policy/reference_conditions.rs"]
mod reference_conditions;
#[path = "../policy/reference_patterns.rs"]
mod reference_patterns;
