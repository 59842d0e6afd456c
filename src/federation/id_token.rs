//! What of a provider's ID token is believed (OpenID Connect Core 1.0 §3.1.3.7).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::{Federation, NotBelieved};
use crate::kit::clock::Timestamp;
use crate::kit::secret::constant_time_equals;
use crate::tokens::provider;

/// No token that is read is longer.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// By how many seconds the provider's clock may go wrong.
const SKEW: i64 = 120;

/// What a token must be.
pub(super) struct Expected<'a> {
    /// Who made it.
    pub(super) issuer: &'a str,
    /// Where that one's keys are.
    pub(super) jwks_uri: &'a str,
    /// Whom it is for.
    pub(super) client_id: &'a str,
    /// What we had it repeat.
    pub(super) nonce: &'a str,
}

impl Federation {
    /// The claims of an ID token.
    pub(super) async fn id_token(&self, text: &str, expected: &Expected<'_>, now: Timestamp) -> Result<Map<String, Value>, NotBelieved> {
        provider::install();
        let header = header(text)?;
        let key = self.documents.key(self, expected.jwks_uri, header.kid.as_deref(), now).await?;
        let claims = signed(text, header.alg, &key)?;
        held(&claims, expected, now)?;
        Ok(claims)
    }
}

/// The header of a token, whose key is to be found.
///
/// SECURITY: it names a key, and brings none: addresses and keys in it are not read. Extensions that must be understood are not
/// (RFC 7515 §4.1.11).
pub(super) fn header(text: &str) -> Result<Header, NotBelieved> {
    let refused = NotBelieved::IdToken;
    if text.len() > MAX_TOKEN_BYTES {
        return Err(refused("it is too long"));
    }
    let header = decode_header(text).map_err(|_| refused("it is no JWT"))?;
    if header.crit.is_some() { Err(refused("it has extensions")) } else { Ok(header) }
}

/// SECURITY: the key says what signs with it, and the header may only agree. Secrets are no keys here: whoever knew a client's secret
/// could sign with it, and an RSA key is not taken for one (RFC 8725 §2.1, §3.1).
pub(super) fn signed(text: &str, algorithm: Algorithm, key: &Jwk) -> Result<Map<String, Value>, NotBelieved> {
    let refused = NotBelieved::IdToken;
    let fits = match (&key.algorithm, algorithm) {
        (
            AlgorithmParameters::RSA(_),
            Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 | Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512,
        )
        | (AlgorithmParameters::OctetKeyPair(_), Algorithm::EdDSA) => true,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES384) => curve.curve == EllipticCurve::P384,
        _ => false,
    };
    let is_for_signatures = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let is_its_own = key.common.key_algorithm.is_none_or(|own| own.to_string() == format!("{algorithm:?}"));
    if !(fits && is_for_signatures && is_its_own) {
        return Err(refused("its algorithm is not its key's"));
    }
    let decoding = DecodingKey::from_jwk(key).map_err(|_| refused("its key is none"))?;
    // Everything but the signature is judged by `held`, with the injected time.
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode::<Map<String, Value>>(text, &decoding, &validation)
        .map(|decoded| decoded.claims)
        .map_err(|_| refused("its signature does not fit"))
}

