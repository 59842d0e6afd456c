//! Of two actions that hand power on: `iam:PassRole` gives a service a role, `iam:CreateServiceLinkedRole` makes one.

use crate::policy::catalogue::glob;
use crate::policy::validate::check::{Check, Report, Run, security_warning, warning};
use crate::policy::validate::document::{Element, Statement};
use crate::policy::validate::place::Place;

use super::actions::{grants_to_its_holder, has_wildcard};

pub const CHECKS: [Check; 12] = [
    security_warning("PASS_ROLE_WITH_NOT_RESOURCE", Run::Statement(pass_role_with_not_resource)),
    security_warning("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", Run::Statement(pass_role_with_star_in_action_and_not_resource)),
    security_warning("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", Run::Statement(pass_role_with_not_action_and_not_resource)),
    security_warning("PASS_ROLE_WITH_STAR_IN_RESOURCE", Run::Statement(pass_role_with_star_in_resource)),
    security_warning("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", Run::Statement(pass_role_with_star_in_action_and_resource)),
    security_warning("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Run::Statement(pass_role_with_star_in_resource_and_not_action)),
    warning("CREATE_SLR_WITH_NOT_RESOURCE", Run::Statement(create_slr_with_not_resource)),
    warning("CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", Run::Statement(create_slr_with_star_in_action_and_not_resource)),
    warning("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", Run::Statement(create_slr_with_not_action_and_not_resource)),
    warning("CREATE_SLR_WITH_STAR_IN_RESOURCE", Run::Statement(create_slr_with_star_in_resource)),
    warning("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", Run::Statement(create_slr_with_star_in_action_and_resource)),
    warning("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Run::Statement(create_slr_with_star_in_resource_and_not_action)),
];

/// An action, and the condition key that keeps it to some services.
struct Risk {
    action: &'static str,
    guard: &'static str,
}

const PASS_ROLE: Risk = Risk { action: "iam:PassRole", guard: "iam:PassedToService" };
const CREATE_SLR: Risk = Risk { action: "iam:CreateServiceLinkedRole", guard: "iam:AWSServiceName" };

/// How a statement comes to include the action.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Through {
    Name,
    Wildcard,
    NotAction,
}

/// How a statement's resources leave its reach open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Wildcard,
    NotResource,
}

fn pass_role_with_not_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &PASS_ROLE, Through::Name, Reach::NotResource, report);
}

fn pass_role_with_star_in_action_and_not_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &PASS_ROLE, Through::Wildcard, Reach::NotResource, report);
}

fn pass_role_with_not_action_and_not_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &PASS_ROLE, Through::NotAction, Reach::NotResource, report);
}

fn pass_role_with_star_in_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &PASS_ROLE, Through::Name, Reach::Wildcard, report);
}

fn pass_role_with_star_in_action_and_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &PASS_ROLE, Through::Wildcard, Reach::Wildcard, report);
}

fn pass_role_with_star_in_resource_and_not_action(statement: &Statement, report: &mut Report) {
    judge(statement, &PASS_ROLE, Through::NotAction, Reach::Wildcard, report);
}

fn create_slr_with_not_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &CREATE_SLR, Through::Name, Reach::NotResource, report);
}

fn create_slr_with_star_in_action_and_not_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &CREATE_SLR, Through::Wildcard, Reach::NotResource, report);
}

fn create_slr_with_not_action_and_not_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &CREATE_SLR, Through::NotAction, Reach::NotResource, report);
}

fn create_slr_with_star_in_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &CREATE_SLR, Through::Name, Reach::Wildcard, report);
}

fn create_slr_with_star_in_action_and_resource(statement: &Statement, report: &mut Report) {
    judge(statement, &CREATE_SLR, Through::Wildcard, Reach::Wildcard, report);
}

fn create_slr_with_star_in_resource_and_not_action(statement: &Statement, report: &mut Report) {
    judge(statement, &CREATE_SLR, Through::NotAction, Reach::Wildcard, report);
}

fn judge(statement: &Statement, risk: &Risk, through: Through, reach: Reach, report: &mut Report) {
    if !grants_to_its_holder(statement) || statement.has_condition_on(risk.guard) {
        return;
    }
    let Some((found, action_place)) = inclusion(statement, risk) else { return };
    let Some(resource_place) = open_resource(statement, reach) else { return };
    if found != through {
        return;
    }
    let action = risk.action;
    let how = match (through, reach) {
        (Through::Name, Reach::NotResource) => format!("Using the {action} action with NotResource"),
        (Through::Wildcard, Reach::NotResource) => format!("Using an action with a wildcard (*) that includes {action}, and NotResource,"),
        (Through::NotAction, Reach::NotResource) => format!("Using NotAction with NotResource, which leaves {action} in,"),
        (Through::Name, Reach::Wildcard) => format!("Using the {action} action with wildcards (*) in the resource"),
        (Through::Wildcard, Reach::Wildcard) => format!("Using wildcards (*) in the action, which include {action}, and in the resource"),
        (Through::NotAction, Reach::Wildcard) => format!("Using NotAction, which leaves {action} in, with wildcards (*) in the resource"),
    };
    let details = format!(
        "{how} can be overly permissive because it allows {action} permissions on multiple resources. We recommend that you specify resource ARNs or add the {} condition key to your statement.",
        risk.guard
    );
    report.at_each([&action_place, &resource_place], details);
}

/// By name before by wildcard: the plainer finding is the more useful.
fn inclusion<'a>(statement: &Statement<'a>, risk: &Risk) -> Option<(Through, Place<'a>)> {
    if let Some(Element { items, .. }) = &statement.action {
        let named = items.iter().find(|item| item.text.eq_ignore_ascii_case(risk.action));
        let fitting = items.iter().find(|item| glob(item.text, risk.action));
        return named
            .map(|item| (Through::Name, item.place.clone()))
            .or_else(|| fitting.map(|item| (Through::Wildcard, item.place.clone())));
    }
    let element = statement.not_action.as_ref()?;
    let leaves_it = !element.items.iter().any(|item| glob(item.text, risk.action));
    leaves_it.then(|| (Through::NotAction, element.place.clone()))
}

/// Roles that a wildcard may reach: resources that are no roles are open without danger.
fn open_resource<'a>(statement: &Statement<'a>, reach: Reach) -> Option<Place<'a>> {
    match reach {
        Reach::NotResource => statement.not_resource.as_ref().map(|element| element.place.clone()),
        Reach::Wildcard => {
            let items = statement.resource.as_ref()?.items.iter();
            let is_open = |text: &str| has_wildcard(text) && (text == "*" || may_be_role(text));
            items.into_iter().find(|item| is_open(item.text)).map(|item| item.place.clone())
        }
    }
}

fn may_be_role(text: &str) -> bool {
    let mut fields = text.splitn(6, ':');
    let (service, resource) = (fields.nth(2), fields.nth(2));
    match (service, resource) {
        (Some(service), Some(resource)) => glob(service, "iam") && (resource.starts_with("role/") || resource.starts_with('*')),
        _ => text.ends_with('*'),
    }
}
