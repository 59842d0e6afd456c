//! The engine and the reference agree, and both keep the laws of the language.

use passwright::policy::Effect;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

use crate::engine::{Compiled, word};
use crate::generate::case;
use crate::reference::{list, verdict};

/// Enough bytes for the largest case that is likely.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..400)
}

fn judged(case: &Value) -> Option<&'static str> {
    Compiled::new(case).ok().map(|compiled| word(compiled.judge().verdict))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_and_the_reference_agree(bytes in bytes()) {
        let case = case(&bytes);
        if let Some(answer) = judged(&case) {
            prop_assert_eq!(answer, verdict(&case), "{}", case);
        }
    }

    #[test]
    fn the_order_of_statements_and_policies_never_matters(bytes in bytes()) {
        let case = case(&bytes);
        let mut turned = case.clone();
        each_policy(&mut turned, &mut |policy| policy["Statement"].as_array_mut().unwrap().reverse());
        for set in ["identity", "permissions_boundaries", "session", "vpc_endpoint"] {
            if let Some(policies) = turned["policies"][set].as_array_mut() {
                policies.reverse();
            }
        }
        prop_assert_eq!(judged(&case), judged(&turned), "{}", case);
    }

    #[test]
    fn an_added_allow_never_takes_away(bytes in bytes(), added in bytes()) {
        let case = case(&bytes);
        let more = with_statement(&case, &added, "Allow");
        if judged(&case) == Some("allowed") {
            prop_assert!(matches!(judged(&more), Some("allowed") | None), "{}", more);
        }
    }

    #[test]
    fn an_added_deny_never_gives(bytes in bytes(), added in bytes()) {
        let case = case(&bytes);
        let more = with_statement(&case, &added, "Deny");
        if matches!(judged(&case), Some("explicitDeny" | "implicitDeny")) {
            prop_assert!(judged(&more) != Some("allowed"), "{}", more);
        }
    }

    /// What cannot be known holds in a Deny wherever it holds in an Allow.
    #[test]
    fn what_allows_would_deny(bytes in bytes()) {
        let case = case(&bytes);
        let mut denying = case.clone();
        each_policy(&mut denying, &mut |policy| {
            for statement in policy["Statement"].as_array_mut().unwrap() {
                statement["Effect"] = json!("Deny");
            }
        });
        if let Ok(compiled) = Compiled::new(&case)
            && compiled.decide().statements.iter().any(|statement| statement.effect == Effect::Allow)
            && case["action"] != "sts:GetCallerIdentity"
        {
            prop_assert_eq!(judged(&denying), Some("explicitDeny"), "{}", case);
        }
    }

    #[test]
    fn a_list_in_one_statement_is_as_many_statements(bytes in bytes()) {
        let case = case(&bytes);
        let mut split = case.clone();
        each_policy(&mut split, &mut |policy| {
            let statements: Vec<Value> = list(&policy["Statement"]).into_iter().flat_map(pieces).collect();
            policy["Statement"] = json!(statements);
        });
        prop_assert_eq!(judged(&case), judged(&split), "{}", case);
    }

    #[test]
    fn judge_decide_and_explain_tell_one_story(bytes in bytes()) {
        let case = case(&bytes);
        if let Ok(compiled) = Compiled::new(&case) {
            crate::bodies::assert_one_story(&compiled, &case);
        }
    }
}

/// The other laws would hold of a generator whose policies are all refused, or all denied.
#[test]
fn generated_cases_reach_every_verdict() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..2_000 {
        let bytes = bytes().new_tree(&mut runner).unwrap().current();
        *seen.entry(judged(&case(&bytes)).unwrap_or("refused")).or_insert(0) += 1;
    }
    let at_least = |verdict: &str, count: i32| assert!(seen.get(verdict).is_some_and(|found| *found >= count), "{seen:?}");
    at_least("allowed", 200);
    at_least("explicitDeny", 200);
    at_least("implicitDeny", 200);
    assert!(seen.get("refused").is_none_or(|refused| *refused < 1_000), "{seen:?}");
}

/// A statement of another generated case, in the first policy.
fn with_statement(into: &Value, bytes: &[u8], effect: &str) -> Value {
    // The first choice of a case is its principal: zero is a user, who has identity policies.
    let mut statement = case(&[&[0], bytes].concat())["policies"]["identity"][0]["Statement"][0].clone();
    statement["Effect"] = json!(effect);
    let mut into = into.clone();
    let mut waiting = Some(statement);
    let at = usize::from(bytes.first().copied().unwrap_or(0));
    let mut count = 0;
    each_policy(&mut into, &mut |_| count += 1);
    if count == 0 {
        return into;
    }
    let mut number = 0;
    each_policy(&mut into, &mut |policy| {
        number += 1;
        if number - 1 == at % count
            && let Some(mut statement) = waiting.take()
        {
            let statements = policy["Statement"].as_array_mut().unwrap();
            if statements.iter().any(|other| !other["Principal"].is_null() || !other["NotPrincipal"].is_null()) {
                statement["Principal"] = json!("*");
            }
            statements.push(statement);
        }
    });
    into
}

fn each_policy(case: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    for (_, policies) in case["policies"].as_object_mut().unwrap() {
        visit(policies, change);
    }
}

fn visit(value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| visit(value, change)),
        policy if policy["Statement"].is_array() => change(policy),
        level => level.get_mut("policies").into_iter().for_each(|policies| visit(policies, change)),
    }
}

/// A statement for each action and resource of its lists; what is negated stays whole.
fn pieces(statement: &Value) -> Vec<Value> {
    let mut pieces = vec![statement.clone()];
    for element in ["Action", "Resource"] {
        pieces = pieces
            .into_iter()
            .flat_map(|piece| match piece[element].as_array() {
                None => vec![piece],
                Some(values) => values.iter().map(|value| with(&piece, element, value)).collect(),
            })
            .collect();
    }
    pieces
}

fn with(statement: &Value, element: &str, value: &Value) -> Value {
    let mut statement = statement.clone();
    statement[element] = value.clone();
    statement
}
