//! The pure rules of identity pools.

pub mod developer;
pub mod pool;
pub mod principal_tags;
pub mod provider;
pub mod role_choice;
pub mod tags;
