//! Time as a value: a timestamp type, and the one place that reads the system's clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const HTTP_DATE: &[FormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

const UNIX_DATE: &[FormatItem<'_>] =
    format_description!("[weekday repr:short] [month repr:short] [day] [hour]:[minute]:[second] UTC [year]");

const PLAIN_DATE: &[FormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");

const LONG_DATE: &[FormatItem<'_>] =
    format_description!("[weekday], [month repr:long] [day padding:none], [year] [hour repr:12]:[minute] [period] UTC");

/// A moment in milliseconds since 1970-01-01T00:00:00Z. Stored as `BIGINT`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch, as the database holds them.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch, as tokens hold them.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `duration` later; saturates at the ends of the range.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(duration)))
    }

    /// The moment `duration` earlier; saturates at the ends of the range.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(duration)))
    }

    /// How long ago `earlier` was; zero when it lies in the future.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The calendar's view, UTC. Moments outside of the calendar's range become the epoch.
    #[must_use]
    pub fn to_utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// RFC 3339 in whole seconds with `Z`, as AWS Query answers write times (`2026-01-31T23:59:59Z`).
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let whole = Self::from_seconds(self.seconds()).to_utc();
        whole.format(&Rfc3339).unwrap_or_default()
    }

    /// As HTTP's `Date` has it (`Sat, 31 Jan 2026 23:59:59 GMT`, RFC 9110 §5.6.7).
    #[must_use]
    pub fn to_http_date(self) -> String {
        self.to_utc().format(HTTP_DATE).unwrap_or_default()
    }

    /// As `date` writes it (`Sat Jan 31 23:59:59 UTC 2026`).
    #[must_use]
    pub fn to_unix_date(self) -> String {
        self.to_utc().format(UNIX_DATE).unwrap_or_default()
    }

    /// As people of any language read it (`2026-01-31 23:59 UTC`).
    #[must_use]
    pub fn to_plain_date(self) -> String {
        self.to_utc().format(PLAIN_DATE).unwrap_or_default()
    }

    /// In English words, as Amazon Cognito tells when a sign-in was (`Saturday, January 31, 2026 11:59 PM UTC`).
    #[must_use]
    pub fn to_long_date(self) -> String {
        self.to_utc().format(LONG_DATE).unwrap_or_default()
    }
}

/// AWS JSON 1.1 writes times as epoch seconds with a fraction.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double's 53 bits until the year 287396")]
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

/// Where the application gets its time from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    fn now(&self) -> Timestamp {
        Timestamp(std::time::SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis_of))
    }
}

/// A clock that stands still until it is moved: for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.0.fetch_add(millis_of(duration), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_aws_writes_them() {
        let moment = Timestamp::from_millis(1_700_000_000_123);
        assert_eq!(serde_json::to_string(&moment).unwrap(), "1700000000.123");
        assert_eq!(moment.to_rfc3339(), "2023-11-14T22:13:20Z");
        assert_eq!(moment.to_http_date(), "Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(moment.to_plain_date(), "2023-11-14 22:13 UTC");
        assert_eq!(moment.to_long_date(), "Tuesday, November 14, 2023 10:13 PM UTC");
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(9)), Duration::ZERO);
        assert_eq!(Timestamp::from_millis(i64::MAX).plus(Duration::from_secs(1)).millis(), i64::MAX);
    }
}
