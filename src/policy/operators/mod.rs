//! Condition operators: one function each, one row each.

mod arn;
mod date;
mod ip;
mod number;
mod text;

use super::context::{ContextMap, ContextValue};
use super::pattern::Pattern;

/// One operator, key and list of values of a `Condition` element.
#[derive(Clone, Debug)]
pub struct Condition {
    operator: &'static Operator,
    qualifier: Qualifier,
    if_exists: bool,
    /// In lower case.
    key: String,
    values: Vec<Operand>,
}

/// A value of a condition.
#[derive(Clone, Debug)]
pub struct Operand {
    /// The text, its wildcards and variables prepared.
    pub pattern: Pattern,
    /// The text as it was written.
    pub text: String,
}

/// How a key with several values is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Qualifier {
    /// One matching value suffices; for negated operators, none may match.
    None,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// A row of the table: whether one context value satisfies one operand.
#[derive(Debug)]
pub struct Operator {
    name: &'static str,
    negated: bool,
    matches: fn(&str, &Operand, &ContextMap) -> Option<bool>,
}

/// `None` from a function means that a side cannot be read (no number, no date, no address): then nothing holds, negated
/// or not.
const OPERATORS: [Operator; 27] = [
    positive("StringEquals", text::equals),
    negated("StringNotEquals", text::equals),
    positive("StringEqualsIgnoreCase", text::equals_ignore_case),
    negated("StringNotEqualsIgnoreCase", text::equals_ignore_case),
    positive("StringLike", text::like),
    negated("StringNotLike", text::like),
    positive("ArnEquals", arn::like),
    negated("ArnNotEquals", arn::like),
    positive("ArnLike", arn::like),
    negated("ArnNotLike", arn::like),
    positive("Bool", text::boolean),
    positive("BinaryEquals", text::binary),
    positive("NumericEquals", number::equals),
    negated("NumericNotEquals", number::equals),
    positive("NumericLessThan", number::less),
    positive("NumericLessThanEquals", number::less_or_equal),
    positive("NumericGreaterThan", number::greater),
    positive("NumericGreaterThanEquals", number::greater_or_equal),
    positive("DateEquals", date::equals),
    negated("DateNotEquals", date::equals),
    positive("DateLessThan", date::less),
    positive("DateLessThanEquals", date::less_or_equal),
    positive("DateGreaterThan", date::greater),
    positive("DateGreaterThanEquals", date::greater_or_equal),
    positive("IpAddress", ip::contains),
    negated("NotIpAddress", ip::contains),
    positive(NULL, text::boolean),
];

const NULL: &str = "Null";

const fn positive(name: &'static str, matches: fn(&str, &Operand, &ContextMap) -> Option<bool>) -> Operator {
    Operator { name, negated: false, matches }
}

const fn negated(name: &'static str, matches: fn(&str, &Operand, &ContextMap) -> Option<bool>) -> Operator {
    Operator { name, negated: true, matches }
}

impl Condition {
    /// Reads the operator's full name (`ForAllValues:StringLikeIfExists`); `None` if there is no such operator.
    pub fn new(operator: &str, key: &str, values: Vec<Operand>) -> Option<Self> {
        let (qualifier, rest) = match operator.split_once(':') {
            None => (Qualifier::None, operator),
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
        if operator.name == NULL && if_exists {
            return None;
        }
        Some(Self { operator, qualifier, if_exists, key: key.to_ascii_lowercase(), values })
    }

    /// The condition key, in lower case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The operator's name as the table has it.
    pub fn operator(&self) -> &'static str {
        self.operator.name
    }

    /// The values as they were written.
    pub fn expected(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|operand| operand.text.as_str())
    }

    /// Whether the condition holds.
    pub fn holds(&self, context: &ContextMap) -> bool {
        let present = context.find(&self.key);
        if self.operator.name == NULL {
            let is_absent = if present.is_none_or(|value| value.values().is_empty()) { "true" } else { "false" };
            return self.values.iter().any(|operand| operand.text.eq_ignore_ascii_case(is_absent));
        }
        match present {
            None if self.if_exists || self.qualifier == Qualifier::All => true,
            None => self.operator.negated && self.qualifier == Qualifier::None && !self.values.is_empty(),
            Some(_) if self.values.is_empty() => false,
            Some(value) => self.judge(value, context),
        }
    }

    fn judge(&self, value: &ContextValue, context: &ContextMap) -> bool {
        let values = value.values();
        match (self.qualifier, self.operator.negated) {
            (Qualifier::All, _) => values.iter().all(|value| self.satisfies(value, context)),
            (Qualifier::Any, _) | (Qualifier::None, false) => values.iter().any(|value| self.satisfies(value, context)),
            (Qualifier::None, true) => values.iter().all(|value| self.satisfies(value, context)),
        }
    }

    /// Positive operands are ORed, negated ones NORed.
    fn satisfies(&self, value: &str, context: &ContextMap) -> bool {
        let mut judged = self.values.iter().map(|operand| (self.operator.matches)(value, operand, context));
        if self.operator.negated { judged.all(|matched| matched == Some(false)) } else { judged.any(|matched| matched == Some(true)) }
    }
}
