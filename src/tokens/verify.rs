//! From a text that claims to be one of our tokens to claims that can be relied on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::claims::{ACCESS, AccessClaims, ID, IdClaims, MachineClaims};
use super::identity::IdentityClaims;
use super::keys::PublicKey;
use crate::kit::clock::Timestamp;

/// No token of ours is longer; a longer text is refused before it is looked at.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Not one of our JWTs: not three parts, another algorithm, header members that we never write.
    #[error("malformed token")]
    Malformed,
    /// The key is not, or no longer, one of the pool's.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("bad signature")]
    BadSignature,
    /// An ID token where an access token belongs, or the reverse.
    #[error("wrong token use")]
    WrongUse,
    /// Of another issuer.
    #[error("wrong issuer")]
    WrongIssuer,
    /// Past its `exp`.
    #[error("expired")]
    Expired,
}

/// A text that claims to be a token: its header is read, nothing is believed yet.
pub struct RawJwt<'a> {
    text: &'a str,
    kid: String,
    claimed_issuer: String,
}

/// SECURITY: our tokens have these members and no others, so `jwk`, `jku`, `x5u`, `crit` and duplicates are refused by the
/// form, before any of them could matter (RFC 8725 §3.1, §3.8).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OurHeader {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct ClaimedIssuer {
    iss: String,
}

/// The issuer that anybody's token names: good for finding whose keys must have signed it, and for nothing else.
#[must_use]
pub fn claimed_issuer(text: &str) -> Option<String> {
    let mut parts = text.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return None };
    let ClaimedIssuer { iss } = decode_part(payload).ok()?;
    (!iss.contains('\0')).then_some(iss)
}

impl<'a> RawJwt<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`TokenRefused::Malformed`] for what is not of our tokens' form, whatever its signature.
    pub fn parse(text: &'a str) -> Result<Self, TokenRefused> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefused::Malformed);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(TokenRefused::Malformed);
        };
        let header: OurHeader = decode_part(header)?;
        let ClaimedIssuer { iss } = decode_part(payload)?;
        // No database of ours is asked for what it cannot hold.
        if iss.contains('\0') || header.kid.contains('\0') {
            return Err(TokenRefused::Malformed);
        }
        // SECURITY: the algorithm is fixed by our keys; the header may only agree.
        if header.alg != "RS256" {
            return Err(TokenRefused::Malformed);
        }
        Ok(Self { text, kid: header.kid, claimed_issuer: iss })
    }

    /// The issuer that the token names: good for finding the pool whose keys must have signed it, and for nothing else.
    #[must_use]
    pub fn claimed_issuer(&self) -> &str {
        &self.claimed_issuer
    }

    /// Verifies an access token of `issuer`.
    ///
    /// # Errors
    /// [`TokenRefused`].
    pub fn verify_access(&self, keys: &[PublicKey], issuer: &str, now: Timestamp) -> Result<AccessClaims, TokenRefused> {
        let claims: AccessClaims = self.verify(keys, ACCESS)?;
        check(&claims.iss, claims.exp, issuer, now)?;
        Ok(claims)
    }

    /// Verifies an ID token of `issuer`. The caller judges its audience.
    ///
    /// # Errors
    /// [`TokenRefused`].
    pub fn verify_id(&self, keys: &[PublicKey], issuer: &str, now: Timestamp) -> Result<IdClaims, TokenRefused> {
        let claims: IdClaims = self.verify(keys, ID)?;
        check(&claims.iss, claims.exp, issuer, now)?;
        Ok(claims)
    }

    /// Verifies that an ID token is one of `issuer`, however old it is: good for whom it means, and for nothing else.
    ///
    /// # Errors
    /// [`TokenRefused`].
    pub fn verify_hint(&self, keys: &[PublicKey], issuer: &str) -> Result<IdClaims, TokenRefused> {
        let claims: IdClaims = self.verify(keys, ID)?;
        if claims.iss == issuer { Ok(claims) } else { Err(TokenRefused::WrongIssuer) }
    }

    /// Verifies an app client's own access token of `issuer`. A user's is none: it names who signed in.
    ///
    /// # Errors
    /// [`TokenRefused`].
    pub fn verify_machine(&self, keys: &[PublicKey], issuer: &str, now: Timestamp) -> Result<MachineClaims, TokenRefused> {
        let claims: serde_json::Value = self.verify(keys, ACCESS)?;
        if claims.get("username").is_some() || claims.get("origin_jti").is_some() {
            return Err(TokenRefused::Malformed);
        }
        let claims: MachineClaims = serde_json::from_value(claims).map_err(|_| TokenRefused::Malformed)?;
        check(&claims.iss, claims.exp, issuer, now)?;
        Ok(claims)
    }

    /// Verifies an identity pool's token of `issuer`. The caller judges its audience.
    ///
    /// # Errors
    /// [`TokenRefused`].
    pub fn verify_identity(&self, keys: &[PublicKey], issuer: &str, now: Timestamp) -> Result<IdentityClaims, TokenRefused> {
        let claims = self.signed(keys)?;
        // SECURITY: whose keys these are makes no other token; nor would one that has a use of its own be taken for this.
        if claims.get("token_use").is_some() {
            return Err(TokenRefused::WrongUse);
        }
        let claims: IdentityClaims = serde_json::from_value(claims).map_err(|_| TokenRefused::Malformed)?;
        check(&claims.iss, claims.exp, issuer, now)?;
        Ok(claims)
    }

    fn verify<C: DeserializeOwned>(&self, keys: &[PublicKey], token_use: &str) -> Result<C, TokenRefused> {
        let claims = self.signed(keys)?;
        if claims.get("token_use").and_then(serde_json::Value::as_str) != Some(token_use) {
            return Err(TokenRefused::WrongUse);
        }
        serde_json::from_value(claims).map_err(|_| TokenRefused::Malformed)
    }

    /// What a token says whose signature fits.
    fn signed(&self, keys: &[PublicKey]) -> Result<serde_json::Value, TokenRefused> {
        let key = keys.iter().find(|key| key.kid() == self.kid).ok_or(TokenRefused::UnknownKey)?;
        // Issuer, audience and expiry are judged by `check` and the callers, with the injected time.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let decoded = jsonwebtoken::decode::<serde_json::Value>(self.text, key.decoding(), &validation);
        decoded.map(|decoded| decoded.claims).map_err(|_| TokenRefused::BadSignature)
    }
}

