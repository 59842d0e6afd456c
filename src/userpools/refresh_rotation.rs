//! Which refresh token of a sign-in serves, where each serves once.

use std::time::Duration;

use crate::kit::clock::Timestamp;

/// How a genuine refresh token stands among those of its sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The newest.
    Current,
    /// The one before the newest, for whose retries there is time still: it gets the newest again.
    Retried,
    /// One whose time is over: somebody has it who should not, or had it.
    Reused,
}

/// How the token of a generation stands where the newest is of `current`, made at `rotated_at`; `None` for one that cannot be
/// there yet.
///
/// Source: RFC 9700 §4.14.2; API reference, RefreshTokenRotationType: the grace is from 0 to 60 seconds, and 0 is none.
#[must_use]
pub fn standing(presented: i64, current: i64, rotated_at: Option<Timestamp>, grace: Duration, now: Timestamp) -> Option<Standing> {
    match current.checked_sub(presented) {
        Some(0) => Some(Standing::Current),
        Some(1) if rotated_at.is_some_and(|rotated_at| now < rotated_at.plus(grace)) => Some(Standing::Retried),
        Some(behind) if behind > 0 => Some(Standing::Reused),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_serves_and_the_one_before_it_for_a_grace() {
        let at = Timestamp::from_seconds;
        let grace = Duration::from_secs(10);
        let judged = |presented, seconds| standing(presented, 3, Some(at(100)), grace, at(seconds));
        assert_eq!(judged(3, 1_000), Some(Standing::Current));
        assert_eq!((judged(2, 100), judged(2, 109)), (Some(Standing::Retried), Some(Standing::Retried)));
        assert_eq!(judged(2, 110), Some(Standing::Reused));
        assert_eq!((judged(1, 100), judged(0, 100)), (Some(Standing::Reused), Some(Standing::Reused)));
        assert_eq!((judged(4, 100), judged(i64::MAX, 100), judged(i64::MIN, 100)), (None, None, None));
        assert_eq!(standing(2, 3, Some(at(100)), Duration::ZERO, at(100)), Some(Standing::Reused), "no grace");
        assert_eq!(standing(0, 0, None, grace, at(0)), Some(Standing::Current));
    }
}
