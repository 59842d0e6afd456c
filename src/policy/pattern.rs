//! Texts with wildcards and policy variables, prepared when a policy is read and matched without allocating.

use super::context::{ContextMap, ContextValue};
use super::matcher::Matcher;

/// Colons before the part of an ARN that names the resource, which may have colons of its own.
const COLONS_BEFORE_RESOURCE: usize = 5;

/// Variables beyond this many in one pattern are gathered on the heap.
const INLINE_VARIABLES: usize = 8;

/// A text of a policy in which `*`, `?` and `${…}` mean something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: Box<str>,
    tokens: Box<[Token]>,
    /// How many of the tokens are variables.
    variables: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Stands for itself.
    Literal(Box<str>),
    /// `?`
    One { crosses_colon: bool },
    /// `*`
    Any { crosses_colon: bool },
    /// `${key}` or `${key, 'default'}`.
    Variable(Box<Variable>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// As it was written.
    name: Box<str>,
    /// In lower case.
    key: Box<str>,
    default: Option<Box<str>>,
}

/// Where `*` and `?` mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wildcards {
    /// Nowhere: `StringEquals`.
    Literal,
    /// Everywhere, colons included: `StringLike`, actions.
    Free,
    /// Within their colon segment up to the fifth colon, save a `*` that ends the pattern; everywhere after it, in the part
    /// that names the resource; literal in the service segment: `Resource` (IAM user guide, "IAM JSON policy elements:
    /// Resource").
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

/// Whether `${…}` means something: by the document's version, and the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variables {
    /// A policy variable.
    Replaced,
    /// The characters themselves.
    Literal,
}

/// A variable that is malformed: `${` without its end, a default without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedVariable;

/// How an index may file a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'a> {
    /// It matches this text and no other.
    Exact(&'a str),
    /// It matches whatever begins with this.
    Prefix(&'a str),
    /// What it matches begins with this, and must be matched in full.
    Begins(&'a str),
}

impl Pattern {
    /// Prepares a text.
    ///
    /// # Errors
    /// [`MalformedVariable`], only where variables are replaced.
    pub fn new(text: &str, wildcards: Wildcards, variables: Variables) -> Result<Self, MalformedVariable> {
        let mut builder = Builder { wildcards, is_arn: text.starts_with("arn:"), colons: 0, tokens: Vec::new(), literal: String::new() };
        let mut rest = text;
        while variables == Variables::Replaced
            && let Some((before, from)) = rest.find("${").and_then(|start| rest.split_at_checked(start))
        {
            builder.plain(before);
            let body = from.get(2..).unwrap_or_default();
            let (name, after) = body.split_once('}').ok_or(MalformedVariable)?;
            builder.variable(name)?;
            rest = after;
        }
        builder.plain(rest);
        let tokens = builder.finish();
        let variables = tokens.iter().filter(|token| matches!(token, Token::Variable(_))).count();
        Ok(Self { text: text.into(), tokens, variables })
    }

    /// The text as it was written.
    pub const fn text(&self) -> &str {
        &self.text
    }

    /// The context keys that the variables name, as they were written.
    pub fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(&*variable.name),
            Token::Literal(_) | Token::One { .. } | Token::Any { .. } => None,
        })
    }

    /// How an index may file it.
    pub fn shape(&self) -> Shape<'_> {
        match &*self.tokens {
            [] => Shape::Exact(""),
            [Token::Literal(text)] => Shape::Exact(text),
            [Token::Any { crosses_colon: true }] => Shape::Prefix(""),
            [Token::Literal(text), Token::Any { crosses_colon: true }] => Shape::Prefix(text),
            [Token::Literal(text), ..] => Shape::Begins(text),
            _ => Shape::Begins(""),
        }
    }

    /// Whether `value` matches. A variable without a value makes the whole pattern match nothing; a filled-in text is
    /// literal. Takes at most pattern × value steps.
    pub fn matches(&self, value: &str, case: Case, context: &ContextMap) -> bool {
        self.compare(value, case, context).unwrap_or(false)
    }

    /// Whether `value` matches; `None` where a variable has no value.
    pub fn compare(&self, value: &str, case: Case, context: &ContextMap) -> Option<bool> {
        if self.variables == 0 {
            return Some(Matcher { tokens: &self.tokens, filled: &[], case }.matches(value));
        }
        let mut inline = [""; INLINE_VARIABLES];
        let filled_in = self.tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(variable.value(context)),
            Token::Literal(_) | Token::One { .. } | Token::Any { .. } => None,
        });
        if self.variables <= INLINE_VARIABLES {
            for (slot, value) in inline.iter_mut().zip(filled_in) {
                *slot = value?;
            }
            return Some(Matcher { tokens: &self.tokens, filled: &inline, case }.matches(value));
        }
        let filled = filled_in.collect::<Option<Vec<&str>>>()?;
        Some(Matcher { tokens: &self.tokens, filled: &filled, case }.matches(value))
    }

    /// The pattern with its variables filled in; `None` if one has no value.
    pub fn fill_in(&self, context: &ContextMap) -> Option<Self> {
        let fill = |token: &Token| match token {
            Token::Variable(variable) => Some(Token::Literal(variable.value(context)?.into())),
            other => Some(other.clone()),
        };
        Some(Self { text: self.text.clone(), tokens: self.tokens.iter().map(fill).collect::<Option<_>>()?, variables: 0 })
    }

    /// Its parts between colons, at most `count`; the last holds the rest. Only for a pattern without variables.
    pub fn split(&self, count: usize) -> Vec<Self> {
        let mut parts = vec![Vec::new()];
        for token in &self.tokens {
            let Token::Literal(text) = token else {
                push_last(&mut parts, token.clone());
                continue;
            };
            let pieces_left = count.saturating_sub(parts.len()) + 1;
            for (index, piece) in text.splitn(pieces_left, ':').enumerate() {
                if index > 0 {
                    parts.push(Vec::new());
                }
                if !piece.is_empty() {
                    push_last(&mut parts, Token::Literal(piece.into()));
                }
            }
        }
        let part = |tokens: Vec<Token>| Self { text: self.text.clone(), tokens: tokens.into(), variables: 0 };
        parts.into_iter().map(part).collect()
    }

    /// How many pieces a value is held against.
    pub fn parts(&self) -> usize {
        self.tokens.len().max(1)
    }

    /// Whether there are variables in it.
    pub const fn has_variables(&self) -> bool {
        self.variables > 0
    }
}

