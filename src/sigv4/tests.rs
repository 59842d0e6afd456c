//! The cases of AWS's published SigV4 test suite, and what they leave out.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::kit::clock::Timestamp;
use crate::kit::secret::Secret;

#[derive(Deserialize)]
struct Case {
    name: String,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
    canonical: String,
}

impl Case {
    fn headers(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
    }

    fn request<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])]) -> HttpRequest<'a> {
        HttpRequest { method: &self.method, path: &self.path, query: &self.query, headers, body: Body::Bytes(self.body.as_bytes()) }
    }
}

fn secret() -> Secret {
    Secret::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned())
}

/// 2015-08-30T12:36:00Z.
const SUITE_TIME: Timestamp = Timestamp::from_seconds(1_440_938_160);

fn vanilla() -> Vec<(&'static str, &'static [u8])> {
    vec![("host", b"127.0.0.1:7277"), ("x-amz-date", b"20150830T123600Z")]
}

/// Signs a request with the given headers and yields it to `check` with its Authorization header.
fn signed(headers: &[(&str, &[u8])], check: impl Fn(&HttpRequest<'_>) -> Result<(), SignatureError>) -> Result<(), SignatureError> {
    signed_for("sts", headers, check)
}

fn signed_for(
    service: &str,
    headers: &[(&str, &[u8])],
    check: impl Fn(&HttpRequest<'_>) -> Result<(), SignatureError>,
) -> Result<(), SignatureError> {
    let scope = Scope { date: "20150830".into(), region: "us-east-1".into(), service: service.into() };
    let request = HttpRequest { method: "POST", path: "/", query: "", headers, body: Body::Bytes(b"Action=GetCallerIdentity") };
    let authorization = sign(&request, "AKIDEXAMPLE", &secret(), &scope, SUITE_TIME);
    let mut with = headers.to_vec();
    with.push(("authorization", authorization.as_bytes()));
    check(&HttpRequest { headers: &with, ..request })
}

fn verify_at(request: &HttpRequest<'_>, now: Timestamp) -> Result<(), SignatureError> {
    parse(request)?.expect("a signature").verify(request, &secret(), now)
}

#[test]
fn the_cases_of_aws_test_suite_verify_and_their_tampered_forms_do_not() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/data/sigv4/cases.json")).unwrap();
    assert!(cases.len() > 20);
    for case in &cases {
        let headers = case.headers();
        let request = case.request(&headers);
        let credential = parse(&request).unwrap().unwrap();
        assert_eq!(canonical::request(&request, &credential.signed_headers), case.canonical, "{}", case.name);
        let at = credential.signed_at;
        assert_eq!(credential.verify(&request, &secret(), at), Ok(()), "{}", case.name);
        let tampered = HttpRequest { body: Body::Bytes(b"another body"), ..request };
        let refusal = credential.verify(&tampered, &secret(), at);
        assert!(matches!(refusal, Err(SignatureError::Mismatch | SignatureError::Payload)), "{}", case.name);
        let tampered = HttpRequest { path: "/elsewhere", ..request };
        assert_eq!(credential.verify(&tampered, &secret(), at), Err(SignatureError::Mismatch), "{}", case.name);
        assert!(credential.verify(&request, &Secret::from("other".to_owned()), at).is_err(), "{}", case.name);
    }
}

#[test]
fn the_clocks_may_differ_by_what_the_service_allows_either_way() {
    for (service, minutes) in
        [("iam", 5), ("access-analyzer", 5), ("passwright", 5), ("sts", 15), ("cognito-idp", 15), ("cognito-identity", 15)]
    {
        for (offset, accepted) in [(0, true), (minutes * 60, true), (minutes * 60 + 1, false)] {
            for sign in [1, -1] {
                let now = Timestamp::from_seconds(SUITE_TIME.seconds() + sign * offset);
                let outcome = signed_for(service, &vanilla(), |request| verify_at(request, now));
                assert_eq!(outcome.is_ok(), accepted, "{service} {sign} {offset}");
            }
        }
    }
    let now = |offset: i64| Timestamp::from_seconds(SUITE_TIME.seconds() + offset);
    for (service, offset, expected) in [
        ("iam", 600, "Signature expired: 20150830T123600Z is now earlier than 20150830T124100Z (20150830T124600Z - 5 min.)"),
        ("sts", 1200, "Signature expired: 20150830T123600Z is now earlier than 20150830T124100Z (20150830T125600Z - 15 min.)"),
        ("iam", -600, "Signature not yet current: 20150830T123600Z is still later than 20150830T123100Z (20150830T122600Z + 5 min.)"),
    ] {
        let refused = signed_for(service, &vanilla(), |request| verify_at(request, now(offset))).unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
}

#[test]
fn a_signed_header_must_be_there_and_the_host_must_have_a_name() {
    let without = |absent: &'static str| {
        signed(&vanilla(), move |request| {
            let headers: Vec<_> = request.headers.iter().filter(|(name, _)| *name != absent).copied().collect();
            verify_at(&HttpRequest { headers: &headers, ..*request }, SUITE_TIME)
        })
    };
    assert_eq!(without("host"), Err(SignatureError::AbsentHeader("host".to_owned())));
    // A signature over an empty host, and over a header that is absent: both are right, and both are over nothing.
    let empty = [("host", &b" "[..]), ("x-amz-date", b"20150830T123600Z")];
    assert_eq!(signed(&empty, |request| verify_at(request, SUITE_TIME)), Err(SignatureError::Host));
    let nothing = [&vanilla()[..], &[("x-extra", b"")]].concat();
    let outcome = signed(&nothing, |request| {
        let headers: Vec<_> = request.headers.iter().filter(|(name, _)| *name != "x-extra").copied().collect();
        verify_at(&HttpRequest { headers: &headers, ..*request }, SUITE_TIME)
    });
    assert_eq!(outcome, Err(SignatureError::AbsentHeader("x-extra".to_owned())));
}

#[test]
fn refusals_show_a_glimpse_of_what_was_sent() {
    let long = "x".repeat(10_000);
    for authorization in
        [format!("AWS4-{long} Credential=a"), format!("AWS4-HMAC-SHA256 Credential={long}, SignedHeaders=host, Signature=0")]
    {
        let headers = [("host", &b"h"[..]), ("x-amz-date", b"20150830T123600Z"), ("authorization", authorization.as_bytes())];
        let request = HttpRequest { method: "POST", path: "/", query: "", headers: &headers, body: Body::Bytes(b"") };
        let shown = parse(&request).unwrap_err().to_string();
        assert!(shown.len() < 400, "{}", shown.len());
    }
}

#[test]
fn what_decides_about_the_request_must_be_signed() {
    for unsigned in ["x-amz-target", "x-amz-security-token", "content-type", "x-amz-anything"] {
        let outcome = signed(&vanilla(), |request| {
            let mut headers = request.headers.to_vec();
            headers.push((unsigned, b"added"));
            verify_at(&HttpRequest { headers: &headers, ..*request }, SUITE_TIME)
        });
        assert_eq!(outcome, Err(SignatureError::UnsignedHeader(unsigned.to_owned())));
    }
    let without_host = signed(&vanilla()[1..], |request| verify_at(request, SUITE_TIME));
    assert_eq!(without_host, Err(SignatureError::UnsignedHeader("Host".to_owned())));
}

#[test]
fn one_request_presents_one_credential() {
    let both = signed(&vanilla(), |request| verify_at(&HttpRequest { query: "X-Amz-Signature=0", ..*request }, SUITE_TIME));
    assert_eq!(both, Err(SignatureError::HeaderAndQuery));
    let twice = signed(&vanilla(), |request| {
        let mut headers = request.headers.to_vec();
        headers.push(("authorization", b"AWS4-HMAC-SHA256 Credential=a"));
        verify_at(&HttpRequest { headers: &headers, ..*request }, SUITE_TIME)
    });
    assert!(matches!(twice, Err(SignatureError::Incomplete(_))));
}

#[test]
fn other_algorithms_payload_modes_and_days_are_refused() {
    let parse_authorization = |value: &str| {
        let headers = [("host", &b"h"[..]), ("x-amz-date", b"20150830T123600Z"), ("authorization", value.as_bytes())];
        let request = HttpRequest { method: "POST", path: "/", query: "", headers: &headers, body: Body::Bytes(b"") };
        parse(&request).map(|credential| credential.is_some())
    };
    assert!(matches!(parse_authorization("AWS4-ECDSA-P256-SHA256 Credential=a"), Err(SignatureError::UnknownAlgorithm(_))));
    assert!(matches!(parse_authorization("AWS AKID:sig"), Err(SignatureError::UnknownAlgorithm(_))));
    assert_eq!(parse_authorization("Bearer abc"), Ok(false));
    for value in [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host;x-amz-date",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s, SignedHeaders=host;x-amz-date, Signature=0",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, Credential=b, SignedHeaders=host, Signature=0",
    ] {
        assert!(matches!(parse_authorization(value), Err(SignatureError::Incomplete(_))), "{value}");
    }
    let other_day = "AWS4-HMAC-SHA256 Credential=a/20150831/r/s/aws4_request, SignedHeaders=host;x-amz-date, Signature=0";
    assert!(matches!(parse_authorization(other_day), Err(SignatureError::WrongDay { .. })));
    for mode in [&b"UNSIGNED-PAYLOAD"[..], b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", b"00"] {
        let mut headers = vanilla();
        headers.push(("x-amz-content-sha256", mode));
        assert_eq!(signed(&headers, |request| verify_at(request, SUITE_TIME)), Err(SignatureError::Payload));
    }
}

#[test]
fn presigned_requests_live_as_long_as_they_say_and_a_week_at_most() {
    let scope = Scope { date: "20150830".into(), region: "us-east-1".into(), service: "sts".into() };
    let attempt = |expires: u64, seconds_later: i64| {
        let headers = [("host", &b"h"[..])];
        let unsigned = format!(
            "Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts\
             %2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host"
        );
        let request = HttpRequest { method: "GET", path: "/", query: &unsigned, headers: &headers, body: Body::Bytes(b"") };
        let authorization = sign(&request, "AKIDEXAMPLE", &secret(), &scope, SUITE_TIME);
        let signature = authorization.rsplit('=').next().unwrap();
        let query = format!("{unsigned}&X-Amz-Signature={signature}");
        verify_at(&HttpRequest { query: &query, ..request }, Timestamp::from_seconds(SUITE_TIME.seconds() + seconds_later))
    };
    assert_eq!(attempt(900, 900), Ok(()));
    assert!(matches!(attempt(900, 901), Err(SignatureError::Expired { .. })));
    assert!(matches!(attempt(604_801, 0), Err(SignatureError::Incomplete(_))));
}

#[test]
fn debug_shows_no_token_and_no_signature() {
    let mut headers = vanilla();
    headers.push(("x-amz-security-token", b"the-token"));
    let shown = std::cell::RefCell::new(String::new());
    signed(&headers, |request| {
        *shown.borrow_mut() = format!("{:?}", parse(request)?);
        Ok(())
    })
    .unwrap();
    assert!(shown.borrow().contains("AKIDEXAMPLE") && !shown.borrow().contains("the-token"));
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(position in 0_usize..24, bit in 0_u8..8) {
        let mut body = b"Action=GetCallerIdentity".to_vec();
        body[position] ^= 1 << bit;
        let outcome = signed(&vanilla(), |request| verify_at(&HttpRequest { body: Body::Bytes(&body), ..*request }, SUITE_TIME));
        prop_assert_eq!(outcome, Err(SignatureError::Mismatch));
    }

    #[test]
    fn any_request_is_parsed_or_refused(path in "\\PC{0,40}", query in "\\PC{0,60}", value in "\\PC{0,80}") {
        let headers = [("host", &b"h"[..]), ("authorization", value.as_bytes()), ("x-amz-date", value.as_bytes())];
        let request = HttpRequest { method: "GET", path: &path, query: &query, headers: &headers, body: Body::Bytes(b"") };
        if let Ok(Some(credential)) = parse(&request) {
            prop_assert!(credential.verify(&request, &secret(), SUITE_TIME).is_err());
        }
    }
}
