//! The device authorization grant (RFC 8628): which pools have it, and the codes that people type.

use rand::CryptoRng;

use super::client::Client;
use super::pool::PoolConfiguration;
use super::registration::Registered;
use crate::crypto::ids;

/// `grant_type`.
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The tag that lets a pool's clients have it: `on`. It is off by default, for whoever is talked into typing a stranger's code lets
/// the stranger in (RFC 8628 §5.4).
const TAG: &str = "passwright:device-grant";

/// What user codes are made of: no vowels, so that they are no words, and nothing that looks like something else (§6.1).
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// How long they are: 20^8 are 2^34, with ten minutes' life and counted guesses.
const LENGTH: usize = 8;

impl PoolConfiguration {
    /// Whether clients of the pool may use the grant.
    #[must_use]
    pub fn has_device_grant(&self) -> bool {
        self.user_pool_tags.get(TAG).is_some_and(|value| value == "on")
    }
}

impl Client {
    /// Whether the client signs people in so: it takes codes, as its pool lets it.
    ///
    /// SECURITY: a client that anybody made leads to no address by which a person could tell whose it is: it may call itself what it
    /// likes, and gets no tokens so.
    #[must_use]
    pub fn takes_device_grant(&self, pool: &PoolConfiguration) -> bool {
        self.registered != Some(Registered::Openly) && pool.has_device_grant() && self.configuration.takes_oauth_flow("code")
    }
}

/// A new user code, without the hyphen in its middle.
pub fn user_code(rng: &mut dyn CryptoRng) -> String {
    ids::text(ALPHABET, LENGTH, rng)
}

/// As it is shown: `WDJB-MJHT`.
#[must_use]
pub fn shown(user_code: &str) -> String {
    let (first, second) = user_code.split_at_checked(LENGTH / 2).unwrap_or((user_code, ""));
    format!("{first}-{second}")
}

/// What somebody typed, as it was made: capital or small, with or without hyphens and blanks (§6.1); `None` for what is no code.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|character| !matches!(character, '-' | ' ')).map(|one| one.to_ascii_uppercase()).collect();
    let is_code = letters.len() == LENGTH && letters.bytes().all(|letter| ALPHABET.contains(&letter));
    is_code.then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::rng::{EntropyRng, SeededEntropy};

    #[test]
    fn what_is_shown_is_read_however_it_is_typed() {
        let code = user_code(&mut EntropyRng(&SeededEntropy::new(1)));
        assert_ne!(code, user_code(&mut EntropyRng(&SeededEntropy::new(2))));
        assert_eq!((code.len(), shown(&code).len()), (8, 9));
        for text in [shown(&code), code.to_lowercase(), format!(" {} ", shown(&code).replace('-', " "))] {
            assert_eq!(typed(&text).as_deref(), Some(code.as_str()), "{text}");
        }
        for bad in ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "ẞDJBMJHT"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }
}
