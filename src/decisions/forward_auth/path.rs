//! The path of an original request, decoded once, or refused where two servers could read it differently. Pure.

use percent_encoding::percent_decode_str;

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathRefused {
    /// Does not begin with a slash: no path, or an address in its place.
    #[error("the path does not begin with `/`")]
    NotAbsolute,
    /// A percent sign without two hexadecimal digits.
    #[error("the path has a `%` without two hexadecimal digits")]
    BadEscape,
    /// `%2F`, `%5C` or a backslash: a separator to some servers, a character to others.
    #[error("the path has an encoded slash or a backslash")]
    HiddenSeparator,
    /// `//`: one separator to some servers, an empty segment to others.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// `.` or `..`.
    #[error("the path has a `.` or `..` segment")]
    DotSegment,
    /// `;`, which begins parameters that some servers take out of the path, or `#`, which ends it.
    #[error("the path has a `;` or `#` that is not encoded")]
    Delimiter,
    /// A control character, NUL among them.
    #[error("the path has a control character")]
    Control,
    /// The bytes are no text.
    #[error("the path is not UTF-8")]
    NotText,
}

/// A decoded path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedPath {
    // INVARIANT: no segment is `.`, `..`, or has `/`, `\` or a control character; none but the last is empty.
    segments: Vec<String>,
}

impl DecodedPath {
    /// Decodes the path as it stood on the request line, without the query.
    ///
    /// # Errors
    /// [`PathRefused`].
    pub fn parse(raw: &str) -> Result<Self, PathRefused> {
        let rest = raw.strip_prefix('/').ok_or(PathRefused::NotAbsolute)?;
        let pieces: Vec<&str> = rest.split('/').collect();
        let last = pieces.len().saturating_sub(1);
        let mut segments = Vec::with_capacity(pieces.len());
        for (index, piece) in pieces.into_iter().enumerate() {
            if piece.is_empty() && index != last {
                return Err(PathRefused::EmptySegment);
            }
            segments.push(segment(piece)?);
        }
        Ok(Self { segments })
    }

    /// The segments; the last is empty where the path ends with a slash.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }
}

fn segment(raw: &str) -> Result<String, PathRefused> {
    if raw.contains([';', '#', '?']) {
        return Err(PathRefused::Delimiter);
    }
    let mut after_signs = raw.split('%').skip(1);
    let is_escape = |text: &str| text.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !after_signs.all(is_escape) {
        return Err(PathRefused::BadEscape);
    }
    let decoded = percent_decode_str(raw).decode_utf8().map_err(|_| PathRefused::NotText)?;
    // SECURITY: after decoding, so that the escaped forms are caught with the plain ones.
    match decoded.as_ref() {
        "." | ".." => Err(PathRefused::DotSegment),
        text if text.contains(['/', '\\']) => Err(PathRefused::HiddenSeparator),
        text if text.chars().any(char::is_control) => Err(PathRefused::Control),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_decoded_once() {
        for (raw, expected) in [
            ("/", &[""][..]),
            ("/notes", &["notes"]),
            ("/notes/", &["notes", ""]),
            ("/notes/us-east-1%3Aab/1", &["notes", "us-east-1:ab", "1"]),
            ("/a%20b/%C3%A9", &["a b", "é"]),
            ("/%252e%252e/x", &["%2e%2e", "x"]),
            ("/100%25", &["100%"]),
            ("/%252F", &["%2F"]),
            ("/a%3Bb%23%3F", &["a;b#?"]),
            ("/...", &["..."]),
            ("/a+b", &["a+b"]),
        ] {
            assert_eq!(DecodedPath::parse(raw).unwrap().segments(), expected, "{raw}");
        }
    }

    #[test]
    fn what_two_servers_could_read_differently_is_refused() {
        for (raw, expected) in [
            ("", PathRefused::NotAbsolute),
            ("notes", PathRefused::NotAbsolute),
            ("http://evil/notes", PathRefused::NotAbsolute),
            ("*", PathRefused::NotAbsolute),
            ("//notes", PathRefused::EmptySegment),
            ("/notes//1", PathRefused::EmptySegment),
            ("/notes/1//", PathRefused::EmptySegment),
            ("/notes/../admin", PathRefused::DotSegment),
            ("/notes/./1", PathRefused::DotSegment),
            ("/notes/..", PathRefused::DotSegment),
            ("/notes/%2e%2e/admin", PathRefused::DotSegment),
            ("/notes/.%2E/admin", PathRefused::DotSegment),
            ("/notes/..%2fadmin", PathRefused::HiddenSeparator),
            ("/notes/a%2Fb", PathRefused::HiddenSeparator),
            ("/notes/a%5cb", PathRefused::HiddenSeparator),
            ("/notes\\1", PathRefused::HiddenSeparator),
            ("/notes/..;/admin", PathRefused::Delimiter),
            ("/notes/1;v=2", PathRefused::Delimiter),
            ("/notes/1#x", PathRefused::Delimiter),
            ("/notes/%00", PathRefused::Control),
            ("/notes/a%0d%0ab", PathRefused::Control),
            ("/notes/%C2%85", PathRefused::Control),
            ("/notes/%7f", PathRefused::Control),
            ("/notes/%ff", PathRefused::NotText),
            ("/notes/%C0%AF", PathRefused::NotText),
            ("/notes/%c0%ae%c0%ae", PathRefused::NotText),
            ("/notes/%ED%A0%80", PathRefused::NotText),
            ("/notes/%", PathRefused::BadEscape),
            ("/notes/%2", PathRefused::BadEscape),
            ("/notes/%zz", PathRefused::BadEscape),
            ("/notes/%u002e", PathRefused::BadEscape),
            ("/notes/%%32e", PathRefused::BadEscape),
        ] {
            assert_eq!(DecodedPath::parse(raw), Err(expected), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_keeps_the_invariant(raw in "/[a-c./\\\\%0-9A-Fa-f;:\u{0}-\u{1f}é]{0,24}") {
            if let Ok(path) = DecodedPath::parse(&raw) {
                let last = path.segments().len() - 1;
                for (index, segment) in path.segments().iter().enumerate() {
                    prop_assert!(segment != "." && segment != ".." && (index == last || !segment.is_empty()));
                    prop_assert!(!segment.chars().any(|character| matches!(character, '/' | '\\') || character.is_control()));
                }
            }
        }

        /// Whatever escapes a client chooses, the same segments come out.
        #[test]
        fn escapes_are_a_matter_of_spelling(text in "[a-z:@ é~!-]{1,12}", escaped in any::<u64>()) {
            let spelled: String = text.bytes().enumerate().map(|(index, byte)| {
                let must = !byte.is_ascii() || byte == b' ';
                if must || escaped >> (index % 64) & 1 == 1 { format!("%{byte:02x}") } else { char::from(byte).to_string() }
            }).collect();
            let path = DecodedPath::parse(&format!("/{spelled}/x")).unwrap();
            prop_assert_eq!(path.segments(), [text.as_str(), "x"]);
        }
    }
}
