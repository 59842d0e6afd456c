//! Condition operators: one row each, and one file a family with how it prepares and compares.

mod arn;
mod date;
mod ip;
mod number;
mod reading;
#[cfg(test)]
mod tests;
mod text;
mod weight;

use std::cmp::Ordering;

use super::ast::Effect;
use super::context::{ContextMap, ContextValue, Value};
use super::pattern::{MalformedVariable, Pattern, Variables};
pub use reading::{Kind, Reading, Readings};

/// One operator, key and list of values of a `Condition` element.
#[derive(Clone, Debug)]
pub struct Condition {
    operator: &'static Operator,
    qualifier: Qualifier,
    if_exists: bool,
    /// As they were written: `ForAllValues:StringLikeIfExists`, `aws:TagKeys`.
    written: (Box<str>, Box<str>),
    /// In lower case.
    key: Box<str>,
    values: Vec<(Box<str>, Operand)>,
}

/// A value of a condition, prepared. What is no number, date, address or truth value is `None`: whether anything meets it cannot
/// be known.
#[derive(Clone, Debug)]
pub enum Operand {
    Text(Pattern),
    /// The six components of an ARN; the pattern as a whole where variables may bring colons.
    Arn(Vec<Pattern>),
    Truth(Option<bool>),
    Read(Reading),
}

/// How a key with several values is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Qualifier {
    /// The key has one value.
    None,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// A row of the table.
#[derive(Debug)]
pub struct Operator {
    name: &'static str,
    negated: bool,
    /// Whether policy variables may stand in its values.
    variables: Variables,
    prepare: Prepare,
    matches: Matches,
}

type Prepare = fn(&str, Variables) -> Result<Operand, MalformedVariable>;

/// Whether one context value meets one operand. `None` means that it cannot be known: a side cannot be read, or a variable
/// has no value.
type Matches = fn(&Value, &Operand, &ContextMap) -> Option<bool>;

/// Source: IAM user guide, "IAM JSON policy elements: Condition operators".
const OPERATORS: [Operator; 27] = [
    with_variables("StringEquals", text::literal, text::equals),
    negated(with_variables("StringNotEquals", text::literal, text::equals)),
    with_variables("StringEqualsIgnoreCase", text::literal, text::equals_ignore_case),
    negated(with_variables("StringNotEqualsIgnoreCase", text::literal, text::equals_ignore_case)),
    with_variables("StringLike", text::pattern, text::equals),
    negated(with_variables("StringNotLike", text::pattern, text::equals)),
    with_variables("ArnEquals", arn::prepare, arn::like),
    negated(with_variables("ArnNotEquals", arn::prepare, arn::like)),
    with_variables("ArnLike", arn::prepare, arn::like),
    negated(with_variables("ArnNotLike", arn::prepare, arn::like)),
    with_variables("Bool", text::truth_or_variable, text::same_truth),
    plain("BinaryEquals", text::base64, text::same_bytes),
    plain("NumericEquals", number::prepare, |v, o, _| number::compare(v, o).map(Ordering::is_eq)),
    negated(plain("NumericNotEquals", number::prepare, |v, o, _| number::compare(v, o).map(Ordering::is_eq))),
    plain("NumericLessThan", number::prepare, |v, o, _| number::compare(v, o).map(Ordering::is_lt)),
    plain("NumericLessThanEquals", number::prepare, |v, o, _| number::compare(v, o).map(Ordering::is_le)),
    plain("NumericGreaterThan", number::prepare, |v, o, _| number::compare(v, o).map(Ordering::is_gt)),
    plain("NumericGreaterThanEquals", number::prepare, |v, o, _| number::compare(v, o).map(Ordering::is_ge)),
    plain("DateEquals", date::prepare, |v, o, _| date::compare(v, o).map(Ordering::is_eq)),
    negated(plain("DateNotEquals", date::prepare, |v, o, _| date::compare(v, o).map(Ordering::is_eq))),
    plain("DateLessThan", date::prepare, |v, o, _| date::compare(v, o).map(Ordering::is_lt)),
    plain("DateLessThanEquals", date::prepare, |v, o, _| date::compare(v, o).map(Ordering::is_le)),
    plain("DateGreaterThan", date::prepare, |v, o, _| date::compare(v, o).map(Ordering::is_gt)),
    plain("DateGreaterThanEquals", date::prepare, |v, o, _| date::compare(v, o).map(Ordering::is_ge)),
    plain("IpAddress", ip::prepare, ip::contains),
    negated(plain("NotIpAddress", ip::prepare, ip::contains)),
    plain(NULL, text::truth, text::same_truth),
];

