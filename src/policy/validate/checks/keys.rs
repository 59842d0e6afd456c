//! Of condition keys: whether they exist, and whether operator and actions suit them.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::policy::catalogue::{Action, ConditionKey, KeyType, ResourceType, Service, catalogue};
use crate::policy::validate::check::{Check, Report, Run, error, security_warning, suggestion, warning};
use crate::policy::validate::document::{Condition, Flavor, Statement};
use crate::policy::validate::operator::{Family, Qualifier};

use super::actions::has_wildcard;

pub const CHECKS: [Check; 11] = [
    error("INVALID_GLOBAL_CONDITION_KEY", Run::Condition(invalid_global_condition_key)),
    error("UNSUPPORTED_GLOBAL_CONDITION_KEY", Run::Condition(unsupported_global_condition_key)),
    error("INVALID_SERVICE_CONDITION_KEY", Run::Condition(invalid_service_condition_key)),
    warning("DEPRECATED_GLOBAL_CONDITION_KEY", Run::Condition(deprecated_global_condition_key)),
    error("MISSING_QUALIFIER", Run::Condition(missing_qualifier)),
    security_warning("FORALLVALUES_WITH_SINGLE_VALUED_KEY", Run::Condition(forallvalues_with_single_valued_key)),
    warning("TYPE_MISMATCH", Run::Condition(type_mismatch)),
    error("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", Run::Condition(unsupported_action_for_condition_key)),
    error("MISSING_ACTION_FOR_CONDITION_KEY", Run::Condition(missing_action_for_condition_key)),
    security_warning("MISSING_PAIRED_CONDITION_KEYS", Run::Statement(missing_paired_condition_keys)),
    suggestion("IRRELEVANT_CONDITION_KEY_IN_POLICY", Run::Condition(irrelevant_condition_key_in_policy)),
];

/// Keys that AWS has renamed, and what they are now.
const DEPRECATED: [(&str, &str); 1] = [("aws:SourceOwner", "aws:SourceAccount")];

/// Who a caller is within a provider is unique with the application's id only.
const PAIRS: [(&str, &[&str]); 5] = [
    ("cognito-identity.amazonaws.com:amr", &["cognito-identity.amazonaws.com:aud"]),
    ("accounts.google.com:sub", &["accounts.google.com:aud", "accounts.google.com:oaud"]),
    ("graph.facebook.com:id", &["graph.facebook.com:app_id"]),
    ("www.amazon.com:user_id", &["www.amazon.com:app_id"]),
    ("kms:GrantOperations", &["kms:GranteePrincipal", "kms:GrantConstraintType", "kms:GrantIsForAWSResource"]),
];

/// Keys that another action brings into the request.
const COMPANIONS: [(&str, &str); 3] =
    [("sts:TransitiveTagKeys", "sts:TagSession"), ("aws:RequestTag/", "sts:TagSession"), ("sts:SourceIdentity", "sts:SetSourceIdentity")];

fn split<'a>(condition: &Condition<'a>) -> Option<(&'a str, &'a str)> {
    condition.key.text.split_once(':').filter(|(prefix, name)| !prefix.is_empty() && !name.is_empty())
}

fn invalid_global_condition_key(_: &Statement, condition: &Condition, report: &mut Report) {
    let Some((prefix, name)) = split(condition) else { return };
    let named_elsewhere =
        condition.is_key("aws:ARN") || DEPRECATED.iter().any(|(old, _)| condition.is_key(old)) || is_bare_tag_key(condition.key.text);
    if prefix.eq_ignore_ascii_case("aws") && !named_elsewhere && catalogue().condition_key(condition.key.text).is_none() {
        report.at(&condition.key.place, format!("The condition key aws:{name} does not exist. Use a valid condition key."));
    }
}

