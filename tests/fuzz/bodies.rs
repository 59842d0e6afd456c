//! The bodies of the fuzz targets; `tests/policy` runs them over the corpus, so that CI replays what was found.

use passwright::policy::{Policy, PolicyKind, Verdict, parse, parse_as};
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
