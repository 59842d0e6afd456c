//! The filter of ListUsers: `attribute = "value"` or `attribute ^= "value"`.
//!
//! Source: Amazon Cognito API reference, ListUsers, Filter.

use crate::store::users::{Comparison, SEARCHED};

/// A filter that is read.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    /// One of the attributes that users are found by, or `sub`.
    pub attribute: String,
    /// How it compares.
    pub comparison: Comparison,
    /// The value.
    pub value: String,
}

/// Reads a filter; `None` when it is malformed or names an attribute that users are not found by.
pub fn parse(text: &str) -> Option<Filter> {
    let at = text.find(['=', '^'])?;
    let (attribute, rest) = text.split_at_checked(at)?;
    let (comparison, rest) = match rest.strip_prefix("^=") {
        Some(rest) => (Comparison::StartsWith, rest),
        None => (Comparison::Equals, rest.strip_prefix('=')?),
    };
    let attribute = attribute.trim().trim_matches('"');
    let attribute = if attribute == "status" { "cognito:user_status" } else { attribute };
    let quoted = rest.trim().strip_prefix('"')?.strip_suffix('"')?;
    let known = SEARCHED.contains(&attribute) || attribute == "sub";
    known.then(|| Filter { attribute: attribute.to_owned(), comparison, value: quoted.replace("\\\"", "\"") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_or_refused() {
        let filter = |attribute: &str, comparison, value: &str| {
            Some(Filter { attribute: attribute.to_owned(), comparison, value: value.to_owned() })
        };
        for (text, expected) in [
            ("email = \"a@b\"", filter("email", Comparison::Equals, "a@b")),
            ("username^=\"al\"", filter("username", Comparison::StartsWith, "al")),
            ("\"sub\" = \"x\"", filter("sub", Comparison::Equals, "x")),
            ("name = \"a \\\"b\\\"\"", filter("name", Comparison::Equals, "a \"b\"")),
            ("email = a", None),
            ("email", None),
            ("custom:x = \"a\"", None),
            ("email ~ \"a\"", None),
            ("\u{e9} = \"", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