fn push_last(parts: &mut [Vec<Token>], token: Token) {
    if let Some(last) = parts.last_mut() {
        last.push(token);
    }
}

impl Variable {
    /// A key with several values cannot stand for one text, and a default applies on absence only (IAM user guide, "IAM
    /// policy elements: Variables and tags").
    fn value<'a>(&'a self, context: &'a ContextMap) -> Option<&'a str> {
        match context.find(&self.key) {
            Some(ContextValue::Single(value)) => Some(value.text()),
            Some(ContextValue::List(_)) => None,
            None => self.default.as_deref(),
        }
    }
}

struct Builder {
    wildcards: Wildcards,
    is_arn: bool,
    /// Colons seen: the service is between the second and the third.
    colons: usize,
    tokens: Vec<Token>,
    literal: String,
}

impl Builder {
    fn plain(&mut self, text: &str) {
        for character in text.chars() {
            let literal =
                self.wildcards == Wildcards::Literal || (self.wildcards == Wildcards::Resource && self.is_arn && self.colons == 2);
            match character {
                '*' if !literal => self.run(),
                '?' if !literal => self.wildcard(Token::One { crosses_colon: self.crosses_colon() }),
                other => {
                    self.colons += usize::from(other == ':');
                    self.literal.push(other);
                }
            }
        }
    }

    /// Several `*` in a row are one.
    fn run(&mut self) {
        let follows_another = self.literal.is_empty() && matches!(self.tokens.last(), Some(Token::Any { .. }));
        if !follows_another {
            self.wildcard(Token::Any { crosses_colon: self.crosses_colon() });
        }
    }

    /// SECURITY: names have colons too (`note/us-east-1:…/secret-1`, keys of S3): a wildcard that stopped at them would let
    /// them slip through a Deny.
    fn crosses_colon(&self) -> bool {
        self.wildcards == Wildcards::Free || self.colons >= COLONS_BEFORE_RESOURCE
    }

    fn wildcard(&mut self, token: Token) {
        self.end_literal();
        self.tokens.push(token);
    }

