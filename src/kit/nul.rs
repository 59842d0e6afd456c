//! The character NUL, which no text of ours holds: PostgreSQL cannot store it, so it is refused wherever texts come in.

/// Whether a JSON text has NUL in one of its strings. There it can only stand escaped, as `\\u0000`.
#[must_use]
pub fn in_json(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
        // What is escaped is passed over, lest an escaped backslash be taken for the begin of another escape.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

/// Whether a text has NUL.
#[must_use]
pub fn in_text(text: &str) -> bool {
    text.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_found_and_its_spelling_is_not_taken_for_it() {
        for (text, found) in [
            (r#"{"a":"x\u0000"}"#, true),
            (r#"{"\u0000":1}"#, true),
            (r#"{"a":"\\\u0000"}"#, true),
            (r#"{"a":"\\u0000"}"#, false),
            (r#"{"a":"\u0001 u0000"}"#, false),
            (r#"{"a":"\"#, false),
            ("", false),
        ] {
            assert_eq!(in_json(text.as_bytes()), found, "{text}");
        }
    }
}
