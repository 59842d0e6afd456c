//! Values that rest or travel sealed, each of the kind that it opens to.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::seal::SealError;
use crate::kit::secret::Secret;

/// What can be sealed.
pub trait Sealable: Sized {
    /// The bytes that are sealed.
    ///
    /// # Errors
    /// [`SealError::Unsealable`] where the value has none.
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError>;

    /// The value of such bytes; `None` for others.
    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self>;
}

/// A `T`, sealed: bytes that tell nothing, and that only a key opens.
pub struct Sealed<T> {
    bytes: Vec<u8>,
    opens_to: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// What was sealed earlier.
    #[must_use]
    pub const fn stored(bytes: Vec<u8>) -> Self {
        Self { bytes, opens_to: PhantomData }
    }

    /// The bytes, to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text in which it travels: base64.
    #[must_use]
    pub fn to_text(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// From the text in which it travels; `None` for what is no base64.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(Self::stored)
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::stored(self.bytes.clone())
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

impl Sealable for String {
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Ok(Zeroizing::new(self.as_bytes().to_vec()))
    }

    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        Self::from_utf8(bytes.to_vec()).ok()
    }
}

impl Sealable for Secret {
    fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Ok(Zeroizing::new(self.expose_secret().as_bytes().to_vec()))
    }

    fn from_plaintext(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        String::from_plaintext(bytes).map(Self::from)
    }
}

/// A type is sealed as its JSON.
macro_rules! sealed_as_json {
    ($value:ty) => {
        impl $crate::crypto::sealed::Sealable for $value {
            fn to_plaintext(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, $crate::crypto::seal::SealError> {
                serde_json::to_vec(self).map(zeroize::Zeroizing::new).map_err(|_| $crate::crypto::seal::SealError::Unsealable)
            }

            fn from_plaintext(bytes: zeroize::Zeroizing<Vec<u8>>) -> Option<Self> {
                serde_json::from_slice(&bytes).ok()
            }
        }
    };
}

pub(crate) use sealed_as_json;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_stays_out_of_debug_and_comes_back_from_its_text() {
        let sealed = Sealed::<String>::stored(vec![1, 2, 255]);
        assert_eq!(format!("{sealed:?}"), "Sealed");
        assert_eq!(Sealed::<String>::from_text(&sealed.to_text()).unwrap().as_bytes(), [1, 2, 255]);
        assert!(Sealed::<String>::from_text("{}").is_none());
    }
}
