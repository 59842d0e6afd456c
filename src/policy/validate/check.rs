//! A check is a row: its code, how grave it is, and what it looks at.

use super::document::{Condition, ConditionValue, Document, MAX_LOOKED_AT, Principal, Statement};
use super::finding::{Finding, FindingKind, Options};
use super::place::{Item, Lines, Place};
use crate::policy::json::JsonError;

/// One check of AWS's reference.
pub struct Check {
    pub code: &'static str,
    pub kind: FindingKind,
    pub run: Run,
}

/// What a check is shown, each such thing of the document in turn.
#[derive(Clone, Copy)]
pub enum Run {
    Text(fn(&Source, &mut Report)),
    Document(fn(&Document, &mut Report)),
    Statement(fn(&Statement, &mut Report)),
    /// Of `Action` and `NotAction`.
    Action(fn(&Statement, &Item, &mut Report)),
    /// Of `Resource` and `NotResource`.
    Resource(fn(&Statement, &Item, &mut Report)),
    /// Of `Principal` and `NotPrincipal`.
    Principal(fn(&Statement, &Principal, &mut Report)),
    Condition(fn(&Statement, &Condition, &mut Report)),
    Value(fn(&Condition, &ConditionValue, &mut Report)),
}

/// The text before it is a document.
pub struct Source<'a> {
    pub text: &'a str,
    pub options: &'a Options,
    pub error: Option<&'a JsonError>,
}

/// A row for an error.
pub const fn error(code: &'static str, run: Run) -> Check {
    Check { code, kind: FindingKind::Error, run }
}

/// A row for a security warning.
pub const fn security_warning(code: &'static str, run: Run) -> Check {
    Check { code, kind: FindingKind::SecurityWarning, run }
}

/// A row for a warning.
pub const fn warning(code: &'static str, run: Run) -> Check {
    Check { code, kind: FindingKind::Warning, run }
}

/// A row for a suggestion.
pub const fn suggestion(code: &'static str, run: Run) -> Check {
    Check { code, kind: FindingKind::Suggestion, run }
}

/// Where a check says what it found.
pub struct Report<'a> {
    lines: Lines<'a>,
    code: &'static str,
    kind: FindingKind,
    findings: Vec<Finding>,
    /// How many more of the current check are kept.
    left: usize,
}

impl<'a> Report<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { lines: Lines::new(text), code: "", kind: FindingKind::Error, findings: Vec::new(), left: 0 }
    }

    pub const fn begin(&mut self, check: &Check) {
        self.code = check.code;
        self.kind = check.kind;
        self.left = MAX_LOOKED_AT;
    }

    /// A finding about one place.
    pub fn at(&mut self, place: &Place, details: impl Into<String>) {
        self.at_each(std::iter::once(place), details);
    }

    /// A finding about several places together.
    pub fn at_each<'p>(&mut self, places: impl IntoIterator<Item = &'p Place<'p>>, details: impl Into<String>) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        self.findings.push(Finding {
            kind: self.kind,
            issue_code: self.code,
            details: details.into(),
            learn_more: learn_more(self.kind, self.code),
            locations: places.into_iter().map(|place| self.lines.location(place)).collect(),
        });
    }

    pub const fn lines(&self) -> &Lines<'a> {
        &self.lines
    }

    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}

/// AWS's page; its anchors write the names of elements as one word.
fn learn_more(kind: FindingKind, code: &str) -> String {
    let kind = match kind {
        FindingKind::Error => "error",
        FindingKind::SecurityWarning => "security-warning",
        FindingKind::Warning => "general-warning",
        FindingKind::Suggestion => "suggestion",
    };
    let mut slug = code.to_ascii_lowercase().replace('_', "-");
    for (apart, together) in [
        ("not-principal", "notprincipal"),
        ("not-resource", "notresource"),
        ("not-action", "notaction"),
        ("not-ip-address", "notipaddress"),
    ] {
        slug = slug.replace(apart, together);
    }
    format!(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-{kind}-{slug}"
    )
}
