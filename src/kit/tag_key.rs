//! Keys of tags.

/// Whether a tag key is AWS's own: only AWS itself sets such tags.
///
/// SECURITY: conditions on `aws:` tags are taken for AWS's own word, however it is written.
///
/// Source: AWS general reference, "Tagging AWS resources", "Tag naming limits and requirements".
#[must_use]
pub fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awss_own_are_told_however_they_are_written() {
        for (key, expected) in [("aws:x", true), ("aWs:", true), ("aws", false), ("x-aws:", false), ("é€", false), ("", false)] {
            assert_eq!(is_reserved(key), expected, "{key}");
        }
    }
}
