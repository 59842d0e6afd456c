//! JSON with positions: policies need the line and column of each value, and refuse what other readers let pass
//! (duplicate keys, deep nesting), so that the stored text and its meaning never differ.

use std::ops::Range;

/// Deeper nesting than any policy has.
const MAX_DEPTH: usize = 32;

/// A place in the text, for people: both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A value and where it stands: byte offsets, the end exclusive.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub value: Value,
    pub offset: usize,
    pub end: usize,
    /// In an object: where its name stands, quotes included.
    pub name: Option<Range<usize>>,
}

/// A JSON value; objects keep their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Why a text is no JSON of ours, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct JsonError {
    pub offset: usize,
    pub problem: &'static str,
}

/// Reads one value and nothing after it.
pub fn parse(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.value(MAX_DEPTH)?;
    reader.skip_blanks();
    if reader.at < text.len() { Err(reader.error("unexpected text after the policy")) } else { Ok(node) }
}

/// Where an offset lies.
pub fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position { line: before.matches('\n').count() + 1, column: before.get(line_start..).unwrap_or_default().chars().count() + 1 }
}

/// Positions of offsets that come in order: one pass over the text for all of them.
pub struct Positions<'a> {
    text: &'a str,
    at: usize,
    position: Position,
}

impl<'a> Positions<'a> {
    pub const fn new(text: &'a str) -> Self {
        Self { text, at: 0, position: Position { line: 1, column: 1 } }
    }

    /// Where an offset lies that is no smaller than the last.
    pub fn of(&mut self, offset: usize) -> Position {
        for character in self.text.get(self.at..offset).unwrap_or_default().chars() {
            if character == '\n' {
                self.position = Position { line: self.position.line + 1, column: 1 };
            } else {
                self.position.column += 1;
            }
        }
        self.at = self.at.max(offset);
        self.position
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        self.skip_blanks();
        let offset = self.at;
        let depth = depth.checked_sub(1).ok_or_else(|| self.error("nested too deeply"))?;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ if self.takes("true") => Value::Bool(true),
            _ if self.takes("false") => Value::Bool(false),
            _ if self.takes("null") => Value::Null,
            _ => return Err(self.error("expected a value")),
        };
        Ok(Node { value, offset, end: self.at, name: None })
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        self.at += 1;
        self.skip_blanks();
        while !self.takes("}") {
            if !members.is_empty() {
                self.expect(",")?;
                self.skip_blanks();
            }
            let name_at = self.at;
            let name = self.string()?;
            if !names.insert(name.clone()) {
                return Err(JsonError { offset: name_at, problem: "the same name stands twice in one object" });
            }
            let name_end = self.at;
            self.skip_blanks();
            self.expect(":")?;
            members.push((name, Node { name: Some(name_at..name_end), ..self.value(depth)? }));
            self.skip_blanks();
        }
        Ok(Value::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_blanks();
        while !self.takes("]") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.value(depth)?);
            self.skip_blanks();
        }
        Ok(Value::Array(items))
    }

    /// The string's end is found here; its escapes are serde_json's business.
    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.error("expected a string"));
        }
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(self.error("unterminated string")),
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let literal = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(literal).map_err(|_| JsonError { offset: start, problem: "invalid string" })
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let literal = self.text.get(start..self.at).unwrap_or_default();
        let valid = serde_json::from_str::<serde_json::Number>(literal).is_ok();
        if valid { Ok(Value::Number(literal.to_owned())) } else { Err(JsonError { offset: start, problem: "invalid number" }) }
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, literal: &str) -> bool {
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(literal));
        self.at += if found { literal.len() } else { 0 };
        found
    }

    fn expect(&mut self, literal: &'static str) -> Result<(), JsonError> {
        if self.takes(literal) { Ok(()) } else { Err(self.error("expected `,`, `:` or the end of the object or list")) }
    }

    const fn error(&self, problem: &'static str) -> JsonError {
        JsonError { offset: self.at, problem }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_refused_is_refused_where_it_stands() {
        for (text, line, column) in [
            ("{\"a\": 1,\n \"a\": 2}", 2, 2),
            ("{\"a\": tru}", 1, 7),
            ("{\"a\" 1}", 1, 6),
            ("{} {}", 1, 4),
            ("\u{feff}{}", 1, 1),
            ("{\"a\": NaN}", 1, 7),
            ("{\"a\": 1, // no\n}", 1, 10),
            ("[1 2]", 1, 4),
            ("\"abc", 1, 5),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(position(text, error.offset), Position { line, column }, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(parse(&deep).unwrap_err().problem, "nested too deeply");
    }

    #[test]
    fn values_and_names_know_where_they_end() {
        let text = "{ \"a\" : [1, \"b\"] }";
        let root = parse(text).unwrap();
        let Value::Object(members) = &root.value else { panic!("an object") };
        let (_, list) = &members[0];
        assert_eq!((root.offset, root.end, list.name.clone()), (0, text.len(), Some(2..5)));
        assert_eq!(&text[list.offset..list.end], "[1, \"b\"]");
    }

    proptest! {
        #[test]
        fn it_reads_what_serde_json_reads_but_duplicates(text in "[\\[\\]{},:\"a0-9e.\\-\\\\ntrufals ]{0,24}") {
            if parse(&text).is_ok() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            }
        }
    }
}
