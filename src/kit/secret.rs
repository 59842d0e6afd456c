//! Values that must not leak: zeroed on drop, opaque to `Debug`, compared in constant time.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretBox};
use subtle::ConstantTimeEq as _;

/// A secret text: a password, a client secret, a secret access key.
///
/// Has no `Display` and no `Serialize`; [`Secret::expose_secret`] is the only way in, so that every use can be found.
pub struct Secret(SecretBox<String>);

impl Secret {
    /// The text itself. Keep the borrow short and out of logs and errors.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// Equality in time that depends on the lengths only.
    #[must_use]
    pub fn equals(&self, candidate: &str) -> bool {
        constant_time_equals(self.expose_secret().as_bytes(), candidate.as_bytes())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(SecretBox::new(Box::new(text)))
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self::from(self.expose_secret().to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Equality of byte strings in time that depends on the lengths only.
#[must_use]
pub fn constant_time_equals(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_no_secret() {
        let secret = Secret::from("hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret");
        assert!(secret.equals("hunter2") && !secret.equals("hunter3") && !secret.equals("hunter"));
    }
}
