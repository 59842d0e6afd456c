//! `passwright policy diff`: what a change of a policy's text changes of what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::{DiffFlags, Report, read};
use crate::policy::canonical;

/// Compares two policies.
pub fn run(flags: &DiffFlags) -> Result<Report, String> {
    let lines = compare(&load(&flags.old)?, &load(&flags.new)?);
    let text = lines.iter().map(|line| format!("{line}\n")).collect();
    Ok(Report { text, yes: lines.is_empty() })
}

fn load(file: &Path) -> Result<Value, String> {
    let name = file.display();
    let text = read(file)?;
    canonical::read(&text).map_err(|error| format!("{name}:{}:{}: {}: {}", error.line, error.column, error.path, error.problem))
}

/// One line a difference; none between policies that say the same.
fn compare(old: &Value, new: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    // A policy without a version is one of 2008: its variables mean nothing.
    let version = |policy: &Value| policy.get("Version").and_then(Value::as_str).unwrap_or("2008-10-17").to_owned();
    if version(old) != version(new) {
        lines.push(format!("~ Version: {} -> {}", version(old), version(new)));
    }
    let (mut before, mut after) = (Statement::all(old), Statement::all(new));
    // What says the same is no difference, wherever it stands: the order of statements decides nothing.
    before.retain(|statement| match after.iter().position(|other| other.says == statement.says && other.sid == statement.sid) {
        Some(at) => {
            after.remove(at);
            false
        }
        None => true,
    });
    for statement in &before {
        match after.iter().position(|other| other.pairs_with(statement)) {
            Some(at) => changes(statement, &after.remove(at), &mut lines),
            None => lines.push(format!("- {}", statement.whole())),
        }
    }
    lines.extend(after.iter().map(|statement| format!("+ {}", statement.whole())));
    lines
}

/// A statement: its elements, each a set of what it lists, for lists are sets and a text is a list of one.
struct Statement {
    sid: Option<String>,
    index: usize,
    says: BTreeMap<String, BTreeSet<String>>,
}

impl Statement {
    fn all(policy: &Value) -> Vec<Self> {
        canonical::statements(policy).into_iter().enumerate().map(|(index, node)| Self::of(index, node)).collect()
    }

    fn of(index: usize, node: &Value) -> Self {
        let sid = node.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()).map(str::to_owned);
        let mut says = BTreeMap::new();
        for (name, value) in node.as_object().into_iter().flatten().filter(|(name, _)| *name != "Sid") {
            collect(name, name, value, &mut says);
        }
        Self { sid, index, says }
    }

    /// Two versions of one statement have its `Sid`; without one, its place and effect.
    fn pairs_with(&self, other: &Self) -> bool {
        match (&self.sid, &other.sid) {
            (Some(own), Some(others)) => own == others,
            (None, None) => self.index == other.index && self.says.get("Effect") == other.says.get("Effect"),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    fn name(&self) -> String {
        self.sid.as_ref().map_or_else(|| format!("Statement[{}]", self.index), |sid| format!("Statement {sid}"))
    }

    fn whole(&self) -> String {
        let elements: Vec<String> = self.says.iter().map(|(element, values)| format!("{element} {}", join(values))).collect();
        format!("{}: {}", self.name(), elements.join("; "))
    }
}

fn collect(element: &str, path: &str, value: &Value, says: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                // Condition keys ignore case, and so do operators.
                let name = if element == "Condition" { name.to_ascii_lowercase() } else { name.clone() };
                collect(element, &format!("{path}.{name}"), value, says);
            }
        }
        Value::Array(items) => {
            // A condition on no values is one that never holds, so that its key stays.
            says.entry(path.to_owned()).or_default();
            items.iter().for_each(|item| collect(element, path, item, says));
        }
        scalar => {
            let text = scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned);
            // Actions ignore case.
            let text = if element.ends_with("Action") { text.to_ascii_lowercase() } else { text };
            // `"Principal": "*"` and `{"AWS": "*"}` are one.
            let path = if path == "Principal" || path == "NotPrincipal" { format!("{path}.AWS") } else { path.to_owned() };
            says.entry(path).or_default().insert(text);
        }
    }
}

fn changes(old: &Statement, new: &Statement, lines: &mut Vec<String>) {
    let none = BTreeSet::new();
    let elements: BTreeSet<&String> = old.says.keys().chain(new.says.keys()).collect();
    for element in elements {
        let (before, after) = (old.says.get(element).unwrap_or(&none), new.says.get(element).unwrap_or(&none));
        let removed: BTreeSet<String> = before.difference(after).cloned().collect();
        let added: BTreeSet<String> = after.difference(before).cloned().collect();
        let mut parts = Vec::new();
        if !removed.is_empty() {
            parts.push(format!("- {}", join(&removed)));
        }
        if !added.is_empty() {
            parts.push(format!("+ {}", join(&added)));
        }
        if !parts.is_empty() {
            lines.push(format!("~ {}: {element}: {}", new.name(), parts.join(" ")));
        } else if old.says.contains_key(element) != new.says.contains_key(element) {
            lines.push(format!(
                "~ {}: {element}: {}",
                new.name(),
                if before.is_empty() && old.says.contains_key(element) { "- []" } else { "+ []" }
            ));
        }
    }
}

fn join(values: &BTreeSet<String>) -> String {
    let values: Vec<String> = values.iter().cloned().collect();
    if values.is_empty() { "[]".to_owned() } else { values.join(", ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statement(sid: &str, actions: Value) -> Value {
        json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"})
    }

    #[test]
    fn layout_order_and_case_are_no_difference() {
        let old = json!({"Version": "2012-10-17", "Statement": [statement("A", json!("s3:Get")), statement("B", json!(["a:B", "c:D"]))]});
        let new = json!({"Statement": [statement("B", json!(["C:d", "a:b"])), statement("A", json!(["s3:get"]))], "Version": "2012-10-17"});
        assert_eq!(compare(&old, &new), Vec::<String>::new());
    }

    #[test]
    fn differences_are_told_by_statement_and_element() {
        let old =
            json!({"Version": "2012-10-17", "Statement": [statement("A", json!(["s3:Get", "s3:Put"])), statement("B", json!("a:B"))]});
        let mut changed = statement("A", json!(["s3:Get", "s3:List"]));
        changed["Condition"] = json!({"Bool": {"aws:SecureTransport": true}});
        let new = json!({"Statement": [changed, statement("C", json!("a:B"))]});
        assert_eq!(
            compare(&old, &new),
            [
                "~ Version: 2012-10-17 -> 2008-10-17",
                "~ Statement A: Action: - s3:put + s3:list",
                "~ Statement A: Condition.bool.aws:securetransport: + true",
                "- Statement B: Action a:b; Effect Allow; Resource *",
                "+ Statement C: Action a:b; Effect Allow; Resource *",
            ]
        );
    }

    #[test]
    fn principals_are_compared_by_what_they_name() {
        let of = |principal: Value| json!({"Statement": {"Effect": "Allow", "Principal": principal, "Action": "a:B", "Resource": "*"}});
        assert!(compare(&of(json!("*")), &of(json!({"AWS": ["*"]}))).is_empty());
        assert_eq!(compare(&of(json!("*")), &of(json!({"Service": "a.b"}))).len(), 2);
    }
}