const NULL: &str = "Null";

const fn plain(name: &'static str, prepare: Prepare, matches: Matches) -> Operator {
    Operator { name, negated: false, variables: Variables::Literal, prepare, matches }
}

const fn with_variables(name: &'static str, prepare: Prepare, matches: Matches) -> Operator {
    Operator { variables: Variables::Replaced, ..plain(name, prepare, matches) }
}

const fn negated(operator: Operator) -> Operator {
    Operator { negated: true, ..operator }
}

/// Why a condition is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionRefused {
    /// There is no such operator.
    Operator,
    /// A policy variable that is malformed.
    Variable,
}

impl Condition {
    /// Reads the operator's full name (`ForAllValues:StringLikeIfExists`) and prepares the values.
    ///
    /// # Errors
    /// [`ConditionRefused`].
    pub fn new(name: &str, key: &str, values: Vec<String>, variables: Variables) -> Result<Self, ConditionRefused> {
        let (operator, qualifier, if_exists) = read_name(name).ok_or(ConditionRefused::Operator)?;
        let variables = if variables == Variables::Replaced { operator.variables } else { Variables::Literal };
        let prepare = |text: String| Ok(((operator.prepare)(&text, variables)?, text.into()));
        let prepared = values.into_iter().map(prepare).map(|prepared| prepared.map(|(operand, text)| (text, operand)));
        let values = prepared.collect::<Result<_, MalformedVariable>>().map_err(|_| ConditionRefused::Variable)?;
        let key_in_lower_case = key.to_ascii_lowercase().into();
        Ok(Self { operator, qualifier, if_exists, written: (name.into(), key.into()), key: key_in_lower_case, values })
    }

    /// Whether it holds a key to texts that are written out: the key must be there, and a wildcard or variable would let in more.
    pub fn pins(&self, key: &str) -> bool {
        let compares = matches!(self.operator.name, "StringEquals" | "StringEqualsIgnoreCase" | "StringLike");
        let is_written_out = |value: &str| !value.contains(['*', '?', '$']);
        // `ForAllValues:` and `…IfExists` hold for a key that is absent.
        let demands_key = self.qualifier != Qualifier::All && !self.if_exists;
        let literal = !self.values.is_empty() && self.values.iter().all(|(text, _)| is_written_out(text));
        compares && demands_key && literal && self.key().eq_ignore_ascii_case(key)
    }

    /// Whether there is such an operator.
    pub fn is_operator(name: &str) -> bool {
        read_name(name).is_some()
    }

    /// The condition key, in lower case.
    pub const fn key(&self) -> &str {
        &self.key
    }

    /// The operator as it was written.
    pub const fn operator_written(&self) -> &str {
        &self.written.0
    }

    /// The condition key as it was written.
    pub const fn key_written(&self) -> &str {
        &self.written.1
    }

