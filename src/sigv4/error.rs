//! Why a signed request is refused, and AWS's words for it.

use super::parse::amz_date;
use crate::kit::clock::Timestamp;

/// Why a signed request is refused. The wire chooses the code; [`ToString`] gives AWS's message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A part of the signature is missing or malformed.
    #[error("{0}")]
    Incomplete(String),
    /// Signed with something else than AWS4-HMAC-SHA256.
    #[error("Unsupported AWS 'algorithm': '{0}'")]
    UnknownAlgorithm(String),
    /// A signature in the header and another in the query: one request, one credential.
    #[error("The request has both an Authorization header and signature parameters in its query string")]
    HeaderAndQuery,
    /// A header that must be covered is not.
    #[error("'{0}' must be a 'SignedHeader' in the AWS Authorization.")]
    UnsignedHeader(String),
    /// A header that is said to be covered and is not there.
    #[error("'{0}' is a 'SignedHeader' in the AWS Authorization, but the request does not have it.")]
    AbsentHeader(String),
    /// Two hosts, or none: nobody can tell which one was signed for.
    #[error("The request must name one host.")]
    Host,
    /// The scope's day is not that of the request's date.
    #[error("Credential should be scoped to correct date: '{scope}' vs '{request}' (the day of the scope must be that of X-Amz-Date).")]
    WrongDay {
        /// The scope's.
        scope: String,
        /// The request's.
        request: String,
    },
    /// Signed too long ago.
    #[error("Signature expired: {} is now earlier than {} ({} - {} min.)", amz_date(*.signed_at), amz_date(*.earliest), amz_date(*.now), minutes(*.earliest, *.now))]
    Expired {
        /// The request's date.
        signed_at: Timestamp,
        /// The earliest that would do.
        earliest: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// Signed in the future.
    #[error("Signature not yet current: {} is still later than {} ({} + {} min.)", amz_date(*.signed_at), amz_date(*.latest), amz_date(*.now), minutes(*.now, *.latest))]
    NotYetCurrent {
        /// The request's date.
        signed_at: Timestamp,
        /// The latest that would do.
        latest: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// A payload mode that belongs to S3 (UNSIGNED-PAYLOAD, STREAMING-…), or a hash of another body.
    #[error("The value of 'x-amz-content-sha256' does not match the SHA-256 of the body.")]
    Payload,
    /// The signature is not that of this request and secret.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and \
         signing method. Consult the service documentation for details."
    )]
    Mismatch,
}

const fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.seconds() - from.seconds()) / 60
}
