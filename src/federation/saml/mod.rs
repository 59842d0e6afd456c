//! SAML 2.0 as a service provider speaks it: what is asked of an identity provider, and what of its answers is believed.
//!
//! No I/O, no clock and no chance: texts, keys, ids and moments come in; texts and facts go out. Whoever calls remembers the IDs of
//! assertions until [`Assertion::remember_until`] and refuses the second, and forgets the ID of a request once it is answered.
//!
//! Sources: SAML 2.0 Core, Bindings and Profiles (OASIS, March 2005, with the errata of 2012), cited as Core, Bindings and Profiles.

mod assertion;
mod bearer;
mod certificate;
mod document;
mod encryption;
mod instant;
mod logout;
mod metadata;
mod names;
mod party;
mod post;
mod redirect;
mod refused;
mod request;
mod response;
mod signature;

#[cfg(test)]
pub(crate) mod tests;

pub use assertion::{Assertion, NameId};
pub use bearer::{Brought, brought_assertion};
pub use logout::{
    LogoutAnswered, LogoutEnd, LogoutRequested, logout_answered_by_post, logout_answered_by_redirect, logout_requested_by_redirect,
};
pub use metadata::metadata;
pub use party::{IdentityProvider, Key, ServiceProvider};
pub use redirect::{Parameter, redirect};
pub use refused::SamlRefused;
pub use request::{Authentication, Begun, authn_request, logout_request, logout_response};
pub use response::{Encryption, Expected, assertion};
