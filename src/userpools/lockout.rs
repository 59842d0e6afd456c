//! How wrong passwords slow guessing down: after five, a pause that doubles.
//!
//! Source: Amazon Cognito developer guide, "Lockout behavior for failed sign-in attempts".

use std::time::Duration;

use crate::kit::clock::Timestamp;

/// Wrong passwords before the first pause.
pub const FREE_ATTEMPTS: u32 = 5;

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Until when a user is locked after their `failed`th wrong password in a row.
#[must_use]
pub fn locked_until(failed: i64, now: Timestamp) -> Option<Timestamp> {
    let beyond = u32::try_from(failed).unwrap_or(u32::MAX).checked_sub(FREE_ATTEMPTS)?;
    let pause = 1_u64.checked_shl(beyond).map_or(LONGEST, Duration::from_secs).min(LONGEST);
    Some(now.plus(pause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_begins_at_five_and_doubles_to_a_quarter_of_an_hour() {
        let pause = |failed| locked_until(failed, Timestamp::default()).map(Timestamp::seconds);
        assert_eq!([0, 4, 5, 6, 7, 14, 15, 200].map(pause), [None, None, Some(1), Some(2), Some(4), Some(512), Some(900), Some(900)]);
    }
}
