//! The pure rules of identity pools.

pub mod pool;
pub mod provider;
