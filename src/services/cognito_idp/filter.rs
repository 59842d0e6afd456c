//! The filter of ListUsers: `attribute = "value"` or `attribute ^= "value"`.
//!
//! Source: Amazon Cognito API reference, ListUsers, Filter.

use crate::store::users::{Comparison, SEARCHED};

/// A filter that is read.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    /// One of the attributes that users are found by, `sub`, or `status`: whether the user is enabled.
    pub attribute: String,
    /// How it compares.
    pub comparison: Comparison,
    /// The value.
    pub value: String,
}

impl Filter {
    /// Whether a value is one that the filter wants.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        match self.comparison {
            Comparison::Equals => value == self.value,
            Comparison::StartsWith => value.starts_with(&self.value),
        }
    }
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
    let quoted = rest.trim().strip_prefix('"')?.strip_suffix('"')?;
    // "Quotation marks within the filter string must be escaped using the backslash (\) character."
    if quoted.replace("\\\"", "").contains('"') {
        return None;
    }
    let known = SEARCHED.contains(&attribute) || ["status", "sub"].contains(&attribute);
    let value = quoted.replace("\\\"", "\"");
    // "cognito:user_status … (case-insensitive)"; every other attribute is case-sensitive.
    let value = if attribute == "cognito:user_status" { value.to_ascii_uppercase() } else { value };
    known.then(|| Filter { attribute: attribute.to_owned(), comparison, value })
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
            ("status = \"Enabled\"", filter("status", Comparison::Equals, "Enabled")),
            ("cognito:user_status ^= \"conf\"", filter("cognito:user_status", Comparison::StartsWith, "CONF")),
            ("name = \"a\" b\"", None),
            ("name = \"a\" or name = \"b\"", None),
            ("name ^= \"a \\\"b\" c\"", None),
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
