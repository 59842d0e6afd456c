//! How wrong answers slow guessing down: after five, a pause that doubles; after a quiet quarter of an hour, they are forgotten.
//!
//! Source: Amazon Cognito developer guide, "Lockout behavior for failed sign-in attempts".

use std::time::Duration;

use crate::kit::clock::Timestamp;

/// Wrong answers before the first pause.
pub const FREE_ATTEMPTS: u32 = 5;

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How long it must be quiet until wrong answers are forgotten.
const QUIET: Duration = Duration::from_secs(15 * 60);

/// What is guessed at. Each has its own count: a right password says nothing of who guesses at the code after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// The password, by whatever flow.
    Password,
    /// The code that is sent in place of it.
    FirstCode,
    /// The code that follows.
    Second,
}

impl Factor {
    /// The store's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::FirstCode => "first_code",
            Self::Second => "second",
        }
    }
}

/// Until when answers are refused after the `failed`th wrong one in a row.
#[must_use]
pub fn locked_until(failed: i64, now: Timestamp) -> Option<Timestamp> {
    let beyond = u32::try_from(failed).unwrap_or(u32::MAX).checked_sub(FREE_ATTEMPTS)?;
    let pause = 1_u64.checked_shl(beyond).map_or(LONGEST, Duration::from_secs).min(LONGEST);
    Some(now.plus(pause))
}

/// When a wrong answer of now is forgotten. The quiet time begins with the end of its lock: were it to begin before, the
/// longest lock would end with the whole budget renewed.
#[must_use]
pub fn fades_at(locked_until: Option<Timestamp>, now: Timestamp) -> Timestamp {
    locked_until.unwrap_or(now).plus(QUIET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_begins_at_five_and_doubles_to_a_quarter_of_an_hour() {
        let pause = |failed| locked_until(failed, Timestamp::default()).map(Timestamp::seconds);
        assert_eq!([0, 4, 5, 6, 7, 14, 15, 200].map(pause), [None, None, Some(1), Some(2), Some(4), Some(512), Some(900), Some(900)]);
    }

    #[test]
    fn guessing_without_end_gets_no_more_than_a_guess_for_each_longest_pause() {
        let (mut now, mut failed, mut fades, mut guesses) = (Timestamp::default(), 0, Timestamp::default(), 0);
        let day = Timestamp::from_seconds(24 * 3600);
        while now < day {
            failed = if fades <= now { 1 } else { failed + 1 };
            guesses += 1;
            let until = locked_until(failed, now);
            fades = fades_at(until, now);
            now = until.unwrap_or(now);
        }
        assert!(guesses <= 5 + 10 + 96, "{guesses}");
    }
}
