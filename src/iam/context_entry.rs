//! Context entries: the condition keys that a caller of the policy simulators supplies, each with a type.

use std::net::IpAddr;

use ipnet::IpNet;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::policy::ContextMap;

/// Why an entry is refused: in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidEntry(String);

/// The type of a value.
#[derive(Clone, Copy)]
enum Type {
    String,
    Numeric,
    Boolean,
    Ip,
    Binary,
    Date,
}

/// Sets a key of the context. `kind` is one of the model's: `string`, `stringList`, `numeric`, …
///
/// # Errors
/// [`InvalidEntry`] for a value that is not of its type, and several values where the type is not a list.
pub fn add(context: &mut ContextMap, key: &str, kind: &str, values: &[String]) -> Result<(), InvalidEntry> {
    let unknown = || InvalidEntry(format!("Invalid Context Key Type: {kind}"));
    let (of, is_list) = kind.strip_suffix("List").map_or((kind, false), |of| (of, true));
    let of = match of {
        "string" => Type::String,
        "numeric" => Type::Numeric,
        "boolean" => Type::Boolean,
        "ip" => Type::Ip,
        "binary" => Type::Binary,
        "date" => Type::Date,
        _ => return Err(unknown()),
    };
    if let Some(value) = values.iter().find(|value| !is_of(of, value)) {
        return Err(InvalidEntry(format!("Invalid Context Value: {value} for Context Key {key} is not of type {kind}.")));
    }
    match values {
        many if is_list => context.insert_list(key, many),
        [single] => context.insert(key, single.as_str()),
        _ => return Err(InvalidEntry(format!("Context Key {key} of type {kind} needs exactly one value."))),
    }
    Ok(())
}

fn is_of(kind: Type, value: &str) -> bool {
    match kind {
        Type::String => true,
        Type::Numeric => value.trim().parse::<f64>().is_ok_and(f64::is_finite),
        Type::Boolean => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        Type::Ip => value.parse::<IpAddr>().is_ok() || value.parse::<IpNet>().is_ok(),
        Type::Binary => is_base64(value),
        Type::Date => is_date(value.trim()),
    }
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.len().is_multiple_of(4) && text.len() - digits.len() <= 2 && digits.bytes().all(is_digit)
}

/// Epoch seconds, or W3C's profile of ISO 8601 (IAM user guide, "Date condition operators").
fn is_date(text: &str) -> bool {
    let complete = match (text.len(), text.split_at_checked(16)) {
        (4, _) => format!("{text}-01-01T00:00:00Z"),
        (7, _) => format!("{text}-01T00:00:00Z"),
        (10, _) => format!("{text}T00:00:00Z"),
        (17 | 22, Some((minutes, zone))) => format!("{minutes}:00{zone}"),
        _ => text.to_owned(),
    };
    text.parse::<i64>().is_ok() || OffsetDateTime::parse(&complete, &Rfc3339).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(kind: &str, values: &[&str]) -> Result<ContextMap, InvalidEntry> {
        let mut context = ContextMap::new();
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        add(&mut context, "aws:Key", kind, &values).map(|()| context)
    }

    #[test]
    fn values_are_of_their_type() {
        for (kind, good, bad) in [
            ("numeric", &["1", "-2.5", "1e3"][..], &["", "one", "NaN", "inf"][..]),
            ("boolean", &["true", "False"], &["", "yes", "1"]),
            ("ip", &["192.0.2.1", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32"], &["", "192.0.2", "192.0.2.0/33"]),
            ("binary", &["", "YQ==", "YWI=", "YWJj"], &["YQ", "YQ=", "Y===", "?w=="]),
            (
                "date",
                &["2026-01-31T10:00:00Z", "2026-01-31", "2026-01", "2026", "1700000000", "2026-01-31T10:00Z", "2026-01-31T10:00+01:00"],
                &["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-31T10"],
            ),
            ("string", &["", "anything"], &[]),
        ] {
            for value in good {
                assert_eq!(added(kind, &[value]).unwrap().values("aws:key").collect::<Vec<_>>(), [*value], "{kind} {value}");
                assert!(added(&format!("{kind}List"), &[value, value]).is_ok(), "{kind} {value}");
            }
            for value in bad {
                assert!(added(kind, &[value]).is_err() && added(&format!("{kind}List"), &[value]).is_err(), "{kind} {value}");
            }
        }
    }

    #[test]
    fn only_lists_take_other_than_one_value() {
        assert!(added("string", &[]).is_err() && added("string", &["a", "b"]).is_err() && added("text", &["a"]).is_err());
        let empty = added("stringList", &[]).unwrap();
        assert!(empty.contains("aws:Key") && empty.values("aws:Key").next().is_none());
    }
}
