//! Where the records of a CSV file end. A quotation mark that is astray costs its own line, and not the lines below it.

use super::PIECE_BYTES;

/// How long a record is at most, in bytes.
///
/// Source: Amazon Cognito developer guide, "Importing users into user pools from a CSV file": a row has 16,000 characters at most,
/// which no encoding of them in UTF-8 exceeds.
pub const MOST_RECORD_BYTES: usize = 64 * 1024;

// What is read of a file at once tells whether its first record is too long.
const _: () = assert!(MOST_RECORD_BYTES <= PIECE_BYTES);

/// Why a line is no record, nor begins one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefused {
    /// A quoted value goes beyond its line and does not end as one does, or not soon enough.
    #[error("A quotation mark begins a value that no quotation mark ends.")]
    Unquoted,
    /// A line of more bytes than any user's.
    #[error("The line is longer than {MOST_RECORD_BYTES} bytes.")]
    TooLong,
}

/// What begins at a place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Line ends, so many bytes of them.
    Blank(usize),
    /// A record of so many bytes, its line end included.
    Record(usize),
    /// A line that is none, of so many bytes; `None` where its end lies beyond what is there.
    Refused(RecordRefused, Option<usize>),
}

/// Where a byte stands in a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A value begins.
    Start,
    /// In a value that is not quoted, or after one that was.
    Plain,
    /// In a quoted value.
    Quoted,
    /// After a quotation mark in a quoted value: it ends the value, unless another follows.
    AfterQuote,
}

/// What begins where these bytes do: after the end of a record. `is_last` tells that the file ends where they end. `None` where more
/// of them are needed to tell, or there are none.
#[must_use]
pub fn extent(bytes: &[u8], is_last: bool) -> Option<Extent> {
    let blank = bytes.iter().take_while(|byte| is_line_end(**byte)).count();
    if blank > 0 {
        return Some(Extent::Blank(blank));
    }
    let (mut place, mut lines_end, mut goes_beyond) = (Place::Start, None, false);
    for (at, byte) in bytes.iter().copied().enumerate() {
        if at >= MOST_RECORD_BYTES {
            let why = if lines_end.is_some() { RecordRefused::Unquoted } else { RecordRefused::TooLong };
            return Some(Extent::Refused(why, lines_end.or_else(|| line(bytes, is_last))));
        }
        if is_line_end(byte) {
            if place != Place::Quoted {
                return Some(Extent::Record(at + 1));
            }
            lines_end = lines_end.or(Some(at + 1));
            goes_beyond = true;
        }
        place = match (place, byte) {
            (Place::Start, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::AfterQuote, b'"') | (Place::Quoted, _) => Place::Quoted,
            (Place::Start | Place::Plain | Place::AfterQuote, b',') => {
                goes_beyond = false;
                Place::Start
            }
            // What was meant to end where the next value begins was never meant to begin.
            (Place::AfterQuote, _) if goes_beyond => return Some(Extent::Refused(RecordRefused::Unquoted, lines_end)),
            (Place::Start | Place::Plain | Place::AfterQuote, _) => Place::Plain,
        };
    }
    match place {
        _ if !is_last || bytes.is_empty() => None,
        Place::Quoted => Some(Extent::Refused(RecordRefused::Unquoted, lines_end.or(Some(bytes.len())))),
        Place::Start | Place::Plain | Place::AfterQuote => Some(Extent::Record(bytes.len())),
    }
}

