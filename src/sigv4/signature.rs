//! The signature itself: derived key, string to sign, comparison.

use std::time::Duration;

use zeroize::Zeroizing;

use super::parse::{Scope, SignedRequest, amz_date};
use super::{HttpRequest, SignatureError, canonical};
use crate::crypto::digest::{hex, hmac_sha256, sha256};
use crate::kit::clock::Timestamp;
use crate::kit::secret::{Secret, constant_time_equals};

/// How far the clocks of client and server may differ, either way.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// The same for services that take it less strictly, as AWS's own do.
const WIDE_SKEW: Duration = Duration::from_secs(15 * 60);
const WIDE_SKEW_SERVICES: [&str; 3] = ["sts", "cognito-idp", "cognito-identity"];

/// The key of one secret for one day, region and service.
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// Derives the key.
    #[must_use]
    pub fn derive(secret: &Secret, scope: &Scope) -> Self {
        let initial = Zeroizing::new(format!("AWS4{}", secret.expose_secret()));
        let parts = [scope.date.as_str(), scope.region.as_str(), scope.service.as_str(), "aws4_request"];
        let mut parts = parts.into_iter();
        let first = hmac_sha256(initial.as_bytes(), &[parts.next().unwrap_or_default().as_bytes()]);
        Self(Zeroizing::new(parts.fold(first, |key, part| hmac_sha256(&key, &[part.as_bytes()]))))
    }
}

impl SignedRequest {
    /// Whether the request, as it arrived, was signed with this secret, and lately.
    ///
    /// # Errors
    /// [`SignatureError`]; a wrong secret and a changed request give the same one.
    pub fn verify(&self, request: &HttpRequest<'_>, secret: &Secret, now: Timestamp) -> Result<(), SignatureError> {
        self.check_payload(request)?;
        let expected = signature(&SigningKey::derive(secret, &self.scope), &self.scope, self.signed_at, request, &self.signed_headers);
        if !constant_time_equals(expected.as_bytes(), self.signature.as_bytes()) {
            return Err(SignatureError::Mismatch);
        }
        self.check_age(now)
    }

    /// Whether it was signed lately: the part of [`SignedRequest::verify`] that needs no secret.
    ///
    /// # Errors
    /// [`SignatureError::Expired`] and [`SignatureError::NotYetCurrent`].
    pub fn check_age(&self, now: Timestamp) -> Result<(), SignatureError> {
        let signed_at = self.signed_at;
        let skew = if WIDE_SKEW_SERVICES.contains(&self.scope.service.as_str()) { WIDE_SKEW } else { SKEW };
        let latest = now.plus(skew);
        let earliest = now.minus(self.expires.unwrap_or(skew));
        if signed_at > latest {
            return Err(SignatureError::NotYetCurrent { signed_at, latest, now });
        }
        if signed_at < earliest {
            return Err(SignatureError::Expired { signed_at, earliest, now });
        }
        Ok(())
    }

    fn check_payload(&self, request: &HttpRequest<'_>) -> Result<(), SignatureError> {
        let announced = request.headers.iter().find(|(name, _)| *name == "x-amz-content-sha256");
        match announced {
            Some((_, hash)) if *hash != canonical::payload_hash(request).as_bytes() => Err(SignatureError::Payload),
            _ => Ok(()),
        }
    }
}

/// Signs a request: the value of its `Authorization` header. `headers` must hold `host` and `x-amz-date`; all are signed.
#[must_use]
pub fn sign(request: &HttpRequest<'_>, access_key_id: &str, secret: &Secret, scope: &Scope, signed_at: Timestamp) -> String {
    let mut names: Vec<String> = request.headers.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort();
    names.dedup();
    let signature = signature(&SigningKey::derive(secret, scope), scope, signed_at, request, &names);
    let names = names.join(";");
    format!("AWS4-HMAC-SHA256 Credential={access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}")
}

fn signature(key: &SigningKey, scope: &Scope, signed_at: Timestamp, request: &HttpRequest<'_>, signed_headers: &[String]) -> String {
    let canonical = canonical::request(request, signed_headers);
    let string_to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", amz_date(signed_at), hex(&sha256(&[canonical.as_bytes()])));
    hex(&hmac_sha256(key.0.as_slice(), &[string_to_sign.as_bytes()]))
}
