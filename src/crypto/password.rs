//! A password in the one form that every check and every proof of it takes.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::kit::secret::Secret;

/// Passwords longer than this are refused, never cut: characters.
pub const MAX_CHARACTERS: usize = 256;

/// Longer than any password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Password must not be longer than {MAX_CHARACTERS} characters")]
pub struct TooLong;

/// A password: no longer than [`MAX_CHARACTERS`], and in NFC (SP 800-63B-4 §3.1.1.2), whatever the keyboard made of it.
///
/// Hash, SRP verifier and policy all take this type, so that they never judge two forms of one password.
#[derive(Clone)]
pub struct Password(Secret);

impl Password {
    /// The form of what somebody typed.
    ///
    /// # Errors
    /// [`TooLong`], before any work on the text.
    pub fn of(typed: &Secret) -> Result<Self, TooLong> {
        let typed = typed.expose_secret();
        if typed.chars().nth(MAX_CHARACTERS).is_some() {
            return Err(TooLong);
        }
        // Room for the longest form from the start: a text that grows leaves copies of itself behind.
        let mut form = Zeroizing::new(String::with_capacity(typed.len() * 3));
        form.extend(typed.nfc());
        Ok(Self(Secret::from(std::mem::take(&mut *form))))
    }

    /// The password itself. Keep the borrow short and out of logs and errors.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

#[cfg(test)]
impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::of(&Secret::from(text.to_owned())).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        assert_eq!(Password::from("cafe\u{301}").expose_secret(), "caf\u{e9}");
        assert_ne!(Password::from("ｋ").expose_secret(), "k", "no more than NFC: a password keeps what it is made of");
        assert_eq!(format!("{:?}", Password::from("hunter2")), "Password");
    }

    #[test]
    fn a_password_is_measured_before_it_is_composed_and_never_cut() {
        let of = |text: String| Password::of(&Secret::from(text)).map(|password| password.expose_secret().chars().count());
        assert_eq!(of("é".repeat(256)), Ok(256));
        assert_eq!(of("é".repeat(257)), Err(TooLong));
        assert_eq!(of("e\u{301}".repeat(129)), Err(TooLong));
        assert_eq!(of("\u{fb2c}".repeat(256)), Ok(768), "what NFC takes apart");
    }
}
