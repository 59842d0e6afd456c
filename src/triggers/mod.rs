//! The functions that pools call: where they are reached, and one call of one of them.
//!
//! A function is called at a Lambda-compatible service, or at an address of its own that the settings file gives. What a pool
//! names is a name there, and never chooses a host.

mod answer;
mod call;
mod ways;

pub use answer::CallRefused;
pub use ways::{Functions, SettingRefused};
