//! The words of our own messages, in each of their languages: what is sent where a pool has no text of its own.
//!
//! They are in the form of a pool's own texts: `{####}` stands for a code or temporary password, `{username}` for a name, and
//! `{##words##}` for a link. A language that lacks one of them does not compile.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod it;
mod ja;
mod nl;
mod pl;
mod pt;
mod zh;

use super::language::Language;

/// The words in one language.
pub struct Words {
    /// The subject of a code that verifies an address, or confirms a sign-up.
    pub code_subject: &'static str,
    /// The message with that code.
    pub code: &'static str,
    /// The subject of a link that does the same.
    pub link_subject: &'static str,
    /// The message with that link.
    pub link: &'static str,
    /// The subject of the code that resets a password.
    pub reset_subject: &'static str,
    /// The message with that code.
    pub reset: &'static str,
    /// The subject of the code of a sign-in.
    pub sign_in_subject: &'static str,
    /// The message with that code.
    pub sign_in: &'static str,
    /// The subject of an invitation with a temporary password.
    pub invitation_subject: &'static str,
    /// That invitation.
    pub invitation: &'static str,
    /// The subject of a welcome.
    pub account_subject: &'static str,
    /// The welcome of a user who has no password.
    pub welcome: &'static str,
    /// The email that welcomes a user who came from elsewhere, and has a password.
    pub migrated_email: &'static str,
    /// The text message that does.
    pub migrated_sms: &'static str,
    /// What owners are told about their accounts.
    pub notices: NoticeWords,
    /// What they are told about sign-ins that may be somebody else's.
    pub risk: RiskWords,
}

/// What owners are told about their accounts: a sentence for each thing that may happen.
pub struct NoticeWords {
    /// The password was changed by who knew it.
    pub password_changed: &'static str,
    /// The password was reset, by a code or an administrator.
    pub password_reset: &'static str,
    /// An authenticator app was added.
    pub authenticator_added: &'static str,
    /// The authenticator app was removed.
    pub authenticator_removed: &'static str,
    /// What is asked for after the password was changed.
    pub second_factors_changed: &'static str,
    /// A passkey was added.
    pub passkey_added: &'static str,
    /// A passkey was removed.
    pub passkey_removed: &'static str,
    /// The email address was changed or removed.
    pub email_changed: &'static str,
    /// The phone number was changed or removed.
    pub phone_changed: &'static str,
    /// Which account: with `{username}`.
    pub account: &'static str,
    /// What to do about it.
    pub not_you: &'static str,
}

/// What owners are told about a sign-in that may be somebody else's. What is put in has the names that it has in a pool's own text.
pub struct RiskWords {
    /// It was refused.
    pub blocked: &'static str,
    /// A second factor was asked for.
    pub asked: &'static str,
    /// Nothing was done about it.
    pub passed: &'static str,
    /// When, with what, and from where.
    pub details: &'static str,
    /// What to do about it.
    pub was_it_you: &'static str,
    /// What stands for what is not known.
    pub unknown: &'static str,
}

impl Words {
    /// The words in a language.
    #[must_use]
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::Ar => &ar::WORDS,
            Language::De => &de::WORDS,
            Language::En => &en::WORDS,
            Language::Es => &es::WORDS,
            Language::Fr => &fr::WORDS,
            Language::It => &it::WORDS,
            Language::Ja => &ja::WORDS,
            Language::Nl => &nl::WORDS,
            Language::Pl => &pl::WORDS,
            Language::Pt => &pt::WORDS,
            Language::Zh => &zh::WORDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_what_is_put_in_and_no_more() {
        for language in Language::ALL {
            let words = Words::of(language);
            let count = |text: &str, part: &str| text.matches(part).count();
            for (text, codes, names, links) in [
                (words.code, 1, 0, 0),
                (words.link, 0, 0, 1),
                (words.reset, 1, 0, 0),
                (words.sign_in, 1, 0, 0),
                (words.invitation, 1, 1, 0),
                (words.welcome, 0, 1, 0),
                (words.migrated_email, 0, 1, 0),
                (words.migrated_sms, 0, 1, 0),
                (words.notices.account, 0, 1, 0),
                (words.notices.not_you, 0, 0, 0),
            ] {
                let found = (count(text, "{####}"), count(text, "{username}"), text.replace("{####}", "").matches("{##").count());
                assert_eq!(found, (codes, names, links), "{language:?}: {text}");
                assert_eq!(count(text, "{"), codes + names + links, "{language:?}: {text}");
            }
            for subject in [
                words.code_subject,
                words.link_subject,
                words.reset_subject,
                words.sign_in_subject,
                words.invitation_subject,
                words.account_subject,
            ] {
                assert!(
                    !subject.is_empty() && !subject.contains(['{', '\n']) && !subject.ends_with(['.', '。']),
                    "{language:?}: {subject}"
                );
            }
        }
    }

    #[test]
    fn what_owners_are_told_is_told_apart() {
        for language in Language::ALL {
            let notices = &Words::of(language).notices;
            let sentences = [
                notices.password_changed,
                notices.password_reset,
                notices.authenticator_added,
                notices.authenticator_removed,
                notices.second_factors_changed,
                notices.passkey_added,
                notices.passkey_removed,
                notices.email_changed,
                notices.phone_changed,
            ];
            assert!(sentences.iter().all(|sentence| sentence.ends_with(['.', '。'])), "{language:?}");
            assert_eq!(std::collections::BTreeSet::from(sentences).len(), sentences.len(), "{language:?}");
        }
    }

    #[test]
    fn what_owners_are_told_of_a_sign_in_has_what_is_known_of_it() {
        for language in Language::ALL {
            let RiskWords { blocked, asked, passed, details, was_it_you, unknown } = Words::of(language).risk;
            for sentence in [blocked, asked, passed] {
                assert!(sentence.ends_with(['.', '。']) && !sentence.contains(['{', '\n']), "{language:?}: {sentence}");
            }
            assert_eq!(std::collections::BTreeSet::from([blocked, asked, passed]).len(), 3, "{language:?}");
            for (text, parts) in [
                (details, ["{login-time}", "{device-name}", "{ip-address}"].as_slice()),
                (was_it_you, &["{one-click-link-valid}", "{one-click-link-invalid}"]),
                (unknown, &[]),
            ] {
                assert!(parts.iter().all(|part| text.matches(part).count() == 1), "{language:?}: {text}");
                assert_eq!(text.matches('{').count(), parts.len(), "{language:?}: {text}");
            }
        }
    }
}
