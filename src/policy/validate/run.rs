//! Runs every check over everything that it looks at.

use super::check::{Check, Report, Run, Source};
use super::checks;
use super::document::{self, Document, MAX_LOOKED_AT};
use super::finding::{Finding, Options};
use crate::policy::json::{self, JsonError};
use crate::policy::parse::MAX_POLICY_BYTES;

/// What AWS's checks say of a policy, errors first. A text of more than [`MAX_POLICY_BYTES`] is refused as no policy.
#[must_use]
pub fn validate(text: &str, options: &Options) -> Vec<Finding> {
    let too_long = JsonError { offset: 0, problem: "the text is longer than any policy may be" };
    let parsed = if text.len() > MAX_POLICY_BYTES { Err(too_long) } else { json::parse(text) };
    let source = Source { text, options, error: parsed.as_ref().err() };
    let document = parsed.as_ref().ok().map(|root| document::read(root, options));
    let mut report = Report::new(text);
    for check in checks::all() {
        report.begin(check);
        if let Run::Text(run) = check.run {
            run(&source, &mut report);
        }
        if let Some(document) = &document {
            walk(check, document, &mut report);
        }
    }
    let mut findings = report.into_findings();
    findings.sort_by_key(|finding| finding.kind);
    findings
}

/// The code of every check, in no order.
pub fn issue_codes() -> impl Iterator<Item = &'static str> {
    checks::all().map(|check| check.code)
}

fn walk(check: &Check, document: &Document, report: &mut Report) {
    if let Run::Document(run) = check.run {
        run(document, report);
    }
    let mut left = MAX_LOOKED_AT;
    let mut take = move || {
        left = left.saturating_sub(1);
        left > 0
    };
    for statement in &document.statements {
        match check.run {
            Run::Statement(run) if take() => run(statement, report),
            Run::Text(_) | Run::Document(_) | Run::Statement(_) => (),
            Run::Action(run) => statement.all_actions().take_while(|_| take()).for_each(|item| run(statement, item, report)),
            Run::Resource(run) => statement.all_resources().take_while(|_| take()).for_each(|item| run(statement, item, report)),
            Run::Principal(run) => {
                statement.all_principals().take_while(|_| take()).for_each(|principal| run(statement, principal, report))
            }
            Run::Condition(run) => {
                statement.conditions.iter().take_while(|_| take()).for_each(|condition| run(statement, condition, report))
            }
            Run::Value(run) => {
                let pairs = statement.conditions.iter().flat_map(|condition| condition.values.iter().map(move |value| (condition, value)));
                pairs.take_while(|_| take()).for_each(|(condition, value)| run(condition, value, report));
            }
        }
    }
}
