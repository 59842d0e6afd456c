//! The names that users sign in by, in the one form that decides whether two are one.

use unicode_normalization::UnicodeNormalization as _;

use super::attributes::{is_email, is_phone_number};
use super::unseen::is_unseen;
use crate::crypto::ids::is_uuid;
use crate::kit::id::UserId;

/// A name has no more characters than this: an e-mail address has 254 at most (RFC 5321 erratum 1690), a username 128.
const MAX_CHARACTERS: usize = 254;

/// What a name may grow to: an index entry of either database holds it.
const MAX_CANONICAL_BYTES: usize = 1024;

/// Why a text is no name, or none for a new user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    /// Longer than any name.
    #[error("Username is too long.")]
    TooLong,
    /// Two names that look the same would be two users.
    #[error("Username cannot have control characters or characters that are not seen.")]
    Unseen,
    /// What has this form is somebody's `sub`, or nobody's.
    #[error("Username cannot be of the form of a sub.")]
    Sub,
}

/// Where a pool tells capitals from small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capitals {
    /// Nowhere.
    Ignored,
    /// In usernames; not in e-mail addresses, which are names of their own in this pool.
    CountExceptInEmail,
    /// Everywhere.
    Count,
}

/// What a name is to its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// The username.
    Username,
    /// An e-mail address that is theirs.
    Email,
    /// A phone number that is theirs.
    PhoneNumber,
    /// What they chose to be called, and may change.
    PreferredUsername,
}

impl NameKind {
    /// The kinds of names that attributes hold.
    pub const OF_ATTRIBUTES: [Self; 3] = [Self::Email, Self::PhoneNumber, Self::PreferredUsername];

    /// The word for it; of what is no username, its attribute.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::PreferredUsername => "preferred_username",
        }
    }

    /// Whether it is an address, whose owner a code can reach.
    #[must_use]
    pub const fn is_address(self) -> bool {
        matches!(self, Self::Email | Self::PhoneNumber)
    }

    /// The kind of address that an attribute holds.
    #[must_use]
    pub fn of_attribute(attribute: &str) -> Option<Self> {
        [Self::Email, Self::PhoneNumber].into_iter().find(|kind| kind.as_str() == attribute)
    }
}

/// A name in its one form: NFKC, capitals by the pool's rule.
///
/// Every check and every look-up is on this form, so that what is checked is what is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CanonicalName(String);

impl CanonicalName {
    /// The form of a text that somebody gave as a name.
    ///
    /// # Errors
    /// [`NameRefused::TooLong`].
    pub fn of(text: &str, capitals: Capitals) -> Result<Self, NameRefused> {
        // SECURITY: length first. One U+FDFA becomes 18 characters, and composing 393 kB of them takes seconds.
        if !is_short(text.chars()) {
            return Err(NameRefused::TooLong);
        }
        let composed: String = text.nfkc().collect();
        let folds = match capitals {
            Capitals::Ignored => true,
            Capitals::CountExceptInEmail => is_email(&composed),
            Capitals::Count => false,
        };
        // A `sub` has no capitals, whatever names have.
        let name = if folds || is_uuid(&composed) { composed.to_lowercase().nfkc().collect() } else { composed };
        if name.len() > MAX_CANONICAL_BYTES { Err(NameRefused::TooLong) } else { Ok(Self(name)) }
    }

    /// The form as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `sub` that the name is, if it has that form: then it is no other name of anybody.
    #[must_use]
    pub fn as_sub(&self) -> Option<UserId> {
        is_uuid(&self.0).then(|| self.0.as_str().into())
    }

    /// Whether it has the form of an e-mail address.
    #[must_use]
    pub fn is_email(&self) -> bool {
        is_email(&self.0)
    }

    /// Whether it has the form of a phone number.
    #[must_use]
    pub fn is_phone_number(&self) -> bool {
        is_phone_number(&self.0)
    }

    /// The name as one that a user may take.
    ///
    /// # Errors
    /// [`NameRefused`].
    pub fn takeable(self) -> Result<NewName, NameRefused> {
        if self.as_sub().is_some() {
            return Err(NameRefused::Sub);
        }
        if self.0.chars().any(is_unseen) {
            return Err(NameRefused::Unseen);
        }
        Ok(NewName(self))
    }
}

/// Whether so many characters make a name. It reads no more of them than one name has.
fn is_short(mut characters: impl Iterator<Item = char>) -> bool {
    characters.nth(MAX_CHARACTERS).is_none()
}

/// A name that a user may take, if nobody has it.
// INVARIANT: not of the form of a `sub`, and every character of it is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewName(CanonicalName);

impl NewName {
    /// The form as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUB: &str = "0123abcd-4567-4abc-8def-0123456789ab";

    fn name(text: &str, capitals: Capitals) -> String {
        CanonicalName::of(text, capitals).unwrap().as_str().to_owned()
    }

