//! Who made an original request: by its signature, or by a bearer token of one of our user pools.

use std::error::Error;

use super::original::Original;
use super::rules::Matched;
use crate::authz::{self, CredentialRefused};
use crate::context::App;
use crate::flows::bearer;
use crate::flows::web_identity::{self, LoginRefused};
use crate::iam::caller::Caller;
use crate::iam::origin::Origin;
use crate::sigv4::{self, Body, SignatureError};

/// SHA-256 of nothing: what the signature of a request without body covers.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Who made the request.
pub struct Identified {
    /// As policies know them.
    pub caller: Caller,
    /// As the application knows them: a token's `sub`, else the caller's unique id.
    pub subject: String,
    /// Where the request goes: by the signature's scope.
    pub region: String,
    /// What the signature covers as the body; nobody has hashed the body itself yet. `None` for a bearer token.
    pub body_sha256: Option<String>,
}

/// Why nobody is known to have made the request.
pub enum Unidentified {
    /// It has no credential.
    Missing,
    /// Its signature is refused.
    Signature(String),
    /// Its token is refused.
    Token(String),
    /// Its token is good, and gives no role here.
    Forbidden(String),
    /// Our own failure.
    Internal(Box<dyn Error>),
}

/// Identifies the caller. `headers` are the proxy's call's, with the client's own among them.
///
/// # Errors
/// [`Unidentified`].
pub async fn identify(
    app: &App,
    original: &Original,
    headers: &[(&str, &[u8])],
    matched: &Matched<'_>,
    origin: &Origin,
) -> Result<Identified, Unidentified> {
    if let Some(identified) = by_signature(app, original, headers, matched.service).await? {
        return Ok(identified);
    }
    // `sigv4::parse` let no second Authorization header pass.
    let authorization = headers.iter().find(|(name, _)| *name == "authorization");
    let authorization = authorization.map(|(_, value)| std::str::from_utf8(value)).transpose();
    let authorization = authorization.map_err(|_| Unidentified::Token("the Authorization header is not text".to_owned()))?;
    match authorization.and_then(|text| text.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => by_token(app, token.trim(), matched.identity_pool, origin).await,
        _ => Err(Unidentified::Missing),
    }
}

/// SECURITY: the signature is verified over the original request, whose host the proxy tells, never over the proxy's call.
async fn by_signature(
    app: &App,
    original: &Original,
    headers: &[(&str, &[u8])],
    service: &str,
) -> Result<Option<Identified>, Unidentified> {
    let body_sha256 = announced_body(headers).ok_or_else(|| Unidentified::Signature(SignatureError::Payload.to_string()))?;
    let own = headers.iter().filter(|(name, _)| *name != "host").copied();
    let headers: Vec<(&str, &[u8])> = own.chain([("host", original.host.as_bytes())]).collect();
    let request = sigv4::HttpRequest {
        method: &original.method,
        path: &original.path,
        query: &original.query,
        headers: &headers,
        body: Body::Sha256(body_sha256.unwrap_or(EMPTY_SHA256)),
    };
    match authz::authenticate(app, &request, &[service]).await {
        Ok((_, None)) => Ok(None),
        Ok((caller, Some(scope))) => {
            let subject = subject_of(&caller);
            let body_sha256 = Some(body_sha256.unwrap_or(EMPTY_SHA256).to_owned());
            Ok(Some(Identified { caller, subject, region: scope.region, body_sha256 }))
        }
        Err(CredentialRefused::Store(error)) => Err(Unidentified::Internal(Box::new(error))),
        Err(refused @ CredentialRefused::Signature(SignatureError::Mismatch)) if body_sha256.is_none() => {
            Err(Unidentified::Signature(format!("{refused} (A signed body needs the header x-amz-content-sha256.)")))
        }
        Err(refused) => Err(Unidentified::Signature(refused.to_string())),
    }
}

/// The hash that the client announces of its body, where it announces one; `None` for anything else than one hash, as
/// UNSIGNED-PAYLOAD.
fn announced_body<'a>(headers: &[(&str, &'a [u8])]) -> Option<Option<&'a str>> {
    let mut announced = headers.iter().filter(|(name, _)| *name == "x-amz-content-sha256").map(|(_, value)| *value);
    match (announced.next(), announced.next()) {
        (None, _) => Some(None),
        (Some(value), None) => {
            let is_hash = value.len() == 64 && value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            std::str::from_utf8(value).ok().filter(|_| is_hash).map(Some)
        }
        (Some(_), Some(_)) => None,
    }
}

async fn by_token(app: &App, token: &str, identity_pool: Option<&str>, origin: &Origin) -> Result<Identified, Unidentified> {
    let bearer = match bearer::verify(app, token).await {
        Ok(Ok(bearer)) => bearer,
        Ok(Err(refused)) => return Err(Unidentified::Token(refused.to_string())),
        Err(error) => return Err(Unidentified::Internal(Box::new(error))),
    };
    let forbidden = |why: &str| Unidentified::Forbidden(why.to_owned());
    let identity_pool = identity_pool.ok_or_else(|| forbidden("the rule names no identity pool, so a token has no role here"))?;
    let session = web_identity::session_of_user(app, &identity_pool.into(), &bearer, Some(origin)).await;
    let session = session.map_err(|refused| match refused {
        LoginRefused::Internal(error) => Unidentified::Internal(error),
        refused => Unidentified::Forbidden(refused.to_string()),
    })?;
    let region = identity_pool.split_once(':').map_or(app.default_region.as_str(), |(region, _)| region).to_owned();
    let caller = Caller::Session(session);
    authz::note_role(app, &caller, "passwright", &region);
    Ok(Identified { caller, subject: bearer.subject.into(), region, body_sha256: None })
}

/// The identity for credentials of an identity pool, whose users share a session's name; else the unique id.
fn subject_of(caller: &Caller) -> String {
    let identity = match caller {
        Caller::Session(session) => session.federated_keys.iter().find(|(key, _)| key == "cognito-identity.amazonaws.com:sub"),
        Caller::Anonymous | Caller::Root { .. } | Caller::User(..) | Caller::Federated { .. } => None,
    };
    identity.and_then(|(_, values)| values.first().cloned()).unwrap_or_else(|| caller.user_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_announced_by_one_hash_or_not_at_all() {
        let announced = |values: &[&str]| {
            let headers: Vec<(&str, &[u8])> = values.iter().map(|value| ("x-amz-content-sha256", value.as_bytes())).collect();
            announced_body(&headers).map(|hash| hash.map(str::to_owned))
        };
        assert_eq!(announced(&[]), Some(None));
        assert_eq!(announced(&[EMPTY_SHA256]), Some(Some(EMPTY_SHA256.to_owned())));
        let upper = EMPTY_SHA256.to_uppercase();
        for refused in [
            &["UNSIGNED-PAYLOAD"][..],
            &["unsigned-payload"],
            &["STREAMING-AWS4-HMAC-SHA256-PAYLOAD"],
            &[&upper],
            &[""],
            &[EMPTY_SHA256, EMPTY_SHA256],
        ] {
            assert_eq!(announced(refused), None, "{refused:?}");
        }
    }
}
