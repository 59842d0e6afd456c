//! The two sides of a federation, and the private keys of ours.

use std::fmt;

/// An identity provider, as its metadata has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// entityID.
    pub entity_id: String,
    /// The certificates, in DER, that its signatures are verified by. No others are, whatever a message holds.
    pub certificates: Vec<Vec<u8>>,
    /// Where people are sent to sign in, by redirect.
    pub sign_in: String,
    /// Where they are sent to sign out, by redirect.
    pub sign_out: Option<String>,
}

/// A user pool, as providers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProvider {
    /// entityID: `urn:amazon:cognito:sp:` and the pool's id.
    pub entity_id: String,
    /// Where assertions are brought: the address of `/saml2/idpresponse`.
    pub acs_url: String,
    /// Where sign-outs come to: the address of `/saml2/logout`.
    pub logout_url: String,
}

/// An RSA private key of ours: PKCS #8.
#[derive(Clone, Copy)]
pub struct Key<'a>(&'a [u8]);

impl<'a> Key<'a> {
    /// The key that PKCS #8 bytes are. They are read where the key is used.
    #[must_use]
    pub const fn from_pkcs8(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn pkcs8(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}
