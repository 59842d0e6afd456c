//! Search: which parts of which pages have all words of a question, the likeliest first, each with a glimpse of why.

use std::ops::Range;

use super::library::{Library, Page};
use super::markdown::{Heading, Passage};

/// What is read of a question: characters, and words of those.
pub const LONGEST_QUESTION: usize = 100;
const MOST_WORDS: usize = 8;

/// No more parts than this are shown.
const MOST_HITS: usize = 30;

/// How much of a passage is shown, and how much of that may stand before the first word that was found: bytes.
const GLIMPSE: usize = 260;
const LEAD: usize = 80;

/// A part of a page that has what was asked for.
pub struct Hit<'a> {
    /// The page.
    pub page: &'a Page,
    /// The heading of the part; none for the page itself.
    pub heading: Option<&'a Heading>,
    /// A glimpse of the passage that has most of it.
    pub glimpse: Vec<Piece<'a>>,
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text.
    pub text: &'a str,
    /// Whether it is what was asked for.
    pub is_found: bool,
}

/// The words of a question, in small letters, each once.
#[must_use]
pub fn words(question: &str) -> Vec<String> {
    let end = question.char_indices().nth(LONGEST_QUESTION).map_or(question.len(), |(end, _)| end);
    let mut words: Vec<String> = Vec::new();
    for word in question.get(..end).unwrap_or_default().split_whitespace() {
        let word = word.to_ascii_lowercase();
        if !words.contains(&word) && words.len() < MOST_WORDS {
            words.push(word);
        }
    }
    words
}

/// The parts of the pages that have all of the words, the likeliest first.
#[must_use]
pub fn search<'a>(library: &'a Library, words: &[String]) -> Vec<Hit<'a>> {
    if words.is_empty() {
        return Vec::new();
    }
    let scored = |part: Part<'a>| part.score(words).map(|score| (score, part));
    let mut found: Vec<(usize, Part<'a>)> = library.pages.iter().flat_map(parts).filter_map(scored).collect();
    // Stable: parts that are as likely keep the order of the pages.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let shown = found.into_iter().take(MOST_HITS);
    shown.map(|(_, part)| Hit { page: part.page, heading: part.heading, glimpse: part.glimpse(words) }).collect()
}

/// A heading and what stands under it, up to the next.
struct Part<'a> {
    page: &'a Page,
    heading: Option<&'a Heading>,
    passages: Vec<&'a Passage>,
}

fn parts(page: &Page) -> impl Iterator<Item = Part<'_>> {
    let headings = std::iter::once(None).chain(page.headings.iter().map(Some));
    headings.enumerate().map(move |(number, heading)| {
        let passages = page.passages.iter().filter(|passage| passage.headings_before == number).collect();
        Part { page, heading, passages }
    })
}

impl<'a> Part<'a> {
    /// How likely it is what was meant; none where it does not have every word.
    fn score(&self, words: &[String]) -> Option<usize> {
        let title = self.page.title.to_ascii_lowercase();
        let heading = self.heading.map(|heading| heading.text.to_ascii_lowercase());
        let summary = self.page.summary.to_ascii_lowercase();
        let mut score = 0;
        for word in words {
            let in_heading = match &heading {
                Some(heading) => usize::from(heading.contains(word)) * 12,
                None => usize::from(title.contains(word)) * 30 + usize::from(summary.contains(word)) * 8,
            };
            let in_text: usize = self.passages.iter().map(|passage| places(&passage.small, word).count()).sum();
            let own = in_heading + in_text.min(5);
            if own == 0 && !title.contains(word) {
                return None;
            }
            score += own;
        }
        // The page's title tells what all of its parts are about, and makes none of them a hit by itself.
        (score > 0).then_some(score)
    }

    /// The passage that has most of the words; of several, the first.
    fn glimpse(&self, words: &[String]) -> Vec<Piece<'a>> {
        let distinct = |small: &str| words.iter().filter(|word| small.contains(word.as_str())).count();
        let mut best =
            if self.heading.is_none() { (distinct(&self.page.summary.to_ascii_lowercase()), self.page.summary) } else { (0, "") };
        for passage in &self.passages {
            let found = distinct(&passage.small);
            if found > best.0 || best.1.is_empty() {
                best = (found, passage.text.as_str());
            }
        }
        let small = best.1.to_ascii_lowercase();
        let shown = cut(&small, words);
        pieces(best.1.get(shown.clone()).unwrap_or_default(), small.get(shown).unwrap_or_default(), words)
    }
}

