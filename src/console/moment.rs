//! A moment as pages show it: how long ago, and exactly.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::kit::clock::Timestamp;

/// A moment as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// In UTC: RFC 3339.
    pub exact: String,
    /// From now: `3 minutes ago`, `in 2 days`.
    pub ago: String,
}

impl Moment {
    /// A moment, seen from now.
    #[must_use]
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        let (past, distance) = if at > now { (false, at.since(now)) } else { (true, now.since(at)) };
        let seconds = distance.as_secs();
        let (count, unit) = match seconds {
            0..60 => return Self { exact: at.to_rfc3339(), ago: (if past { "just now" } else { "in a moment" }).to_owned() },
            60..3_600 => (seconds / 60, "minute"),
            3_600..86_400 => (seconds / 3_600, "hour"),
            86_400..2_592_000 => (seconds / 86_400, "day"),
            2_592_000..31_536_000 => (seconds / 2_592_000, "month"),
            _ => (seconds / 31_536_000, "year"),
        };
        let many = if count == 1 { "" } else { "s" };
        let ago = if past { format!("{count} {unit}{many} ago") } else { format!("in {count} {unit}{many}") };
        Self { exact: at.to_rfc3339(), ago }
    }

    /// A moment as operations write it: seconds since 1970 (AWS JSON), or RFC 3339 (AWS Query). `None` where there is none.
    #[must_use]
    pub fn read(value: &Value, now: Timestamp) -> Option<Self> {
        Some(Self::of(time_of(value)?, now))
    }
}

/// The time that an operation writes, to the second; `None` where there is none.
#[must_use]
pub fn time_of(value: &Value) -> Option<Timestamp> {
    let seconds = match value {
        Value::Number(seconds) => seconds.as_i64().or_else(|| seconds.to_string().split('.').next()?.parse().ok())?,
        Value::String(text) => OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp(),
        _ => return None,
    };
    Some(Timestamp::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn moments_are_told_from_now() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let told = |seconds: i64| Moment::of(Timestamp::from_seconds(1_800_000_000 - seconds), now).ago;
        for (seconds, ago) in [
            (5, "just now"),
            (60, "1 minute ago"),
            (7_300, "2 hours ago"),
            (86_400 * 29, "29 days ago"),
            (86_400 * 400, "1 year ago"),
            (-30, "in a moment"),
            (-7_200, "in 2 hours"),
        ] {
            assert_eq!(told(seconds), ago);
        }
    }

    #[test]
    fn moments_are_read_as_both_protocols_write_them() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let expected = Moment { exact: "2027-01-15T07:59:00Z".to_owned(), ago: "1 minute ago".to_owned() };
        let read = [json!(1_799_999_940), json!(1_799_999_940.25), json!("2027-01-15T07:59:00Z")].map(|value| Moment::read(&value, now));
        assert!(read.iter().all(|moment| moment.as_ref() == Some(&expected)), "{read:?}");
        assert_eq!(Moment::read(&Value::Null, now), None);
    }
}
