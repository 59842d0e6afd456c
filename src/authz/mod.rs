//! Who asks, and whether they may: credentials to a caller, the policies that apply to a decision.

mod authenticate;
mod incoming;
mod policies;

pub use authenticate::{CredentialRefused, HeldKey, authenticate, holder_of};
pub use incoming::{Origin, caller, origin};
pub use policies::{
    Applicable, decide, decide_assumption, decide_federated_assumption, denial, keys_of_call, policies_of, request_keys, session_policies,
};
