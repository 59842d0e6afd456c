//! The reference evaluator's patterns: wildcards and variables, matched by recursion with a memory.

use std::collections::HashMap;

use serde_json::Value;

use crate::reference::{list, text};

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A character as the policy writes it.
    Written(char),
    /// A character of a variable's value, or of `${*}` and its like.
    Substituted(char),
    /// `?`
    One,
    /// `*`
    Many,
}

/// Variables belong to version 2012-10-17.
pub fn has_variables(policy: &Value) -> bool {
    policy["Version"] == "2012-10-17"
}

/// The values of a condition key, whose name ignores case; an empty list is an absent key.
pub fn values_of(context: &Value, key: &str) -> Option<Vec<String>> {
    let (_, value) = context.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    let values: Vec<String> = list(value).into_iter().map(text).collect();
    (!values.is_empty()).then_some(values)
}

/// Whether a key is one with a list of values, be it of one.
pub fn has_several_values(context: &Value, key: &str) -> bool {
    let values = context.as_object().and_then(|keys| keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)));
    values.is_some_and(|(_, value)| value.is_array())
}

/// A pattern's steps; `None` where a variable has no value, or more than one may have.
pub fn steps(pattern: &str, context: &Value, variables: bool) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if variables && rest.starts_with("${") && rest.contains('}') {
            let (inside, after) = rest[2..].split_once('}')?;
            steps.extend(substitute(inside, context)?.chars().map(Step::Substituted));
            rest = after;
            continue;
        }
        steps.push(match first {
            '*' => Step::Many,
            '?' => Step::One,
            other => Step::Written(other),
        });
        rest = &rest[first.len_utf8()..];
    }
    Some(steps)
}

fn substitute(inside: &str, context: &Value) -> Option<String> {
    if ["*", "?", "$"].contains(&inside) {
        return Some(inside.to_owned());
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim().strip_prefix('\'')?.strip_suffix('\'')?)),
        None => (inside.trim(), None),
    };
    let is_list =
        context.as_object().is_some_and(|keys| keys.iter().any(|(name, value)| name.eq_ignore_ascii_case(key) && value.is_array()));
    match values_of(context, key) {
        Some(_) if is_list => None,
        Some(values) => values.into_iter().next(),
        None => default.map(str::to_owned),
    }
}

/// Wildcards that cross anything.
pub fn glob(pattern: &[Step], subject: &str) -> bool {
    let crossing = vec![true; pattern.len()];
    search(pattern, &crossing, &subject.chars().collect::<Vec<_>>(), (0, 0), &mut HashMap::new())
}

/// As actions match; they have no variables.
pub fn glob_ignoring_case(pattern: &str, subject: &str) -> bool {
    let pattern = steps(&pattern.to_ascii_lowercase(), &Value::Null, false).unwrap_or_default();
    glob(&pattern, &subject.to_ascii_lowercase())
}

/// Up to the fifth colon wildcards stay within their segment, but for a `*` that ends the pattern; behind it they take colons too; the service
/// is literal; `*` alone is everything.
pub fn covers_resource(pattern: &str, resource: &str, context: &Value, variables: bool) -> bool {
    if pattern == "*" {
        return true;
    }
    let Some(written) = steps(pattern, context, variables) else { return false };
    // What does not begin as an ARN has no service.
    let is_arn = pattern.starts_with("arn:");
    let mut colons = 0;
    let mut pattern: Vec<Step> = Vec::new();
    for step in written {
        colons += usize::from(step == Step::Written(':'));
        let in_service = is_arn && colons == 2;
        pattern.push(match step {
            Step::One if in_service => Step::Written('?'),
            Step::Many if in_service => Step::Written('*'),
            other => other,
        });
    }
    // A run of stars is its last one.
    let pattern: Vec<Step> = (0..pattern.len())
        .filter(|&at| !(pattern[at] == Step::Many && pattern.get(at + 1) == Some(&Step::Many)))
        .map(|at| pattern[at])
        .collect();
    let colons_before = |at: usize| pattern[..at].iter().filter(|step| **step == Step::Written(':')).count();
    let is_last_star = |at: usize| at + 1 == pattern.len() && pattern[at] == Step::Many;
    let crossing: Vec<bool> = (0..pattern.len()).map(|at| colons_before(at) >= 5 || is_last_star(at)).collect();
    search(&pattern, &crossing, &resource.chars().collect::<Vec<_>>(), (0, 0), &mut HashMap::new())
}

/// `crossing` says of each wildcard whether it takes colons too.
fn search(
    pattern: &[Step],
    crossing: &[bool],
    subject: &[char],
    (step, at): (usize, usize),
    known: &mut HashMap<(usize, usize), bool>,
) -> bool {
    if let Some(&answer) = known.get(&(step, at)) {
        return answer;
    }
    let Some(&wanted) = pattern.get(step) else { return at == subject.len() };
    let next = subject.get(at);
    let takes = next.is_some_and(|&c| c != ':' || crossing[step]);
    let answer = match wanted {
        Step::Written(c) | Step::Substituted(c) => next == Some(&c) && search(pattern, crossing, subject, (step + 1, at + 1), known),
        Step::One => takes && search(pattern, crossing, subject, (step + 1, at + 1), known),
        Step::Many => {
            search(pattern, crossing, subject, (step + 1, at), known)
                || (takes && search(pattern, crossing, subject, (step, at + 1), known))
        }
    };
    known.insert((step, at), answer);
    answer
}

/// Six segments, each matched alone; the sixth holds the remaining colons.
pub fn arn_like(pattern: &[Step], value: &str) -> Option<bool> {
    let mut segments = vec![vec![]];
    for &step in pattern {
        let is_colon = matches!(step, Step::Written(':') | Step::Substituted(':'));
        if is_colon && segments.len() < 6 {
            segments.push(vec![]);
        } else if let Some(last) = segments.last_mut() {
            last.push(step);
        }
    }
    let values: Vec<&str> = value.splitn(6, ':').collect();
    let both_are_arns = segments.len() == 6 && values.len() == 6;
    both_are_arns.then(|| segments.iter().zip(values).all(|(pattern, value)| glob(pattern, value)))
}
