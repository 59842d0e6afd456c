//! What saving would change: the lines of two texts.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::console::iam::roles::pretty;

/// So many lines around a change are shown with it.
const AROUND: usize = 3;

/// Texts that differ much are compared less finely than this allows.
const PATIENCE: Duration = Duration::from_millis(200);

/// A line of the comparison.
pub struct Line {
    /// `+`, `-` or a blank.
    pub sign: char,
    /// How it looks: `added`, `removed`, or nothing.
    pub class: &'static str,
    /// In words, for those who hear the page.
    pub said: &'static str,
    /// The line itself.
    pub text: String,
}

/// What saving would change.
pub struct Changes {
    /// Lines with what is around them; each group stands apart.
    pub groups: Vec<Vec<Line>>,
    /// How many lines come.
    pub added: usize,
    /// How many lines go.
    pub removed: usize,
    /// Whether the texts differ, where no line does: in how they are laid out.
    pub only_layout: bool,
}

impl Changes {
    /// What saving a text would change. The editor began with the canonical form of what is stored, so that is what it is held
    /// against.
    pub fn of(stored: &str, text: &str) -> Self {
        Self { only_layout: stored != text, ..Self::between(&pretty(stored), text) }
    }

    /// From one text to another.
    fn between(stored: &str, text: &str) -> Self {
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(stored, text);
        let groups: Vec<Vec<Line>> = diff
            .grouped_ops(AROUND)
            .iter()
            .map(|group| group.iter().flat_map(|op| diff.iter_changes(op)).map(|change| Line::of(change.tag(), change.value())).collect())
            .collect();
        let count = |sign: char| groups.iter().flatten().filter(|line| line.sign == sign).count();
        Self { added: count('+'), removed: count('-'), groups, only_layout: false }
    }
}

impl Line {
    fn of(tag: ChangeTag, text: &str) -> Self {
        let (sign, class, said) = match tag {
            ChangeTag::Insert => ('+', "added", "added"),
            ChangeTag::Delete => ('-', "removed", "removed"),
            ChangeTag::Equal => (' ', "", ""),
        };
        Self { sign, class, said, text: text.trim_end_matches('\n').to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_comparison_shows_what_comes_and_what_goes_with_what_is_around() {
        let stored: String = (0..20).map(|number| format!("line {number}\n")).collect();
        let changes = Changes::between(&stored, &stored.replace("line 2\n", "line two\n").replace("line 17\n", ""));
        assert_eq!((changes.groups.len(), changes.added, changes.removed), (2, 1, 2));
        let first: String = changes.groups[0].iter().map(|line| format!("{}{}|", line.sign, line.text)).collect();
        assert_eq!(first, " line 0| line 1|-line 2|+line two| line 3| line 4| line 5|");
        assert!(Changes::between("a", "a").groups.is_empty());
        let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "a:B", "Resource": "*"}}"#;
        let laid_out = Changes::of(policy, &pretty(policy));
        assert!(laid_out.groups.is_empty() && laid_out.only_layout);
        assert!(!Changes::of(policy, policy).groups.is_empty(), "people see the text that they send");
        assert_eq!(Changes::between("", "a\nb").added, 2);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
    fn texts_that_have_nothing_in_common_are_compared_in_a_moment() {
        let text = |word: &str| (0..65_000).map(|number| format!("{}\n", (number * 7 + word.len()) % 10)).collect::<String>();
        let begun = Instant::now();
        Changes::between(&text("a"), &text("bcd"));
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}