fn held(claims: &Map<String, Value>, expected: &Expected<'_>, now: Timestamp) -> Result<(), NotBelieved> {
    let refused = |why: &'static str| Err(NotBelieved::IdToken(why));
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    if text("iss") != Some(expected.issuer) {
        return refused("it is another issuer's");
    }
    if !is_for(claims, expected.client_id) {
        return refused("it is for another client");
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era are far below 2^52")]
    let (now, skew) = (now.seconds() as f64, SKEW as f64);
    if seconds("exp").is_none_or(|until| until <= now - skew) {
        return refused("it has expired");
    }
    if ["nbf", "iat"].into_iter().filter_map(seconds).any(|from| from > now + skew) {
        return refused("it is of the future");
    }
    if !text("nonce").is_some_and(|nonce| constant_time_equals(nonce.as_bytes(), expected.nonce.as_bytes())) {
        return refused("it was not asked for here");
    }
    Ok(())
}

/// Whether an ID token is for this client (OpenID Connect Core 1.0 §3.1.3.7, 3 to 5).
pub(super) fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    let (is_ours, is_anothers) = match claims.get("aud") {
        Some(Value::String(audience)) => (audience == client_id, false),
        Some(Value::Array(audiences)) => {
            let is_ours = |audience: &Value| audience.as_str() == Some(client_id);
            (audiences.iter().any(is_ours), !audiences.iter().all(is_ours))
        }
        _ => (false, false),
    };
    let party = claims.get("azp");
    is_ours && party.is_none_or(|party| party.as_str() == Some(client_id)) && !(is_anothers && party.is_none())
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, encode};
    use serde_json::json;

    use super::*;

    const EXPECTED: Expected<'static> =
        Expected { issuer: "https://op.example", jwks_uri: "https://op.example/jwks", client_id: "client", nonce: "nonce" };

    fn claims() -> Map<String, Value> {
        let claims = json!({"iss": "https://op.example", "aud": "client", "sub": "1", "exp": 2000, "iat": 1000, "nonce": "nonce"});
        claims.as_object().unwrap().clone()
    }

    #[test]
    fn a_token_is_from_its_issuer_for_us_now_and_for_this_sign_in() {
        let now = Timestamp::from_seconds(1500);
        held(&claims(), &EXPECTED, now).unwrap();
        for (name, value, why) in [
            ("iss", json!("https://op.example/"), "it is another issuer's"),
            ("iss", Value::Null, "it is another issuer's"),
            ("aud", json!("other"), "it is for another client"),
            ("aud", json!([]), "it is for another client"),
            ("aud", json!(["client", "other"]), "it is for another client"),
            ("azp", json!("other"), "it is for another client"),
            ("exp", json!(1380), "it has expired"),
            ("exp", json!("2000"), "it has expired"),
            ("iat", json!(1621), "it is of the future"),
            ("nbf", json!(1621), "it is of the future"),
            ("nonce", json!("other"), "it was not asked for here"),
            ("nonce", Value::Null, "it was not asked for here"),
        ] {
            let mut claims = claims();
            claims.insert(name.to_owned(), value.clone());
            let refused = held(&claims, &EXPECTED, now);
            assert!(matches!(&refused, Err(NotBelieved::IdToken(found)) if *found == why), "{name} {value}: {refused:?}");
        }
        for (aud, azp) in [(json!(["client"]), None), (json!(["client", "other"]), Some("client"))] {
            let mut claims = claims();
            claims.insert("aud".to_owned(), aud);
            claims.extend(azp.map(|azp| ("azp".to_owned(), json!(azp))));
            held(&claims, &EXPECTED, now).unwrap();
        }
    }

    #[test]
    fn a_secret_or_a_public_key_taken_for_one_signs_nothing() {
        provider::install();
        let public = json!({"kty": "RSA", "kid": "1", "n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw", "e": "AQAB"});
        let key: Jwk = serde_json::from_value(public.clone()).unwrap();
        let forged = encode(&Header::default(), &claims(), &EncodingKey::from_secret(public["n"].as_str().unwrap().as_bytes())).unwrap();
        assert!(matches!(signed(&forged, Algorithm::HS256, &key), Err(NotBelieved::IdToken("its algorithm is not its key's"))));
        let octets: Jwk = serde_json::from_value(json!({"kty": "oct", "kid": "1", "k": "c2VjcmV0"})).unwrap();
        let forged = encode(&Header::default(), &claims(), &EncodingKey::from_secret(b"secret")).unwrap();
        assert!(matches!(signed(&forged, Algorithm::HS256, &octets), Err(NotBelieved::IdToken("its algorithm is not its key's"))));
        let other_use: Jwk = serde_json::from_value({
            let mut key = public;
            key["use"] = json!("enc");
            key
        })
        .unwrap();
        assert!(matches!(signed(&forged, Algorithm::RS256, &other_use), Err(NotBelieved::IdToken("its algorithm is not its key's"))));
        assert!(matches!(signed(&forged, Algorithm::RS256, &key), Err(NotBelieved::IdToken("its signature does not fit"))));
    }
}
