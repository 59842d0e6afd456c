//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 seconds, one step of drift.

use rand::CryptoRng;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use super::seal::SealError;
use super::sealed::Sealable;
use crate::kit::clock::Timestamp;
use crate::kit::rng::random_bytes;
use crate::kit::secret::constant_time_equals;

/// Seconds that one code is valid for.
const STEP_SECONDS: i64 = 30;

/// How many steps a device's clock may differ (RFC 6238 §5.2).
const DRIFT_STEPS: u16 = 1;

/// The shared secret of a user's authenticator app.
pub struct TotpSeed(Zeroizing<Vec<u8>>);

impl TotpSeed {
    /// A new seed of 256 bits; as Cognito's, its base32 form has 52 characters.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(Zeroizing::new(random_bytes::<32>(rng).to_vec()))
    }

    /// A seed that was drawn earlier.
    #[must_use]
    pub const fn stored(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The raw bytes, for what is sealed.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        &self.0
    }

    /// Base32 without padding: what AssociateSoftwareToken answers and authenticator apps take.
    #[must_use]
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::BASE32_NOPAD.encode(&self.0))
    }

    /// A seed from the form that [`TotpSeed::to_base32`] gives; `None` for other texts.
    #[must_use]
    pub fn from_base32(text: &str) -> Option<Self> {
        data_encoding::BASE32_NOPAD.decode(text.as_bytes()).ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The code of a moment, as an authenticator app shows it; `None` before 1970.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> Option<String> {
        Some(self.totp()?.generate(u64::try_from(now.seconds()).ok()?).to_string())
    }

    /// The step whose code this is, if it is one of the present step or its neighbours.
    ///
    /// A code must serve once: the caller stores the step, and accepts later steps only (RFC 6238 §5.2).
    #[must_use]
    pub fn matching_step(&self, code: &str, now: Timestamp) -> Option<i64> {
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let step = self.totp()?.check(code, u64::try_from(now.seconds()).ok()?)?;
        i64::try_from(step).ok()
    }

    /// The step of the second of two codes that follow one another, `within` so many steps of the present, either way.
    #[must_use]
    pub fn consecutive_step(&self, first: &str, second: &str, now: Timestamp, within: i64) -> Option<i64> {
        let is_code_of = |steps: i64, code: &str| {
            self.code_at(Self::shifted(now, steps)).is_some_and(|own| constant_time_equals(own.as_bytes(), code.as_bytes()))
        };
        let shift = (-within..=within).find(|steps| is_code_of(steps - 1, first) && is_code_of(*steps, second))?;
        Some(Self::step_at(now) + shift)
    }

    /// The step of a moment.
    #[must_use]
    pub fn step_at(now: Timestamp) -> i64 {
        now.seconds().div_euclid(STEP_SECONDS)
    }

    /// The moment so many steps later.
    #[must_use]
    pub fn shifted(now: Timestamp, steps: i64) -> Timestamp {
        Timestamp::from_seconds(now.seconds().saturating_add(steps.saturating_mul(STEP_SECONDS)))
    }

    fn totp(&self) -> Option<Totp> {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(DRIFT_STEPS)
            .with_step_duration(STEP_SECONDS.unsigned_abs())
            .with_secret(self.0.to_vec())
            .build()
            .ok()
    }
}

/// The last step whose code is accepted at a moment: no code that could have been seen by then is of a later one.
#[must_use]
pub fn last_step_of(now: Timestamp) -> i64 {
    now.seconds() / STEP_SECONDS + i64::from(DRIFT_STEPS)
}

impl Sealable for TotpSeed {
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Ok(self.0.clone())
    }

    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        Some(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B: the seed "12345678901234567890", cut to six digits.
    fn seed() -> TotpSeed {
        TotpSeed(Zeroizing::new(b"12345678901234567890".to_vec()))
    }

    #[test]
    fn the_vectors_of_rfc_6238_match() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(seed().matching_step(code, Timestamp::from_seconds(seconds)), Some(seconds / 30), "{seconds}");
            let again = TotpSeed::from_base32(&seed().to_base32()).unwrap();
            assert_eq!(again.code_at(Timestamp::from_seconds(seconds)).as_deref(), Some(code), "{seconds}");
        }
    }

    #[test]
    fn one_step_of_drift_is_allowed_and_no_more() {
        for (seconds, expected) in [(29, Some(1)), (30, Some(1)), (89, Some(1)), (90, None)] {
            assert_eq!(seed().matching_step("287082", Timestamp::from_seconds(seconds)), expected, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_six_digits_is_no_code() {
        for code in ["", "28708", "2870822", "28708a", "287 082", "٢٨٧٠٨٢"] {
            assert_eq!(seed().matching_step(code, Timestamp::from_seconds(59)), None, "{code}");
        }
    }
}
