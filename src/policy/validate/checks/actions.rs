//! Of actions: whether they exist, whether their policy may name them, and whether one says what another says.

use crate::policy::catalogue::{Name, catalogue, glob};
use crate::policy::validate::check::{Check, Report, Run, error, suggestion};
use crate::policy::validate::document::{Flavor, Statement};
use crate::policy::validate::finding::ResourceType;
use crate::policy::validate::place::Item;

use super::redundant;

pub const CHECKS: [Check; 5] = [
    error("INVALID_ACTION", Run::Action(invalid_action)),
    error("INVALID_SERVICE_IN_ACTION", Run::Action(invalid_service_in_action)),
    suggestion("WILDCARD_IN_SERVICE_NAME", Run::Action(wildcard_in_service_name)),
    error("UNSUPPORTED_ACTION_IN_POLICY", Run::Action(unsupported_action_in_policy)),
    suggestion("REDUNDANT_ACTION", Run::Statement(redundant_action)),
];

pub fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

fn invalid_action(_: &Statement, item: &Item, report: &mut Report) {
    if item.text == "*" {
        return;
    }
    let Some((prefix, name)) = item.text.split_once(':') else {
        report.at(&item.place, format!("The action {} does not exist. Use the format service:action.", item.text));
        return;
    };
    let Some(service) = catalogue().service(prefix) else { return };
    if service.action(name).is_some() || (has_wildcard(name) && service.actions_matching(name).next().is_some()) {
        return;
    }
    let meant = service.actions().filter_map(|action| action.name()).find(|known| is_near(*known, name));
    let hint = meant.map(|known| format!(" Did you mean {prefix}:{known}?")).unwrap_or_default();
    report.at(&item.place, format!("The action {} does not exist.{hint}", item.text));
}

/// One letter left out, added or changed, or an `s` at the end.
fn is_near(known: Name, name: &str) -> bool {
    let known = known.to_string().to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    let (known, name) = (known.as_bytes(), name.as_bytes());
    let head = known.iter().zip(name).take_while(|(a, b)| a == b).count();
    let tail = known.iter().rev().zip(name.iter().rev()).take_while(|(a, b)| a == b).count();
    known.len().abs_diff(name.len()) <= 1 && head + tail + 1 >= known.len().max(name.len())
}

fn invalid_service_in_action(_: &Statement, item: &Item, report: &mut Report) {
    if let Some((prefix, _)) = item.text.split_once(':')
        && !has_wildcard(prefix)
        && catalogue().service(prefix).is_none()
    {
        report.at(&item.part(prefix), format!("The service {prefix} specified in the action does not exist."));
    }
}

fn wildcard_in_service_name(_: &Statement, item: &Item, report: &mut Report) {
    if let Some((prefix, _)) = item.text.split_once(':')
        && has_wildcard(prefix)
    {
        let details = "Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names.";
        report.at(&item.part(prefix), details);
    }
}

fn unsupported_action_in_policy(statement: &Statement, item: &Item, report: &mut Report) {
    let Some(kind) = statement.resource_type else { return };
    let is_supported = match kind {
        ResourceType::AssumeRolePolicyDocument => {
            const ALLOWED: [&str; 6] = [
                "sts:AssumeRole",
                "sts:AssumeRoleWithSAML",
                "sts:AssumeRoleWithWebIdentity",
                "sts:SetSourceIdentity",
                "sts:TagSession",
                "sts:SetContext",
            ];
            ALLOWED.iter().any(|allowed| glob(item.text, allowed))
        }
        ResourceType::S3Bucket => is_of(item.text, "s3", &["bucket", "object"]),
        ResourceType::S3AccessPoint => is_of(item.text, "s3", &["accesspoint", "accesspointobject", "object"]),
        ResourceType::S3MultiRegionAccessPoint => is_of(item.text, "s3", &["multiregionaccesspoint", "accesspointobject", "object"]),
        ResourceType::S3ObjectLambdaAccessPoint => is_of(item.text, "s3-object-lambda", &["objectlambdaaccesspoint"]),
        ResourceType::DynamoDbTable => is_of(item.text, "dynamodb", &["table", "index"]),
    };
    if !is_supported {
        let details = format!(
            "The action {} is not supported for the resource-based policy attached to the resource type {}.",
            item.text,
            kind.as_str()
        );
        report.at(&item.place, details);
    }
}

/// Whether an action, or any that its wildcards fit, is the service's and takes one of the types. An action that does not
/// exist has its own finding.
fn is_of(action: &str, prefix: &str, types: &[&str]) -> bool {
    let Some((own, name)) = action.split_once(':') else { return true };
    let Some(service) = catalogue().service(prefix) else { return true };
    if !glob(own, prefix) {
        return false;
    }
    let mut fitting = service.actions_matching(name).peekable();
    fitting.peek().is_none()
        || fitting.any(|action| {
            action.resource_types().any(|(kind, _)| kind.name().is_some_and(|name| types.iter().any(|wanted| name.is(wanted))))
        })
}

fn redundant_action(statement: &Statement, report: &mut Report) {
    for element in statement.action.iter().chain(&statement.not_action) {
        redundant::report_pairs(&element.items, redundant::Capitals::Ignored, report, |first, second| {
            format!("The actions {first} and {second} are redundant because {second} provides the same permissions. Remove one of them.")
        });
    }
}

/// Whether any flavor of policy says who may pass a role or the like: those that grant.
pub fn grants_to_its_holder(statement: &Statement) -> bool {
    statement.flavor == Flavor::Identity && statement.is_allow()
}
