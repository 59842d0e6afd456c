//! Signatures of what we send to an operator's own servers: they can tell that it is ours, and that it is fresh.

use super::digest::{hex, hmac_sha256};
use crate::kit::clock::Timestamp;
use crate::kit::secret::Secret;

/// The header that carries a signature.
pub const SIGNATURE: &str = "x-passwright-signature";

/// `t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>", in hexadecimal>`. Whoever checks it refuses an old `t`.
#[must_use]
pub fn signature(secret: &Secret, at: Timestamp, body: &[u8]) -> String {
    let seconds = at.seconds();
    let signed = hmac_sha256(secret.expose_secret().as_bytes(), &[seconds.to_string().as_bytes(), b".", body]);
    format!("t={seconds},v1={}", hex(&signed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_anybody_computes() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
        let signed = signature(&Secret::from("secret".to_owned()), Timestamp::from_seconds(1_700_000_000), br#"{"a":1}"#);
        assert_eq!(signed, "t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686");
    }
}
