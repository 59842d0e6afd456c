//! What ValidatePolicy finds in a text, on the lines where it is.

use serde_json::{Value, json};

use super::subject::Subject;
use crate::console::Visit;
use crate::kit::json::Members as _;
use crate::wire::model::Service;

/// So many findings are shown.
const SHOWN: i64 = 100;

/// A finding.
pub struct Finding {
    /// What it is called: `Error`, `Security warning`, `Warning`, `Suggestion`.
    pub kind: &'static str,
    /// How it looks: `danger`, `warn`, or nothing.
    pub class: &'static str,
    /// What is wrong.
    pub details: String,
    /// Its code.
    pub code: String,
    /// Where it begins; 0 where it has no place.
    pub line: usize,
}

/// A text and what was found in it.
pub struct Checked {
    findings: Vec<Finding>,
    lines: Vec<String>,
    /// Whether there are more findings than are shown.
    pub more: bool,
}

impl Checked {
    /// Has a text validated as whoever is signed in.
    ///
    /// # Errors
    /// Why it could not be: the operation's own words.
    pub async fn of(visit: &Visit, subject: &Subject, document: &str) -> Result<Self, String> {
        // The operation wants something to look at.
        let mut input = subject.validation(if document.is_empty() { " " } else { document });
        input.put("maxResults", json!(SHOWN));
        let answer = visit.call(Service::AccessAnalyzer, "ValidatePolicy", input).await.map_err(|error| error.message)?;
        let mut findings: Vec<Finding> = answer.list("findings").iter().map(Finding::read).collect();
        findings.sort_by_key(|finding| (finding.rank(), finding.line));
        let lines = document.lines().map(str::to_owned).collect();
        Ok(Self { findings, lines, more: !answer.at("nextToken").is_null() })
    }

    /// The findings, the worst first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The lines of the text with what was found on each, from one on.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str, Vec<&Finding>)> {
        self.lines.iter().enumerate().map(|(index, line)| {
            let number = index.saturating_add(1);
            (number, line.as_str(), self.findings.iter().filter(|finding| finding.line == number).collect())
        })
    }

    /// How the worst finding of a line looks.
    pub fn mark(&self, line: usize) -> &'static str {
        self.findings.iter().find(|finding| finding.line == line).map_or("", |finding| finding.class)
    }
}

impl Finding {
    fn read(finding: &Value) -> Self {
        let (kind, class) = match finding.at("findingType").as_str() {
            Some("ERROR") => ("Error", "danger"),
            Some("SECURITY_WARNING") => ("Security warning", "warn"),
            Some("SUGGESTION") => ("Suggestion", "hint"),
            _ => ("Warning", "warn"),
        };
        let line = finding.at("locations").get(0).map(|place| place.at("span").at("start").at("line"));
        let line = line.and_then(Value::as_u64).unwrap_or_default();
        let line = usize::try_from(line).unwrap_or_default();
        Self { kind, class, details: finding.text("findingDetails"), code: finding.text("issueCode"), line }
    }

    fn rank(&self) -> u8 {
        match self.kind {
            "Error" => 0,
            "Security warning" => 1,
            "Warning" => 2,
            _ => 3,
        }
    }
}
