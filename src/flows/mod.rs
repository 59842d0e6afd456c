//! What takes several steps and I/O: one driver each, shared by the wire and whatever else starts it.

pub mod access;
pub mod bearer;
pub mod clients;
pub mod codes;
pub mod confirm_sign_up;
pub mod failed;
pub mod issue;
pub mod new_user;
pub mod paging;
pub mod passwords;
pub mod pool_keys;
pub mod refresh;
pub mod risk;
pub mod saml_certificate;
pub mod sign_in;
pub mod sign_up;
pub mod software_token;
pub mod user_attributes;
pub mod web_identity;
