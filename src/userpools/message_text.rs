//! The texts of messages, with what stands for codes, names and links put in.

use std::borrow::Cow;
use std::sync::LazyLock;

use askama::filters::{Escaper as _, Html};
use regex::Regex;

/// A text with its code.
#[must_use]
pub fn with_code(text: &str, code: &str) -> String {
    text.replace("{####}", code)
}

/// A text that invites: with the name and the temporary password.
#[must_use]
pub fn invitation(text: &str, username: &str, password: &str) -> String {
    // A name may hold what stands for the password: so the password goes in first.
    let parts: Vec<String> = text.split("{username}").map(|part| with_code(part, password)).collect();
    parts.join(username)
}

/// A text with a name.
#[must_use]
pub fn with_username(text: &str, username: &str) -> String {
    text.replace("{username}", username)
}

/// A text with its link, after the words that stand for it (`{##Click here##}`).
#[must_use]
pub fn with_link(text: &str, link: &str) -> String {
    let parts = text.split_once("{##").and_then(|(before, rest)| rest.split_once("##}").map(|(words, after)| (before, words, after)));
    match parts {
        Some((before, words, after)) => format!("{before}{words}: {link}{after}"),
        None => format!("{text} {link}"),
    }
}

/// Whether a pool's own text is HTML, as Amazon Cognito sends all of them.
#[must_use]
pub fn is_html(text: &str) -> bool {
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<[A-Za-z!/][^<>]*>").ok());
    TAG.as_ref().is_some_and(|tag| tag.is_match(text))
}

/// A text as HTML that shows it.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    match Html.write_escaped_str(&mut escaped, text) {
        Ok(()) => escaped,
        // Half of it would be no better than none.
        Err(_) => String::new(),
    }
}

/// No name of a placeholder is longer, in bytes: so no text of many braces is searched to its end for each.
const LONGEST_NAME: usize = 32;

/// A text with a value for each name in braces (`{login-time}`) that has one; other braces stay, for style sheets have them.
///
/// SECURITY: what is put in is not looked at again: a name that looks like a placeholder stands for nothing.
#[must_use]
pub fn with_each<'a>(text: &str, value: impl Fn(&str) -> Option<Cow<'a, str>>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.bytes().take(LONGEST_NAME + 1).position(|byte| byte == b'}').and_then(|end| {
            let (name, after) = after.split_at_checked(end)?;
            Some((value(name)?, after.strip_prefix('}')?))
        });
        rest = match named {
            Some((value, after)) => {
                filled.push_str(&value);
                after
            }
            None => {
                filled.push('{');
                after
            }
        };
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_something_is_put_in() {
        assert_eq!(with_code("code {####}, again {####}", "123456"), "code 123456, again 123456");
        assert_eq!(invitation("{username}: {####}", "{####}", "pass"), "{####}: pass");
        assert_eq!(invitation("{username}: {####}", "ann", "{username}"), "ann: {username}");
        assert_eq!(with_link("Do {##Click##} it", "http://x"), "Do Click: http://x it");
        assert_eq!(with_link("no words", "http://x"), "no words http://x");
    }
}
