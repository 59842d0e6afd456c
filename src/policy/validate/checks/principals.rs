//! Of principals: their forms, and which a type of policy takes.

use crate::policy::json::Value;
use crate::policy::validate::check::{Check, Report, Run, error, security_warning, warning};
use crate::policy::validate::document::{Flavor, Principal, PrincipalKind, Statement};

pub const CHECKS: [Check; 9] = [
    error("INVALID_PRINCIPAL_FORMAT", Run::Statement(invalid_principal_format)),
    error("INVALID_PRINCIPAL_KEY", Run::Statement(invalid_principal_key)),
    error("UNSUPPORTED_PRINCIPAL", Run::Statement(unsupported_principal)),
    error("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Run::Principal(unsupported_wildcard_in_principal)),
    error("INVALID_SERVICE_PRINCIPAL_FORMAT", Run::Principal(invalid_service_principal_format)),
    error("FEDERATED_PRINCIPAL_NOT_SUPPORTED", Run::Principal(federated_principal_not_supported)),
    security_warning("ALLOW_WITH_NOT_PRINCIPAL", Run::Statement(allow_with_not_principal)),
    warning("INVALID_ROLE_REFERENCE", Run::Principal(invalid_role_reference)),
    warning("INVALID_USER_REFERENCE", Run::Principal(invalid_user_reference)),
];

fn invalid_principal_format(statement: &Statement, report: &mut Report) {
    for element in statement.principal.iter().chain(&statement.not_principal) {
        let is_well_formed =
            matches!(&element.node.value, Value::Object(_)) || matches!(&element.node.value, Value::String(text) if text == "*");
        if !is_well_formed {
            report.at(&element.place, "The Principal element contents are not valid. Specify a key-value pair in the Principal element.");
        }
    }
}

fn invalid_principal_key(statement: &Statement, report: &mut Report) {
    for element in statement.principal.iter().chain(&statement.not_principal) {
        for (name, _, _) in &element.names {
            if !["AWS", "Service", "Federated", "CanonicalUser"].contains(&name.text) {
                report.at(
                    &name.place,
                    format!("The principal key {} is not valid. Use AWS, Service, Federated or CanonicalUser.", name.text),
                );
            }
        }
    }
}

fn unsupported_principal(statement: &Statement, report: &mut Report) {
    if statement.flavor == Flavor::Identity {
        for element in statement.principal.iter().chain(&statement.not_principal) {
            report
                .at(&element.key, "The policy type IDENTITY_POLICY does not support the Principal element. Remove the Principal element.");
        }
    }
}

fn unsupported_wildcard_in_principal(_: &Statement, principal: &Principal, report: &mut Report) {
    let item = &principal.item;
    if item.text != "*" && item.text.contains(['*', '?']) {
        report.at(
            &item.place,
            "Wildcards (*, ?) are not supported with the principal key. Replace the wildcard with a valid principal value.",
        );
    }
}

fn invalid_service_principal_format(_: &Statement, principal: &Principal, report: &mut Report) {
    let text = principal.item.text;
    if principal.kind != PrincipalKind::Service || text.contains(['*', '?']) {
        return;
    }
    const ENDS: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal"];
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let head = ENDS.iter().find_map(|end| text.strip_suffix(end));
    if !head.is_some_and(|head| head.split('.').all(is_label)) {
        let details = format!(
            "The service principal {text} does not match the expected format. Use the following format: service-name.amazonaws.com"
        );
        report.at(&principal.item.place, details);
    }
}

fn federated_principal_not_supported(statement: &Statement, principal: &Principal, report: &mut Report) {
    let has_no_federation = match statement.flavor {
        Flavor::Resource => statement.resource_type.is_some(),
        Flavor::ResourceControl => true,
        Flavor::Identity | Flavor::Trust | Flavor::ServiceControl => false,
    };
    if has_no_federation && principal.kind == PrincipalKind::Federated {
        let details = "The policy type does not support a federated identity provider in the principal element. Use a supported principal.";
        report.at(&principal.item.place, details);
    }
}

fn allow_with_not_principal(statement: &Statement, report: &mut Report) {
    if let Some(element) = statement.not_principal.as_ref().filter(|_| statement.is_allow()) {
        report.at(&element.key, "Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.");
    }
}

fn invalid_role_reference(_: &Statement, principal: &Principal, report: &mut Report) {
    if is_unique_id(principal, "AROA") {
        let details = format!(
            "The Principal element includes the IAM role ID {}. We recommend that you use a role ARN instead.",
            principal.item.text
        );
        report.at(&principal.item.place, details);
    }
}

fn invalid_user_reference(_: &Statement, principal: &Principal, report: &mut Report) {
    if is_unique_id(principal, "AIDA") {
        let details = format!(
            "The Principal element includes the IAM user ID {}. We recommend that you use a user ARN instead.",
            principal.item.text
        );
        report.at(&principal.item.place, details);
    }
}

/// What AWS shows in place of the ARN of one who has been deleted.
fn is_unique_id(principal: &Principal, prefix: &str) -> bool {
    let text = principal.item.text;
    principal.kind == PrincipalKind::Aws
        && text.starts_with(prefix)
        && text.len() >= 16
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
