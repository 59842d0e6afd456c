//! Who asks, and whether they may: credentials to a caller, the policies that apply to a decision.

mod authenticate;
mod policies;

pub use authenticate::{CredentialRefused, authenticate, holder_of};
pub use policies::{PrincipalPolicies, decide, denial, policies_of, request_keys, session_policies};