    fn variable(&mut self, body: &str) -> Result<(), MalformedVariable> {
        // `${*}`, `${?}` and `${$}` are the characters themselves.
        if let "*" | "?" | "$" = body {
            self.literal.push_str(body);
            return Ok(());
        }
        let (name, default) = match body.split_once(',') {
            None => (body, None),
            Some((name, default)) => {
                let quoted = default.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
                (name, Some(quoted.ok_or(MalformedVariable)?.into()))
            }
        };
        let allowed = |character: char| !character.is_whitespace() && !"${*?".contains(character);
        if name.is_empty() || !name.chars().all(allowed) {
            return Err(MalformedVariable);
        }
        let variable = Variable { name: name.into(), key: name.to_ascii_lowercase().into(), default };
        self.wildcard(Token::Variable(Box::new(variable)));
        Ok(())
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            self.tokens.push(Token::Literal(std::mem::take(&mut self.literal).into()));
        }
    }

    fn finish(mut self) -> Box<[Token]> {
        self.end_literal();
        if let Some(Token::Any { crosses_colon }) = self.tokens.last_mut() {
            *crosses_colon = true;
        }
        self.tokens.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, value: &str, wildcards: Wildcards) -> bool {
        Pattern::new(pattern, wildcards, Variables::Literal).unwrap().matches(value, Case::Sensitive, &ContextMap::new())
    }

    #[test]
    fn resource_wildcards_stay_in_their_segment_up_to_the_resource_part() {
        for (pattern, value, expected) in [
            ("*", "arn:aws:s3:::b/k", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b", true),
            ("arn:aws:s3:::b", "arn:aws:s3:::b/k", false),
            ("arn:aws:sqs:*:1:q", "arn:aws:sqs:us-east-1:1:q", true),
            ("arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-east-1:1:q", true),
            ("arn:aws:logs:u*t-1:q", "arn:aws:logs:us:east-1:q", false),
            ("arn:aws:logs:*", "arn:aws:logs:us:1:group:x", true),
            ("arn:aws:s3:::b/?", "arn:aws:s3:::b/é", true),
            ("arn:aws:s3:::b?k", "arn:aws:s3:::b:k", true),
            ("arn:aws:notes:::note/*/secret-*", "arn:aws:notes:::note/us-east-1:1/secret-1", true),
            ("arn:aws:s3:::b/*/k?y", "arn:aws:s3:::b/a:b:c/d/k:y", true),
            ("arn:aws:x:?:1:a", "arn:aws:x:::1:a", false),
            ("arn:aws:x:*:1:a", "arn:aws:x:q:1:1:a", false),
            ("arn:aws:x:r:*-1:a*b", "arn:aws:x:r:1-1:a:b", true),
            ("arn:aws:x:r:*-1:a*b", "arn:aws:x:r:1:1-1:a:b", false),
            ("arn:aws:s3:::B", "arn:aws:s3:::b", false),
            ("arn:aws:x:*:a*b", "arn:aws:x:q:aa:q:ab", false),
            ("arn:aws:s3:::a**", "arn:aws:s3:::ab:c", true),
            // None in the service segment.
            ("arn:aws:s*:::b", "arn:aws:s3:::b", false),
            ("arn:aws:*:::b", "arn:aws:s3:::b", false),
        ] {
            assert_eq!(matches(pattern, value, Wildcards::Resource), expected, "{pattern} on {value}");
        }
    }

    #[test]
    fn variables_are_literal_once_filled_in() {
        let mut context = ContextMap::new();
        context.insert("aws:username", "a*");
        context.insert_list("aws:TagKeys", ["x"]);
        context.insert_list("empty", [""; 0]);
        let matches = |pattern: &str, value: &str| {
            Pattern::new(pattern, Wildcards::Free, Variables::Replaced).unwrap().matches(value, Case::Sensitive, &context)
        };
        for (pattern, value, expected) in [
            ("home/${aws:username}/*", "home/a*/x", true),
            ("home/${aws:username}/*", "home/ab/x", false),
            ("home/${AWS:UserName}", "home/a*", true),
            ("*${aws:username}*${aws:username}", "xa*ya*", true),
            ("${missing}", "", false),
            ("*${missing}", "x", false),
            ("${missing, 'fall'}", "fall", true),
            ("${aws:username, 'fall'}", "fall", false),
            ("${aws:TagKeys}", "x", false),
            ("${aws:TagKeys, 'x'}", "x", false),
            ("${empty}", "", false),
            ("${empty, 'fall'}", "fall", true),
            ("${*}${?}${$}", "*?$", true),
            ("${*}", "x", false),
        ] {
            assert_eq!(matches(pattern, value), expected, "{pattern} on {value}");
        }
        let many = "${aws:username}".repeat(INLINE_VARIABLES + 1);
        assert!(matches(&many, &"a*".repeat(INLINE_VARIABLES + 1)));
        for broken in ["${", "${}", "${a b}", "${a, b}", "${a${b}}"] {
            assert_eq!(Pattern::new(broken, Wildcards::Free, Variables::Replaced), Err(MalformedVariable), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn a_shape_says_what_the_pattern_matches(pattern in ":{0,5}[ab:*?]{0,6}", value in ":{0,5}[ab:]{0,6}") {
            let prepared = Pattern::new(&pattern, Wildcards::Resource, Variables::Literal).unwrap();
            let found = matches(&pattern, &value, Wildcards::Resource);
            match prepared.shape() {
                Shape::Exact(text) => prop_assert_eq!(found, text == value),
                Shape::Prefix(text) => prop_assert_eq!(found, value.starts_with(text)),
                Shape::Begins(text) => prop_assert!(!found || value.starts_with(text)),
            }
        }
    }
}
