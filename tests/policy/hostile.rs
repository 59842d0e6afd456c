//! Text that nobody would write is parsed or refused, never a panic; patterns that would explode elsewhere take their product of steps.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::json;

use crate::bodies::parse_any;
use crate::engine::verdict;

const POLICY: &str = r#"{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"s","Effect":"Allow","Principal":{"AWS":["111122223333"]},"Action":["s3:Get*"],
  "Resource":"arn:aws:s3:::b/${aws:username, 'x'}/*","Condition":{"ForAnyValue:StringLike":{"aws:TagKeys":["a*"]},"Bool":{"k":true}}}]}"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(text in any::<String>()) {
        parse_any(&text);
    }

    #[test]
    fn a_damaged_policy_is_parsed_or_refused(from in 0..POLICY.len(), length in 0..40_usize, piece in piece()) {
        let to = (from + length).min(POLICY.len());
        parse_any(&[&POLICY[..from], &piece, &POLICY[to..]].concat());
    }

    #[test]
    fn any_text_may_stand_in_any_string(text in any::<String>()) {
        for element in ["Version", "Id", "Sid", "Effect", "Action", "Resource", "NotAction", "NotResource", "Principal", "Condition"] {
            parse_any(&json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", element: text}]}).to_string());
        }
        for operator in ["StringLike", "NumericEquals", "DateEquals", "IpAddress", "ArnLike", "Bool", "Null", "BinaryEquals", &text] {
            let conditions = json!({operator: {&text: [text, "x"]}});
            parse_any(&json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": conditions}]}).to_string());
        }
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "",
            "\0",
            "\\u0000",
            "\\ud800",
            "\\udfff\\ud800",
            "\\ud83d\\ude00",
            "{",
            "[",
            "\"",
            ",",
            "${",
            "}",
            "null",
            "1e999",
            "-0",
            "\u{feff}",
            "\\",
            "\"a\":1,",
        ])
        .prop_map(str::to_owned),
    ]
}

#[test]
fn surrogates_nul_depth_and_length() {
    for inside in ["\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00", "\\u0000", "\u{0}", "\u{10ffff}", "\\ud800\\u0041"] {
        parse_any(&format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Sid":"{inside}"}}}}"#));
        parse_any(&format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::{inside}"}}}}"#));
        parse_any(&format!(r#"{{"{inside}":1}}"#));
    }
    for deep in ["[", "{\"a\":", "{\"Statement\":[", "\"\\"] {
        parse_any(&deep.repeat(100_000));
    }
    parse_any(&format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::{}"}}}}"#, "x".repeat(3_000_000)));
    parse_any(&" ".repeat(3_000_000));
}

/// Bounded by pattern times value, where a matcher that backtracks takes exponential time.
#[test]
fn wildcards_do_not_explode() {
    let name = format!("arn:aws:s3:::{}", "a".repeat(1_900));
    let pattern = format!("arn:aws:s3:::{}b", "a*".repeat(900));
    let many: Vec<String> = (0..10_000).map(|at| format!("v{at}*")).collect();
    let ask = |resource: &str, conditions: serde_json::Value| {
        json!({
            "principal": {"arn": "arn:aws:iam::111122223333:user/alice"}, "action": "s3:GetObject", "resource": {"arn": name, "account": null},
            "context": {"aws:k": "a".repeat(2_000), "aws:list": many},
            "policies": {"identity": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": resource, "Condition": conditions}]}]}
        })
    };
    let started = Instant::now();
    assert_eq!(verdict(&ask(&pattern, json!({}))), Ok("implicitDeny"));
    assert_eq!(verdict(&ask("*", json!({"StringLike": {"aws:k": format!("{}b", "*a".repeat(900))}}))), Ok("implicitDeny"));
    assert_eq!(verdict(&ask("*", json!({"ForAllValues:StringLike": {"aws:list": "v*"}}))), Ok("allowed"));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}
