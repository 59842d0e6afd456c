//! The examples of AWS's policy reference and user guide, each page's in cases of our own: policies, requests, and what AWS says of them.

use serde_json::Value;

use crate::{bodies, engine, reference};

const EXAMPLES: &str = include_str!("aws_examples.json");

#[test]
fn the_engine_and_the_reference_decide_as_aws_documents() {
    let mut wrong = Vec::new();
    let examples: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
    for example in &examples {
        for (number, request) in example["requests"].as_array().unwrap().iter().enumerate() {
            let mut case = request.clone();
            case["policies"] = example["policies"].clone();
            let expected = request["expected"].as_str().unwrap();
            let name = format!("{} / {} / {number}", example["source"], example["name"]);
            match engine::verdict(&case) {
                Ok(answer) if answer == expected => bodies::assert_one_story(&engine::Compiled::new(&case).unwrap(), &case),
                other => wrong.push(format!("engine: {name}: {other:?}, not {expected}: {case}")),
            }
            let answer = reference::verdict(&case);
            if answer != expected {
                wrong.push(format!("reference: {name}: {answer}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(examples.len() >= 60, "{}", examples.len());
}
