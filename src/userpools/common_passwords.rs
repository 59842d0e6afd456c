//! Passwords that many people have: what is guessed first.
//!
//! The list is Django's (`django/contrib/auth/common-passwords.txt.gz`, BSD 3-clause: `common_passwords/LICENSE`), in small
//! letters, sorted by bytes.

use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use crate::crypto::password::Password;

/// One a line.
static LIST: LazyLock<String> = LazyLock::new(|| {
    let mut list = String::new();
    match GzDecoder::new(include_bytes!("common_passwords/list.txt.gz").as_slice()).read_to_string(&mut list) {
        Ok(_) => list,
        // It is part of the program, and a test opens it.
        Err(_) => String::new(),
    }
});

/// Where each line begins.
static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether many people have this password, whatever its capitals.
#[must_use]
pub fn is_common(password: &Password) -> bool {
    let form = password.expose_secret().trim().to_lowercase();
    LINES.binary_search(&form.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_sorted() {
        assert_eq!(LINES.len(), 19_640);
        assert!(LINES.is_sorted());
    }

    #[test]
    fn what_many_have_is_found_in_any_capitals_and_what_few_have_is_not() {
        for (password, common) in [
            ("password", true),
            ("PassWord1", true),
            ("  qwerty ", true),
            ("trustno1", true),
            ("correct horse battery", false),
            ("", false),
        ] {
            assert_eq!(is_common(&Password::from(password)), common, "{password}");
        }
    }
}
