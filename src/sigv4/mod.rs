//! AWS Signature Version 4: one parser that yields one credential or refuses, and one verifier. Pure: bytes, secret and
//! time are arguments.
//!
//! Source: IAM user guide, "AWS Signature Version 4 for API requests".

mod canonical;
mod error;
mod parse;
mod signature;

pub use error::SignatureError;
pub use parse::{Scope, SignedRequest, amz_date, parse};
pub use signature::{SigningKey, sign};

/// A request as it arrived.
#[derive(Clone, Copy)]
pub struct HttpRequest<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The path as it stood on the request line, not decoded.
    pub path: &'a str,
    /// The query as it stood on the request line, without `?`.
    pub query: &'a str,
    /// Names in lower case, and values, in their order.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// What the signature must cover.
    pub body: Body<'a>,
}

/// The body of a request, or its hash where the verifier does not have the body.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// The bytes.
    Bytes(&'a [u8]),
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    Sha256(&'a str),
}

#[cfg(test)]
mod tests;
