//! Who asks, and whether they may: credentials to a caller, the policies that apply to a decision.

mod authenticate;
mod denied;
mod incoming;
mod login;
mod mfa;
mod policies;
mod service_role;
mod sites;

pub use authenticate::{CredentialRefused, authenticate, holder_of, holder_who_knows, note_role};
pub use denied::{Denied, opened as opened_denial, sealed as sealed_denial};
pub use incoming::{by_a_public_site, by_trusted_proxy, caller, host, origin};
pub use login::{Login, LoginRefused, account_called, forget_tries, user_who_knows};
pub use mfa::{CodeRefused, has_device, prove_code};
pub use policies::{
    Applicable, Target, Vouching, account_of_resource, decide, decide_assumption, decide_at, decide_granted, decide_on, denial,
    denial_in_short, keys_of_call, request_keys, trusts_vouched_for, vouched_keys,
};
pub use service_role::{role_may, trusts_service};
