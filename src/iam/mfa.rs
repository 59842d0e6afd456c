//! Virtual MFA devices, which show one-time codes by the time.

use rand::CryptoRng;

use crate::crypto::ids;
use crate::crypto::seal::{SealError, SealingKey};
use crate::crypto::sealed::Sealed;
use crate::crypto::totp::TotpSeed;
use crate::iam::arn::Arn;
use crate::iam::entity::Tag;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};

/// How far the clock of a device may be off when it is enabled or synchronized: steps of 30 seconds, either way.
const SEARCHED_STEPS: i64 = 20;

/// A virtual MFA device.
#[derive(Clone, Debug)]
pub struct MfaDevice {
    /// The account.
    pub account_id: AccountId,
    /// Where it stands in lists.
    pub id: UniqueId,
    /// Begins and ends with `/`.
    pub path: String,
    /// As it was given.
    pub name: String,
    /// What its codes are made of, sealed.
    pub sealed_seed: Sealed<TotpSeed>,
    /// Whose it is, once it is enabled.
    pub holder: Option<Holder>,
    /// How many steps its clock is ahead of ours.
    pub drift_steps: i64,
    /// The last step whose code was used.
    pub last_step: i64,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Who has a device, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user's unique id; the account's number for the root.
    pub id: UniqueId,
    /// When the device was enabled.
    pub since: Timestamp,
}

/// Two codes that are none of a device's, or do not follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these are no two codes of the device, one after the other")]
pub struct NotInStep;

impl MfaDevice {
    /// A new device that nobody has, and its seed.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn issue(
        at_rest: &SealingKey,
        account_id: &AccountId,
        (path, name): (String, String),
        tags: Vec<Tag>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, TotpSeed), SealError> {
        let seed = TotpSeed::generate(rng);
        let serial = Arn::mfa_device(account_id, &path, &name);
        let sealed_seed = at_rest.seal(&place(account_id, &serial), &seed, rng)?;
        let account_id = account_id.clone();
        let id = ids::unique_id("AMFA", rng);
        let device = Self { account_id, id, path, name, sealed_seed, holder: None, drift_steps: 0, last_step: 0, tags, created_at: now };
        Ok((device, seed))
    }

    /// The serial number, which is its ARN.
    #[must_use]
    pub fn serial(&self) -> Arn {
        Arn::mfa_device(&self.account_id, &self.path, &self.name)
    }

    /// The device of whoever holds it, its clock set by two codes, one after the other.
    ///
    /// # Errors
    /// [`NotInStep`]; [`SealError`] for a seed that does not open.
    pub fn synchronized(
        &self,
        at_rest: &SealingKey,
        (first, second): (&str, &str),
        now: Timestamp,
    ) -> Result<Result<Self, NotInStep>, SealError> {
        let Some(step) = self.seed(at_rest)?.consecutive_step(first, second, now, SEARCHED_STEPS) else { return Ok(Err(NotInStep)) };
        let drift_steps = step - TotpSeed::step_at(now);
        // SECURITY: what was used before stays used, though the clock goes back.
        Ok(Ok(Self { drift_steps, last_step: step.max(self.last_step), ..self.clone() }))
    }

    /// The step whose code this is, if it is a later one than was used.
    ///
    /// # Errors
    /// [`SealError`] for a seed that does not open.
    pub fn step_of(&self, at_rest: &SealingKey, code: &str, now: Timestamp) -> Result<Option<i64>, SealError> {
        let step = self.seed(at_rest)?.matching_step(code, TotpSeed::shifted(now, self.drift_steps));
        Ok(step.filter(|step| *step > self.last_step))
    }

    fn seed(&self, at_rest: &SealingKey) -> Result<TotpSeed, SealError> {
        at_rest.open(&place(&self.account_id, &self.serial()), &self.sealed_seed)
    }
}

fn place<'a>(account_id: &'a AccountId, serial: &'a Arn) -> [&'a str; 3] {
    ["iam_mfa_devices", account_id.as_str(), serial.as_str()]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::crypto::seal::MasterKey;
    use crate::kit::rng::{EntropyRng, SeededEntropy};

    #[test]
    fn a_device_is_set_by_two_codes_and_each_code_serves_once() {
        let entropy = SeededEntropy::new(1);
        let mut rng = EntropyRng(&entropy);
        let key = MasterKey::generate(&mut rng).derive("test");
        let now = Timestamp::from_seconds(1_800_000_000);
        let named = ("/".to_owned(), "d".to_owned());
        let (device, seed) = MfaDevice::issue(&key, &"000000000000".into(), named, Vec::new(), now, &mut rng).unwrap();
        let at = |steps: i64| seed.code_at(TotpSeed::shifted(now, steps)).unwrap();
        let set = |first: i64, second: i64| device.synchronized(&key, (&at(first), &at(second)), now).unwrap();
        for (first, second) in [(0, 0), (1, 0), (0, 2), (21, 22), (-22, -21)] {
            assert_eq!(set(first, second).map(|device| device.drift_steps), Err(NotInStep), "{first} {second}");
        }
        assert_eq!((set(-20, -19).unwrap().drift_steps, set(19, 20).unwrap().drift_steps), (-19, 20));
        let ahead = set(9, 10).unwrap();
        let step_of = |device: &MfaDevice, steps: i64, now| device.step_of(&key, &at(steps), now).unwrap();
        assert_eq!((step_of(&ahead, 10, now), step_of(&ahead, 0, now)), (None, None), "it was used");
        let later = now.plus(Duration::from_secs(30));
        let step = step_of(&ahead, 11, later).unwrap();
        assert_eq!(step_of(&MfaDevice { last_step: step, ..ahead.clone() }, 11, later), None);
        let back = ahead.synchronized(&key, (&at(0), &at(1)), now).unwrap().unwrap();
        assert_eq!((back.drift_steps, back.last_step), (1, ahead.last_step));
    }

    #[test]
    fn a_seed_opens_for_its_own_device_only() {
        let entropy = SeededEntropy::new(2);
        let mut rng = EntropyRng(&entropy);
        let key = MasterKey::generate(&mut rng).derive("test");
        let named = ("/".to_owned(), "a".to_owned());
        let (device, _) = MfaDevice::issue(&key, &"000000000000".into(), named, Vec::new(), Timestamp::default(), &mut rng).unwrap();
        let moved = MfaDevice { name: "b".to_owned(), ..device };
        assert!(moved.step_of(&key, "000000", Timestamp::default()).is_err());
    }
}