    /// The values as they were written.
    pub fn expected(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|(text, _)| &**text)
    }

    /// A value with a policy variable under an operator that takes none.
    pub fn misplaced_variable(&self) -> Option<&str> {
        let takes_none = self.operator.variables == Variables::Literal;
        self.expected().find(|text| takes_none && text.contains("${"))
    }

    /// The context keys that variables in the values name, as they were written.
    pub fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.values.iter().flat_map(|(_, operand)| {
            let patterns = match operand {
                Operand::Text(pattern) => std::slice::from_ref(pattern),
                Operand::Arn(patterns) => patterns.as_slice(),
                Operand::Truth(_) | Operand::Read(_) => &[],
            };
            patterns.iter().flat_map(Pattern::variable_names)
        })
    }

    /// Whether the condition holds for a statement of this effect.
    ///
    /// SECURITY: what cannot be known holds in a Deny and does not hold in an Allow, so that it never gives.
    pub fn holds(&self, context: &ContextMap, effect: Effect) -> bool {
        self.judge(context).unwrap_or(effect == Effect::Deny)
    }

    /// `None` where it cannot be known. Absence is known.
    fn judge(&self, context: &ContextMap) -> Option<bool> {
        let present = context.find(&self.key);
        if self.operator.name == NULL {
            return self.judge_null(present.is_some());
        }
        let Some(value) = present else {
            let passes_over = self.if_exists || self.qualifier == Qualifier::All;
            return Some(passes_over || (self.operator.negated && self.qualifier == Qualifier::None && !self.values.is_empty()));
        };
        if self.values.is_empty() {
            return Some(false);
        }
        let mut satisfied = value.values().iter().map(|value| self.satisfies(value, context));
        match (self.qualifier, value) {
            (Qualifier::None, ContextValue::Single(value)) => self.satisfies(value, context),
            // A key with several values needs a qualifier (IAM user guide, "Single-valued vs. multivalued context keys"):
            // which one was meant cannot be known, unless every one comes to the same.
            (Qualifier::None, ContextValue::List(_)) => {
                if satisfied.all(|found| found == Some(false)) {
                    Some(false)
                } else {
                    None
                }
            }
            (Qualifier::All, _) => Some(!any(satisfied.map(not))?),
            (Qualifier::Any, _) => any(satisfied),
        }
    }

    /// Absence is always known. With a qualifier each value is asked whether it is null, and none ever is.
    fn judge_null(&self, present: bool) -> Option<bool> {
        let lists = |wanted: bool| {
            any(self.values.iter().map(|(_, operand)| match operand {
                Operand::Truth(Some(truth)) => Some(*truth == wanted),
                _ => None,
            }))
        };
        match (self.qualifier, present) {
            (Qualifier::None, present) => lists(!present),
            (Qualifier::All, false) => Some(true),
            (Qualifier::Any, false) => Some(false),
            (Qualifier::All | Qualifier::Any, true) => lists(false),
        }
    }

    /// Positive operands are ORed, negated ones NORed.
    fn satisfies(&self, value: &Value, context: &ContextMap) -> Option<bool> {
        let matched = any(self.values.iter().map(|(_, operand)| (self.operator.matches)(value, operand, context)));
        if self.operator.negated { not(matched) } else { matched }
    }
}

/// Kleene's disjunction: one that is known to hold settles it, whatever cannot be known beside it.
fn any(judged: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for found in judged {
        match found {
            Some(true) => return Some(true),
            Some(false) => (),
            None => known = false,
        }
    }
    known.then_some(false)
}

fn not(judged: Option<bool>) -> Option<bool> {
    judged.map(|holds| !holds)
}

fn read_name(name: &str) -> Option<(&'static Operator, Qualifier, bool)> {
    let (qualifier, rest) = match name.split_once(':') {
        None => (Qualifier::None, name),
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Qualifier::All, rest),
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Qualifier::Any, rest),
        Some(_) => return None,
    };
    let find = |name: &str| OPERATORS.iter().find(|operator| operator.name.eq_ignore_ascii_case(name));
    let base = rest.len().checked_sub("IfExists".len()).and_then(|length| rest.split_at_checked(length));
    let (operator, if_exists) = match base {
        Some((base, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (find(base)?, true),
        _ => (find(rest)?, false),
    };
    // `NullIfExists` would be true always.
    (operator.name != NULL || !if_exists).then_some((operator, qualifier, if_exists))
}
