//! Places: the way to a node and its bytes while checks run, turned into AWS's locations when one reports.

use std::ops::Range;

use super::finding::{Location, PathElement, Position, Span};
use crate::policy::json::Node;

/// A step, borrowed from the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Index(usize),
    Key(&'a str),
    Value(&'a str),
    Substring(usize, usize),
}

/// A node or a part of one.
#[derive(Clone, Debug, Default)]
pub struct Place<'a> {
    pub path: Vec<Step<'a>>,
    pub range: Range<usize>,
}

impl<'a> Place<'a> {
    /// The document itself.
    pub const fn root(node: &Node) -> Self {
        Self { path: Vec::new(), range: node.offset..node.end }
    }

    /// The value under a name.
    pub fn value(&self, name: &'a str, node: &Node) -> Self {
        self.child(Step::Value(name), node.offset..node.end)
    }

    /// The name of a value, itself.
    pub fn key(&self, name: &'a str, node: &Node) -> Self {
        self.child(Step::Key(name), node.name.clone().unwrap_or(node.offset..node.end))
    }

    /// An item of a list.
    pub fn index(&self, index: usize, node: &Node) -> Self {
        self.child(Step::Index(index), node.offset..node.end)
    }

    fn child(&self, step: Step<'a>, range: Range<usize>) -> Self {
        let mut path = Vec::with_capacity(self.path.len() + 1);
        path.extend_from_slice(&self.path);
        path.push(step);
        Self { path, range }
    }
}

/// A text of the document and where it stands.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub text: &'a str,
    pub place: Place<'a>,
}

impl<'a> Item<'a> {
    /// The place of a part of the text. The part must be a slice of it; a text with escapes has no part of its own in
    /// the document, so its whole is shown.
    pub fn part(&self, part: &str) -> Place<'a> {
        let start = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize);
        let Some((start, before)) = start.and_then(|start| Some((start, self.text.get(..start)?))) else { return self.place.clone() };
        let step = Step::Substring(before.chars().count(), part.chars().count());
        let written_plainly = self.place.range.len() == self.text.len() + 2;
        let begin = self.place.range.start + 1 + start;
        self.place.child(step, if written_plainly { begin..begin + part.len() } else { self.place.range.clone() })
    }
}

/// Turns byte offsets into lines, columns and characters, each in a bounded number of steps.
pub struct Lines<'a> {
    text: &'a str,
    /// Bytes where lines begin.
    starts: Vec<usize>,
    /// How many characters stand before each chunk of bytes.
    characters: Vec<usize>,
}

const CHUNK: usize = 256;

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let characters = text
            .as_bytes()
            .chunks(CHUNK)
            .scan(0, |before, chunk| {
                let now = *before;
                *before += chunk.iter().filter(|byte| starts_character(**byte)).count();
                Some(now)
            })
            .collect();
        Self { text, starts, characters }
    }

    pub fn location(&self, place: &Place) -> Location {
        Location { path: place.path.iter().map(|step| element(*step)).collect(), span: self.span(&place.range) }
    }

    pub fn span(&self, range: &Range<usize>) -> Span {
        Span { start: self.position(range.start), end: self.position(range.end) }
    }

    pub fn position(&self, byte: usize) -> Position {
        let byte = byte.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= byte).max(1);
        let line_start = self.starts.get(line - 1).copied().unwrap_or(0);
        let offset = self.characters_before(byte);
        Position { line, column: offset - self.characters_before(line_start), offset }
    }

    fn characters_before(&self, byte: usize) -> usize {
        let chunk = byte / CHUNK;
        let whole = self.characters.get(chunk).copied();
        let (before, from) = whole.map_or((0, 0), |count| (count, chunk * CHUNK));
        // At the very end of a text of whole chunks there is no further one: count from its last.
        let (before, from) =
            if whole.is_none() && chunk > 0 { (self.characters.last().copied().unwrap_or(0), (chunk - 1) * CHUNK) } else { (before, from) };
        let rest = self.text.as_bytes().get(from..byte).unwrap_or_default();
        before + rest.iter().filter(|byte| starts_character(**byte)).count()
    }
}

const fn starts_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

fn element(step: Step) -> PathElement {
    match step {
        Step::Index(index) => PathElement::Index(index),
        Step::Key(name) => PathElement::Key(name.to_owned()),
        Step::Value(name) => PathElement::Value(name.to_owned()),
        Step::Substring(start, length) => PathElement::Substring { start, length },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let text = "é\n{\"ü\": 1}";
        let lines = Lines::new(text);
        let at = |needle: &str| lines.position(text.find(needle).unwrap());
        assert_eq!(at("1"), Position { line: 2, column: 6, offset: 8 });
        assert_eq!(lines.position(text.len()), Position { line: 2, column: 8, offset: 10 });
        let long = "x".repeat(CHUNK * 2);
        assert_eq!(Lines::new(&long).position(CHUNK * 2).offset, CHUNK * 2);
        assert_eq!(Lines::new("").position(0), Position { line: 1, column: 0, offset: 0 });
    }
}
