//! The HTTP surface: routes, cross-origin rules, health, metrics, the development pages.

pub mod app;
mod dev;
mod health;
pub mod metrics;
pub mod tls;
mod well_known;
