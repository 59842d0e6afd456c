//! Texts with wildcards and policy variables, prepared at parse time.

use super::context::{ContextMap, ContextValue};

/// A text of a policy in which `*`, `?` and `${…}` mean something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Stands for itself.
    Char(char),
    /// `?`
    One,
    /// `*`
    Any,
    /// `${key}` or `${key, 'default'}`; the key in lower case.
    Variable { key: String, default: Option<String> },
}

/// Where `*` and `?` mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wildcards {
    /// Nowhere: `StringEquals`.
    Literal,
    /// Everywhere, colons included: `StringLike`, actions.
    Free,
    /// Within a colon segment; a `*` that ends a segment may expand across colons: `Resource`.
    Resource,
}

/// Whether capitals matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// They do.
    Sensitive,
    /// They do not, in ASCII.
    Insensitive,
}

/// A variable that is malformed: `${` without its end, a default without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedVariable;

impl Pattern {
    /// A text with wildcards only: documents of 2008-10-17, actions.
    pub fn without_variables(text: &str) -> Self {
        Self { parts: text.chars().map(Part::from_char).collect() }
    }

    /// A text with wildcards and variables: documents of 2012-10-17.
    pub fn with_variables(text: &str) -> Result<Self, MalformedVariable> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, from) = rest.split_at(start);
            parts.extend(before.chars().map(Part::from_char));
            let body = from.get(2..).unwrap_or_default();
            let end = body.find('}').ok_or(MalformedVariable)?;
            parts.push(Part::from_variable(body.get(..end).unwrap_or_default())?);
            rest = body.get(end + 1..).unwrap_or_default();
        }
        parts.extend(rest.chars().map(Part::from_char));
        Ok(Self { parts })
    }

    /// Whether `value` matches. A variable without a value makes the whole pattern match nothing.
    pub fn matches(&self, value: &str, wildcards: Wildcards, case: Case, context: &ContextMap) -> bool {
        self.resolve(wildcards, context).is_some_and(|items| matches(&items, value, case))
    }

    /// The pattern with its variables filled in; `None` if one has no value. A filled-in text is literal.
    pub fn resolve(&self, wildcards: Wildcards, context: &ContextMap) -> Option<Vec<Item>> {
        let mut items = Vec::with_capacity(self.parts.len());
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Char(character) => items.push(Item::Char(*character)),
                Part::One | Part::Any if wildcards == Wildcards::Literal => {
                    items.push(Item::Char(if *part == Part::Any { '*' } else { '?' }));
                }
                Part::One => items.push(Item::One { crosses_colon: wildcards == Wildcards::Free }),
                Part::Any => {
                    let ends_segment = matches!(self.parts.get(index + 1), None | Some(Part::Char(':')));
                    items.push(Item::Any { crosses_colon: wildcards == Wildcards::Free || ends_segment });
                }
                Part::Variable { key, default } => items.extend(variable(key, default.as_deref(), context)?.chars().map(Item::Char)),
            }
        }
        Some(items)
    }
}

/// One step of a resolved pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// This character.
    Char(char),
    /// Any one character.
    One { crosses_colon: bool },
    /// Any run of characters.
    Any { crosses_colon: bool },
}

impl Part {
    const fn from_char(character: char) -> Self {
        match character {
            '*' => Self::Any,
            '?' => Self::One,
            other => Self::Char(other),
        }
    }

    fn from_variable(body: &str) -> Result<Self, MalformedVariable> {
        // `${*}`, `${?}` and `${$}` are the characters themselves.
        if let "*" | "?" | "$" = body {
            return Ok(Self::Char(body.chars().next().unwrap_or('$')));
        }
        let (key, default) = match body.split_once(',') {
            None => (body, None),
            Some((key, default)) => {
                let quoted = default.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
                (key, Some(quoted.ok_or(MalformedVariable)?.to_owned()))
            }
        };
        let well_formed = !key.is_empty() && key.chars().all(|character| !character.is_whitespace() && !"${*?".contains(character));
        if well_formed { Ok(Self::Variable { key: key.to_ascii_lowercase(), default }) } else { Err(MalformedVariable) }
    }
}

/// A key with several values cannot stand for one text, and a default applies on absence only.
fn variable<'a>(key: &str, default: Option<&'a str>, context: &'a ContextMap) -> Option<&'a str> {
    match context.find(key) {
        Some(ContextValue::Single(value)) => Some(value),
        Some(ContextValue::List(_)) => None,
        None => default,
    }
}

