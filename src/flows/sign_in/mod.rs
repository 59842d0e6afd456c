//! Sign-in: one driver for every flow, and one file a challenge. The driver alone charges, spends, applies and records, so no
//! challenge can skip it.

mod asked;
mod device;
mod driver;
mod history;
mod mfa_setup;
mod new_password;
mod password;
mod refused;
mod session;
mod software_token;
mod srp;
mod subject;
#[cfg(test)]
mod tests;

pub use asked::ChallengeAsked;
pub use device::{DeviceAsk, ask_device, prove_device};
pub use driver::{Answer, Begin, Outcome, begin, prove, respond};
pub use mfa_setup::{associate, verify};
pub use refused::{SessionRefused, SignInRefused};
pub use srp::PasswordClaim;
pub use subject::attempts_of;
