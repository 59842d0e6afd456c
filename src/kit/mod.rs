//! What every room may use: time, chance, secrets, ids. Knows nothing of auth.

pub mod budget;
pub mod cache;
pub mod causes;
pub mod clock;
pub mod cut;
pub mod https;
pub mod id;
pub mod json;
pub mod long;
pub mod nul;
pub mod outward;
pub mod private_file;
pub mod qr;
pub mod region;
pub mod rng;
pub mod secret;
pub mod sole;
pub mod tag_key;
