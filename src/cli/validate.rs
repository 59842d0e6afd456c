//! `passwright policy validate`: whether policies are what their type wants, with the place of what is wrong.

use serde_json::{Value, json};

use super::{PolicyType, Report, ReportFormat, ValidateFlags, read};
use crate::policy::{self, ParseError, PolicyKind};

/// Checks files.
pub fn run(flags: &ValidateFlags) -> Result<Report, String> {
    let mut findings = Vec::new();
    for file in &flags.files {
        let text = read(file)?;
        findings.extend(check(&text, flags.policy_type).into_iter().map(|error| (file.display().to_string(), error)));
    }
    let text = match flags.format {
        ReportFormat::Text => findings.iter().map(|(file, error)| line(file, error)).collect(),
        ReportFormat::Json => {
            let findings: Vec<Value> = findings.iter().map(|(file, error)| object(file, error)).collect();
            format!("{:#}\n", json!({"findings": findings}))
        }
    };
    Ok(Report { text, yes: findings.is_empty() })
}

fn check(text: &str, policy_type: PolicyType) -> Option<ParseError> {
    let kind = match policy_type {
        PolicyType::Identity => Some(PolicyKind::Identity),
        PolicyType::Resource => Some(PolicyKind::Resource),
        PolicyType::Trust => Some(PolicyKind::Trust),
        PolicyType::Scp | PolicyType::Rcp => None,
    };
    match kind {
        Some(kind) => policy::parse_as(text, kind),
        None => policy::parse(text),
    }
    .err()
}

fn line(file: &str, error: &ParseError) -> String {
    let ParseError { path, line, column, problem } = error;
    format!("{file}:{line}:{column}: error: {path}: {problem}\n")
}

fn object(file: &str, error: &ParseError) -> Value {
    let ParseError { path, line, column, problem } = error;
    json!({"file": file, "line": line, "column": column, "severity": "error", "path": path, "message": problem})
}
