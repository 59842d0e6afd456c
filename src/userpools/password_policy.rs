//! What a pool asks of passwords.

use serde::{Deserialize, Serialize};

use crate::crypto::password::{Password, TooLong};
use crate::kit::secret::Secret;

/// What counts as a symbol (Amazon Cognito developer guide, "Adding user pool password requirements"); a blank does too,
/// inside a password.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";

/// The most passwords of a user that are remembered.
const MOST_REMEMBERED: i64 = 24;

/// What passwords must be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", from = "Given")]
pub struct PasswordPolicy {
    /// 6 to 99.
    pub minimum_length: i64,
    /// A capital letter.
    pub require_uppercase: bool,
    /// A small letter.
    pub require_lowercase: bool,
    /// A digit.
    pub require_numbers: bool,
    /// A symbol.
    pub require_symbols: bool,
    /// How many of a user's passwords, the present one included, are not taken again; 0 to 24.
    ///
    /// Source: Amazon Cognito developer guide, "Adding user pool password requirements".
    #[serde(skip_serializing_if = "is_zero")]
    pub password_history_size: i64,
    /// Days that a temporary password is accepted.
    pub temporary_password_validity_days: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            password_history_size: 0,
            temporary_password_validity_days: 7,
        }
    }
}

/// A policy as it is written. One that asks for something asks for what it names and nothing more; without any, the default
/// asks for everything.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    minimum_length: Option<i64>,
    require_uppercase: Option<bool>,
    require_lowercase: Option<bool>,
    require_numbers: Option<bool>,
    require_symbols: Option<bool>,
    password_history_size: Option<i64>,
    temporary_password_validity_days: Option<i64>,
}

impl From<Given> for PasswordPolicy {
    fn from(given: Given) -> Self {
        let default = Self::default();
        let classes = [given.require_uppercase, given.require_lowercase, given.require_numbers, given.require_symbols];
        let asks = given.minimum_length.is_some() || classes.iter().any(Option::is_some);
        let class = |asked: Option<bool>| asked.unwrap_or(!asks);
        Self {
            minimum_length: given.minimum_length.unwrap_or(default.minimum_length),
            require_uppercase: class(given.require_uppercase),
            require_lowercase: class(given.require_lowercase),
            require_numbers: class(given.require_numbers),
            require_symbols: class(given.require_symbols),
            password_history_size: given.password_history_size.unwrap_or_default().clamp(0, MOST_REMEMBERED),
            // Amazon Cognito API reference, PasswordPolicyType: 0 is as nothing given.
            temporary_password_validity_days: given
                .temporary_password_validity_days
                .filter(|days| *days != 0)
                .unwrap_or(default.temporary_password_validity_days),
        }
    }
}

/// What a password lacks, in Cognito's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Shorter than the policy's minimum.
    #[error("Password did not conform with policy: Password not long enough")]
    TooShort,
    /// Longer than any password may be.
    #[error("Password did not conform with policy: Password must not be longer than 256 characters")]
    TooLong,
    /// No capital letter.
    #[error("Password did not conform with policy: Password must have uppercase characters")]
    NoUppercase,
    /// No small letter.
    #[error("Password did not conform with policy: Password must have lowercase characters")]
    NoLowercase,
    /// No digit.
    #[error("Password did not conform with policy: Password must have numeric characters")]
    NoNumber,
    /// No symbol.
    #[error("Password did not conform with policy: Password must have symbol characters")]
    NoSymbol,
    /// One that many people have.
    #[error("Password did not conform with policy: Password is too common")]
    Common,
}

impl From<TooLong> for PasswordRefused {
    fn from(_: TooLong) -> Self {
        Self::TooLong
    }
}

impl PasswordPolicy {
    /// The password that somebody typed, if the policy takes it.
    ///
    /// # Errors
    /// The first thing that it lacks.
    pub fn check(&self, typed: &Secret) -> Result<Password, PasswordRefused> {
        let password = Password::of(typed)?;
        let text = password.expose_secret();
        let length = text.chars().count();
        let has = |class: fn(char) -> bool| text.chars().any(class);
        let refusals = [
            (length < usize::try_from(self.minimum_length).unwrap_or(0), PasswordRefused::TooShort),
            (self.require_uppercase && !has(|character| character.is_ascii_uppercase()), PasswordRefused::NoUppercase),
            (self.require_lowercase && !has(|character| character.is_ascii_lowercase()), PasswordRefused::NoLowercase),
            (self.require_numbers && !has(|character| character.is_ascii_digit()), PasswordRefused::NoNumber),
            (self.require_symbols && !has(|character| SYMBOLS.contains(character)), PasswordRefused::NoSymbol),
        ];
        match refusals.into_iter().find(|(refused, _)| *refused) {
            Some((_, refusal)) => Err(refusal),
            None => Ok(password),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_class_is_named() {
        let policy = PasswordPolicy::default();
        for (password, expected) in [
            ("Pa55word!", Ok(())),
            ("Pa5!", Err(PasswordRefused::TooShort)),
            ("pa55word!", Err(PasswordRefused::NoUppercase)),
            ("PA55WORD!", Err(PasswordRefused::NoLowercase)),
            ("Password!", Err(PasswordRefused::NoNumber)),
            ("Pa55word1", Err(PasswordRefused::NoSymbol)),
        ] {
            assert_eq!(policy.check(&Secret::from(password.to_owned())).map(drop), expected, "{password}");
        }
        assert_eq!(policy.check(&Secret::from("Aa1!".repeat(65))).map(drop), Err(PasswordRefused::TooLong));
        // Seven letters, however many marks they were typed with.
        assert_eq!(policy.check(&Secret::from("Pa55!e\u{301}e\u{301}".to_owned())).map(drop), Err(PasswordRefused::TooShort));
    }
}
