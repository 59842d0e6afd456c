//! JUnit's XML, as CI servers read it.

use std::fmt::Write as _;

/// The outcome of one case.
pub struct Outcome {
    /// The file it stands in.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Why it failed; `None` where it passed.
    pub failure: Option<Failure>,
}

/// A failure: in a line, and at length.
pub struct Failure {
    /// What was expected, and what came.
    pub summary: String,
    /// Why.
    pub explanation: Vec<String>,
}

/// The report: one suite a file.
pub fn write(outcomes: &[Outcome]) -> String {
    let failed = |outcomes: &[&Outcome]| outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let all: Vec<&Outcome> = outcomes.iter().collect();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, "<testsuites name=\"passwright policy test\" tests=\"{}\" failures=\"{}\">", all.len(), failed(&all));
    for suite in all.chunk_by(|left, right| left.file == right.file) {
        let file = suite.first().map_or("", |outcome| outcome.file.as_str());
        let _ = writeln!(xml, "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">", escape(file), suite.len(), failed(suite));
        for outcome in suite {
            let _ = write!(xml, "    <testcase classname=\"{}\" name=\"{}\"", escape(file), escape(&outcome.name));
            match &outcome.failure {
                None => xml.push_str("/>\n"),
                Some(Failure { summary, explanation }) => {
                    let text = escape(&explanation.join("\n"));
                    let _ = writeln!(xml, ">\n      <failure message=\"{}\">{text}</failure>\n    </testcase>", escape(summary));
                }
            }
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// XML 1.0 has no place for other control characters, escaped or not.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            control if control < ' ' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_by_file_and_escapes_what_it_quotes() {
        let outcome = |file: &str, name: &str, failure| Outcome { file: file.to_owned(), name: name.to_owned(), failure };
        let failure = Failure { summary: "expected \"a\"".to_owned(), explanation: vec!["<b>\u{1}".to_owned(), "c".to_owned()] };
        let xml = write(&[outcome("x", "one", None), outcome("x", "t&o", Some(failure)), outcome("y", "three", None)]);
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"passwright policy test\" tests=\"3\" failures=\"1\">
  <testsuite name=\"x\" tests=\"2\" failures=\"1\">
    <testcase classname=\"x\" name=\"one\"/>
    <testcase classname=\"x\" name=\"t&amp;o\">
      <failure message=\"expected &quot;a&quot;\">&lt;b&gt;\u{fffd}\nc</failure>
    </testcase>
  </testsuite>
  <testsuite name=\"y\" tests=\"1\" failures=\"0\">
    <testcase classname=\"y\" name=\"three\"/>
  </testsuite>
</testsuites>
";
        assert_eq!(xml, expected);
    }
}
