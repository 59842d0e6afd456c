//! The front part of a page: what it is called, in one sentence what it is about, and where it stands.
//!
//! ```text
//! ---
//! title: Identity pools
//! summary: How a login becomes temporary credentials.
//! section: Use it
//! order: 30
//! ---
//! ```

/// The front part of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Front<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// What it is about: one sentence.
    pub summary: &'a str,
    /// The section that lists it.
    pub section: &'a str,
    /// Its place among all pages; a section stands where its first page does.
    pub order: u32,
}

/// Why a page is not one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontRefused {
    /// It does not begin with lines between two `---`.
    #[error("there is no front part")]
    Absent,
    /// A line that says nothing we know.
    #[error("`{0}` is no line of a front part")]
    Unknown(String),
    /// A member that is not there, or no number where it is one.
    #[error("`{0}` is missing")]
    Missing(&'static str),
}

const FENCE: &str = "---\n";

/// The front part of a text, and what follows it.
///
/// # Errors
/// [`FrontRefused`].
pub fn read(text: &str) -> Result<(Front<'_>, &str), FrontRefused> {
    let (lines, rest) = text.strip_prefix(FENCE).and_then(|rest| rest.split_once(FENCE)).ok_or(FrontRefused::Absent)?;
    let (mut title, mut summary, mut section, mut order) = (None, None, None, None);
    for line in lines.lines() {
        match line.split_once(": ") {
            Some(("title", value)) => title = Some(value),
            Some(("summary", value)) => summary = Some(value),
            Some(("section", value)) => section = Some(value),
            Some(("order", value)) => order = value.parse().ok(),
            _ => return Err(FrontRefused::Unknown(line.to_owned())),
        }
    }
    let front = Front {
        title: title.ok_or(FrontRefused::Missing("title"))?,
        summary: summary.ok_or(FrontRefused::Missing("summary"))?,
        section: section.ok_or(FrontRefused::Missing("section"))?,
        order: order.ok_or(FrontRefused::Missing("order"))?,
    };
    Ok((front, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_part_is_whole_or_refused() {
        let whole = "---\ntitle: T: t\nsummary: S.\nsection: A\norder: 3\n---\n\nText.\n";
        assert_eq!(read(whole), Ok((Front { title: "T: t", summary: "S.", section: "A", order: 3 }, "Text.\n")));
        for (text, refused) in [
            ("Text.", FrontRefused::Absent),
            ("---\ntitle: T\n", FrontRefused::Absent),
            ("---\ncolour: red\n---\n", FrontRefused::Unknown("colour: red".to_owned())),
            ("---\ntitle: T\nsection: A\norder: 3\n---\n", FrontRefused::Missing("summary")),
            ("---\ntitle: T\nsummary: S\nsection: A\norder: first\n---\n", FrontRefused::Missing("order")),
        ] {
            assert_eq!(read(text), Err(refused), "{text}");
        }
    }
}
