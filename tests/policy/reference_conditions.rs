//! The reference evaluator's conditions: one function an operator, over texts.

use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::reference::{list, text};
use crate::reference_patterns::{Step, arn_like, glob, has_several_values, steps, values_of};

/// Operators and keys are ANDed.
pub fn all_hold(conditions: &Value, context: &Value, variables: bool, denies: bool) -> bool {
    let Some(operators) = conditions.as_object() else { return true };
    operators.iter().all(|(operator, keys)| {
        let Some(keys) = keys.as_object() else { return true };
        keys.iter().all(|(key, expected)| match holds(operator, key, &list(expected), context, variables) {
            Answer::Yes => true,
            Answer::No => false,
            // What nobody can know is never to somebody's advantage.
            Answer::Unknown => denies,
        })
    })
}

fn holds(operator: &str, key: &str, expected: &[&Value], context: &Value, variables: bool) -> Answer {
    let (set, operator) = match operator.split_once(':') {
        Some((set, rest)) => (Some(set), rest),
        None => (None, operator),
    };
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(rest) => (rest, true),
        None => (operator, false),
    };
    let values = values_of(context, key);
    let absent = values.is_none();
    if expected.is_empty() {
        return answer(absent && (if_exists || set == Some("ForAllValues")));
    }
    if operator == "Null" {
        return null(set, absent, expected);
    }
    let negated = operator.contains("Not");
    let Some(values) = values else {
        return answer(if_exists || set == Some("ForAllValues") || (set.is_none() && negated));
    };
    let verdicts: Vec<Answer> = values
        .iter()
        .map(|value| {
            let outcomes: Vec<Option<bool>> =
                expected.iter().map(|pattern| compare(&operator.replace("Not", ""), value, &text(pattern), context, variables)).collect();
            if outcomes.contains(&Some(true)) {
                answer(!negated)
            } else if outcomes.contains(&None) {
                Answer::Unknown
            } else {
                answer(negated)
            }
        })
        .collect();
    let least = verdicts.iter().min().copied().unwrap_or(Answer::Yes);
    let most = verdicts.iter().max().copied().unwrap_or(Answer::No);
    match set {
        Some("ForAllValues") => least,
        Some(_) => most,
        // Nobody said whether all of the values are meant or any.
        None if has_several_values(context, key) => most.min(Answer::Unknown),
        None => most,
    }
}

/// In the order in which "all" takes the least and "any" the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    No,
    Unknown,
    Yes,
}

fn answer(holds: bool) -> Answer {
    if holds { Answer::Yes } else { Answer::No }
}

fn null(set: Option<&str>, absent: bool, expected: &[&Value]) -> Answer {
    let is = |value: &Value, word: &str| text(value).eq_ignore_ascii_case(word);
    let wants = |word: &str| {
        if expected.iter().any(|value| is(value, word)) {
            Answer::Yes
        } else if expected.iter().all(|value| is(value, "true") || is(value, "false")) {
            Answer::No
        } else {
            Answer::Unknown
        }
    };
    match (set, absent) {
        (Some("ForAllValues"), true) => Answer::Yes,
        (Some("ForAnyValue"), true) => Answer::No,
        (_, true) => wants("true"),
        (_, false) => wants("false"),
    }
}

/// Whether a value meets a pattern; `None` where either cannot be read as what the operator compares.
fn compare(operator: &str, value: &str, pattern: &str, context: &Value, variables: bool) -> Option<bool> {
    let steps = steps(pattern, context, variables);
    let matched = |by: fn(&[Step], &str) -> bool| steps.as_ref().map(|steps| by(steps, value));
    match operator {
        "StringEquals" => matched(|steps, value| literal(steps) == value),
        "StringEqualsIgnoreCase" => matched(|steps, value| literal(steps).eq_ignore_ascii_case(value)),
        "StringLike" => matched(glob),
        "ArnEquals" | "ArnLike" => steps.as_ref().and_then(|steps| arn_like(steps, value)),
        "Bool" => {
            let truth = |text: &str| ["true", "false"].into_iter().find(|word| text.eq_ignore_ascii_case(word));
            Some(truth(value)? == truth(&literal(steps.as_ref()?))?)
        }
        "BinaryEquals" => Some(BASE64_STANDARD.decode(value).ok()? == BASE64_STANDARD.decode(pattern).ok()?),
        "IpAddress" => address(value, pattern),
        _ => {
            let (kind, relation) = if let Some(relation) = operator.strip_prefix("Numeric") {
                (number as Order, relation)
            } else {
                (date as Order, &operator[4..])
            };
            let order = kind(value, pattern)?;
            Some(match relation {
                "Equals" => order.is_eq(),
                "LessThan" => order.is_lt(),
                "LessThanEquals" => order.is_le(),
                "GreaterThan" => order.is_gt(),
                "GreaterThanEquals" => order.is_ge(),
                other => panic!("no operator {other}"),
            })
        }
    }
}

