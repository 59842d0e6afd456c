//! `passwright policy test`: a team's policies under test, as its code is.

use std::fs;
use std::path::{Path, PathBuf};

use super::cases::{self, Case, Expected};
use super::junit::{self, Failure, Outcome};
use super::{Report, TestFlags};
use crate::policy::{FailedStatement, MatchedStatement, Verdict};

/// Deeper folders are not looked into.
const MAX_DEPTH: usize = 32;

/// Runs every case below a folder.
pub fn run(flags: &TestFlags) -> Result<Report, String> {
    let mut files = Vec::new();
    find(&flags.folder, MAX_DEPTH, &mut files)?;
    files.sort();
    let mut outcomes = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&flags.folder).unwrap_or(file).display().to_string();
        outcomes.extend(cases::load(file)?.iter().map(|case| judge(&name, case)));
    }
    // A run that tests nothing is a mistake in CI, not a success.
    if outcomes.is_empty() {
        return Err(format!("{}: no cases in any *.test.json", flags.folder.display()));
    }
    if let Some(path) = &flags.junit {
        fs::write(path, junit::write(&outcomes)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let mut text: String = outcomes.iter().map(line).collect();
    text.push_str(&format!("{} passed, {failed} failed\n", outcomes.len() - failed));
    Ok(Report { text, yes: failed == 0 })
}

fn find(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        // Links are not followed into folders: they may lead in circles.
        let is_folder = entry.file_type().map_err(problem)?.is_dir();
        if is_folder && depth > 1 {
            find(&entry.path(), depth - 1, found)?;
        } else if !is_folder && entry.file_name().to_string_lossy().ends_with(".test.json") {
            found.push(entry.path());
        }
    }
    Ok(())
}

fn judge(file: &str, case: &Case) -> Outcome {
    let decision = case.question.decide();
    let passed = match case.expect {
        Expected::Allowed => decision.verdict == Verdict::Allowed,
        Expected::ExplicitDeny => decision.verdict == Verdict::ExplicitDeny,
        Expected::ImplicitDeny => decision.verdict == Verdict::ImplicitDeny,
        Expected::Denied => decision.verdict != Verdict::Allowed,
    };
    let failure = (!passed).then(|| {
        let deciding = decision.statements.iter().map(matched);
        let failed = case.question.failures();
        // What nearly allowed is of interest only where nothing did.
        let missed = failed.iter().filter(|_| decision.verdict == Verdict::ImplicitDeny).map(missed);
        let source = decision.source.filter(|_| decision.verdict == Verdict::ImplicitDeny);
        let withheld = source.map(|source| format!("no {} policy allows it", crate::decisions::source_name(source)));
        Failure {
            summary: format!("expected {}, got {}", case.expect.as_str(), decision.verdict.as_str()),
            explanation: withheld.into_iter().chain(deciding).chain(missed).collect(),
        }
    });
    Outcome { file: file.to_owned(), name: case.name.clone(), failure }
}

fn line(outcome: &Outcome) -> String {
    let Outcome { file, name, failure } = outcome;
    match failure {
        None => format!("ok   {file}: {name}\n"),
        Some(Failure { summary, explanation }) => {
            let explanation: String = explanation.iter().map(|line| format!("       {line}\n")).collect();
            format!("FAIL {file}: {name}: {summary}\n{explanation}")
        }
    }
}

fn statement(policy: &str, sid: Option<&str>, index: usize) -> String {
    sid.map_or_else(|| format!("{policy} Statement[{index}]"), |sid| format!("{policy} Statement[{index}] ({sid})"))
}

fn matched(matched: &MatchedStatement) -> String {
    let MatchedStatement { policy, sid, index, effect, start, .. } = matched;
    let effect = effect.as_str();
    format!("{effect} by {}, line {}, column {}", statement(policy, sid.as_deref(), *index), start.line, start.column)
}

fn missed(failed: &FailedStatement) -> String {
    let at = statement(&failed.policy, failed.sid.as_deref(), failed.index);
    let what = match (&failed.operator, &failed.key) {
        (Some(operator), Some(key)) => format!("Condition {operator} {key}"),
        _ => failed.element.to_owned(),
    };
    let list = |values: &[String]| if values.is_empty() { "nothing".to_owned() } else { values.join(", ") };
    format!("{} {at}: {what} wants {}, has {}", failed.effect.as_str(), list(&failed.expected), list(&failed.actual))
}
