//! Entries of a list that another entry covers.

use std::collections::HashMap;

use crate::policy::validate::check::Report;
use crate::policy::validate::place::Item;

/// Steps of comparing a list's patterns with its entries. No policy of AWS's sizes takes as many; of a hostile one, a part
/// is compared.
const MAX_STEPS: usize = 20_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Capitals {
    Count,
    Ignored,
}

/// One finding for each entry that an earlier equal one, or any pattern, covers.
pub fn report_pairs(items: &[Item], capitals: Capitals, report: &mut Report, details: impl Fn(&str, &str) -> String) {
    let fold = |text: &str| if capitals == Capitals::Ignored { text.to_ascii_lowercase() } else { text.to_owned() };
    let folded: Vec<String> = items.iter().map(|item| fold(item.text)).collect();
    let patterns: Vec<usize> = (0..items.len()).filter(|at| folded.get(*at).is_some_and(|text| is_pattern(text))).collect();
    let mut first_at = HashMap::new();
    let mut left = MAX_STEPS;
    for (at, (item, text)) in items.iter().zip(&folded).enumerate() {
        let first = *first_at.entry(text.as_str()).or_insert(at);
        let equal = (first < at).then_some(first);
        let wider = || {
            patterns.iter().copied().filter(|other| *other != at).find(|other| {
                let Some(pattern) = folded.get(*other) else { return false };
                left = left.saturating_sub(steps(pattern, text));
                left > 0 && pattern != text && covers(pattern, text)
            })
        };
        if let Some(other) = equal.or_else(wider).and_then(|other| items.get(other)) {
            report.at_each([&item.place, &other.place], details(item.text, other.text));
        }
    }
}

/// How many a comparison may take: one wildcard never sends it back far.
fn steps(pattern: &str, text: &str) -> usize {
    let is_simple = pattern.bytes().filter(|byte| *byte == b'*').count() <= 1;
    if is_simple { pattern.len() + text.len() } else { pattern.len().saturating_mul(text.len()) }
}

/// A text with variables is no plain pattern.
fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?']) && !text.contains("${")
}

/// Whether a pattern fits whatever another fits. `?` stands for one character, so not for another's `*`.
fn covers(wider: &str, narrower: &str) -> bool {
    let (wider, narrower) = (wider.as_bytes(), narrower.as_bytes());
    let (mut w, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = narrower.get(n) {
        match wider.get(w) {
            Some(b'*') => {
                star = Some((w, n));
                w += 1;
            }
            Some(wanted) if (*wanted == b'?' && *byte != b'*') || wanted == byte => {
                w += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    w = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    wider.get(w..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_patterns() {
        for (wider, narrower, expected) in
            [("*", "?", true), ("a*", "a*b", true), ("?", "*", false), ("a?c", "abc", true), ("a*c", "ab", false), ("a?", "a?", true)]
        {
            assert_eq!(covers(wider, narrower), expected, "{wider} {narrower}");
        }
    }
}
