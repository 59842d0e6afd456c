//! The ID and access tokens of a pool's provider that somebody brings to have them exchanged (RFC 8693 §2.1): nobody asked for them
//! here, so they repeat nothing of ours; that they are for this pool, they say themselves.

use serde_json::{Map, Value};

use super::id_token::{header, is_for, signed};
use super::web_token::{TokenNotTaken, check_time};
use super::{Federation, NotBelieved};
use crate::kit::clock::Timestamp;
use crate::tokens::provider;

/// What a token is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroughtKind {
    /// An ID token.
    Id,
    /// An access token.
    Access,
}

/// Whose a token has to be, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Brought<'a> {
    /// What it is said to be.
    pub kind: BroughtKind,
    /// Who made it.
    pub issuer: &'a str,
    /// Where that one's keys are.
    pub jwks_uri: &'a str,
    /// What the pool is called there.
    pub client_id: &'a str,
    /// What the pool calls itself: its issuer.
    pub own_issuer: &'a str,
}

impl Federation {
    /// The claims of a token that is brought.
    ///
    /// # Errors
    /// [`TokenNotTaken`].
    pub async fn brought_token(&self, text: &str, brought: &Brought<'_>, now: Timestamp) -> Result<Map<String, Value>, TokenNotTaken> {
        provider::install();
        let header = header(text)?;
        if !is_of_type(header.typ.as_deref(), brought.kind) {
            return Err(NotBelieved::IdToken("it is of another type").into());
        }
        let key = self.documents.key(self, brought.jwks_uri, header.kid.as_deref(), now).await?;
        let claims = signed(text, header.alg, &key)?;
        check(&claims, brought)?;
        check_time(&claims, now)?;
        Ok(claims)
    }
}

/// Whether a header says so, or says nothing (RFC 8725 §3.11; RFC 9068 §2.1).
///
/// SECURITY: a provider signs more than these two by the same keys: logout tokens, answers of its endpoints.
fn is_of_type(kind: Option<&str>, expected: BroughtKind) -> bool {
    let kind = kind.map(str::to_ascii_lowercase);
    match kind.as_deref().map(|kind| kind.strip_prefix("application/").unwrap_or(kind)) {
        None | Some("jwt") => true,
        Some("at+jwt") => expected == BroughtKind::Access,
        Some(_) => false,
    }
}

/// Whose a genuine token is, and for whom.
///
/// SECURITY: an access token is for whom its `aud` names (RFC 9068 §4), and that has to be this pool: by the name that it has there, or
/// by its own. One that names others was given to be shown to them, and one that names nobody may have been shown to anybody: whoever
/// saw it would be its user here. That it was given to the pool's client (`client_id`, `azp`) says nothing of who has seen it since.
fn check(claims: &Map<String, Value>, brought: &Brought<'_>) -> Result<(), NotBelieved> {
    let refused = |why: &'static str| Err(NotBelieved::IdToken(why));
    let has = |names: &[&str]| names.iter().any(|name| claims.get(*name).is_some_and(|value| !value.is_null()));
    if claims.get("iss").and_then(Value::as_str) != Some(brought.issuer) {
        return refused("it is another issuer's");
    }
    let (is_ours, is_other, token_use) = match brought.kind {
        BroughtKind::Id => (is_for(claims, brought.client_id), false, "id"),
        BroughtKind::Access => {
            let is_us = |audience: &Value| audience.as_str().is_some_and(|name| name == brought.client_id || name == brought.own_issuer);
            let is_ours = match claims.get("aud") {
                Some(Value::Array(audiences)) => audiences.iter().any(is_us),
                Some(audience) => is_us(audience),
                None => false,
            };
            (is_ours, has(&["nonce", "at_hash", "c_hash"]), "access")
        }
    };
    if !is_ours {
        return refused("it is for another client");
    }
    // An event is what logout tokens and their kin tell of; Amazon Cognito says by `token_use` which is which.
    let is_named_otherwise = claims.get("token_use").is_some_and(|named| named.as_str() != Some(token_use));
    if is_other || is_named_otherwise || has(&["events"]) {
        return refused("it is of another type");
    }
    // Who holds the key that it is bound to (RFC 7800) does not show it here.
    if has(&["cnf"]) { refused("it is bound to a key") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn brought(kind: BroughtKind) -> Brought<'static> {
        let (issuer, jwks_uri) = ("https://op.example", "https://op.example/jwks");
        Brought { kind, issuer, jwks_uri, client_id: "client", own_issuer: "https://auth.example/pool" }
    }

    #[test]
    fn a_token_says_that_it_is_for_the_pool_and_what_it_is() {
        let judged = |kind, more: Value| {
            let mut claims = json!({"iss": "https://op.example", "sub": "1", "aud": "client"}).as_object().unwrap().clone();
            claims.extend(more.as_object().unwrap().clone());
            check(&claims, &brought(kind))
                .map_or_else(|refused| refused.to_string(), |()| String::new())
                .replace("the provider's ID token does not hold: ", "")
        };
        let (another, kin, anybody) = ("it is for another client", "it is of another type", "");
        for (more, id, access) in [
            (json!({}), anybody, anybody),
            (json!({"iss": "https://op.example/"}), "it is another issuer's", "it is another issuer's"),
            (json!({"aud": "https://auth.example/pool"}), another, anybody),
            (json!({"aud": ["https://auth.example/pool", "https://api.example"]}), another, anybody),
            (json!({"aud": ["https://api.example"]}), another, another),
            (json!({"aud": "https://api.example", "azp": "client", "client_id": "client"}), another, another),
            (json!({"aud": null, "client_id": "client"}), another, another),
            (json!({"aud": [], "azp": "client"}), another, another),
            (json!({"aud": {"client": 1}}), another, another),
            (json!({"azp": "other"}), another, anybody),
            (json!({"nonce": "n"}), anybody, kin),
            (json!({"at_hash": "h"}), anybody, kin),
            (json!({"token_use": "id"}), anybody, kin),
            (json!({"token_use": "access"}), kin, anybody),
            (json!({"token_use": 1}), kin, kin),
            (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}), kin, kin),
            (json!({"cnf": {"jkt": "x"}}), "it is bound to a key", "it is bound to a key"),
        ] {
            assert_eq!(judged(BroughtKind::Id, more.clone()), id, "{more}");
            assert_eq!(judged(BroughtKind::Access, more.clone()), access, "{more}");
        }
    }

    #[test]
    fn a_header_may_say_what_a_token_is_and_no_other_thing() {
        for (kind, id, access) in [
            (None, true, true),
            (Some("JWT"), true, true),
            (Some("at+jwt"), false, true),
            (Some("application/at+JWT"), false, true),
            (Some("logout+jwt"), false, false),
            (Some("dpop+jwt"), false, false),
            (Some("oauth-id-jag+jwt"), false, false),
            (Some(""), false, false),
        ] {
            assert_eq!((is_of_type(kind, BroughtKind::Id), is_of_type(kind, BroughtKind::Access)), (id, access), "{kind:?}");
        }
    }
}
