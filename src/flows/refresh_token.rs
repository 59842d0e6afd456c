//! Refresh tokens: their text, and what proves that one is genuine.
//!
//! A sign-in's first is `<sign-in>.<secret>`: chance, of which a hash is stored. Those that follow it are
//! `<sign-in>.<generation>.<keyed hash>`: of each the server can tell for ever that it made it, and nothing is stored but how many
//! there have been. So a retry gets the very token that the try before it got, and the reuse of any token is seen, however old.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::crypto::ids;
use crate::kit::secret::constant_time_equals;
use crate::store::tokens::TokenFamily;

/// What somebody presents as a refresh token.
pub struct Presented<'a> {
    /// The sign-in that it claims.
    pub origin_jti: &'a str,
    /// How many went before it.
    pub generation: i64,
    secret: &'a str,
}

/// The parts of a refresh token; `None` for what has not their form.
#[must_use]
pub fn read(text: &str) -> Option<Presented<'_>> {
    let (origin_jti, rest) = text.split_once('.')?;
    let (generation, secret) = match rest.split_once('.') {
        Some((generation, secret)) => (written(generation)?, secret),
        None => (0, rest),
    };
    ids::is_uuid(origin_jti).then_some(Presented { origin_jti, generation, secret })
}

/// A generation, in the one form that it is written in.
fn written(text: &str) -> Option<i64> {
    let generation: i64 = text.parse().ok()?;
    (generation > 0 && generation.to_string() == text).then_some(generation)
}

impl Presented<'_> {
    /// Whether it is one that this sign-in was given at some time.
    #[must_use]
    pub fn is_genuine(&self, app: &App, family: &TokenFamily) -> bool {
        if self.origin_jti != family.origin_jti || self.generation > family.generation {
            return false;
        }
        match self.generation {
            0 => family.refresh_token.matches(&PlainToken::presented(self.secret).hashed()),
            later => constant_time_equals(secret_of(app, family, later).as_bytes(), self.secret.as_bytes()),
        }
    }
}

/// The refresh token of a sign-in that is of this generation, which is not the first.
#[must_use]
pub fn of_generation(app: &App, family: &TokenFamily, generation: i64) -> String {
    format!("{}.{generation}.{}", family.origin_jti, secret_of(app, family, generation))
}

/// SECURITY: the key is none that the database has, and the first token's hash is of 256 random bits: neither alone makes a token.
fn secret_of(app: &App, family: &TokenFamily, generation: i64) -> String {
    let generation = generation.to_string();
    let parts = [family.pool_id.as_str(), &family.origin_jti, family.refresh_token.as_str(), &generation];
    URL_SAFE_NO_PAD.encode(app.keys.refresh_tokens.keyed_hash(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_has_one_form() {
        let id = "0b1c2d3e-0000-4000-8000-000000000000";
        let parts = |text: &str| read(text).map(|presented| (presented.generation, presented.secret.to_owned()));
        assert_eq!(parts(&format!("{id}.secret")), Some((0, "secret".to_owned())));
        assert_eq!(parts(&format!("{id}.7.secret")), Some((7, "secret".to_owned())));
        for bad in ["", ".", "x.secret", &format!("{id}.0.s"), &format!("{id}.07.s"), &format!("{id}.+7.s"), &format!("{id}.-7.s")] {
            assert!(read(bad).is_none(), "{bad}");
        }
        assert!(read(&format!("{id}.99999999999999999999.s")).is_none());
    }
}