fn check(claimed: &str, expires: i64, issuer: &str, now: Timestamp) -> Result<(), TokenRefused> {
    if claimed != issuer {
        return Err(TokenRefused::WrongIssuer);
    }
    if now.seconds() >= expires {
        return Err(TokenRefused::Expired);
    }
    Ok(())
}

fn decode_part<T: DeserializeOwned>(part: &str) -> Result<T, TokenRefused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRefused::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenRefused::Malformed)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::{Value, json};

    use super::*;
    use crate::tokens::keys::{Jwks, SigningKey};

    const ISSUER: &str = "http://127.0.0.1:7277/us-east-1_AAAAAAAAA";

    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("the-kid".into()).unwrap());

    fn claims() -> Value {
        json!({"sub": "s", "iss": ISSUER, "client_id": "c", "origin_jti": "o", "event_id": "e", "token_use": "access",
               "scope": "aws.cognito.signin.user.admin", "auth_time": 1, "exp": 100, "iat": 1, "jti": "j", "username": "alice"})
    }

    fn verify_at(token: &str, seconds: i64) -> Result<AccessClaims, TokenRefused> {
        RawJwt::parse(token)?.verify_access(&[KEY.public().clone()], ISSUER, Timestamp::from_seconds(seconds))
    }

    fn part(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    #[test]
    fn our_own_token_is_accepted_until_it_expires() {
        let token = KEY.sign(&claims()).unwrap();
        assert_eq!(verify_at(&token, 99).unwrap().username, "alice");
        assert_eq!(verify_at(&token, 100).err(), Some(TokenRefused::Expired));
    }

    #[test]
    fn a_token_serves_one_use_one_issuer_one_key() {
        let token = KEY.sign(&claims()).unwrap();
        let raw = RawJwt::parse(&token).unwrap();
        let keys = [KEY.public().clone()];
        let now = Timestamp::from_seconds(1);
        assert_eq!(raw.verify_id(&keys, ISSUER, now).err(), Some(TokenRefused::WrongUse));
        assert_eq!(raw.verify_access(&keys, "http://other", now).err(), Some(TokenRefused::WrongIssuer));
        assert_eq!(raw.verify_access(&[], ISSUER, now).err(), Some(TokenRefused::UnknownKey));
        let other = SigningKey::generate("the-kid".into()).unwrap();
        assert_eq!(raw.verify_access(&[other.public().clone()], ISSUER, now).err(), Some(TokenRefused::BadSignature));
    }

    #[test]
    fn headers_that_are_not_ours_are_refused_by_their_form() {
        let payload = part(&claims());
        let genuine = KEY.sign(&claims()).unwrap();
        let signature = genuine.rsplit('.').next().unwrap();
        for header in [
            json!({"alg": "none", "kid": "the-kid"}),
            json!({"alg": "nOnE", "kid": "the-kid"}),
            json!({"alg": "HS256", "kid": "the-kid"}),
            json!({"alg": "RS384", "kid": "the-kid"}),
            json!({"alg": "RS256", "kid": "the-kid", "jwk": {"kty": "RSA"}}),
            json!({"alg": "RS256", "kid": "the-kid", "jku": "http://evil"}),
            json!({"alg": "RS256", "kid": "the-kid", "x5u": "http://evil"}),
            json!({"alg": "RS256", "kid": "the-kid", "crit": ["exp"]}),
            json!({"alg": "RS256"}),
        ] {
            let token = format!("{}.{payload}.{signature}", part(&header));
            assert_eq!(verify_at(&token, 1).err(), Some(TokenRefused::Malformed), "{header}");
        }
        let duplicate = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"the-kid","alg":"none"}"#);
        assert_eq!(verify_at(&format!("{duplicate}.{payload}.{signature}"), 1).err(), Some(TokenRefused::Malformed));
        for kid in ["../the-kid", "the-kid' OR 1=1", "THE-KID", ""] {
            let token = format!("{}.{payload}.{signature}", part(&json!({"alg": "RS256", "kid": kid})));
            assert_eq!(verify_at(&token, 1).err(), Some(TokenRefused::UnknownKey), "{kid}");
        }
    }

    #[test]
    fn hs256_signed_with_the_public_key_is_refused() {
        let public = serde_json::to_vec(&Jwks::of([KEY.public()])).unwrap();
        let key = jsonwebtoken::EncodingKey::from_secret(&public);
        let header = jsonwebtoken::Header { typ: None, kid: Some("the-kid".into()), ..jsonwebtoken::Header::new(Algorithm::HS256) };
        let token = jsonwebtoken::encode(&header, &claims(), &key).unwrap();
        assert_eq!(verify_at(&token, 1).err(), Some(TokenRefused::Malformed));
    }

    #[test]
    fn every_changed_part_is_refused() {
        let token = KEY.sign(&claims()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let mut other = claims();
        other["username"] = json!("mallory");
        let forged = format!("{}.{}.{}", parts[0], part(&other), parts[2]);
        assert_eq!(verify_at(&forged, 1).err(), Some(TokenRefused::BadSignature));
        for broken in [format!("{}.{}.", parts[0], parts[1]), format!("{}.{}.AAAA", parts[0], parts[1])] {
            assert_eq!(verify_at(&broken, 1).err(), Some(TokenRefused::BadSignature));
        }
        for text in ["", ".", "a.b.c", parts[0], &"x".repeat(MAX_TOKEN_BYTES + 1)] {
            assert_eq!(verify_at(text, 1).err(), Some(TokenRefused::Malformed));
        }
    }

    #[test]
    fn the_header_and_the_key_set_are_cognitos() {
        let token = KEY.sign(&claims()).unwrap();
        let header: Value = decode_part(token.split('.').next().unwrap()).unwrap();
        assert_eq!(header, json!({"alg": "RS256", "kid": "the-kid"}));
        let jwks = serde_json::to_value(Jwks::of([KEY.public()])).unwrap();
        assert_eq!(jwks["keys"][0]["e"], "AQAB");
        assert_eq!(jwks["keys"][0].as_object().unwrap().len(), 6);
    }
}
