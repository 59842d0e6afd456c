//! Date operators. Dates are ISO 8601 (W3C's profile) or epoch seconds; what is neither cannot be compared.

use std::cmp::Ordering;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Kind, Operand, Reading};
use crate::policy::context::Value;
use crate::policy::pattern::{MalformedVariable, Variables};

pub fn prepare(text: &str, _: Variables) -> Result<Operand, MalformedVariable> {
    Ok(Operand::Read(Reading::of(Kind::Date, text)))
}

pub fn compare(value: &Value, operand: &Operand) -> Option<Ordering> {
    match (value.read(Kind::Date), operand) {
        (Reading::Date(Some(value)), Operand::Read(Reading::Date(Some(wanted)))) => Some(value.cmp(wanted)),
        _ => None,
    }
}

/// Missing parts of W3C's profile (`2026-01`, `2026-01-31T10:00Z`) are the first moment of what is named.
pub fn nanoseconds(text: &str) -> Option<i128> {
    let text = text.trim();
    if text.len() != 4
        && let Ok(seconds) = text.parse::<f64>()
    {
        #[expect(clippy::cast_possible_truncation, reason = "saturates, which compares as far away")]
        return seconds.is_finite().then_some((seconds * 1e9) as i128);
    }
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(moment.unix_timestamp_nanos());
    }
    let complete = match (text.len(), text.split_at_checked(16)) {
        (4, _) => format!("{text}-01-01T00:00:00Z"),
        (7, _) => format!("{text}-01T00:00:00Z"),
        (10, _) => format!("{text}T00:00:00Z"),
        (17 | 22, Some((minutes, zone))) => format!("{minutes}:00{zone}"),
        _ => return None,
    };
    OffsetDateTime::parse(&complete, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp_nanos)
}
