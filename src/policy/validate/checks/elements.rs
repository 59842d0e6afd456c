//! Of the elements: which must be there, which may not, and what is empty or said twice.

use std::collections::{HashMap, HashSet};

use crate::policy::json::Value;
use crate::policy::validate::check::{Check, Report, Run, error, suggestion, warning};
use crate::policy::validate::document::{Document, Flavor, Statement};
use crate::policy::validate::place::{Item, Place};

pub const CHECKS: [Check; 20] = [
    error("INVALID_POLICY_ELEMENT", Run::Document(invalid_policy_element)),
    error("INVALID_VERSION", Run::Document(invalid_version)),
    warning("MISSING_VERSION", Run::Document(missing_version)),
    error("MISSING_STATEMENT", Run::Document(missing_statement)),
    error("UNIQUE_SIDS_REQUIRED", Run::Document(unique_sids_required)),
    warning("UNIQUE_SIDS_RECOMMENDED", Run::Document(unique_sids_recommended)),
    suggestion("REDUNDANT_STATEMENT", Run::Document(redundant_statement)),
    error("MISSING_EFFECT", Run::Statement(missing_effect)),
    error("INVALID_EFFECT", Run::Statement(invalid_effect)),
    error("MISSING_ACTION", Run::Statement(missing_action)),
    error("MISSING_RESOURCE", Run::Statement(missing_resource)),
    error("MISSING_PRINCIPAL", Run::Statement(missing_principal)),
    error("UNSUPPORTED_ELEMENT_COMBINATION", Run::Statement(unsupported_element_combination)),
    error("UNSUPPORTED_SID", Run::Statement(unsupported_sid)),
    suggestion("EMPTY_SID_VALUE", Run::Statement(empty_sid_value)),
    suggestion("EMPTY_ARRAY_ACTION", Run::Statement(empty_array_action)),
    suggestion("EMPTY_ARRAY_RESOURCE", Run::Statement(empty_array_resource)),
    suggestion("EMPTY_ARRAY_PRINCIPAL", Run::Statement(empty_array_principal)),
    suggestion("EMPTY_OBJECT_PRINCIPAL", Run::Statement(empty_object_principal)),
    suggestion("EMPTY_OBJECT_CONDITION", Run::Statement(empty_object_condition)),
];

const OF_DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const OF_STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

fn invalid_policy_element(document: &Document, report: &mut Report) {
    let mut unknown = |members, allowed: &[&str], place: &Place| {
        let members: &[(String, _)] = members;
        for (name, node) in members.iter().filter(|(name, _)| !allowed.contains(&name.as_str())) {
            report.at(&place.key(name, node), format!("The policy element {name} is not valid."));
        }
    };
    unknown(document.members, &OF_DOCUMENT, &document.place);
    for statement in &document.statements {
        unknown(statement.members, &OF_STATEMENT, &statement.place);
    }
}

fn invalid_version(document: &Document, report: &mut Report) {
    if let Some(version) = &document.version
        && !["2012-10-17", "2008-10-17"].contains(&version.text)
    {
        report.at(
            &version.place,
            format!("The version {} is not valid. Use one of the following versions: 2012-10-17, 2008-10-17", version.text),
        );
    }
}

fn missing_version(document: &Document, report: &mut Report) {
    if !document.members.iter().any(|(name, _)| name == "Version") {
        report.at(&document.place, "We recommend that you specify the Version element to help you with debugging permission issues.");
    }
}

fn missing_statement(document: &Document, report: &mut Report) {
    if !document.has_statement {
        report.at(&document.place, "Add a Statement element to the policy, with at least one statement.");
    }
}

fn unique_sids_required(document: &Document, report: &mut Report) {
    if document.flavor != Flavor::Resource {
        repeated_sids(document, report, "Duplicate statement IDs are not supported for this policy type. Update the Sid value.");
    }
}

fn unique_sids_recommended(document: &Document, report: &mut Report) {
    if document.flavor == Flavor::Resource {
        repeated_sids(document, report, "We recommend that you use statement IDs that are unique to your policy. Update the Sid value.");
    }
}

fn repeated_sids(document: &Document, report: &mut Report, details: &str) {
    let mut seen = HashSet::new();
    for sid in document.statements.iter().filter_map(|statement| statement.sid.as_ref()).filter(|sid| !sid.text.is_empty()) {
        if !seen.insert(sid.text) {
            report.at(&sid.place, details);
        }
    }
}

/// Sid apart, the same elements with the same values in any order of the names.
fn redundant_statement(document: &Document, report: &mut Report) {
    let mut seen: HashMap<String, &Place> = HashMap::new();
    for statement in &document.statements {
        let mut members: Vec<String> = statement
            .members
            .iter()
            .filter(|(name, _)| name != "Sid")
            .map(|(name, node)| {
                let mut text = format!("{name}=");
                write_value(&node.value, &mut text);
                text
            })
            .collect();
        members.sort_unstable();
        let text = members.join("\n");
        if let Some(first) = seen.get(&text) {
            report.at_each(
                [*first, &statement.place],
                "The statements are redundant because they are identical apart from their Sid. Remove the redundant statement.",
            );
        } else {
            seen.insert(text, &statement.place);
        }
    }
}

