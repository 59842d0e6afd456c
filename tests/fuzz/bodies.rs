//! The bodies of the fuzz targets; `tests/policy` runs them over the corpus, so that CI replays what was found.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passwright::crypto::cose::PublicKey;
use passwright::crypto::digest::{hex, sha256};
use passwright::policy::{Policy, PolicyKind, Verdict, parse, parse_as};
use passwright::userpools::web_authn::{Expected, UserVerification, assertion::Assertion, registration};
use serde_json::{Value, json};

use crate::engine::{Compiled, verdict, word};
use crate::{generate, reference};

/// Any text is parsed or refused with a place in it.
pub fn parse_any(text: &str) {
    let refused = match parse(text) {
        Ok(policy) => return ask(&policy),
        Err(refused) => refused,
    };
    let lines = text.split('\n').count();
    assert!((1..=lines + 1).contains(&refused.line), "line {} of {lines}: {text:?}", refused.line);
    assert!(refused.column <= text.len() + 1, "column {}: {text:?}", refused.column);
    for kind in [PolicyKind::Identity, PolicyKind::Trust] {
        assert!(parse_as(text, kind).is_err(), "a policy of a kind keeps the grammar: {text:?}");
    }
}

pub fn parse_bytes(bytes: &[u8]) {
    parse_any(&String::from_utf8_lossy(bytes));
}

fn ask(policy: &Policy) {
    assert!(policy.context_keys().all(|key| !key.is_empty()));
}

/// `pattern NUL name NUL value`: the pattern as Resource, as StringLike and as ArnLike, in both versions, against the reference.
pub fn matcher(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, '\0');
    let [pattern, name, value] = [0; 3].map(|_| parts.next().unwrap_or_default());
    let subject = if name.is_empty() { "*" } else { name };
    for version in ["2012-10-17", "2008-10-17"] {
        for conditions in [
            json!({}),
            json!({"StringLike": {"aws:k": pattern}}),
            json!({"StringNotEquals": {"aws:k": pattern}}),
            json!({"ArnLike": {"aws:k": pattern}}),
        ] {
            let resource = if conditions == json!({}) { pattern } else { "*" };
            let statement = json!({"Effect": "Allow", "Action": "*", "Resource": resource, "Condition": conditions});
            compare(&json!({
                "principal": {"arn": "arn:aws:iam::111122223333:user/alice"}, "action": "s3:GetObject", "resource": {"arn": subject, "account": "111122223333"},
                "context": {"aws:k": subject, "aws:username": value},
                "policies": {"identity": [{"Version": version, "Statement": [statement]}]}
            }));
        }
    }
}

/// The bytes are the generator's choices.
pub fn evaluate(bytes: &[u8]) {
    compare(&generate::case(bytes));
}

/// `length id object`: the object as what an authenticator made, under that id; and all of it as the text of a use. What is
/// registered has a key that opens.
pub fn passkey(bytes: &[u8]) {
    let challenge = URL_SAFE_NO_PAD.encode(b"challenge");
    let challenge_hash = hex(&sha256(&[b"challenge"]));
    let expected = Expected { challenge_hash: &challenge_hash, relying_party_id: "example.com", verification: UserVerification::Preferred };
    let (length, rest) = bytes.split_first().map_or((0, bytes), |(length, rest)| (usize::from(*length), rest));
    let (id, object) = rest.split_at(length.min(rest.len()));
    let id = URL_SAFE_NO_PAD.encode(id);
    let client_data = json!({"type": "webauthn.create", "challenge": challenge, "origin": "https://example.com"}).to_string();
    let response = json!({
        "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data), "attestationObject": URL_SAFE_NO_PAD.encode(object),
    });
    let made = json!({"id": id, "rawId": id, "type": "public-key", "response": response});
    if let Ok(registered) = registration::verify(&made, &expected) {
        assert_eq!(registered.id, id);
        assert!(PublicKey::parse(&registered.public_key).is_ok(), "a key that does not open: {made}");
    }
    let _ = PublicKey::parse(object);
    if let Ok(used) = Assertion::parse(&String::from_utf8_lossy(bytes)) {
        assert_eq!(Assertion::parse(&String::from_utf8_lossy(bytes)).map(|again| again.credential_id), Ok(used.credential_id));
    }
}

/// Where the parser takes the policies, engine and reference agree, and the engine with itself.
fn compare(case: &Value) {
    let Ok(answer) = verdict(case) else { return };
    assert_eq!(answer, reference::verdict(case), "engine, then reference, of {case}");
    if let Ok(compiled) = Compiled::new(case) {
        assert_one_story(&compiled, case);
    }
}

/// `judge`, `decide` and `explain` say the same.
pub fn assert_one_story(compiled: &Compiled, case: &Value) {
    let (judgement, decision) = (compiled.judge(), compiled.decide());
    assert_eq!(word(judgement.verdict), word(decision.verdict), "{case}");
    assert_eq!(judgement.source, decision.source, "{case}");
    match judgement.verdict {
        Verdict::ImplicitDeny => assert!(decision.statements.is_empty(), "an implicit deny has no statement: {case}"),
        Verdict::ExplicitDeny => assert!(!decision.statements.is_empty(), "a deny has its statement: {case}"),
        // Root and GetCallerIdentity need no statement.
        Verdict::Allowed => {}
    }
    for failed in compiled.explain() {
        let matched = decision.statements.iter().any(|matched| matched.policy == failed.policy && matched.index == failed.index);
        assert!(!matched, "a statement matched and failed: {failed:?} of {case}");
    }
}
