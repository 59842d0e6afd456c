//! Sign in with Apple: a client's secret is a token that the client signs itself.
//!
//! Source: Apple developer documentation, "Creating a client secret".

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use super::NotBelieved;
use crate::kit::clock::Timestamp;
use crate::kit::secret::Secret;
use crate::tokens::provider;

/// Whom the token is for.
const AUDIENCE: &str = "https://appleid.apple.com";

/// How long it serves: the one exchange that it is made for.
const LIVES: i64 = 300;

/// The secret of the client of these details; `private_key` is Apple's file, with or without its first and last lines.
pub(super) fn client_secret(details: &BTreeMap<String, String>, private_key: &str, now: Timestamp) -> Result<Secret, NotBelieved> {
    provider::install();
    let refused = || NotBelieved::Settings("the private key is none of ES256");
    let detail = |name: &str| details.get(name).map(String::as_str).unwrap_or_default();
    let encoded: String = private_key.lines().filter(|line| !line.contains("-----")).flat_map(str::split_whitespace).collect();
    let der = STANDARD.decode(encoded).map_err(|_| refused())?;
    let header = Header { kid: Some(detail("key_id").to_owned()), ..Header::new(Algorithm::ES256) };
    let issued = now.seconds();
    let claims = json!({
        "iss": detail("team_id"),
        "sub": detail("client_id"),
        "aud": AUDIENCE,
        "iat": issued,
        "exp": issued.saturating_add(LIVES),
    });
    encode(&header, &claims, &EncodingKey::from_ec_der(&der)).map(Secret::from).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use serde_json::Value;

    use super::*;

    /// Of nobody: made for this test by `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.
    const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi9vWxJqzq0xQEk3vnVWteBErVzqwp+I0cjVP1Z+NgiOhRANCAAQ3RO7ZB6IDL1Fr/f/s4c6JHbIiABTF4ZGTB5fnuZDAyDW+Oq1tNN10jogj9UXfYZGNw4Bd+O+iSe6i3fRteTno";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEN0Tu2QeiAy9Ra/3/7OHOiR2yIgAU\nxeGRkweX57mQwMg1vjqtbTTddI6II/VF32GRjcOAXfjvoknuot30bXk56A==\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_secret_is_signed_by_the_clients_own_key() {
        let details: BTreeMap<String, String> =
            [("team_id", "team"), ("key_id", "key"), ("client_id", "web")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let file = format!("-----BEGIN PRIVATE KEY-----\n{}\n{}\n-----END PRIVATE KEY-----\n", &KEY[..64], &KEY[64..]);
        for private_key in [KEY, &file] {
            let secret = client_secret(&details, private_key, Timestamp::from_seconds(1000)).unwrap();
            let mut validation = Validation::new(Algorithm::ES256);
            validation.validate_exp = false;
            validation.set_audience(&[AUDIENCE]);
            let key = DecodingKey::from_ec_pem(PUBLIC.as_bytes()).unwrap();
            let decoded = decode::<Value>(secret.expose_secret(), &key, &validation).unwrap();
            assert_eq!(decoded.header.kid.as_deref(), Some("key"));
            assert_eq!(
                (&decoded.claims["iss"], &decoded.claims["sub"], &decoded.claims["exp"]),
                (&json!("team"), &json!("web"), &json!(1300))
            );
        }
        for wrong in ["", "!", "QUJD"] {
            assert!(client_secret(&details, wrong, Timestamp::from_seconds(1000)).is_err(), "{wrong:?}");
        }
    }
}
