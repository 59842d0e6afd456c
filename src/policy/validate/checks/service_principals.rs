//! Of resource policies that let an AWS service in: without a source, it acts for whoever asks it to.

use crate::policy::validate::check::{Check, Report, Run, error, security_warning, suggestion};
use crate::policy::validate::document::{Condition, Flavor, PrincipalKind, Statement};

pub const CHECKS: [Check; 3] = [
    security_warning("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", Run::Statement(restrict_access_to_service_principal)),
    error("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", Run::Condition(unsupported_condition_key_for_service_principal)),
    suggestion("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", Run::Condition(recommended_condition_key_for_service_principal)),
];

const SOURCES: [&str; 5] = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner"];

/// Keys that describe a caller who is a user or role.
const OF_CALLERS: [&str; 9] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:TokenIssueTime",
    "aws:userid",
    "aws:username",
];

/// What stood for a source before there were keys for it.
const FORMER_SOURCE: &str = "aws:Referer";

fn lets_services_in(statement: &Statement) -> bool {
    statement.flavor == Flavor::Resource && statement.is_allow() && statement.has_service_principal()
}

/// Whether services are the only ones let in: a key of callers may be meant for the others.
fn lets_in_services_alone(statement: &Statement) -> bool {
    lets_services_in(statement) && statement.principals().iter().all(|principal| principal.kind == PrincipalKind::Service)
}

fn restrict_access_to_service_principal(statement: &Statement, report: &mut Report) {
    let is_bound = SOURCES.iter().chain([&FORMER_SOURCE]).any(|key| statement.has_condition_on(key));
    if lets_services_in(statement) && !is_bound {
        for principal in statement.principals().iter().filter(|principal| principal.kind == PrincipalKind::Service) {
            let details = "Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths condition key to grant fine-grained access.";
            report.at(&principal.item.place, details);
        }
    }
}

fn unsupported_condition_key_for_service_principal(statement: &Statement, condition: &Condition, report: &mut Report) {
    let is_of_callers =
        OF_CALLERS.iter().any(|key| condition.is_key(key)) || condition.key.text.to_ascii_lowercase().starts_with("aws:principaltag/");
    if is_of_callers && lets_in_services_alone(statement) && condition.operator.is_some_and(|operator| !operator.if_exists) {
        let details = format!("The condition key {} is not supported when used with a service principal.", condition.key.text);
        report.at(&condition.key.place, details);
    }
}

fn recommended_condition_key_for_service_principal(statement: &Statement, condition: &Condition, report: &mut Report) {
    if condition.is_key(FORMER_SOURCE) && lets_services_in(statement) {
        let details = format!(
            "To restrict access to the service principal operating on your behalf, we recommend aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths instead of {}.",
            condition.key.text
        );
        report.at(&condition.key.place, details);
    }
}
