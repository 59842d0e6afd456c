//! What an operator wants to know of a deployment: what happened, how much goes on, what it runs with. Read by programs at our
//! own endpoints and by the console, judged alike: each needs an action of its own.

pub mod activity;
pub mod deployment;
mod door;
pub mod events;

pub use door::Refused;