/// `aws:RequestTag` without a tag: a check of its own says so. A tag's own name may end in "tag" too.
pub fn is_bare_tag_key(key: &str) -> bool {
    let key = key.trim_end_matches('/');
    key.to_ascii_lowercase().ends_with("tag") && !key.contains('/') && catalogue().condition_key(&format!("{key}/x")).is_some()
}

/// The keys that some action sends, itself or by a type of resource. Of the others the catalogue does not know who sends
/// them, so that nothing speaks against any action.
static SENT: LazyLock<HashSet<ConditionKey<'static>>> = LazyLock::new(|| {
    let of_actions = |service: Service<'static>| service.actions().flat_map(Action::condition_keys);
    let of_types = |service: Service<'static>| service.resource_types().flat_map(ResourceType::condition_keys);
    catalogue().services().flat_map(|service| of_actions(service).chain(of_types(service))).collect()
});

fn unsupported_global_condition_key(_: &Statement, condition: &Condition, report: &mut Report) {
    if condition.is_key("aws:ARN") {
        report.at(&condition.key.place, "The condition key aws:ARN is not supported. Use aws:PrincipalArn or aws:SourceArn instead.");
    }
}

/// Keys of identity providers have a domain for a prefix; their names are the provider's claims.
fn invalid_service_condition_key(_: &Statement, condition: &Condition, report: &mut Report) {
    let Some((prefix, _)) = split(condition) else { return };
    let is_elsewhere = prefix.eq_ignore_ascii_case("aws") || prefix.contains(['.', '/']) || is_bare_tag_key(condition.key.text);
    if !is_elsewhere && catalogue().condition_key(condition.key.text).is_none() {
        let details =
            format!("The condition key {} does not exist for the service {prefix}. Use a valid condition key.", condition.key.text);
        report.at(&condition.key.place, details);
    }
}

fn deprecated_global_condition_key(_: &Statement, condition: &Condition, report: &mut Report) {
    if let Some((old, new)) = DEPRECATED.iter().find(|(old, _)| condition.is_key(old)) {
        report.at(&condition.key.place, format!("We recommend that you update condition key {old} to use the newer condition key {new}."));
    }
}

