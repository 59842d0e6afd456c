//! Of roles' trust policies.

use crate::policy::catalogue::glob;
use crate::policy::validate::check::{Check, Report, Run, error, security_warning, suggestion, warning};
use crate::policy::validate::document::{Condition, Flavor, Principal, PrincipalKind, Statement};
use crate::policy::validate::operator::Qualifier;
use crate::policy::validate::place::Item;

pub const CHECKS: [Check; 11] = [
    error("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", Run::Statement(not_principal)),
    error("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", Run::Statement(resource)),
    error("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Run::Principal(unsupported_wildcard_in_principal)),
    error("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", Run::Principal(invalid_federated_principal_syntax)),
    error("MISMATCHED_ACTION_FOR_PRINCIPAL", Run::Statement(mismatched_action_for_principal)),
    error("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", Run::Statement(missing_action_for_roles_anywhere)),
    security_warning("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", Run::Principal(missing_condition_key_for_oidc_principal)),
    security_warning("MISSING_GITHUB_REPO_CONDITION_KEY", Run::Principal(missing_github_repo_condition_key)),
    warning("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", Run::Condition(specific_github_repo_and_branch_recommended)),
    suggestion("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", Run::Statement(redundant_principal)),
    suggestion("CONFIRM_AUDIENCE_CLAIM_TYPE", Run::Condition(confirm_audience_claim_type)),
];

const GITHUB: &str = "token.actions.githubusercontent.com";
const ROLES_ANYWHERE: &str = "rolesanywhere.amazonaws.com";

fn not_principal(statement: &Statement, report: &mut Report) {
    if let Some(element) = statement.not_principal.as_ref().filter(|_| statement.flavor == Flavor::Trust) {
        report.at(
            &element.key,
            "Role trust policies do not support NotPrincipal. Update the policy statement to use a Principal element instead.",
        );
    }
}

fn resource(statement: &Statement, report: &mut Report) {
    if statement.flavor == Flavor::Trust {
        for (name, node) in statement.members.iter().filter(|(name, _)| name == "Resource" || name == "NotResource") {
            let details = "Role trust policies apply to the role that they are attached to. You cannot specify a resource. Remove the Resource or NotResource element.";
            report.at(&statement.place.key(name, node), details);
        }
    }
}

/// `"*"` alone; `{"AWS": "*"}` is another form, which trust policies take.
fn unsupported_wildcard_in_principal(statement: &Statement, principal: &Principal, report: &mut Report) {
    if statement.flavor == Flavor::Trust && principal.kind == PrincipalKind::Everyone {
        let details = "\"Principal:\" \"*\" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.";
        report.at(&principal.item.place, details);
    }
}

/// Who speaks for a federated principal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    Saml,
    WebIdentity,
}

fn provider(text: &str) -> Option<Provider> {
    if text.starts_with("arn:") {
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        return match fields.as_slice() {
            [_, _, "iam", "", _, resource] if resource.starts_with("saml-provider/") => Some(Provider::Saml),
            [_, _, "iam", "", _, resource] if resource.starts_with("oidc-provider/") => Some(Provider::WebIdentity),
            _ => None,
        };
    }
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let host = text.split('/').next().unwrap_or_default();
    (host.contains('.') && host.split('.').all(is_label)).then_some(Provider::WebIdentity)
}

fn invalid_federated_principal_syntax(statement: &Statement, principal: &Principal, report: &mut Report) {
    if statement.flavor == Flavor::Trust && principal.kind == PrincipalKind::Federated && provider(principal.item.text).is_none() {
        let details = "The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN.";
        report.at(&principal.item.place, details);
    }
}

fn mismatched_action_for_principal(statement: &Statement, report: &mut Report) {
    if statement.flavor != Flavor::Trust || !statement.is_allow() {
        return;
    }
    for principal in statement.principals() {
        let speaks_for = match principal.kind {
            PrincipalKind::Federated => match provider(principal.item.text) {
                Some(provider) => Some(provider),
                None => continue,
            },
            PrincipalKind::Aws | PrincipalKind::Service => None,
            PrincipalKind::Everyone | PrincipalKind::Canonical | PrincipalKind::Unknown => continue,
        };
        let is_other = |item: &&Item| asks_for(item.text).is_some_and(|wanted| wanted != speaks_for);
        // A statement may name several kinds, each with its own action: some action must suit each principal.
        if let Some(item) = statement.actions().iter().find(is_other)
            && !suits(statement, speaks_for)
        {
            let details = format!("The {} action is invalid with the following principal(s): {}.", item.text, principal.item.text);
            report.at_each([&item.place, &principal.item.place], details);
        }
    }
}

/// Who must speak for the caller of an action; `None` if it is no action of theirs.
fn asks_for(action: &str) -> Option<Option<Provider>> {
    match action.to_ascii_lowercase().as_str() {
        "sts:assumerole" => Some(None),
        "sts:assumerolewithsaml" => Some(Some(Provider::Saml)),
        "sts:assumerolewithwebidentity" => Some(Some(Provider::WebIdentity)),
        _ => None,
    }
}

fn suits(statement: &Statement, speaks_for: Option<Provider>) -> bool {
    let action = match speaks_for {
        None => "sts:AssumeRole",
        Some(Provider::Saml) => "sts:AssumeRoleWithSAML",
        Some(Provider::WebIdentity) => "sts:AssumeRoleWithWebIdentity",
    };
    statement.actions().iter().any(|item| glob(item.text, action))
}