/// Without positions, so that equal values are equal texts.
fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => text.push_str(number),
        Value::String(string) => text.push_str(&format!("{string:?}")),
        Value::Array(items) => {
            text.push('[');
            items.iter().for_each(|item| {
                write_value(&item.value, text);
                text.push(',');
            });
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            members.iter().for_each(|(name, node)| {
                text.push_str(&format!("{name:?}:"));
                write_value(&node.value, text);
                text.push(',');
            });
            text.push('}');
        }
    }
}

fn missing_effect(statement: &Statement, report: &mut Report) {
    if !has(statement, "Effect") {
        report.at(&statement.place, "Add an Effect element to the policy statement with a value of Allow or Deny.");
    }
}

fn invalid_effect(statement: &Statement, report: &mut Report) {
    if let Some(effect) = &statement.effect
        && !["Allow", "Deny"].contains(&effect.text)
    {
        report.at(&effect.place, format!("The effect {} is not valid. Use Allow or Deny.", effect.text));
    }
}

fn missing_action(statement: &Statement, report: &mut Report) {
    if !has(statement, "Action") && !has(statement, "NotAction") {
        report.at(&statement.place, "Add an Action or NotAction element to the policy statement.");
    }
}

fn missing_resource(statement: &Statement, report: &mut Report) {
    if statement.flavor != Flavor::Trust && !has(statement, "Resource") && !has(statement, "NotResource") {
        report.at(&statement.place, "Add a Resource or NotResource element to the policy statement.");
    }
}

fn missing_principal(statement: &Statement, report: &mut Report) {
    let wanted = matches!(statement.flavor, Flavor::Resource | Flavor::Trust | Flavor::ResourceControl);
    if wanted && !has(statement, "Principal") && !has(statement, "NotPrincipal") {
        report.at(&statement.place, "Add a Principal element to the policy statement.");
    }
}

fn unsupported_element_combination(statement: &Statement, report: &mut Report) {
    for (name, opposite) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")] {
        let find = |wanted: &str| statement.members.iter().find(|(name, _)| name == wanted);
        if let (Some((name, node)), Some((opposite, other))) = (find(name), find(opposite)) {
            let places = [statement.place.key(name, node), statement.place.key(opposite, other)];
            let details =
                format!("The policy elements {name} and {opposite} can not be used in the same statement. Remove one of these elements.");
            report.at_each(&places, details);
        }
    }
}

/// Services decide what their own policies' Sids may hold; IAM's rule is for its own policies.
fn unsupported_sid(statement: &Statement, report: &mut Report) {
    if let Some(sid) = &statement.sid
        && statement.flavor != Flavor::Resource
        && !sid.text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        report.at(&sid.place, "Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]");
    }
}

fn empty_sid_value(statement: &Statement, report: &mut Report) {
    if let Some(Item { text: "", place }) = &statement.sid {
        report.at(place, "Add a value to the empty string in the Sid element.");
    }
}

fn empty_array_action(statement: &Statement, report: &mut Report) {
    for element in statement.action.iter().chain(&statement.not_action).filter(|element| element.is_empty_list) {
        report.at(&element.place, "This statement includes no actions and does not affect the policy. Specify actions.");
    }
}

fn empty_array_resource(statement: &Statement, report: &mut Report) {
    for element in statement.resource.iter().chain(&statement.not_resource).filter(|element| element.is_empty_list) {
        report.at(&element.place, "This statement includes no resources and does not affect the policy. Specify resources.");
    }
}

fn empty_array_principal(statement: &Statement, report: &mut Report) {
    for element in statement.principal.iter().chain(&statement.not_principal) {
        for (_, place, _) in element.names.iter().filter(|(_, _, is_empty)| *is_empty) {
            report.at(place, "This statement includes no principals and does not affect the policy. Specify principals.");
        }
    }
}

fn empty_object_principal(statement: &Statement, report: &mut Report) {
    for element in statement.principal.iter().chain(&statement.not_principal) {
        if matches!(&element.node.value, Value::Object(members) if members.is_empty()) {
            report.at(&element.place, "This statement includes no principals and does not affect the policy. Specify principals.");
        }
    }
}

fn empty_object_condition(statement: &Statement, report: &mut Report) {
    if let Some(place) = statement.condition.as_ref().filter(|_| statement.condition_is_empty) {
        report.at(place, "This condition block is empty and it does not affect the policy. Specify conditions.");
    }
}

fn has(statement: &Statement, name: &str) -> bool {
    statement.members.iter().any(|(member, _)| member == name)
}