type Order = fn(&str, &str) -> Option<std::cmp::Ordering>;

/// Where `*` and `?` stand for themselves.
fn literal(steps: &[Step]) -> String {
    let character = |step: &Step| match step {
        Step::Written(c) | Step::Substituted(c) => *c,
        Step::One => '?',
        Step::Many => '*',
    };
    steps.iter().map(character).collect()
}

/// Integers exactly, everything else as a double.
fn number(value: &str, pattern: &str) -> Option<std::cmp::Ordering> {
    let whole = |text: &str| text.parse::<i128>().ok();
    if let (Some(value), Some(pattern)) = (whole(value), whole(pattern)) {
        return Some(value.cmp(&pattern));
    }
    let double = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    double(value)?.partial_cmp(&double(pattern)?)
}

fn date(value: &str, pattern: &str) -> Option<std::cmp::Ordering> {
    Some(instant(value)?.cmp(&instant(pattern)?))
}

/// Nanoseconds since 1970, of the W3C's profile of ISO 8601 or of a count of seconds.
fn instant(text: &str) -> Option<i128> {
    const SECOND: i128 = 1_000_000_000;
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits(text) && text.len() != 4 {
        return Some(text.parse::<i128>().ok()? * SECOND);
    }
    let (day, clock) = match text.split_once('T') {
        Some((day, clock)) => (day, Some(clock)),
        None => (text, None),
    };
    let digits = |text: &str, count: usize| (text.len() == count && all_digits(text)).then(|| text.parse::<i128>().ok()).flatten();
    let parts: Vec<&str> = day.split('-').collect();
    if parts.len() > 3 || (clock.is_some() && parts.len() != 3) {
        return None;
    }
    let year = digits(parts.first()?, 4)?;
    let month = parts.get(1).map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.get(2).map_or(Some(1), |part| digits(part, 2))?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let days = (1970..year).map(days_in_year).sum::<i128>() - (year..1970).map(days_in_year).sum::<i128>()
        + (1..month).map(|month| days_in(year, month)).sum::<i128>()
        + day
        - 1;
    let Some(clock) = clock else { return Some(days * 86_400 * SECOND) };

    let zone_at = clock.find(['Z', '+', '-'])?;
    let (clock, zone) = clock.split_at(zone_at);
    let offset = match zone.strip_prefix(['+', '-']) {
        None => (zone == "Z").then_some(0)?,
        Some(span) => {
            let (hours, minutes) = span.split_once(':')?;
            let (hours, minutes) = (digits(hours, 2).filter(|h| *h < 24)?, digits(minutes, 2).filter(|m| *m < 60)?);
            (hours * 60 + minutes) * if zone.starts_with('-') { -60 } else { 60 }
        }
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) || (fraction.is_some() && parts.len() != 3) {
        return None;
    }
    let hour = digits(parts[0], 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts[1], 2).filter(|minute| *minute < 60)?;
    let second = parts.get(2).map_or(Some(0), |part| digits(part, 2).filter(|second| *second < 60))?;
    let nanoseconds = match fraction {
        Some(fraction) if all_digits(fraction) => format!("{fraction:0<9}")[..9].parse::<i128>().ok()?,
        Some(_) => return None,
        None => 0,
    };
    Some((days * 86_400 + hour * 3_600 + minute * 60 + second - offset) * SECOND + nanoseconds)
}

fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_year(year: i128) -> i128 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in(year: i128, month: i128) -> i128 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Bit by bit; a bare address is a range of one.
fn address(value: &str, range: &str) -> Option<bool> {
    let bits = |address: IpAddr| -> String {
        match address {
            IpAddr::V4(four) => four.octets().iter().map(|byte| format!("{byte:08b}")).collect(),
            IpAddr::V6(six) => six.octets().iter().map(|byte| format!("{byte:08b}")).collect(),
        }
    };
    let value = bits(value.parse().ok()?);
    let (base, length) = match range.split_once('/') {
        Some((base, length)) => (base, Some(length)),
        None => (range, None),
    };
    let base = bits(base.parse().ok()?);
    let length: usize = length.map_or(Some(base.len()), |length| length.parse().ok())?;
    if length > base.len() {
        return None;
    }
    Some(value.len() == base.len() && value[..length] == base[..length])
}
