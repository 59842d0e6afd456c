//! Key pairs of a supply: making them is most of what a test of pools would do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::crypto::sealed::Sealable as _;
use crate::tokens::keys::{KeyError, KeyPairs, PrivateKey, SigningKey};

/// So many are kept for all tests of the process; a test that wants more gets new ones.
const KEPT: usize = 32;

/// The private halves, in the order in which every test gets them.
static SUPPLY: LazyLock<Mutex<Vec<Zeroizing<Vec<u8>>>>> = LazyLock::new(Mutex::default);

/// The supply as one test sees it: no pair is given twice to the nodes of a database.
#[derive(Default)]
pub struct SuppliedPairs {
    given: AtomicUsize,
}

impl KeyPairs for SuppliedPairs {
    fn new_pair(&self, kid: String) -> Result<SigningKey, KeyError> {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        if number >= KEPT {
            return SigningKey::generate(kid);
        }
        let mut supply = SUPPLY.lock().unwrap_or_else(PoisonError::into_inner);
        while supply.len() <= number {
            let new = SigningKey::generate(String::new())?;
            supply.push(new.private().to_plaintext().map_err(|_| KeyError::Unusable)?);
        }
        let bytes = supply.get(number).cloned().ok_or(KeyError::Unusable)?;
        SigningKey::of(kid, PrivateKey::from_plaintext(bytes).ok_or(KeyError::Unusable)?)
    }
}