    /// As a keyboard with full-width letters writes it.
    fn full_width(text: &str) -> String {
        let wide = |character: char| char::from_u32(u32::from(character) + 0xfee0).filter(|_| ('!'..='~').contains(&character));
        text.chars().map(|character| wide(character).unwrap_or(character)).collect()
    }

    #[test]
    fn names_that_look_alike_are_one() {
        use Capitals::{Count, CountExceptInEmail, Ignored};
        for (text, capitals, expected) in [
            ("ｋ", Count, "k"),
            ("Alice", Ignored, "alice"),
            ("Alice", Count, "Alice"),
            ("Alice", CountExceptInEmail, "Alice"),
            ("A@B.example", Count, "A@B.example"),
            ("A@B.example", CountExceptInEmail, "a@b.example"),
            ("Ａ＠B.example", CountExceptInEmail, "a@b.example"),
            ("cafe\u{301}", Count, "caf\u{e9}"),
            ("\u{212a}ate", Ignored, "kate"),
            ("＋１５５５５５５０１００", Count, "+15555550100"),
        ] {
            assert_eq!(name(text, capitals), expected, "{text}");
        }
    }

    #[test]
    fn letters_of_other_alphabets_stay_apart() {
        for (one, other) in [("mıke", "mike"), ("İ", "i"), ("straße", "strasse"), ("аlice", "alice")] {
            assert_ne!(name(one, Capitals::Ignored), name(other, Capitals::Ignored), "{one}");
        }
    }

    #[test]
    fn a_sub_in_any_dress_is_a_sub_and_no_other_name() {
        for text in [SUB.to_owned(), SUB.to_uppercase(), full_width(SUB), full_width(&SUB.to_uppercase())] {
            for capitals in [Capitals::Ignored, Capitals::CountExceptInEmail, Capitals::Count] {
                let name = CanonicalName::of(&text, capitals).unwrap();
                assert_eq!(name.as_sub(), Some(SUB.into()), "{text}");
                assert_eq!(name.takeable(), Err(NameRefused::Sub), "{text}");
            }
        }
    }

    #[test]
    fn addresses_are_known_in_their_one_form() {
        let email = CanonicalName::of("victim\u{ff20}x.example", Capitals::Count).unwrap();
        assert!(email.is_email() && !email.is_phone_number());
        assert!(CanonicalName::of(&full_width("+15555550100"), Capitals::Count).unwrap().is_phone_number());
    }

    #[test]
    fn characters_that_are_not_seen_make_no_new_name() {
        for unseen in
            ["\0", "\t", "\u{ad}", "\u{200b}", "\u{200d}", "\u{202e}", "\u{2066}", "\u{feff}", "\u{fe0f}", "\u{3164}", "\u{e0041}"]
        {
            let name = CanonicalName::of(&format!("al{unseen}ice"), Capitals::Ignored).unwrap();
            assert_eq!(name.takeable(), Err(NameRefused::Unseen), "{unseen:?}");
        }
        for seen in ["alice", "Ålice", "山田", "אליס", "+tag", "🦀"] {
            assert!(CanonicalName::of(seen, Capitals::Count).unwrap().takeable().is_ok(), "{seen}");
        }
    }

    #[test]
    fn a_name_is_measured_before_it_is_composed() {
        let mut read = 0;
        let bomb = std::iter::repeat_n('\u{fdfa}', 131_072).inspect(|_| read += 1);
        assert!(!is_short(bomb));
        assert_eq!(read, 255, "and no further than a name goes");
        // Composed it would be short: it was measured as it came.
        let decomposed = "e\u{301}".repeat(128);
        assert_eq!(decomposed.nfkc().count(), 128);
        assert_eq!(CanonicalName::of(&decomposed, Capitals::Ignored), Err(NameRefused::TooLong));
        assert_eq!(CanonicalName::of(&"\u{fdfa}".repeat(128), Capitals::Ignored), Err(NameRefused::TooLong), "its one form is too long");
        assert!(CanonicalName::of(&"🦀".repeat(128), Capitals::Ignored).is_ok());
        assert!(CanonicalName::of(&"x".repeat(254), Capitals::Ignored).is_ok());
        assert_eq!(CanonicalName::of(&"x".repeat(255), Capitals::Ignored), Err(NameRefused::TooLong));
    }

    proptest! {
        #[test]
        fn the_one_form_of_the_one_form_is_itself(text in "\\PC{0,40}") {
            for capitals in [Capitals::Ignored, Capitals::CountExceptInEmail, Capitals::Count] {
                if let Ok(once) = CanonicalName::of(&text, capitals) {
                    prop_assert_eq!(CanonicalName::of(once.as_str(), capitals), Ok(once));
                }
            }
        }
    }
}
