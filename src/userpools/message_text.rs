//! The texts of messages, with what stands for codes, names and links put in.

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
