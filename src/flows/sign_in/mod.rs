//! Sign-in: one driver for every flow, and one file a challenge. The driver alone charges, spends, applies and records, so no
//! challenge can skip it.

mod answer;
mod asked;
mod attempt;
mod choice;
mod custom;
mod device;
mod driver;
mod history;
mod imported;
mod mfa_setup;
mod migrated;
mod new_password;
mod one_time_code;
mod password;
mod proof;
mod refused;
mod second_code;
mod session;
mod sign_up;
mod software_token;
mod srp;
mod step_up;
mod subject;
#[cfg(test)]
mod tests;
mod web_authn;

pub use answer::{Answer, Begin};
pub use asked::ChallengeAsked;
pub use choice::Chosen;
pub use device::{DeviceAsk, ask_device, prove_device};
pub use driver::{Outcome, begin, prove, respond};
pub use mfa_setup::{associate, verify};
pub use refused::{SessionRefused, SignInRefused};
pub use session::client_of;
pub use sign_up::{begin_here, confirmed, open_signed_up, signed_up, signed_up_here};
pub use srp::PasswordClaim;
pub use step_up::LevelAsked;
pub use subject::attempts_of;
pub use web_authn::{answer_anybody, ask_anybody};
