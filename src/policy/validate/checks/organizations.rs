//! Of service control and resource control policies.

use crate::policy::validate::check::{Check, Report, Run, error};
use crate::policy::validate::document::{Flavor, Statement};
use crate::policy::validate::place::Item;

pub const CHECKS: [Check; 3] = [
    error("SCP_SYNTAX_ERROR_ACTION_WILDCARD", Run::Action(scp_action_wildcard)),
    error("SCP_SYNTAX_ERROR_PRINCIPAL", Run::Statement(scp_principal)),
    error("RCP_SYNTAX_ERROR_NOTACTION", Run::Statement(rcp_not_action)),
];

fn scp_action_wildcard(statement: &Statement, item: &Item, report: &mut Report) {
    let name = item.text.split_once(':').map_or(item.text, |(_, name)| name);
    let head = name.strip_suffix(['*', '?']).unwrap_or(name);
    if statement.flavor == Flavor::ServiceControl && head.contains(['*', '?']) {
        let details = "SCP actions can include wildcards (*) only at the end of a string. Move the wildcard to the end of the string and ensure that the resulting action is valid.";
        report.at(&item.place, details);
    }
}

fn scp_principal(statement: &Statement, report: &mut Report) {
    if statement.flavor == Flavor::ServiceControl {
        for element in statement.principal.iter().chain(&statement.not_principal) {
            report.at(&element.key, "SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.");
        }
    }
}

fn rcp_not_action(statement: &Statement, report: &mut Report) {
    if let Some(element) = statement.not_action.as_ref().filter(|_| statement.flavor == Flavor::ResourceControl) {
        report.at(&element.place, "RCPs do not support the NotAction element. Update the statement to use the Action element.");
    }
}
