//! AWS JSON 1.1: bodies in and out.

use serde_json::{Map, Value};

use crate::kit::nul;

/// Deeper nesting than any interface model has.
const MAX_DEPTH: usize = 32;

/// The body as an object; an empty body is an empty object. `None` for what is no JSON object, nests too deep, or has a NUL
/// in a text.
#[must_use]
pub fn parse(body: &[u8]) -> Option<Value> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some(Value::Object(Map::new()));
    }
    if nul::in_json(body) {
        return None;
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    (value.is_object() && depth_within(&value, MAX_DEPTH)).then_some(value)
}

/// Recursion is bounded: serde_json itself refuses to parse more than 128 levels.
fn depth_within(value: &Value, levels: usize) -> bool {
    match (value, levels.checked_sub(1)) {
        (Value::Array(items), Some(levels)) => items.iter().all(|item| depth_within(item, levels)),
        (Value::Object(fields), Some(levels)) => fields.values().all(|field| depth_within(field, levels)),
        (Value::Array(_) | Value::Object(_), None) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_of_bounded_depth_are_bodies() {
        assert!(parse(b"").is_some() && parse(b" {} ").is_some() && parse(br#"{"a":[{"b":1}]}"#).is_some());
        for body in [
            &b"[]"[..],
            b"null",
            b"\"x\"",
            b"{",
            b"{}{}",
            b"\xff",
            b"{\"a\":NaN}",
            br#"{"a":"\u0000"}"#,
            br#"{"\u0000":1}"#,
            br#"{"a":"\ud800"}"#,
        ] {
            assert!(parse(body).is_none(), "{}", String::from_utf8_lossy(body));
        }
        let nested = |levels| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(MAX_DEPTH - 1).as_bytes()).is_some());
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_none());
        assert!(parse(nested(100_000).as_bytes()).is_none());
    }
}