/// How long the line is that these bytes begin with, its end included.
#[must_use]
pub fn line(bytes: &[u8], is_last: bool) -> Option<usize> {
    let end = bytes.iter().position(|byte| is_line_end(*byte)).map(|at| at + 1);
    end.or_else(|| is_last.then_some(bytes.len()))
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a file's bytes are, from its beginning to its end.
    fn extents(file: &[u8]) -> Vec<(Extent, &[u8])> {
        let (mut rest, mut found) = (file, Vec::new());
        while let Some(extent) = extent(rest, true) {
            let (Extent::Blank(length) | Extent::Record(length) | Extent::Refused(_, Some(length))) = extent else {
                panic!("what is the last ends")
            };
            let (part, after) = rest.split_at(length);
            found.push((extent, part));
            rest = after;
        }
        assert!(rest.is_empty());
        found
    }

    /// The records of a file, and the lines that are none in brackets.
    fn told(file: &str) -> Vec<String> {
        let text = |part: &[u8]| String::from_utf8(part.to_vec()).unwrap().trim_end().to_owned();
        let told = extents(file.as_bytes()).into_iter().filter_map(|(extent, part)| match extent {
            Extent::Blank(_) => None,
            Extent::Record(_) => Some(text(part)),
            Extent::Refused(..) => Some(format!("<{}>", text(part))),
        });
        told.collect()
    }

    #[test]
    fn a_mark_that_is_astray_costs_its_own_line() {
        for (file, expected) in [
            ("a,b\nc,d\n", ["a,b", "c,d"].as_slice()),
            ("a,b\r\n\r\n\nc,d", &["a,b", "c,d"]),
            ("a,\"b\nb\"\nc,d\n", &["a,\"b\nb\"", "c,d"]),
            ("a,\"b \"\"b\"\",\nb\"\nc,d\n", &["a,\"b \"\"b\"\",\nb\"", "c,d"]),
            // As spreadsheets would not write them, and read them all the same.
            ("a,b\"b\nc,\"d\"d\ne,f", &["a,b\"b", "c,\"d\"d", "e,f"]),
            ("a,\"b\nc,d\ne,f", &["<a,\"b>", "c,d", "e,f"]),
            ("a,\"b\nc,\"d\"\ne,f", &["<a,\"b>", "c,\"d\"", "e,f"]),
            ("a,\"b\r\nc,\"d,\nd\"\r\ne,f", &["<a,\"b>", "c,\"d,\nd\"", "e,f"]),
            ("a,\"b\nc,\"d\ne,f", &["<a,\"b>", "<c,\"d>", "e,f"]),
            ("a,b\n\"", &["a,b", "<\">"]),
            ("\"", &["<\">"]),
            ("", &[]),
            ("\n\n", &[]),
        ] {
            assert_eq!(told(file), expected, "{file:?}");
        }
    }

    #[test]
    fn what_is_longer_than_any_record_is_refused_whether_or_not_its_line_ends() {
        let long = "x".repeat(MOST_RECORD_BYTES);
        assert_eq!(extent(format!("{}\ny", &long[1..]).as_bytes(), false), Some(Extent::Record(MOST_RECORD_BYTES)));
        assert_eq!(extent(&long.as_bytes()[1..], false), None, "it may end yet");
        let too_long = |end| Some(Extent::Refused(RecordRefused::TooLong, end));
        assert_eq!(extent(format!("{long}x").as_bytes(), false), too_long(None));
        assert_eq!(extent(format!("{long}x").as_bytes(), true), too_long(Some(MOST_RECORD_BYTES + 1)));
        assert_eq!(extent(format!("{long}x\ny").as_bytes(), false), too_long(Some(MOST_RECORD_BYTES + 2)));
        let quoted = Some(Extent::Refused(RecordRefused::Unquoted, Some(4)));
        assert_eq!(extent(format!("a,\"\n{long}").as_bytes(), false), quoted, "its mark may be ended far below, and too far");
    }

    proptest! {
        #[test]
        fn records_are_those_that_a_writer_wrote(rows in proptest::collection::vec(proptest::collection::vec("[a\",\r\n ]{0,6}", 2..5), 0..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let file = writer.into_inner().unwrap();
            let parts = extents(&file).into_iter().filter(|(extent, _)| matches!(extent, Extent::Record(_)));
            let read = parts.map(|(_, part)| {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(part);
                let records: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
                assert_eq!(records.len(), 1);
                records[0].iter().map(str::to_owned).collect::<Vec<_>>()
            });
            prop_assert_eq!(read.collect::<Vec<_>>(), rows);
        }

        #[test]
        fn every_file_ends(file in "[a\",\r\n]{0,40}") {
            extents(file.as_bytes());
        }

        #[test]
        fn what_more_bytes_could_change_is_not_told(file in "[a\",\n]{0,30}", cut in 0_usize..30) {
            let begun = extent(&file.as_bytes()[..cut.min(file.len())], false);
            let whole = extent(file.as_bytes(), true);
            prop_assert!(begun.is_none() || begun == whole || matches!((begun, whole), (Some(Extent::Blank(_)), Some(Extent::Blank(_)))));
        }
    }
}
