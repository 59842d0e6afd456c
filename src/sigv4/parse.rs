//! From a request to the one credential that it presents.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use time::PrimitiveDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;

use super::{HttpRequest, SignatureError};
use crate::kit::clock::Timestamp;
use crate::kit::cut::cut;
use crate::kit::id::AccessKeyId;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const AMZ_DATE: &[FormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

/// How much refusals show of what was sent, in characters.
const SHOWN: usize = 128;

/// A presigned request lives for at most seven days.
const MAX_EXPIRES: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a signature is for: `20260131/us-east-1/sts/aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The day, `YYYYMMDD`.
    pub date: String,
    /// The region.
    pub region: String,
    /// The service's signing name.
    pub service: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

/// The credential that a request presents; nothing of it is verified yet.
#[derive(Clone)]
pub struct SignedRequest {
    /// Who claims to have signed.
    pub access_key_id: AccessKeyId,
    /// What for.
    pub scope: Scope,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    pub(super) signed_at: Timestamp,
    /// How long a presigned request lives; `None` for signatures in the header.
    pub(super) expires: Option<Duration>,
}

impl fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest").field("access_key_id", &self.access_key_id).field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// Finds the credential: in the header or, presigned, in the query. `None` for a request that has neither.
///
/// # Errors
/// [`SignatureError`] for a credential that is incomplete, of another algorithm, or not the only one.
pub fn parse(request: &HttpRequest<'_>) -> Result<Option<SignedRequest>, SignatureError> {
    let authorizations: Vec<&[u8]> = values(request, "authorization").collect();
    let query = presigned_parameters(request.query)?;
    match (authorizations.as_slice(), query.is_empty()) {
        ([], true) => Ok(None),
        ([], false) => from_query(request, &query).map(Some),
        ([authorization], true) => from_header(request, authorization),
        ([_], false) => Err(SignatureError::HeaderAndQuery),
        _ => Err(SignatureError::Incomplete("Authorization header must appear once.".into())),
    }
}

fn from_header(request: &HttpRequest<'_>, authorization: &[u8]) -> Result<Option<SignedRequest>, SignatureError> {
    let text = std::str::from_utf8(authorization).map_err(|_| incomplete("Authorization header is not text."))?;
    let (algorithm, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    // Another scheme (Bearer, Basic) is not a signature, and is judged elsewhere.
    if algorithm != ALGORITHM {
        return if algorithm.starts_with("AWS") { Err(SignatureError::UnknownAlgorithm(cut(algorithm, SHOWN))) } else { Ok(None) };
    }
    let mut parameters = HashMap::new();
    for part in rest.split(',') {
        let (name, value) = part.trim().split_once('=').unwrap_or((part.trim(), ""));
        if parameters.insert(name, value).is_some() {
            return Err(incomplete("Authorization header has a parameter twice."));
        }
    }
    let required = |name: &str| {
        parameters
            .get(name)
            .copied()
            .filter(|value| !value.is_empty())
            .ok_or_else(|| SignatureError::Incomplete(format!("Authorization header requires '{name}' parameter.")))
    };
    let signed_at = header_date(request)?;
    let tokens: Vec<&[u8]> = values(request, "x-amz-security-token").collect();
    let session_token = match tokens.as_slice() {
        [] => None,
        [token] => Some(String::from_utf8_lossy(token).into_owned()),
        _ => return Err(incomplete("X-Amz-Security-Token must appear once.")),
    };
    let signed = assemble(required("Credential")?, required("SignedHeaders")?, required("Signature")?, signed_at, session_token, None)?;
    check_coverage(request, &signed)?;
    Ok(Some(signed))
}

fn from_query(request: &HttpRequest<'_>, query: &HashMap<String, String>) -> Result<SignedRequest, SignatureError> {
    let required = |name: &str| {
        query
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| SignatureError::Incomplete(format!("AWS query-string parameters must include '{name}'.")))
    };
    let algorithm = required("X-Amz-Algorithm")?;
    if algorithm != ALGORITHM {
        return Err(SignatureError::UnknownAlgorithm(cut(algorithm, SHOWN)));
    }
    let signed_at = parse_amz_date(required("X-Amz-Date")?)?;
    let expires = required("X-Amz-Expires")?.parse().map(Duration::from_secs);
    let expires = expires.ok().filter(|expires| *expires <= MAX_EXPIRES);
    let expires = expires.ok_or_else(|| incomplete("X-Amz-Expires must be a number of seconds, at most a week."))?;
    let signed = assemble(
        required("X-Amz-Credential")?,
        required("X-Amz-SignedHeaders")?,
        required("X-Amz-Signature")?,
        signed_at,
        query.get("X-Amz-Security-Token").cloned(),
        Some(expires),
    )?;
    check_coverage(request, &signed)?;
    Ok(signed)
}

fn assemble(
    credential: &str,
    signed_headers: &str,
    signature: &str,
    signed_at: Timestamp,
    session_token: Option<String>,
    expires: Option<Duration>,
) -> Result<SignedRequest, SignatureError> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key_id, date, region, service, "aws4_request"] = parts.as_slice() else {
        return Err(SignatureError::Incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{}'",
            cut(credential, SHOWN)
        )));
    };
    let scope = Scope { date: (*date).to_owned(), region: (*region).to_owned(), service: (*service).to_owned() };
    let day: String = amz_date(signed_at).chars().take(8).collect();
    if scope.date != day {
        return Err(SignatureError::WrongDay { scope: cut(&scope.date, SHOWN), request: day });
    }
    let mut names: Vec<String> = signed_headers.split(';').map(str::to_ascii_lowercase).collect();
    names.sort();
    names.dedup();
    Ok(SignedRequest {
        access_key_id: AccessKeyId::from(*access_key_id),
        scope,
        session_token,
        signed_headers: names,
        signature: signature.to_owned(),
        signed_at,
        expires,
    })
}

/// SECURITY: what decides about the request must be covered: its host, its type, and every `x-amz-*` header. What is said to
/// be covered must be there, or a signature over nothing would pass for one over a host that the request does not name.
fn check_coverage(request: &HttpRequest<'_>, signed: &SignedRequest) -> Result<(), SignatureError> {
    let is_signed = |name: &str| signed.signed_headers.iter().any(|signed| signed == name);
    if !is_signed("host") {
        return Err(SignatureError::UnsignedHeader("Host".to_owned()));
    }
    let is_there = |name: &str| request.headers.iter().any(|(header, _)| *header == name);
    if let Some(absent) = signed.signed_headers.iter().find(|name| !is_there(name)) {
        return Err(SignatureError::AbsentHeader(cut(absent, SHOWN)));
    }
    if values(request, "host").any(|host| host.trim_ascii().is_empty()) {
        return Err(SignatureError::Host);
    }
    for (name, _) in request.headers {
        if (name.starts_with("x-amz-") || *name == "content-type") && !is_signed(name) {
            return Err(SignatureError::UnsignedHeader(cut(name, SHOWN)));
        }
    }
    Ok(())
}

/// `X-Amz-Date`, which wins over `Date` (an HTTP date has no place in a signature of ours).
fn header_date(request: &HttpRequest<'_>) -> Result<Timestamp, SignatureError> {
    let dates: Vec<&[u8]> = values(request, "x-amz-date").collect();
    match dates.as_slice() {
        [date] => parse_amz_date(&String::from_utf8_lossy(date)),
        _ => Err(incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")),
    }
}

fn parse_amz_date(text: &str) -> Result<Timestamp, SignatureError> {
    let moment = PrimitiveDateTime::parse(text, AMZ_DATE);
    let moment = moment.map_err(|_| incomplete("Date must be in ISO-8601 'basic format', as 20150830T123600Z."))?;
    Ok(Timestamp::from_seconds(moment.assume_utc().unix_timestamp()))
}

/// `20150830T123600Z`.
#[must_use]
pub fn amz_date(moment: Timestamp) -> String {
    moment.to_utc().format(AMZ_DATE).unwrap_or_default()
}

fn presigned_parameters(query: &str) -> Result<HashMap<String, String>, SignatureError> {
    let mut parameters = HashMap::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decode_str(name).decode_utf8_lossy();
        if !name.to_ascii_lowercase().starts_with("x-amz-") {
            continue;
        }
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        if value.contains('\0') {
            return Err(incomplete("A signature parameter in the query string has a NUL."));
        }
        if parameters.insert(name.into_owned(), value).is_some() {
            return Err(incomplete("A signature parameter stands twice in the query string."));
        }
    }
    Ok(parameters)
}

fn values<'a>(request: &HttpRequest<'a>, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    request.headers.iter().filter(move |(header, _)| *header == name).map(|(_, value)| *value)
}

fn incomplete(message: &str) -> SignatureError {
    SignatureError::Incomplete(message.to_owned())
}
