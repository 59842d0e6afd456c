//! The models' patterns are Java's; this makes linear-time regular expressions of them that match whole texts.

use regex::Regex;

/// Patterns with look-around, which a linear-time engine does not have, and what says the same.
const REWRITTEN: [(&str, &str); 2] = [
    // Does not end in a dot.
    (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", r"(?:[0-9A-Za-z.\-_]*[0-9A-Za-z\-_])?"),
    // No two hyphens in a row. The count of the original, 3 to 63 characters, is the shape's own length constraint.
    (r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", r"[a-z0-9]+(?:-[a-z0-9]+)*"),
];

/// The pattern as a regular expression over whole texts; `None` if it cannot be (a test compiles them all).
pub fn compile(pattern: &str) -> Option<Regex> {
    let rewritten = REWRITTEN.iter().find(|(java, _)| *java == pattern).map(|(_, same)| (*same).to_owned());
    let body = rewritten.unwrap_or_else(|| translate(pattern));
    Regex::new(&format!(r"\A(?:{body})\z")).ok()
}

/// Java's `\w`, `\d` and `\s` are ASCII; `\uXXXX` is `\x{XXXX}` here. Classes nest in both.
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            translated.push(character);
            continue;
        }
        match rest.next() {
            Some('w') => translated.push_str("[0-9A-Za-z_]"),
            Some('d') => translated.push_str("[0-9]"),
            Some('s') => translated.push_str(r"[\t\n\x0B\x0C\r ]"),
            Some('S') => translated.push_str(r"[^\t\n\x0B\x0C\r ]"),
            Some('u') => {
                translated.push_str(r"\x{");
                translated.extend(rest.by_ref().take(4));
                translated.push('}');
            }
            Some(other) => translated.extend(['\\', other]),
            None => translated.push('\\'),
        }
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::model::Service;

    #[test]
    fn every_pattern_of_every_model_compiles() {
        let patterns = || Service::all().flat_map(|service| service.model().shapes()).filter_map(|shape| shape.pattern());
        let failing: Vec<&str> = patterns().filter(|pattern| compile(pattern).is_none()).collect();
        assert_eq!(failing, Vec::<&str>::new());
        assert!(patterns().count() > 100);
    }

    #[test]
    fn patterns_mean_what_java_means() {
        for (pattern, text, matches) in [
            (r"[\w-]+_[0-9a-zA-Z]+", "us-east-1_AbC123xyz", true),
            (r"[\w-]+_[0-9a-zA-Z]+", "us-east-1_AbC123xyz\n", false),
            (r"[\w+]+", "é", false),
            (r"[\S]+", "a b", false),
            (r"[\S]+", "çà!", true),
            (r"[\u0020-\u00FF]+", "aÿ", true),
            (r"[\u0020-\u00FF]+", "aĀ", false),
            (r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", "/a/b/", true),
            (r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", "/a", false),
            (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", "a.b", true),
            (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", "a.", false),
            (r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", "a-b-c", true),
            (r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", "a--c", false),
        ] {
            assert_eq!(compile(pattern).unwrap().is_match(text), matches, "{pattern} on {text:?}");
        }
    }
}
