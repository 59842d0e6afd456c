//! Condition operators, taken apart: set qualifier, name, `IfExists`.

/// How a key with several values is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qualifier {
    None,
    ForAllValues,
    ForAnyValue,
}

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Exact texts.
    Text,
    /// Texts with wildcards.
    TextLike,
    Number,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// `ForAnyValue:StringNotLikeIfExists`, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    pub qualifier: Qualifier,
    pub name: &'static str,
    pub family: Family,
    pub if_exists: bool,
}

const OPERATORS: [(&str, Family); 27] = [
    ("StringEquals", Family::Text),
    ("StringNotEquals", Family::Text),
    ("StringEqualsIgnoreCase", Family::Text),
    ("StringNotEqualsIgnoreCase", Family::Text),
    ("StringLike", Family::TextLike),
    ("StringNotLike", Family::TextLike),
    ("NumericEquals", Family::Number),
    ("NumericNotEquals", Family::Number),
    ("NumericLessThan", Family::Number),
    ("NumericLessThanEquals", Family::Number),
    ("NumericGreaterThan", Family::Number),
    ("NumericGreaterThanEquals", Family::Number),
    ("DateEquals", Family::Date),
    ("DateNotEquals", Family::Date),
    ("DateLessThan", Family::Date),
    ("DateLessThanEquals", Family::Date),
    ("DateGreaterThan", Family::Date),
    ("DateGreaterThanEquals", Family::Date),
    ("Bool", Family::Bool),
    ("BinaryEquals", Family::Binary),
    ("IpAddress", Family::Ip),
    ("NotIpAddress", Family::Ip),
    ("ArnEquals", Family::Arn),
    ("ArnNotEquals", Family::Arn),
    ("ArnLike", Family::Arn),
    ("ArnNotLike", Family::Arn),
    ("Null", Family::Null),
];

impl Operator {
    /// `None` if there is no such operator. `NullIfExists` is read: a check of its own refuses it.
    pub fn parse(text: &str) -> Option<Self> {
        let (qualifier, rest) = match text.split_once(':') {
            None => (Qualifier::None, text),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Qualifier::ForAllValues, rest),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Qualifier::ForAnyValue, rest),
            Some(_) => return None,
        };
        let base = rest.len().checked_sub("IfExists".len()).and_then(|length| rest.split_at_checked(length));
        let (name, if_exists) = match base {
            Some((base, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (base, true),
            _ => (rest, false),
        };
        let (name, family) = OPERATORS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(Self { qualifier, name, family: *family, if_exists })
    }
}
