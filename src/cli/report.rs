//! What commands answer, and how: a text and a yes or no; a table for people or one document for programs.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;

/// What the help says about how commands end.
pub const EXIT_CODES: &str = "Exit codes: 0 for yes and for what is done; 1 for no, and for a server that does not start; 2 for what \
                              could not be understood or answered.";

/// What a command found: a text, and whether the answer is yes.
pub struct Report {
    /// What goes to standard output.
    pub text: String,
    /// Whether the answer is yes.
    pub yes: bool,
}

/// Prints what a command found, or why it could not be answered; [`EXIT_CODES`].
pub fn print(outcome: Result<Report, String>) -> ExitCode {
    match outcome {
        Ok(Report { text, yes }) => {
            // A reader that has gone away wants no more.
            let _ = io::stdout().lock().write_all(text.as_bytes());
            ExitCode::from(if yes { 0 } else { 1 })
        }
        Err(problem) => {
            eprintln!("passwright: {problem}");
            ExitCode::from(2)
        }
    }
}

/// How an answer is written: the flag that commands share.
#[derive(Clone, Copy, Debug, Args)]
pub struct OutputFlags {
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people: aligned columns, or a line each.
    Table,
    /// One JSON document.
    Json,
}

/// An answer that is a document, and a table of it for people.
pub trait Tabular: Serialize {
    /// The headings of the columns.
    const HEADINGS: &'static [&'static str];

    /// The rows, in the order of the headings.
    fn rows(&self) -> Vec<Vec<String>>;
}

impl OutputFlags {
    /// Of what is a line each for people, as compilers write what they find: those, or the document.
    pub fn choose(self, lines: impl FnOnce() -> String, document: impl FnOnce() -> Value) -> String {
        match self.output {
            Output::Table => lines(),
            Output::Json => format!("{:#}\n", document()),
        }
    }

    /// The answer's text.
    ///
    /// # Errors
    /// An answer that has no JSON.
    pub fn write<T: Tabular>(self, answer: &T) -> Result<String, String> {
        match self.output {
            Output::Table => Ok(table(T::HEADINGS, &answer.rows())),
            Output::Json => serde_json::to_string_pretty(answer).map(|text| text + "\n").map_err(|error| error.to_string()),
        }
    }
}

/// Blanks between columns.
const GAP: usize = 2;

/// Columns as wide as their widest cell; no blanks at a line's end.
fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().count();
    let widths: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(column, heading)| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
            cells.chain([width(heading)]).max().unwrap_or_default() + GAP
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: String = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", padded.trim_end())
    };
    let head = line(&mut headings.iter().map(|heading| heading.to_uppercase()).collect::<Vec<_>>().iter().map(String::as_str));
    std::iter::once(head).chain(rows.iter().map(|row| line(&mut row.iter().map(String::as_str)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_no_line_ends_in_blanks() {
        let rows = [["alice", "", "ü"], ["b", "confirmed", "x"]].map(|row| row.map(str::to_owned).to_vec());
        let expected = "NAME   STATUS     MORE\nalice             ü\nb      confirmed  x\n";
        assert_eq!(table(&["name", "status", "more"], &rows), expected);
        assert_eq!(table(&["name", "more"], &[vec!["a".to_owned(), String::new()]]), "NAME  MORE\na\n");
    }
}