fn missing_qualifier(_: &Statement, condition: &Condition, report: &mut Report) {
    let Some(operator) = &condition.operator else { return };
    let is_multi_valued = catalogue().condition_key(condition.key.text).is_some_and(|key| key.is_multi_valued());
    if is_multi_valued && operator.qualifier == Qualifier::None && operator.family != Family::Null {
        let details = format!(
            "The request context key {} has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

fn forallvalues_with_single_valued_key(statement: &Statement, condition: &Condition, report: &mut Report) {
    let Some(operator) = &condition.operator else { return };
    let is_single_valued = catalogue().condition_key(condition.key.text).is_some_and(|key| !key.is_multi_valued());
    // A `Null` condition that wants the key closes the gap.
    let is_required = statement.conditions.iter().any(|other| {
        other.operator.is_some_and(|operator| operator.family == Family::Null)
            && other.is_key(condition.key.text)
            && other.values.iter().all(|value| value.item.text == "false")
    });
    if is_single_valued
        && operator.qualifier == Qualifier::ForAllValues
        && statement.is_allow()
        && !is_required
        && operator.family != Family::Null
    {
        let details = format!(
            "Using ForAllValues qualifier with the single-valued condition key {} can be overly permissive. We recommend that you remove ForAllValues:.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

fn type_mismatch(_: &Statement, condition: &Condition, report: &mut Report) {
    let Some(operator) = &condition.operator else { return };
    let Some(key) = catalogue().condition_key(condition.key.text) else { return };
    let wanted = match key.key_type() {
        Some(KeyType::String) => (&[Family::Text, Family::TextLike][..], "String"),
        // Their values are texts too, which string operators compare well.
        Some(KeyType::Arn) => (&[Family::Arn, Family::Text, Family::TextLike][..], "ARN"),
        Some(KeyType::Bool) => (&[Family::Bool][..], "Bool"),
        Some(KeyType::Numeric) => (&[Family::Number][..], "Numeric"),
        // Dates may be epoch seconds.
        Some(KeyType::Date) => (&[Family::Date, Family::Number][..], "Date"),
        Some(KeyType::IpAddress) => (&[Family::Ip][..], "IPAddress"),
        Some(KeyType::Binary) => (&[Family::Binary][..], "Binary"),
        None => return,
    };
    if operator.family != Family::Null && !wanted.0.contains(&operator.family) {
        let details = format!(
            "Use the operator type {} instead of operator {} for the condition key {}.",
            wanted.1, operator.name, condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

/// Actions with wildcards are not judged: some that they name may send the key.
fn unsupported_action_for_condition_key(statement: &Statement, condition: &Condition, report: &mut Report) {
    let Some((prefix, _)) = split(condition) else { return };
    let keys: Vec<ConditionKey> = catalogue().condition_keys(condition.key.text).collect();
    if catalogue().service(prefix).is_none() || !keys.iter().any(|key| SENT.contains(key)) {
        return;
    }
    let unsupported: Vec<&str> = statement
        .actions()
        .iter()
        .filter(|action| !has_wildcard(action.text))
        .filter(|item| {
            let action = item.text.split_once(':').and_then(|(prefix, name)| catalogue().action(prefix, name));
            action.is_some_and(|action| {
                let mut sends = action.condition_keys().chain(action.resource_types().flat_map(|(kind, _)| kind.condition_keys()));
                !sends.any(|sent| keys.contains(&sent))
            })
        })
        .map(|item| item.text)
        .collect();
    // STS's keys come with companion actions, which have a check of their own.
    if !unsupported.is_empty() && !prefix.eq_ignore_ascii_case("sts") {
        let details = format!(
            "The actions {} are not supported by the condition key {}. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key.",
            unsupported.join(", "),
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}

fn missing_action_for_condition_key(statement: &Statement, condition: &Condition, report: &mut Report) {
    let assumes_role = statement.actions().iter().any(|action| action.text.to_ascii_lowercase().starts_with("sts:assumerole"));
    if !assumes_role || !statement.is_allow() {
        return;
    }
    let lower = condition.key.text.to_ascii_lowercase();
    for (key, action) in COMPANIONS {
        let is_meant = if key.ends_with('/') { lower.starts_with(&key.to_ascii_lowercase()) } else { condition.is_key(key) };
        if is_meant && !statement.actions().iter().any(|item| crate::policy::catalogue::glob(item.text, action)) {
            let details = format!(
                "The {action} action must be in the action block to allow setting values for the condition key {}.",
                condition.key.text
            );
            report.at(&condition.key.place, details);
        }
    }
}

fn missing_paired_condition_keys(statement: &Statement, report: &mut Report) {
    if !statement.is_allow() {
        return;
    }
    for condition in &statement.conditions {
        let Some((key, pair)) = PAIRS.iter().find(|(key, _)| condition.is_key(key)) else { continue };
        if !pair.iter().any(|other| statement.has_condition_on(other)) {
            let details = format!(
                "Using the condition key {key} can be overly permissive without also using one of the following condition keys: {}.",
                pair.join(", ")
            );
            report.at(&condition.key.place, details);
        }
    }
}

/// A resource's own policy knows its resource: only other policies learn from these keys.
fn irrelevant_condition_key_in_policy(statement: &Statement, condition: &Condition, report: &mut Report) {
    let is_about_resource = ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"].iter().any(|key| condition.is_key(key));
    if is_about_resource && matches!(statement.flavor, Flavor::Resource | Flavor::Trust) {
        let kind = statement.resource_type.map_or("resource-based", super::super::finding::ResourceType::as_str);
        let details = format!(
            "The condition key {} is not relevant for the {kind} policy. Use this key in an identity-based policy to govern access to this resource.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}
