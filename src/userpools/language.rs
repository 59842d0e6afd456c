//! The languages of our own messages, and which of them a user reads.

use serde::{Deserialize, Serialize};

/// A language that our own messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Arabic.
    Ar,
    /// German.
    De,
    /// English, which Amazon Cognito writes.
    #[default]
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Italian.
    It,
    /// Japanese.
    Ja,
    /// Dutch.
    Nl,
    /// Polish.
    Pl,
    /// Portuguese.
    Pt,
    /// Chinese, in simplified characters.
    Zh,
}

impl Language {
    /// All of them, by their tags.
    pub const ALL: [Self; 11] =
        [Self::Ar, Self::De, Self::En, Self::Es, Self::Fr, Self::It, Self::Ja, Self::Nl, Self::Pl, Self::Pt, Self::Zh];

    /// The tag of the language (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::De => "de",
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::It => "it",
            Self::Ja => "ja",
            Self::Nl => "nl",
            Self::Pl => "pl",
            Self::Pt => "pt",
            Self::Zh => "zh",
        }
    }

    /// What its readers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Ar => "العربية",
            Self::De => "Deutsch",
            Self::En => "English",
            Self::Es => "Español",
            Self::Fr => "Français",
            Self::It => "Italiano",
            Self::Ja => "日本語",
            Self::Nl => "Nederlands",
            Self::Pl => "Polski",
            Self::Pt => "Português",
            Self::Zh => "中文",
        }
    }

    /// Which way it is written: HTML's `dir`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        if matches!(self, Self::Ar) { "rtl" } else { "ltr" }
    }

    /// The language that a range asks for, if it is one of these: what is narrower than a language (`de-AT`) is cut off until it
    /// fits, which is at the first subtag, for none of ours is narrower. Some write `de_AT` (OpenID Connect Core §5.1).
    ///
    /// Source: RFC 4647 §3.4.
    #[must_use]
    pub fn lookup(range: &str) -> Option<Self> {
        let primary = range.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_finds_the_language_that_it_narrows() {
        for (range, found) in [
            ("de", Some(Language::De)),
            ("de-AT", Some(Language::De)),
            ("PT_br", Some(Language::Pt)),
            ("zh-Hant-TW", Some(Language::Zh)),
            ("x-de", None),
            ("deu", None),
            ("*", None),
            ("", None),
            ("-de", None),
        ] {
            assert_eq!(Language::lookup(range), found, "{range}");
        }
        for language in Language::ALL {
            assert_eq!(Language::lookup(language.tag()), Some(language));
        }
    }
}
