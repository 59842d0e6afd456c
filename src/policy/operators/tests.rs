//! What cannot be known holds in a Deny and does not hold in an Allow; what is known, alike in both.

use serde_json::{Value, json};

use super::*;

fn context(keys: &Value) -> ContextMap {
    let mut context = ContextMap::new();
    for (key, value) in keys.as_object().unwrap() {
        match value {
            Value::Array(values) => context.insert_list(key, values.iter().map(|value| value.as_str().unwrap())),
            single => context.insert(key, single.as_str().unwrap()),
        }
    }
    context
}

/// Whether a condition on `k:x` holds in an Allow, and in a Deny.
fn holds(operator: &str, values: &Value, keys: &Value) -> (bool, bool) {
    let list = values.as_array().cloned().unwrap_or_else(|| vec![values.clone()]);
    let values = list.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
    let condition = Condition::new(operator, "k:x", values, Variables::Replaced).unwrap();
    let context = context(keys);
    (condition.holds(&context, Effect::Allow), condition.holds(&context, Effect::Deny))
}

const UNKNOWN: (bool, bool) = (false, true);
const YES: (bool, bool) = (true, true);
const NO: (bool, bool) = (false, false);

#[test]
fn a_variable_without_a_value_never_gives() {
    let red = json!({"k:x": "red"});
    for (operator, values, keys, expected) in [
        ("StringNotEquals", json!("${k:y}"), &red, UNKNOWN),
        ("StringNotEqualsIgnoreCase", json!("${k:y}"), &red, UNKNOWN),
        ("StringNotLike", json!("${k:y}*"), &red, UNKNOWN),
        ("ArnNotEquals", json!("${k:y}"), &red, UNKNOWN),
        ("ArnNotLike", json!("arn:aws:iam::1:user/${k:y}"), &json!({"k:x": "arn:aws:iam::1:user/a"}), UNKNOWN),
        ("StringNotEqualsIfExists", json!("${k:y}"), &red, UNKNOWN),
        ("ForAllValues:StringNotEquals", json!("${k:y}"), &red, UNKNOWN),
        ("ForAnyValue:StringNotEquals", json!("${k:y}"), &red, UNKNOWN),
        ("StringEquals", json!("${k:y}"), &red, UNKNOWN),
        ("Bool", json!("${k:y}"), &json!({"k:x": "true"}), UNKNOWN),
        // One among several: what is known beside it may settle the whole.
        ("StringNotEquals", json!(["blue", "${k:y}"]), &red, UNKNOWN),
        ("StringNotEquals", json!(["red", "${k:y}"]), &red, NO),
        ("StringEquals", json!(["red", "${k:y}"]), &red, YES),
        ("ForAllValues:StringNotEquals", json!(["a", "${k:y}"]), &json!({"k:x": ["a", "b"]}), NO),
        ("ForAnyValue:StringNotEquals", json!(["a", "${k:y}"]), &json!({"k:x": ["a", "b"]}), UNKNOWN),
        // A list is no value for a variable.
        ("StringNotEquals", json!("${k:y}"), &json!({"k:x": "red", "k:y": ["blue"]}), UNKNOWN),
        // A key that is absent is unlike whatever the variable might be.
        ("StringNotEquals", json!("${k:y}"), &json!({}), YES),
        ("StringNotEqualsIfExists", json!("${k:y}"), &json!({}), YES),
        ("ForAnyValue:StringNotEquals", json!("${k:y}"), &json!({}), NO),
        ("StringNotEquals", json!("${k:y, 'blue'}"), &red, YES),
    ] {
        assert_eq!(holds(operator, &values, keys), expected, "{operator} {values} in {keys}");
    }
}

#[test]
fn a_malformed_value_never_gives() {
    let one = |value: &str| json!({"k:x": value});
    for (operator, values, keys, expected) in [
        ("NotIpAddress", "10.0.0.0/8", one("garbage"), UNKNOWN),
        ("NotIpAddress", "garbage", one("10.0.0.1"), UNKNOWN),
        ("NotIpAddressIfExists", "10.0.0.0/8", one("garbage"), UNKNOWN),
        ("NotIpAddress", "10.0.0.0/8", one("::1"), YES),
        ("IpAddress", "10.0.0.0/8", one("garbage"), UNKNOWN),
        ("ArnNotLike", "arn:aws:sns:*:1:t", one("garbage"), UNKNOWN),
        ("ForAnyValue:ArnNotLike", "arn:aws:sns:*:1:t", one("garbage"), UNKNOWN),
        ("NumericNotEquals", "1", one("one"), UNKNOWN),
        ("NumericNotEqualsIfExists", "1", one("2"), YES),
        ("DateNotEquals", "2026-01-01", one("soon"), UNKNOWN),
        ("Bool", "true", one("yes"), UNKNOWN),
        ("BinaryEquals", "YQ==", one("?"), UNKNOWN),
        ("StringEquals", "a", json!({"k:x": ["a", "b"]}), UNKNOWN),
        ("StringNotEquals", "c", json!({"k:x": ["a", "b"]}), UNKNOWN),
        ("StringEquals", "c", json!({"k:x": ["a", "b"]}), NO),
    ] {
        assert_eq!(holds(operator, &json!(values), &keys), expected, "{operator} {values} in {keys}");
    }
}

#[test]
fn absence_is_always_known() {
    let (absent, present) = (json!({}), json!({"k:x": "garbage"}));
    for (operator, values, keys, expected) in [
        ("Null", "true", &absent, YES),
        ("Null", "false", &absent, NO),
        ("Null", "true", &present, NO),
        ("Null", "false", &present, YES),
        ("Null", "perhaps", &present, UNKNOWN),
        ("ForAllValues:Null", "true", &absent, YES),
        ("ForAnyValue:Null", "true", &absent, NO),
    ] {
        assert_eq!(holds(operator, &json!(values), keys), expected, "{operator} {values} in {keys}");
    }
}

#[test]
fn bool_takes_variables() {
    let keys = |x: &str, y: &str| json!({"k:x": x, "k:y": y});
    for (x, y, expected) in [("true", "TRUE", YES), ("false", "false", YES), ("true", "false", NO), ("true", "yes", UNKNOWN)] {
        assert_eq!(holds("Bool", &json!("${k:y}"), &keys(x, y)), expected, "{x} {y}");
    }
}
