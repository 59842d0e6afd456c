//! Why a SAML message is not believed, in words for logs: nothing of what the message says is among them.

/// Why a SAML message is not believed, or none can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SamlRefused {
    /// It is longer than is read.
    #[error("the message is too long")]
    TooLong,
    /// Its base64, its compression or its query is none.
    #[error("the message is not of its binding: {0}")]
    Binding(&'static str),
    /// It is no XML, or XML that nests too deeply.
    #[error("the message is no XML of fitting depth")]
    Xml,
    /// It has a document type.
    #[error("the message has a document type")]
    DocumentType,
    /// An ID is there twice, or two attributes of an element differ in their namespace only.
    #[error("an ID or an attribute is ambiguous")]
    Ambiguous,
    /// It is another message than was expected, or its elements are not those of its kind.
    #[error("the message is not of its form: {0}")]
    Form(&'static str),
    /// It has no assertion, more than one, or one in another place.
    #[error("there is not exactly one assertion in its place")]
    Assertions,
    /// The provider says that it did not succeed, by its second status code where that is a known one.
    #[error("the provider's status is no success: {0}")]
    Unsuccessful(&'static str),
    /// Neither the message nor its assertion is signed.
    #[error("the message is not signed")]
    Unsigned,
    /// A signature is none of the one form that is accepted.
    #[error("a signature is not of the accepted form: {0}")]
    SignatureForm(&'static str),
    /// A signature or digest is by an algorithm that is not accepted.
    #[error("a signature is by an algorithm that is not accepted")]
    SignatureAlgorithm,
    /// A signature does not verify.
    #[error("a signature does not verify by the provider's certificates")]
    Signature,
    /// None of the provider's certificates has a key that can be used.
    #[error("the provider's certificates have no usable key")]
    NoKey,
    /// It had to be encrypted.
    #[error("the assertion is not encrypted")]
    NotEncrypted,
    /// It is encrypted by an algorithm that is not accepted.
    #[error("the assertion is encrypted by an algorithm that is not accepted")]
    EncryptionAlgorithm,
    /// It is encrypted without integrity, and nothing outside vouches for it.
    #[error("the assertion is encrypted in CBC mode, and the response is not signed")]
    Malleable,
    /// It does not decrypt to one assertion by any of our keys.
    #[error("the assertion does not decrypt")]
    Undecipherable,
    /// It is meant for another address.
    #[error("the message is for another destination")]
    Destination,
    /// It is from someone else.
    #[error("the message is of another issuer")]
    Issuer,
    /// It answers another request, none, or one where none was asked.
    #[error("the message does not answer what was asked")]
    InResponseTo,
    /// It is too old.
    #[error("the message has expired")]
    Expired,
    /// It is of the future.
    #[error("the message is not valid yet")]
    NotYetValid,
    /// A moment is none.
    #[error("a moment of the message is none")]
    Instant,
    /// It is meant for another service provider.
    #[error("the assertion is for another audience")]
    Audience,
    /// It has a condition that nobody here knows.
    #[error("the assertion has an unknown condition")]
    Condition,
    /// No bearer may bring it.
    #[error("the assertion has no bearer confirmation")]
    Confirmation,
    /// A bearer may bring it elsewhere.
    #[error("the assertion is for another recipient")]
    Recipient,
    /// Its subject has no name.
    #[error("the subject has no name")]
    NoName,
    /// Nobody has been authenticated.
    #[error("the assertion tells of no authentication")]
    NoAuthentication,
    /// The provider has no address to sign out at.
    #[error("the provider has no single logout")]
    NoLogout,
    /// A key of ours cannot be used.
    #[error("our key cannot be used")]
    OurKey,
}
