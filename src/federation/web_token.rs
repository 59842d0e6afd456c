//! The ID token of somebody whom a provider vouches for, and who brings it themselves: nobody asked for it here, so it repeats
//! nothing of ours, and whom it is for is for others to judge (OpenID Connect Core 1.0 §3.1.3.7, 1 to 9 but for the audience).

use serde_json::{Map, Value};

use super::id_token::{header, signed};
use super::{Federation, NotBelieved};
use crate::kit::clock::Timestamp;
use crate::tokens::provider;

/// By how many seconds the provider's clock may be ahead of ours.
const AHEAD: f64 = 300.0;

/// Why such a token is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TokenNotTaken {
    /// It is none, or not the provider's.
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
    /// It had its time.
    #[error("the token has expired")]
    Expired,
}

impl Federation {
    /// The claims of an ID token of an issuer, whose keys are found by its discovery document.
    ///
    /// # Errors
    /// [`TokenNotTaken`].
    pub async fn web_token(&self, issuer: &str, text: &str, now: Timestamp) -> Result<Map<String, Value>, TokenNotTaken> {
        provider::install();
        let header = header(text)?;
        let metadata = self.documents.metadata(self, issuer, now).await?;
        let jwks_uri = metadata.jwks_uri.as_deref().ok_or(NotBelieved::Answer("the discovery document names no jwks_uri"))?;
        let key = self.documents.key(self, jwks_uri, header.kid.as_deref(), now).await?;
        let claims = signed(text, header.alg, &key)?;
        if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
            return Err(NotBelieved::IdToken("it is another issuer's").into());
        }
        check_time(&claims, now)?;
        Ok(claims)
    }
}

/// SECURITY: nothing is added to its end: whoever has a token that is over has it for longer than its provider meant.
pub(super) fn check_time(claims: &Map<String, Value>, now: Timestamp) -> Result<(), TokenNotTaken> {
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era are far below 2^52")]
    let now = now.seconds() as f64;
    let Some(until) = seconds("exp") else { return Err(NotBelieved::IdToken("it has no exp").into()) };
    if until <= now {
        return Err(TokenNotTaken::Expired);
    }
    if seconds("iat").is_none() {
        return Err(NotBelieved::IdToken("it has no iat").into());
    }
    if ["nbf", "iat"].into_iter().filter_map(seconds).any(|from| from > now + AHEAD) {
        return Err(NotBelieved::IdToken("it is of the future").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_has_a_time_and_is_judged_by_it() {
        let judged = |claims: Value| match check_time(claims.as_object().unwrap(), Timestamp::from_seconds(1000)) {
            Ok(()) => "taken",
            Err(TokenNotTaken::Expired) => "expired",
            Err(TokenNotTaken::NotBelieved(_)) => "not believed",
        };
        for (claims, expected) in [
            (json!({"exp": 1001, "iat": 900}), "taken"),
            (json!({"exp": 1001, "iat": 1300, "nbf": 1300}), "taken"),
            (json!({"exp": 1000, "iat": 900}), "expired"),
            (json!({"exp": 1001, "iat": 1301}), "not believed"),
            (json!({"exp": 1001, "iat": 900, "nbf": 1301}), "not believed"),
            (json!({"exp": 1001}), "not believed"),
            (json!({"iat": 900}), "not believed"),
            (json!({"exp": "1001", "iat": 900}), "not believed"),
        ] {
            assert_eq!(judged(claims.clone()), expected, "{claims}");
        }
    }
}
