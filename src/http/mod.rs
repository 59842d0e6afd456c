//! The HTTP surface: routes, cross-origin rules, health, metrics, the development pages.

pub mod app;
mod auth_event_feedback;
mod body;
mod confirm_user;
mod dev;
mod h2;
mod health;
mod imports;
mod linked;
mod load;
mod metrics;
mod pool_assets;
pub mod server;
#[cfg(test)]
mod tests;
pub mod tls;
mod well_known;
