//! The words of the hosted pages, in each of their languages.
//!
//! A catalogue a language stands in `templates/hosted/words/` and is compiled in; it is read when its language is first asked for.
//! Whoever translates finds in [`Words`] what each text is for.

mod gapped;
mod language;
mod of_all;
mod of_pages;

use std::sync::LazyLock;

pub use gapped::{Gapped, NotOneGap};
pub use language::Language;
pub use of_all::{AttributeWords, CommonWords, ErrorWords, NameWords, ProblemWords, RuleWords, ScopeWords};
pub use of_pages::{
    AccountWords, CodeWords, ConsentWords, DeviceWords, FactorWords, PasskeyWords, PasswordWords, SecondStepWords, SignInWords,
    SignOutWords, SignUpWords,
};
use serde::Deserialize;

/// The words in one language. A catalogue that lacks one, or has another, is not read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What many pages say.
    pub common: CommonWords,
    /// What people sign in by: the labels of the field.
    pub names: NameWords,
    /// The page that signs in.
    pub sign_in: SignInWords,
    /// What a sign-in may begin with or go on by.
    pub factors: FactorWords,
    /// Passwords: asked for, chosen, forgotten.
    pub password: PasswordWords,
    /// Codes that were sent, or that an app shows.
    pub codes: CodeWords,
    /// The second step of a sign-in: chosen, set up.
    pub second_step: SecondStepWords,
    /// The pages that make an account.
    pub sign_up: SignUpWords,
    /// The page for who is signed in already.
    pub accounts: AccountWords,
    /// Passkeys: used, made.
    pub passkeys: PasskeyWords,
    /// The page that asks whether an application may do what it asks.
    pub consent: ConsentWords,
    /// What an application may do: each goes on where [`ConsentWords::asks`] ends.
    pub scopes: ScopeWords,
    /// The pages that let a device in which has no keyboard.
    pub devices: DeviceWords,
    /// The pages that sign out.
    pub sign_out: SignOutWords,
    /// The labels of the fields of standard attributes.
    pub attributes: AttributeWords,
    /// What a new password must have, as a list.
    pub rules: RuleWords,
    /// What went wrong, above a form or below a field.
    pub errors: ErrorWords,
    /// Pages that lead nowhere.
    pub problems: ProblemWords,
}

/// The words of a catalogue, read once.
macro_rules! words {
    ($tag:literal) => {{
        static WORDS: LazyLock<Words> =
            LazyLock::new(|| read(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/hosted/words/", $tag, ".toml"))));
        &WORDS
    }};
}

/// What cannot be read would be without words; a test reads each.
fn read(catalogue: &str) -> Words {
    toml::from_str(catalogue).unwrap_or_default()
}

impl Words {
    /// The words in a language.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Ar => words!("ar"),
            Language::De => words!("de"),
            Language::En => words!("en"),
            Language::Es => words!("es"),
            Language::Fr => words!("fr"),
            Language::He => words!("he"),
            Language::Hi => words!("hi"),
            Language::Id => words!("id"),
            Language::It => words!("it"),
            Language::Ja => words!("ja"),
            Language::Ko => words!("ko"),
            Language::Nl => words!("nl"),
            Language::Pl => words!("pl"),
            Language::PtBr => words!("pt-BR"),
            Language::Tr => words!("tr"),
            Language::ZhCn => words!("zh-CN"),
            Language::ZhTw => words!("zh-TW"),
        }
    }
}

impl AttributeWords {
    /// What people call a standard attribute; nothing for one that is a pool's own.
    #[must_use]
    pub fn label(&self, attribute: &str) -> Option<&str> {
        Some(match attribute {
            "address" => &self.address,
            "birthdate" => &self.birthdate,
            "email" => &self.email,
            "family_name" => &self.family_name,
            "gender" => &self.gender,
            "given_name" => &self.given_name,
            "locale" => &self.locale,
            "middle_name" => &self.middle_name,
            "name" => &self.name,
            "nickname" => &self.nickname,
            "phone_number" => &self.phone_number,
            "picture" => &self.picture,
            "preferred_username" => &self.preferred_username,
            "profile" => &self.profile,
            "website" => &self.website,
            "zoneinfo" => &self.zoneinfo,
            _ => return None,
        })
    }
}

impl ScopeWords {
    /// What a standard scope lets an application do; nothing for one that is a resource server's.
    #[must_use]
    pub fn of(&self, scope: &str) -> Option<&str> {
        Some(match scope {
            "openid" => &self.openid,
            "profile" => &self.profile,
            "email" => &self.email,
            "phone" => &self.phone,
            "address" => &self.address,
            "offline_access" => &self.offline_access,
            "aws.cognito.signin.user.admin" => &self.account,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
