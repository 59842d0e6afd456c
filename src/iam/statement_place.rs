//! Where a statement stands in a policy's text, as the policy simulators tell it.

use crate::policy;

/// A line and a column in characters, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A policy's text, in which places are found without reading it from its beginning each time.
#[derive(Debug)]
pub struct MarkedText {
    text: String,
    /// A byte offset and its place, every few characters.
    marks: Vec<(usize, Place)>,
}

/// How many characters lie between two marks.
const SPACING: usize = 256;

impl MarkedText {
    /// Reads the text once.
    #[must_use]
    pub fn new(text: String) -> Self {
        let mut marks = Vec::with_capacity(text.len() / SPACING + 1);
        let mut place = Place { line: 1, column: 1 };
        for (number, (offset, character)) in text.char_indices().enumerate() {
            if number % SPACING == 0 {
                marks.push((offset, place));
            }
            place = place.after(character);
        }
        Self { text, marks }
    }

    /// AWS tells the state of its reader: a statement begins where what precedes it ended (after the `[`, or after the
    /// statement before), and ends after its `}`. One that stands alone, without a list, begins after its own `{`.
    ///
    /// Source: the outputs in AWS CLI's examples of simulate-principal-policy and simulate-custom-policy.
    #[must_use]
    pub fn statement(&self, start: policy::Position, end: policy::Position) -> (Place, Place) {
        let (start, end) = (Place { line: start.line, column: start.column }, Place { line: end.line, column: end.column });
        let (brace, _) = self.walk(|_, place| place >= start, |(_, mark)| *mark <= start);
        let before = self.text.get(..brace).unwrap_or_default().trim_end();
        let begin = match before.strip_suffix(',') {
            Some(before) => before.trim_end().len(),
            None if before.ends_with('[') => before.len(),
            None => brace + 1,
        };
        (self.walk(|offset, _| offset >= begin, |(mark, _)| *mark <= begin).1, end)
    }

    /// The first offset and place that fulfil `is_there`, from the last mark that is not beyond it.
    fn walk(&self, is_there: impl Fn(usize, Place) -> bool, precedes: impl Fn(&(usize, Place)) -> bool) -> (usize, Place) {
        let mark = self.marks.partition_point(precedes).checked_sub(1).and_then(|index| self.marks.get(index));
        let (mut offset, mut place) = mark.copied().unwrap_or((0, Place { line: 1, column: 1 }));
        for character in self.text.get(offset..).unwrap_or_default().chars() {
            if is_there(offset, place) {
                break;
            }
            offset += character.len_utf8();
            place = place.after(character);
        }
        (offset, place)
    }
}

impl Place {
    const fn after(self, character: char) -> Self {
        match character {
            '\n' => Self { line: self.line + 1, column: 1 },
            _ => Self { column: self.column + 1, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, brace: usize, end: usize) -> [(usize, usize); 2] {
        let position = |offset: usize| {
            let before = &text[..offset];
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            policy::Position { line: before.matches('\n').count() + 1, column }
        };
        let (start, end) = MarkedText::new(text.to_owned()).statement(position(brace), position(end));
        [(start.line, start.column), (end.line, end.column)]
    }

    #[test]
    fn places_are_those_of_awss_examples() {
        let listed = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \"*\",\n      \
                      \"Resource\": \"*\"\n    }\n  ]\n}";
        let brace = listed.rfind('{').unwrap();
        assert_eq!(told(listed, brace, listed.find('}').unwrap() + 1), [(3, 17), (8, 6)]);
        let alone = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        assert_eq!(told(alone, 36, alone.len() - 1), [(1, 38), (1, 83)]);
    }

    #[test]
    fn a_later_statement_begins_after_the_one_before() {
        assert_eq!(told("[{} ,\n {}]", 7, 9), [(1, 4), (2, 4)]);
    }

    #[test]
    fn long_texts_and_wide_characters_count_alike() {
        let filler = "é".repeat(3 * SPACING);
        for lead in ["", "\n", "\n\n"] {
            let text = format!("{{{lead}\"{filler}\":[{{}}]}}");
            let brace = text.rfind('{').unwrap();
            let column = if lead.is_empty() { filler.chars().count() + 6 } else { filler.chars().count() + 5 };
            assert_eq!(told(&text, brace, brace + 2), [(lead.len() + 1, column), (lead.len() + 1, column + 2)]);
        }
    }
}