fn missing_action_for_roles_anywhere(statement: &Statement, report: &mut Report) {
    let is_trusted = |principal: &&Principal| principal.kind == PrincipalKind::Service && principal.item.text == ROLES_ANYWHERE;
    let Some(principal) = statement.principals().iter().find(is_trusted) else { return };
    let lacks = |wanted: &&str| !statement.actions().iter().any(|item| glob(item.text, wanted));
    let missing: Vec<&str> =
        ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"].iter().filter(|wanted| lacks(wanted)).copied().collect();
    if statement.flavor == Flavor::Trust && statement.is_allow() && !missing.is_empty() {
        let details = format!(
            "The {ROLES_ANYWHERE} service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and sts:TagSession permissions to assume a role. Add the missing permissions to the policy: {}.",
            missing.join(", ")
        );
        report.at(&principal.item.place, details);
    }
}

/// The issuer of an OIDC principal: what its condition keys begin with.
fn issuer<'a>(statement: &Statement, principal: &Principal<'a>) -> Option<&'a str> {
    let text = principal.item.text;
    let is_oidc = principal.kind == PrincipalKind::Federated && provider(text) == Some(Provider::WebIdentity);
    if statement.flavor != Flavor::Trust || !statement.is_allow() || !is_oidc {
        return None;
    }
    Some(text.split_once("oidc-provider/").map_or(text, |(_, issuer)| issuer))
}

fn claim<'k>(condition: &Condition<'k>, issuer: &str) -> Option<&'k str> {
    let (prefix, claim) = condition.key.text.rsplit_once(':')?;
    prefix.eq_ignore_ascii_case(issuer).then_some(claim)
}

fn missing_condition_key_for_oidc_principal(statement: &Statement, principal: &Principal, report: &mut Report) {
    if let Some(issuer) = issuer(statement, principal)
        && !statement.conditions.iter().any(|condition| claim(condition, issuer).is_some())
    {
        let details = format!(
            "Using an Open ID Connect (OIDC) principal without a condition key can be overly permissive. Add condition keys with a prefix that matches your federated OIDC principals to ensure that only the intended identity provider assumes the role: {issuer}:aud or {issuer}:sub."
        );
        report.at(&principal.item.place, details);
    }
}

fn missing_github_repo_condition_key(statement: &Statement, principal: &Principal, report: &mut Report) {
    let is_subject = |condition: &&Condition| claim(condition, GITHUB).is_some_and(|claim| claim.eq_ignore_ascii_case("sub"));
    let names_someone = |condition: &Condition| condition.values.iter().all(|value| !value.item.text.trim_matches(['*', '?']).is_empty());
    if issuer(statement, principal).is_some_and(|issuer| issuer.eq_ignore_ascii_case(GITHUB))
        && !statement.conditions.iter().filter(is_subject).any(names_someone)
    {
        let details = format!(
            "Granting a federated GitHub principal permissions without a condition key can allow more sources to assume the role than you intended. Add the {GITHUB}:sub condition key and specify the branch and repository name in the value."
        );
        report.at(&principal.item.place, details);
    }
}

/// `repo:organization/repository:…`: a wildcard in the first two lets strangers in, a lone one in the third any branch.
fn specific_github_repo_and_branch_recommended(statement: &Statement, condition: &Condition, report: &mut Report) {
    let is_subject = claim(condition, GITHUB).is_some_and(|claim| claim.eq_ignore_ascii_case("sub"));
    if statement.flavor != Flavor::Trust || !is_subject {
        return;
    }
    for value in &condition.values {
        let mut parts = value.item.text.splitn(3, ':');
        let (_, repository, rest) = (parts.next(), parts.next().unwrap_or("*"), parts.next().unwrap_or("*"));
        if repository.contains(['*', '?']) || rest == "*" {
            let details = format!(
                "Using a wildcard (*) in {GITHUB}:sub can allow requests from more sources than you intended. Specify the value of {GITHUB}:sub with the repository and branch name."
            );
            report.at(&value.item.place, details);
        }
    }
}

fn redundant_principal(statement: &Statement, report: &mut Report) {
    if statement.flavor != Flavor::Trust {
        return;
    }
    let roles: std::collections::HashSet<(&str, &str)> = statement
        .principals()
        .iter()
        .filter_map(|principal| {
            let (account, resource) = account_and_resource(principal, "iam")?;
            Some((account, resource.strip_prefix("role/")?.rsplit('/').next()?))
        })
        .collect();
    for principal in statement.principals() {
        let session = account_and_resource(principal, "sts").and_then(|(account, resource)| {
            let (role, _) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
            Some((account, role))
        });
        if let Some((account, role)) = session.filter(|session| roles.contains(session)) {
            let details = format!(
                "The assumed-role principal {} is redundant with its parent role {role} of account {account}. Remove the assumed-role principal.",
                principal.item.text
            );
            report.at(&principal.item.place, details);
        }
    }
}

fn account_and_resource<'a>(principal: &Principal<'a>, service: &str) -> Option<(&'a str, &'a str)> {
    let mut fields = principal.item.text.splitn(6, ':');
    let (arn, found) = (fields.next()?, fields.nth(1)?);
    let (account, resource) = (fields.nth(1)?, fields.next()?);
    (principal.kind == PrincipalKind::Aws && arn == "arn" && found == service).then_some((account, resource))
}

fn confirm_audience_claim_type(statement: &Statement, condition: &Condition, report: &mut Report) {
    let is_audience =
        condition.key.text.rsplit_once(':').is_some_and(|(prefix, claim)| prefix.contains('.') && claim.eq_ignore_ascii_case("aud"));
    let is_qualified = condition.operator.is_some_and(|operator| operator.qualifier != Qualifier::None);
    if statement.flavor == Flavor::Trust && is_audience && is_qualified {
        let details = "The \"aud\" (audience) claim key identifies the recipients that the JSON web token is intended for. Audience claims can be multivalued or single-valued. If the claim is single-valued, do not use a ForAllValues or ForAnyValue qualifier.";
        report.at(&condition.key.place, details);
    }
}
