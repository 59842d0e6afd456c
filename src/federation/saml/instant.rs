//! Moments as messages write them, and how far two clocks may differ.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::refused::SamlRefused;
use crate::kit::clock::Timestamp;

/// How far the provider's clock and ours may differ.
pub(super) const SKEW: Duration = Duration::from_secs(180);

/// A moment (Core §1.3.3: `xs:dateTime`, in UTC).
pub(super) fn instant(text: &str) -> Result<Timestamp, SamlRefused> {
    let moment = OffsetDateTime::parse(text.trim(), &Rfc3339).map_err(|_| SamlRefused::Instant)?;
    let millis = moment.unix_timestamp_nanos().div_euclid(1_000_000);
    i64::try_from(millis).map(Timestamp::from_millis).map_err(|_| SamlRefused::Instant)
}

/// Refuses what is of the future: NotBefore, IssueInstant.
pub(super) fn begun(from: Timestamp, now: Timestamp) -> Result<(), SamlRefused> {
    if from > now.plus(SKEW) { Err(SamlRefused::NotYetValid) } else { Ok(()) }
}

/// Refuses what is over: NotOnOrAfter.
pub(super) fn not_over(until: Timestamp, now: Timestamp) -> Result<(), SamlRefused> {
    if until.plus(SKEW) <= now { Err(SamlRefused::Expired) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_providers_write_them() {
        let noon = Ok(Timestamp::from_seconds(1_700_049_600));
        for text in ["2023-11-15T12:00:00Z", "2023-11-15T12:00:00.000Z", "2023-11-15T13:00:00.0000000+01:00", " 2023-11-15T12:00:00Z\n"] {
            assert_eq!(instant(text), noon, "{text}");
        }
        for text in ["", "2023-11-15", "2023-11-15T12:00:00", "2023-13-15T12:00:00Z", "99999-11-15T12:00:00Z", "1700049600"] {
            assert_eq!(instant(text), Err(SamlRefused::Instant), "{text}");
        }
    }

    #[test]
    fn clocks_may_differ_by_three_minutes() {
        let at = Timestamp::from_seconds;
        assert_eq!(begun(at(1180), at(1000)), Ok(()));
        assert_eq!(begun(at(1181), at(1000)), Err(SamlRefused::NotYetValid));
        assert_eq!(not_over(at(1000), at(1179)), Ok(()));
        assert_eq!(not_over(at(1000), at(1180)), Err(SamlRefused::Expired));
    }
}
