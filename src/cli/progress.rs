//! How far long work has come, on standard error: one line that changes on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use crate::kit::clock::{Clock as _, SystemClock, Timestamp};

/// How often a terminal's line changes at most.
const OFTEN: Duration = Duration::from_millis(100);

/// How often a line is added elsewhere at most: a log is read later.
const SELDOM: Duration = Duration::from_secs(10);

/// Tells how far work has come.
pub struct Progress<W: Write = io::Stderr> {
    out: W,
    is_terminal: bool,
    told: Option<(Timestamp, usize)>,
}

impl Progress {
    /// To standard error.
    pub fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), out: io::stderr(), told: None }
    }

    /// Tells it, unless something was told just now.
    pub fn tell(&mut self, text: impl FnOnce() -> String) {
        self.tell_at(SystemClock.now(), text);
    }
}

impl<W: Write> Progress<W> {
    fn tell_at(&mut self, now: Timestamp, text: impl FnOnce() -> String) {
        let pause = if self.is_terminal { OFTEN } else { SELDOM };
        if self.told.is_some_and(|(at, _)| now.since(at) < pause) {
            return;
        }
        let text = text();
        let width = text.chars().count();
        // What cannot be told is not missed: the work goes on.
        let _ = if self.is_terminal {
            let before = self.told.map_or(0, |(_, width)| width);
            write!(self.out, "\r{text:before$}").and_then(|()| self.out.flush())
        } else {
            writeln!(self.out, "{text}")
        };
        self.told = Some((now, width));
    }
}

impl<W: Write> Drop for Progress<W> {
    /// What comes after begins on a line of its own.
    fn drop(&mut self) {
        if self.is_terminal && self.told.is_some() {
            let _ = writeln!(self.out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(is_terminal: bool, texts: &[(i64, &str)]) -> String {
        let mut out = Vec::new();
        let mut progress = Progress { out: &mut out, is_terminal, told: None };
        for (millis, text) in texts {
            progress.tell_at(Timestamp::from_millis(*millis), || (*text).to_owned());
        }
        drop(progress);
        String::from_utf8(out).unwrap_or_default()
    }

    #[test]
    fn a_terminals_line_is_written_over_and_others_get_few_lines() {
        let texts = [(0, "10 users"), (50, "20 users"), (100, "done"), (9_999, "x"), (10_000, "y")];
        assert_eq!(told(true, &texts), "\r10 users\rdone    \rx   \n");
        assert_eq!(told(false, &texts), "10 users\ny\n");
        assert_eq!(told(true, &[]), "");
    }
}
