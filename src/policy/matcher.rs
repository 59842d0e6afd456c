//! Whether a pattern matches a value: without allocating, in at most pattern × value steps.

use super::pattern::{Case, Token};

/// A pattern's tokens, ready to be held against a value.
pub struct Matcher<'a> {
    pub tokens: &'a [Token],
    /// The values of the variables, in their order.
    pub filled: &'a [&'a str],
    pub case: Case,
}

/// Where the matcher stands in the pattern.
#[derive(Clone, Copy)]
struct Place {
    token: usize,
    variable: usize,
}

impl Matcher<'_> {
    /// Backtracks to two places at most: the last `*` that crosses colons, and the last after it that does not.
    ///
    /// INVARIANT: this loses no match. What lies before the last crossing `*` need not be tried again, for that `*` was
    /// reached at its earliest and can take up any difference. The same holds among the others within one segment; and in
    /// a later segment none of them can move the colon that began it. In a resource those that do not cross all stand
    /// before those that do, in earlier segments.
    pub fn matches(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        let mut place = Place { token: 0, variable: 0 };
        let mut at = 0;
        let mut crossing: Option<(Place, usize)> = None;
        let mut within: Option<(Place, usize)> = None;
        loop {
            let step = match self.tokens.get(place.token) {
                None if at == bytes.len() => return true,
                None => None,
                Some(Token::Literal(text)) => self.take(bytes, at, text),
                Some(Token::Variable(_)) => self.take(bytes, at, self.filled.get(place.variable).copied().unwrap_or_default()),
                Some(Token::One { crosses_colon }) => one(bytes, at, *crosses_colon),
                Some(Token::Any { crosses_colon }) => {
                    place.token += 1;
                    if *crosses_colon {
                        if place.token == self.tokens.len() {
                            return true;
                        }
                        (crossing, within) = (Some((place, at)), None);
                    } else {
                        within = Some((place, at));
                    }
                    continue;
                }
            };
            if let Some(next) = step {
                place.variable += usize::from(matches!(self.tokens.get(place.token), Some(Token::Variable(_))));
                place.token += 1;
                at = next;
                continue;
            }
            // What `*` took grows by a character, and everything after it is tried again.
            if let Some((resume, taken)) = within {
                if let Some(next) = one(bytes, taken, false) {
                    within = Some((resume, next));
                    (place, at) = (resume, next);
                    continue;
                }
                within = None;
            }
            let Some((resume, taken)) = crossing else { return false };
            let Some(next) = one(bytes, taken, true).and_then(|next| self.next_start(resume, bytes, next)) else { return false };
            crossing = Some((resume, next));
            (place, at) = (resume, next);
        }
    }

    /// Where what follows a `*` may begin, from `from` on: places that cannot begin it are skipped.
    fn next_start(&self, resume: Place, bytes: &[u8], from: usize) -> Option<usize> {
        match (self.tokens.get(resume.token), self.case) {
            (Some(Token::Literal(text)), Case::Sensitive) => {
                let Some(first) = text.as_bytes().first() else { return Some(from) };
                Some(from + bytes.get(from..)?.iter().position(|byte| byte == first)?)
            }
            _ => Some(from),
        }
    }

    fn take(&self, bytes: &[u8], at: usize, text: &str) -> Option<usize> {
        let end = at.checked_add(text.len())?;
        let found = bytes.get(at..end)?;
        let same = match self.case {
            Case::Sensitive => found == text.as_bytes(),
            Case::Insensitive => found.eq_ignore_ascii_case(text.as_bytes()),
        };
        same.then_some(end)
    }
}

/// Past one character, if there is one to take.
fn one(bytes: &[u8], at: usize, crosses_colon: bool) -> Option<usize> {
    let width = match *bytes.get(at)? {
        b':' if !crosses_colon => return None,
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
    };
    Some(at + width)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::policy::context::ContextMap;
    use crate::policy::pattern::{Case, Pattern, Variables, Wildcards};

    fn matches(pattern: &str, value: &str, wildcards: Wildcards) -> bool {
        Pattern::new(pattern, wildcards, Variables::Literal).unwrap().matches(value, Case::Sensitive, &ContextMap::new())
    }

    /// Obviously right, and exponential. Each item is a character, and whether a wildcard crosses colons.
    fn naive(pattern: &[(char, bool)], value: &[char]) -> bool {
        match pattern.split_first() {
            None => value.is_empty(),
            Some((('*', crosses), rest)) => {
                (0..=value.len()).take_while(|taken| *crosses || !value[..*taken].contains(&':')).any(|taken| naive(rest, &value[taken..]))
            }
            Some(((first, crosses), rest)) => value.split_first().is_some_and(|(character, more)| {
                let fits = if *first == '?' { *crosses || *character != ':' } else { first == character };
                fits && naive(rest, more)
            }),
        }
    }

    fn items(pattern: &str, wildcards: Wildcards) -> Vec<(char, bool)> {
        let characters: Vec<char> = pattern.chars().collect();
        let mut runs: Vec<(char, bool)> = Vec::new();
        for (index, character) in characters.iter().enumerate() {
            let is_in_resource = characters[..index].iter().filter(|before| **before == ':').count() >= 5;
            let is_final = *character == '*' && index + 1 == characters.len();
            let crosses = wildcards == Wildcards::Free || is_in_resource || is_final;
            if *character == '*' && runs.last().is_some_and(|(last, _)| *last == '*') {
                runs.pop();
            }
            runs.push((*character, crosses));
        }
        runs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn the_matcher_agrees_with_the_naive_one(pattern in ":{0,5}[ab:é*?]{0,9}", value in ":{0,5}[ab:é]{0,9}", free in any::<bool>()) {
            let wildcards = if free { Wildcards::Free } else { Wildcards::Resource };
            let expected = naive(&items(&pattern, wildcards), &value.chars().collect::<Vec<_>>());
            prop_assert_eq!(matches(&pattern, &value, wildcards), expected);
        }
    }
}
