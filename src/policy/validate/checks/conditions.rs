//! Of condition blocks: operators, keys' forms, and how many values there are.

use std::collections::HashSet;

use crate::policy::validate::check::{Check, Report, Run, error, suggestion};
use crate::policy::validate::document::{Condition, Statement};
use crate::policy::validate::operator::{Family, Operator, Qualifier};

pub const CHECKS: [Check; 12] = [
    error("INVALID_CONDITION_OPERATOR", Run::Statement(invalid_condition_operator)),
    error("NULL_WITH_IF_EXISTS", Run::Statement(null_with_if_exists)),
    suggestion("NULL_WITH_QUALIFIER", Run::Statement(null_with_qualifier)),
    error("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", Run::Statement(duplicate_keys_with_different_case)),
    error("INVALID_CONDITION_KEY_FORMAT", Run::Condition(invalid_condition_key_format)),
    error("INVALID_CONDITION_DATA_TYPE", Run::Condition(invalid_condition_data_type)),
    error("INVALID_CONDITION_MULTIPLE_BOOLEAN", Run::Condition(invalid_condition_multiple_boolean)),
    suggestion("EMPTY_ARRAY_CONDITION", Run::Condition(empty_array_condition)),
    suggestion("EMPTY_ARRAY_CONDITION_FORALLVALUES", Run::Condition(empty_array_condition_for_all_values)),
    suggestion("EMPTY_ARRAY_CONDITION_FORANYVALUE", Run::Condition(empty_array_condition_for_any_value)),
    suggestion("EMPTY_ARRAY_CONDITION_IFEXISTS", Run::Condition(empty_array_condition_if_exists)),
    suggestion("REDUNDANT_CONDITION_VALUE_NUM", Run::Condition(redundant_condition_value_num)),
];

fn invalid_condition_operator(statement: &Statement, report: &mut Report) {
    for operator in statement.operators.iter().filter(|operator| Operator::parse(operator.text).is_none()) {
        report.at(&operator.place, format!("The condition operator {} is not valid. Use a valid condition operator.", operator.text));
    }
}

fn null_with_if_exists(statement: &Statement, report: &mut Report) {
    for operator in &statement.operators {
        if Operator::parse(operator.text).is_some_and(|read| read.family == Family::Null && read.if_exists) {
            report.at(
                &operator.place,
                "The Null condition operator is not valid with the IfExists suffix. Update the operator or the suffix.",
            );
        }
    }
}

fn null_with_qualifier(statement: &Statement, report: &mut Report) {
    for operator in &statement.operators {
        if Operator::parse(operator.text).is_some_and(|read| read.family == Family::Null && read.qualifier != Qualifier::None) {
            let details = "Avoid using the Null operator with the ForAllValues or ForAnyValue qualifiers because they always evaluate to true or false respectively.";
            report.at(&operator.place, details);
        }
    }
}

fn duplicate_keys_with_different_case(statement: &Statement, report: &mut Report) {
    let mut seen = HashSet::new();
    for condition in &statement.conditions {
        if !seen.insert((condition.operator_name, condition.key.text.to_ascii_lowercase())) {
            let details = format!(
                "The condition key {} appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys.",
                condition.key.text
            );
            report.at(&condition.key.place, details);
        }
    }
}

fn invalid_condition_key_format(_: &Statement, condition: &Condition, report: &mut Report) {
    let is_well_formed = condition.key.text.split_once(':').is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty());
    if !is_well_formed {
        report.at(&condition.key.place, "The condition key format is not valid. Use the format service:keyname.");
    }
}

fn invalid_condition_data_type(_: &Statement, condition: &Condition, report: &mut Report) {
    let types: HashSet<&str> = condition.values.iter().map(|value| value.json_type).collect();
    if types.len() > 1 {
        report.at(&condition.values_place, "The condition value data types do not match. Use condition values of the same JSON data type.");
    }
}

fn invalid_condition_multiple_boolean(_: &Statement, condition: &Condition, report: &mut Report) {
    let is_boolean = condition
        .operator
        .is_some_and(|operator| matches!(operator.family, Family::Bool | Family::Null) && operator.qualifier == Qualifier::None);
    if is_boolean && condition.values.len() > 1 {
        report
            .at(&condition.values_place, "The condition key does not support multiple values of type Boolean. Use a single Boolean value.");
    }
}

fn empty_array_condition(_: &Statement, condition: &Condition, report: &mut Report) {
    let details = "There are no values for the condition key and it does not affect the policy. Specify conditions.";
    empty(condition, |operator| operator.qualifier == Qualifier::None && !operator.if_exists, details, report);
}

fn empty_array_condition_for_all_values(_: &Statement, condition: &Condition, report: &mut Report) {
    let details = "The ForAllValues prefix with an empty condition key matches only if the key is missing from the request context.";
    empty(condition, |operator| operator.qualifier == Qualifier::ForAllValues, details, report);
}

fn empty_array_condition_for_any_value(_: &Statement, condition: &Condition, report: &mut Report) {
    let details = "The ForAnyValue prefix with an empty condition key never matches the request context and it does not affect the policy. Specify conditions.";
    empty(condition, |operator| operator.qualifier == Qualifier::ForAnyValue, details, report);
}

fn empty_array_condition_if_exists(_: &Statement, condition: &Condition, report: &mut Report) {
    let details = "The IfExists suffix with an empty condition key matches only if the key is missing from the request context.";
    empty(condition, |operator| operator.qualifier == Qualifier::None && operator.if_exists, details, report);
}

fn empty(condition: &Condition, is_meant: fn(&Operator) -> bool, details: &str, report: &mut Report) {
    if condition.is_empty_list && condition.operator.as_ref().is_some_and(is_meant) {
        report.at(&condition.values_place, details);
    }
}

/// Of several bounds in one direction, one decides.
fn redundant_condition_value_num(_: &Statement, condition: &Condition, report: &mut Report) {
    let Some(operator) = &condition.operator else { return };
    let bound: fn(f64, f64) -> f64 = match operator.name {
        "NumericLessThan" | "NumericLessThanEquals" => f64::max,
        "NumericGreaterThan" | "NumericGreaterThanEquals" => f64::min,
        _ => return,
    };
    let numbers: Vec<f64> = condition.values.iter().filter_map(|value| value.item.text.trim().parse().ok()).collect();
    if numbers.len() > 1
        && let Some(value) = numbers.into_iter().reduce(bound)
    {
        let details =
            format!("Multiple values in {} are redundant. Replace with the greatest/least single value, such as {value}.", operator.name);
        report.at(&condition.values_place, details);
    }
}
