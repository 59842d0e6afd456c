//! Of tag conditions: a key needs its tag, and a service that never sends the key makes the condition hollow.

use std::collections::BTreeSet;

use crate::policy::catalogue::{ConditionKey, Service, catalogue, glob};
use crate::policy::validate::check::{Check, Report, Run, error, security_warning, suggestion};
use crate::policy::validate::document::{Condition, Statement};
use crate::policy::validate::operator::Family;

use super::keys::is_bare_tag_key;

pub const CHECKS: [Check; 5] = [
    error("MISSING_TAG_KEY_IN_CONDITION", Run::Condition(missing_tag_key_in_condition)),
    security_warning("DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Run::Condition(deny_with_unsupported_tag_condition_key)),
    security_warning(
        "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        Run::Condition(deny_not_action_with_unsupported_tag_condition_key),
    ),
    suggestion("ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Run::Condition(allow_with_unsupported_tag_condition_key)),
    suggestion(
        "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        Run::Condition(allow_not_action_with_unsupported_tag_condition_key),
    ),
];

fn missing_tag_key_in_condition(_: &Statement, condition: &Condition, report: &mut Report) {
    let key = condition.key.text;
    if is_bare_tag_key(key) {
        report.at(
            &condition.key.place,
            format!("The condition key {key} does not specify a tag key. Use the format {}/tag-key.", key.trim_end_matches('/')),
        );
    }
}

fn deny_with_unsupported_tag_condition_key(statement: &Statement, condition: &Condition, report: &mut Report) {
    if statement.is_deny()
        && let Some(prefixes) = services_without(statement, condition)
    {
        let details = format!(
            "Using the effect Deny with the tag condition key {} and actions for services with the following prefixes can be overly permissive: {prefixes}. Actions for the listed services are not denied by this statement. We recommend that you move these actions to a different statement without this condition key.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

fn allow_with_unsupported_tag_condition_key(statement: &Statement, condition: &Condition, report: &mut Report) {
    if statement.is_allow()
        && let Some(prefixes) = services_without(statement, condition)
    {
        let details = format!(
            "Using the effect Allow with the tag condition key {} and actions for services with the following prefixes does not affect the policy: {prefixes}. Actions for the listed services are not allowed by this statement. We recommend that you move these actions to a different statement without this condition key.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

fn deny_not_action_with_unsupported_tag_condition_key(statement: &Statement, condition: &Condition, report: &mut Report) {
    if statement.is_deny() && leaves_services_without(statement, condition) {
        let details = format!(
            "Using the effect Deny with NotAction and the tag condition key {} can be overly permissive because some service actions do not support this condition key. We recommend that you use Action instead of NotAction.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

fn allow_not_action_with_unsupported_tag_condition_key(statement: &Statement, condition: &Condition, report: &mut Report) {
    if statement.is_allow() && leaves_services_without(statement, condition) {
        let details = format!(
            "Using the effect Allow with NotAction and the tag condition key {} allows only service actions that support the condition key. The condition key does not apply to some service actions. We recommend that you use Action instead of NotAction.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

/// The global tag keys that services send, by what the catalogue calls them.
fn tag_key(condition: &Condition) -> Option<ConditionKey<'static>> {
    const KEYS: [&str; 2] = ["aws:ResourceTag/", "aws:RequestTag/"];
    // With `IfExists` or `Null` the author has thought of the key's absence.
    let heeds_absence = condition.operator.is_none_or(|operator| operator.if_exists || operator.family == Family::Null);
    let lower = condition.key.text.to_ascii_lowercase();
    let is_tag = KEYS.iter().any(|key| lower.starts_with(&key.to_ascii_lowercase()));
    if heeds_absence || !is_tag {
        return None;
    }
    catalogue().condition_key(condition.key.text)
}

/// The services named in `Action` that never send the condition's tag key.
fn services_without(statement: &Statement, condition: &Condition) -> Option<String> {
    statement.action.as_ref()?;
    let key = tag_key(condition)?;
    let prefixes: BTreeSet<String> =
        statement.actions().iter().filter_map(|item| item.text.split_once(':')).map(|(prefix, _)| prefix.to_ascii_lowercase()).collect();
    let without: Vec<String> =
        prefixes.into_iter().filter(|prefix| catalogue().service(prefix).is_some_and(|service| !sends(service, key))).collect();
    if without.is_empty() { None } else { Some(without.join(", ")) }
}

/// Whether `NotAction` leaves in some service that never sends the condition's tag key.
fn leaves_services_without(statement: &Statement, condition: &Condition) -> bool {
    let (Some(element), Some(key)) = (&statement.not_action, tag_key(condition)) else { return false };
    catalogue().services().any(|service| {
        let prefix = service.prefix().map(|prefix| prefix.to_string()).unwrap_or_default();
        let whole = format!("{prefix}:*");
        !element.items.iter().any(|item| glob(item.text, &whole)) && !sends(service, key)
    })
}

fn sends(service: Service, key: ConditionKey) -> bool {
    let of_types = service.resource_types().flat_map(|kind| kind.condition_keys());
    service.condition_keys().chain(of_types).any(|sent| sent == key)
}
