//! `passwright policy validate`: what AWS's ValidatePolicy would find in policies, with the places it is about.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{PolicyType, Report, ValidateFlags, read};
use crate::policy::validate::{FindingKind, Location, Options, PathElement, ResourceType, ValidatedType, validate};
use crate::policy::{self, PolicyKind};

/// A finding as it is reported: lines and columns count from 1.
struct Found {
    file: String,
    line: usize,
    column: usize,
    kind: FindingKind,
    code: &'static str,
    path: String,
    details: String,
}

/// Checks files. Errors make the answer no; warnings and suggestions don't.
pub fn run(flags: &ValidateFlags) -> Result<Report, String> {
    let mut all = Vec::new();
    for file in &flags.files {
        let text = read(file)?;
        let found = findings(&file.display().to_string(), &text, flags.policy_type).into_iter();
        all.extend(found.filter(|found| !flags.ignored.iter().any(|code| code == found.code)));
    }
    let document = || json!({"findings": all.iter().map(object).collect::<Vec<_>>()});
    let text = flags.output.choose(|| all.iter().map(line).collect(), document);
    Ok(Report { text, yes: !all.iter().any(|found| found.kind == FindingKind::Error) })
}

fn findings(file: &str, text: &str, policy_type: PolicyType) -> Vec<Found> {
    let (validated, resource_type, kind) = match policy_type {
        PolicyType::Identity => (ValidatedType::Identity, None, Some(PolicyKind::Identity)),
        PolicyType::Resource => (ValidatedType::Resource, None, Some(PolicyKind::Resource)),
        PolicyType::Scp => (ValidatedType::ServiceControl, None, None),
        PolicyType::Rcp => (ValidatedType::ResourceControl, None, None),
        PolicyType::Trust => (ValidatedType::Resource, Some(ResourceType::AssumeRolePolicyDocument), Some(PolicyKind::Trust)),
    };
    let mut found: Vec<Found> = Vec::new();
    for finding in validate(text, &Options { policy_type: validated, resource_type }) {
        let (line, column, path) = finding.locations.first().map_or((1, 1, "$".to_owned()), place);
        let details = finding.details.trim().to_owned();
        found.push(Found { file: file.to_owned(), line, column, kind: finding.kind, code: finding.issue_code, path, details });
    }
    // What the engine would refuse is an error, whatever the checks say.
    let parsed = kind.map_or_else(|| policy::parse(text), |kind| policy::parse_as(text, kind));
    if let Err(error) = parsed
        && !found.iter().any(|found| found.kind == FindingKind::Error)
    {
        let policy::ParseError { path, line, column, problem } = error;
        found.push(Found { file: file.to_owned(), line, column, kind: FindingKind::Error, code: "MALFORMED", path, details: problem });
    }
    found.sort_by_key(|found| (found.line, found.column));
    found
}

/// Line, column and path of a location, as `Statement[0].Action`.
fn place(location: &Location) -> (usize, usize, String) {
    let mut path = String::new();
    for element in &location.path {
        match element {
            PathElement::Index(index) => {
                let _ = write!(path, "[{index}]");
            }
            PathElement::Key(name) | PathElement::Value(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            // The columns say it.
            PathElement::Substring { .. } => {}
        }
    }
    let path = if path.is_empty() { "$".to_owned() } else { path };
    (location.span.start.line, location.span.start.column + 1, path)
}

fn line(found: &Found) -> String {
    let Found { file, line, column, kind, code, path, details } = found;
    let kind = kind.as_str().to_ascii_lowercase().replace('_', " ");
    format!("{file}:{line}:{column}: {kind} {code} at {path}: {details}\n")
}

fn object(found: &Found) -> Value {
    let Found { file, line, column, kind, code, path, details } = found;
    json!({"file": file, "line": line, "column": column, "type": kind.as_str(), "issue_code": code, "path": path, "details": details})
}
