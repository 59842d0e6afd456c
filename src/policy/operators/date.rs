//! Date operators. Dates are ISO 8601 (W3C's profile) or epoch seconds; what is neither matches nothing.

use std::cmp::Ordering;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Operand;
use crate::policy::context::ContextMap;

pub fn equals(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? == Ordering::Equal)
}

pub fn less(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? == Ordering::Less)
}

pub fn less_or_equal(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? != Ordering::Greater)
}

pub fn greater(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? == Ordering::Greater)
}

pub fn greater_or_equal(value: &str, operand: &Operand, _: &ContextMap) -> Option<bool> {
    Some(compare(value, operand)? != Ordering::Less)
}

fn compare(value: &str, operand: &Operand) -> Option<Ordering> {
    Some(nanoseconds(value)?.cmp(&nanoseconds(&operand.text)?))
}

/// Missing parts of W3C's profile (`2026-01`, `2026-01-31`) are the first moment of what is named.
fn nanoseconds(text: &str) -> Option<i128> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>()
        && text.len() != 4
    {
        #[expect(clippy::cast_possible_truncation, reason = "saturates, which compares as far away")]
        return seconds.is_finite().then_some((seconds * 1e9) as i128);
    }
    let complete = match text.len() {
        4 => format!("{text}-01-01T00:00:00Z"),
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        17 if text.ends_with('Z') => format!("{}:00Z", text.trim_end_matches('Z')),
        _ => text.to_owned(),
    };
    OffsetDateTime::parse(&complete, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp_nanos)
}
