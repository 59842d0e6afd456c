//! Of service control and resource control policies.

use crate::policy::validate::check::{Check, Report, Run, error};
use crate::policy::validate::document::{Flavor, Statement};

pub const CHECKS: [Check; 2] = [
    error("SCP_SYNTAX_ERROR_PRINCIPAL", Run::Statement(scp_principal)),
    error("RCP_SYNTAX_ERROR_NOTACTION", Run::Statement(rcp_not_action)),
];

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