/// Where a text in small letters has a word. ASCII letters of either size are one byte, so the places are the text's own.
fn places<'a>(small: &'a str, word: &'a str) -> impl Iterator<Item = Range<usize>> {
    small.match_indices(word).map(|(at, word)| at..at + word.len())
}

/// The part of a text that is shown: from a little before the first word that was found.
fn cut(small: &str, words: &[String]) -> Range<usize> {
    let first = words.iter().filter_map(|word| small.find(word)).min().unwrap_or_default();
    // Whole words: from the first that begins within the lead, to the last that ends within the glimpse.
    let starts = small.get(..first).unwrap_or_default().rmatch_indices(' ').map(|(blank, _)| blank + 1);
    let begin = if first <= LEAD { 0 } else { starts.take_while(|start| first - start <= LEAD).last().unwrap_or(first) };
    let rest = small.get(begin..).unwrap_or_default();
    let ends = rest.match_indices(' ').map(|(blank, _)| blank).take_while(|blank| *blank <= GLIMPSE);
    let length = if rest.len() <= GLIMPSE { rest.len() } else { ends.last().unwrap_or_else(|| rest.floor_char_boundary(GLIMPSE)) };
    begin..begin + length
}

/// A text in pieces, what was asked for apart from the rest.
fn pieces<'a>(text: &'a str, small: &str, words: &[String]) -> Vec<Piece<'a>> {
    let mut found: Vec<Range<usize>> = words.iter().flat_map(|word| places(small, word)).collect();
    found.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut pieces = Vec::new();
    let mut at = 0;
    for place in found {
        let Some(between) = text.get(at..place.start) else { continue };
        pieces.push(Piece { text: between, is_found: false });
        pieces.push(Piece { text: text.get(place.clone()).unwrap_or_default(), is_found: true });
        at = place.end;
    }
    pieces.push(Piece { text: text.get(at..).unwrap_or_default(), is_found: false });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [(&str, &str); 2] = [
        (
            "a",
            "---\ntitle: Backup\nsummary: How to back up.\nsection: S\norder: 1\n---\nKeep the master key.\n\n## The key\n\nA key file.\n",
        ),
        (
            "b",
            "---\ntitle: Keys\nsummary: All keys.\nsection: S\norder: 2\n---\n## Master key\n\nOne <key> seals all.\n\n## Other\n\nMaster.\n",
        ),
    ];

    fn found(question: &str) -> Vec<(&'static str, Option<String>)> {
        let library = Library::of(&PAGES).unwrap();
        let hits = search(&library, &words(question));
        hits.into_iter().map(|hit| (hit.page.slug, hit.heading.map(|heading| heading.text.clone()))).collect()
    }

    #[test]
    fn every_word_is_in_the_part_or_in_its_pages_title_and_headings_count_more_than_text() {
        let part = |slug, heading: &str| (slug, Some(heading.to_owned()));
        assert_eq!(found("MASTER key"), [part("b", "Master key"), ("a", None), part("b", "Other")]);
        assert_eq!(found("backup"), [("a", None)]);
        assert_eq!(found("backup file"), [part("a", "The key")]);
        assert_eq!(found("nothing"), []);
        assert_eq!(found("  "), []);
    }

    #[test]
    fn questions_are_bounded() {
        assert_eq!(words("a b A  c"), ["a", "b", "c"]);
        assert_eq!(words(&"é".repeat(1000)), ["é".repeat(LONGEST_QUESTION)]);
        assert_eq!(words("1 2 3 4 5 6 7 8 9 10").len(), MOST_WORDS);
    }

    #[test]
    fn a_glimpse_shows_whole_words_around_what_was_found() {
        let text = format!("{} the Key of all keys {}", "é before".repeat(40), "after ".repeat(80));
        let asked = words("key keys");
        let shown = &text[cut(&text.to_ascii_lowercase(), &asked)];
        assert!(shown.len() <= GLIMPSE && shown.contains("the Key of all keys") && shown.ends_with("after"), "{shown}");
        let piece = |text, is_found| Piece { text, is_found };
        assert_eq!(
            pieces("the Key of keys", "the key of keys", &asked),
            [piece("the ", false), piece("Key", true), piece(" of ", false), piece("keys", true)]
        );
        assert_eq!(cut("short", &words("absent")), 0..5);
    }
}
