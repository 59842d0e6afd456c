//! A text with a gap, which something is put into when it is shown.

use std::fmt::Display;

use serde::Deserialize;

/// A text with one gap. Catalogues write the gap as `{what}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Gapped {
    before: String,
    after: String,
}

/// A text that has no gap, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text does not have one gap")]
pub struct NotOneGap;

impl Gapped {
    /// The text with its gap filled.
    #[must_use]
    pub fn with(&self, what: impl Display) -> String {
        format!("{}{what}{}", self.before, self.after)
    }

    /// What stands before the gap.
    #[must_use]
    pub fn before(&self) -> &str {
        &self.before
    }

    /// What stands after the gap.
    #[must_use]
    pub fn after(&self) -> &str {
        &self.after
    }
}

impl TryFrom<String> for Gapped {
    type Error = NotOneGap;

    fn try_from(text: String) -> Result<Self, NotOneGap> {
        let (before, rest) = text.split_once('{').ok_or(NotOneGap)?;
        let (_, after) = rest.split_once('}').ok_or(NotOneGap)?;
        if after.contains(['{', '}']) {
            return Err(NotOneGap);
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_gap() {
        let text = Gapped::try_from("with {name}.".to_owned()).unwrap();
        assert_eq!((text.before(), text.after(), text.with("{x}")), ("with ", ".", "with {x}.".to_owned()));
        for text in ["none", "{a} {b}", "{a", "a}", ""] {
            assert_eq!(Gapped::try_from(text.to_owned()), Err(NotOneGap), "{text}");
        }
    }
}
