//! The languages of the hosted pages, and which of them somebody reads.

use std::cmp::Reverse;

/// How many languages somebody may ask for; who asks for more is given one of the first.
const MOST_RANGES: usize = 32;

/// A language that the hosted pages are written in.
///
/// Source: Amazon Cognito developer guide, "Managed login localization"; and those of our messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Arabic.
    Ar,
    /// German.
    De,
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Hebrew.
    He,
    /// Hindi.
    Hi,
    /// Indonesian.
    Id,
    /// Italian.
    It,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
    /// Dutch.
    Nl,
    /// Polish.
    Pl,
    /// Portuguese, as Brazil writes it.
    PtBr,
    /// Turkish.
    Tr,
    /// Chinese, in simplified characters.
    ZhCn,
    /// Chinese, in traditional characters.
    ZhTw,
}

/// Other tags of these languages: what is spoken elsewhere, scripts, and what browsers send by older names.
const OTHER_TAGS: [(&str, Language); 8] = [
    ("in", Language::Id),
    ("iw", Language::He),
    ("pt", Language::PtBr),
    ("zh", Language::ZhCn),
    ("zh-hans", Language::ZhCn),
    ("zh-hant", Language::ZhTw),
    ("zh-hk", Language::ZhTw),
    ("zh-mo", Language::ZhTw),
];

impl Language {
    /// All of them, by their tags.
    pub const ALL: [Self; 17] = [
        Self::Ar,
        Self::De,
        Self::En,
        Self::Es,
        Self::Fr,
        Self::He,
        Self::Hi,
        Self::Id,
        Self::It,
        Self::Ja,
        Self::Ko,
        Self::Nl,
        Self::Pl,
        Self::PtBr,
        Self::Tr,
        Self::ZhCn,
        Self::ZhTw,
    ];

    /// The tag of the language (BCP 47), as the `lang` parameter and HTML have it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::De => "de",
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::He => "he",
            Self::Hi => "hi",
            Self::Id => "id",
            Self::It => "it",
            Self::Ja => "ja",
            Self::Ko => "ko",
            Self::Nl => "nl",
            Self::Pl => "pl",
            Self::PtBr => "pt-BR",
            Self::Tr => "tr",
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
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
            Self::He => "עברית",
            Self::Hi => "हिन्दी",
            Self::Id => "Bahasa Indonesia",
            Self::It => "Italiano",
            Self::Ja => "日本語",
            Self::Ko => "한국어",
            Self::Nl => "Nederlands",
            Self::Pl => "Polski",
            Self::PtBr => "Português (Brasil)",
            Self::Tr => "Türkçe",
            Self::ZhCn => "简体中文",
            Self::ZhTw => "繁體中文",
        }
    }

    /// Which way it is written: HTML's `dir`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        if matches!(self, Self::Ar | Self::He) { "rtl" } else { "ltr" }
    }

    /// The language of this very tag.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag))
    }

    /// The first language that somebody asks for and that there is: what was asked for by name (`lang`, `ui_locales`; ranges with
    /// blanks between them, the best first), then what the browser accepts.
    ///
    /// Source: RFC 4647 §3.4; OpenID Connect Core §3.1.2.1; RFC 9110 §12.5.4.
    #[must_use]
    pub fn choose(asked: &str, accept_language: &str) -> Option<Self> {
        asked.split_ascii_whitespace().take(MOST_RANGES).chain(by_weight(accept_language)).find_map(Self::lookup)
    }

    /// The language that a range asks for, if it is one of these: what is narrower than ours (`de-AT`) is cut off at its end until
    /// it fits. Some write `de_AT` (OpenID Connect Core §5.1).
    fn lookup(range: &str) -> Option<Self> {
        let mut tag = range.replace('_', "-").to_ascii_lowercase();
        loop {
            let other = || OTHER_TAGS.iter().find(|(other, _)| *other == tag).map(|(_, language)| *language);
            if let Some(language) = Self::parse(&tag).or_else(other) {
                return Some(language);
            }
            tag.truncate(tag.rfind('-')?);
        }
    }
}

/// The ranges of an Accept-Language header, the best first; without those that are not wanted at all.
fn by_weight(header: &str) -> impl Iterator<Item = &str> {
    let mut ranges: Vec<(&str, u32)> = header
        .split(',')
        .take(MOST_RANGES)
        .map(|item| {
            let (range, weight) = item.split_once(';').unwrap_or((item, ""));
            (range.trim(), thousandths(weight))
        })
        .filter(|(_, weight)| *weight > 0)
        .collect();
    // A stable sort: of equal ones the first is the best.
    ranges.sort_by_key(|(_, weight)| Reverse(*weight));
    ranges.into_iter().map(|(range, _)| range)
}

/// A weight, `q=0.8`, in thousandths; what is no weight counts in full.
fn thousandths(weight: &str) -> u32 {
    let Some(number) = weight.trim().strip_prefix("q=") else { return 1000 };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.trim() != "0" {
        return 1000;
    }
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_language() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.tag()), Some(language));
            assert_eq!(Language::lookup(language.tag()), Some(language));
        }
        assert_eq!(Language::parse("PT-br"), Some(Language::PtBr));
        for tag in ["de-AT", "zh", "", "*"] {
            assert_eq!(Language::parse(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_range_finds_the_language_that_it_narrows() {
        for (range, found) in [
            ("de-AT", Some(Language::De)),
            ("PT_pt", Some(Language::PtBr)),
            ("zh", Some(Language::ZhCn)),
            ("zh-SG", Some(Language::ZhCn)),
            ("zh-Hant-HK", Some(Language::ZhTw)),
            ("zh-Hans-HK", Some(Language::ZhCn)),
            ("zh-HK", Some(Language::ZhTw)),
            ("iw-IL", Some(Language::He)),
            ("en-x-a-b", Some(Language::En)),
            ("deu", None),
            ("x-de", None),
            ("-de", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Language::lookup(range), found, "{range}");
        }
    }

    #[test]
    fn what_is_asked_by_name_goes_before_what_the_browser_accepts() {
        for (asked, accepted, chosen) in [
            ("fr", "de", Some(Language::Fr)),
            ("xx fr-CA de", "it", Some(Language::Fr)),
            ("", "xx, de;q=0.8, it;q=0.9", Some(Language::It)),
            ("", "de;q=0, it;q=0.000, ja;q=0.001", Some(Language::Ja)),
            ("", "de; q=0.5, tr;q=1.0, ko", Some(Language::Tr)),
            ("xx", "yy", None),
            ("", "", None),
            ("", ",;,;q=,*", None),
        ] {
            assert_eq!(Language::choose(asked, accepted), chosen, "{asked} | {accepted}");
        }
    }
}