/// Whether a resolved pattern matches the whole value, in at most pattern × value steps.
pub fn matches(items: &[Item], value: &str, case: Case) -> bool {
    let same = |left: char, right: char| match case {
        Case::Sensitive => left == right,
        Case::Insensitive => left.eq_ignore_ascii_case(&right),
    };
    // `reached[i]`: the first `i` items match what was read so far.
    let mut reached = vec![false; items.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    skip_runs(items, &mut reached);
    let mut next = vec![false; items.len() + 1];
    for character in value.chars() {
        next.fill(false);
        for (index, item) in items.iter().enumerate() {
            if reached.get(index) != Some(&true) {
                continue;
            }
            let (taken, stays) = match item {
                Item::Char(expected) => (same(*expected, character), false),
                Item::One { crosses_colon } => (*crosses_colon || character != ':', false),
                Item::Any { crosses_colon } => (false, *crosses_colon || character != ':'),
            };
            set(&mut next, index + 1, taken);
            set(&mut next, index, stays);
        }
        skip_runs(items, &mut next);
        if !next.contains(&true) {
            return false;
        }
        std::mem::swap(&mut reached, &mut next);
    }
    reached.last() == Some(&true)
}

/// A run may be empty: where one is reached, so is what follows it.
fn skip_runs(items: &[Item], reached: &mut [bool]) {
    for (index, item) in items.iter().enumerate() {
        let skips = matches!(item, Item::Any { .. }) && reached.get(index) == Some(&true);
        set(reached, index + 1, skips);
    }
}

fn set(reached: &mut [bool], index: usize, value: bool) {
    if let Some(slot) = reached.get_mut(index) {
        *slot |= value;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resource(pattern: &str, value: &str) -> bool {
        Pattern::without_variables(pattern).matches(value, Wildcards::Resource, Case::Sensitive, &ContextMap::new())
    }

    #[test]
    fn resource_wildcards_stay_in_their_segment_but_at_its_end() {
        for (pattern, value, expected) in [
            ("*", "arn:aws:s3:::b/k", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b", true),
            ("arn:aws:s3:::b", "arn:aws:s3:::b/k", false),
            ("arn:aws:sqs:*:1:q", "arn:aws:sqs:us-east-1:1:q", true),
            ("arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-east-1:1:q", true),
            ("arn:aws:logs:u*t-1:q", "arn:aws:logs:us:east-1:q", false),
            ("arn:aws:logs:*", "arn:aws:logs:us:1:group:x", true),
            ("arn:aws:s3:::b/?", "arn:aws:s3:::b/é", true),
            ("arn:aws:s3:::b?k", "arn:aws:s3:::b:k", false),
            ("arn:aws:s3:::B", "arn:aws:s3:::b", false),
        ] {
            assert_eq!(resource(pattern, value), expected, "{pattern} on {value}");
        }
    }

    #[test]
    fn variables_are_literal_once_filled_in() {
        let mut context = ContextMap::new();
        context.insert("aws:username", "a*");
        context.insert_list("aws:TagKeys", ["x"]);
        let matches = |pattern: &str, value: &str| {
            Pattern::with_variables(pattern).unwrap().matches(value, Wildcards::Free, Case::Sensitive, &context)
        };
        for (pattern, value, expected) in [
            ("home/${aws:username}/*", "home/a*/x", true),
            ("home/${aws:username}/*", "home/ab/x", false),
            ("home/${AWS:UserName}", "home/a*", true),
            ("${missing}", "", false),
            ("*${missing}", "x", false),
            ("${missing, 'fall'}", "fall", true),
            ("${aws:username, 'fall'}", "fall", false),
            ("${aws:TagKeys}", "x", false),
            ("${*}${?}${$}", "*?$", true),
            ("${*}", "x", false),
        ] {
            assert_eq!(matches(pattern, value), expected, "{pattern} on {value}");
        }
        for broken in ["${", "${}", "${a b}", "${a, b}", "${a${b}}"] {
            assert_eq!(Pattern::with_variables(broken), Err(MalformedVariable), "{broken}");
        }
    }

    /// Obviously right, and exponential.
    fn naive(pattern: &[char], value: &[char]) -> bool {
        match pattern.split_first() {
            None => value.is_empty(),
            Some(('*', rest)) => (0..=value.len()).any(|taken| naive(rest, &value[taken..])),
            Some((first, rest)) => value.split_first().is_some_and(|(v, more)| (*first == '?' || first == v) && naive(rest, more)),
        }
    }

    proptest! {
        #[test]
        fn the_matcher_agrees_with_the_naive_one(pattern in "[ab*?]{0,8}", value in "[ab:]{0,8}") {
            let found = Pattern::without_variables(&pattern).matches(&value, Wildcards::Free, Case::Sensitive, &ContextMap::new());
            let expected = naive(&pattern.chars().collect::<Vec<_>>(), &value.chars().collect::<Vec<_>>());
            prop_assert_eq!(found, expected);
        }
    }
}
