//! What a pool may ask of passwords beyond Cognito: by its tags, or by the deployment's settings where they say nothing.
//!
//! Source: NIST SP 800-63B-4 §3.1.1.2.

use std::collections::BTreeMap;
use std::time::Duration;

use super::common_passwords::is_common;
use super::password_policy::{PasswordPolicy, PasswordRefused};
use super::pool::{MfaMode, PoolConfiguration};
use super::user::User;
use crate::crypto::password::Password;
use crate::kit::clock::Timestamp;
use crate::kit::secret::Secret;

/// The tag that chooses the rules: `nist`, or `cognito` for the pool's policy as it stands.
const RULES: &str = "passwright:password-rules";

/// The tag that says what becomes of common passwords: `refuse` or `allow`.
const COMMON: &str = "passwright:common-passwords";

/// The tag that says how many days a password is good for; `0` is for ever.
const MAX_AGE_DAYS: &str = "passwright:password-max-age-days";

/// The most days that a password can be good for.
const MOST_DAYS: u32 = 3650;

/// What is asked beyond Cognito. By default nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PasswordRules {
    /// Length and no common passwords, in place of classes of characters.
    pub nist: bool,
    /// Whether common passwords are refused.
    pub refuses_common: bool,
    /// How many days a password is good for; 0 is for ever.
    pub max_age_days: u32,
}

/// A tag of ours with a value that says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The tag {0} can be {1}.")]
pub struct RuleTagRefused(pub(super) &'static str, pub(super) &'static str);

impl PasswordRules {
    /// What these tags ask, and where they say nothing, what `self` does.
    ///
    /// # Errors
    /// [`RuleTagRefused`].
    pub fn with_tags(self, tags: &BTreeMap<String, String>) -> Result<Self, RuleTagRefused> {
        let nist = match tags.get(RULES).map(String::as_str) {
            None => self.nist,
            Some("nist") => true,
            Some("cognito") => false,
            Some(_) => return Err(RuleTagRefused(RULES, "nist or cognito")),
        };
        let refuses_common = match tags.get(COMMON).map(String::as_str) {
            None => self.refuses_common,
            Some("refuse") => true,
            Some("allow") => false,
            Some(_) => return Err(RuleTagRefused(COMMON, "refuse or allow")),
        };
        let days = |text: &String| text.parse().ok().filter(|days| *days <= MOST_DAYS);
        let max_age_days = match tags.get(MAX_AGE_DAYS).map(days) {
            None => self.max_age_days,
            Some(Some(days)) => days,
            Some(None) => return Err(RuleTagRefused(MAX_AGE_DAYS, "a number of days from 0 to 3650")),
        };
        Ok(Self { nist, refuses_common, max_age_days })
    }
}

impl PoolConfiguration {
    /// What the pool asks of passwords beyond Cognito. A tag that says nothing asks for the most that it could: whoever wrote it
    /// meant to ask for something.
    #[must_use]
    pub fn password_rules(&self) -> PasswordRules {
        let strict = PasswordRules { nist: self.password_defaults.nist, refuses_common: true, ..self.password_defaults };
        self.password_defaults.with_tags(&self.user_pool_tags).unwrap_or(strict)
    }

    /// The password that somebody typed, if the pool takes it.
    ///
    /// # Errors
    /// The first thing that it lacks.
    pub fn check_password(&self, typed: &Secret) -> Result<Password, PasswordRefused> {
        let rules = self.password_rules();
        let password = if rules.nist { self.by_length().check(typed) } else { self.password_policy().check(typed) }?;
        if (rules.nist || rules.refuses_common) && is_common(&password) {
            return Err(PasswordRefused::Common);
        }
        Ok(password)
    }

    /// Whether a user's password is older than the pool lets it be.
    #[must_use]
    pub fn has_aged(&self, user: &User, now: Timestamp) -> bool {
        let days = u64::from(self.password_rules().max_age_days);
        let aged = |set_at: Timestamp| now >= set_at.plus(Duration::from_secs(days * 24 * 3600));
        days > 0 && user.password.as_ref().is_some_and(|password| aged(password.set_at))
    }

    /// The policy without classes of characters. A password that stands alone has 15 characters, one beside a second factor 8
    /// (SP 800-63B-4 §3.1.1.2), or as many as the pool asks for.
    fn by_length(&self) -> PasswordPolicy {
        let least = if self.mfa == MfaMode::On { 8 } else { 15 };
        PasswordPolicy {
            minimum_length: self.password_policy().minimum_length.max(least),
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            require_symbols: false,
            ..self.password_policy().clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(tags: &[(&str, &str)]) -> PoolConfiguration {
        let user_pool_tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PoolConfiguration { user_pool_tags, ..PoolConfiguration::default() }
    }

    fn check(pool: &PoolConfiguration, password: &str) -> Result<(), PasswordRefused> {
        pool.check_password(&Secret::from(password.to_owned())).map(drop)
    }

    #[test]
    fn nist_asks_for_length_and_for_nothing_common() {
        let nist = pool(&[(RULES, "nist")]);
        assert_eq!(check(&nist, "correct horse battery"), Ok(()));
        assert_eq!(check(&nist, "short"), Err(PasswordRefused::TooShort));
        assert_eq!(check(&nist, "fourteen chars"), Err(PasswordRefused::TooShort));
        let with_mfa = PoolConfiguration { mfa: MfaMode::On, ..nist };
        assert_eq!(check(&with_mfa, "trustno1"), Err(PasswordRefused::Common));
        assert_eq!(check(&with_mfa, "unheard0f"), Ok(()));
    }

    #[test]
    fn common_passwords_are_refused_where_that_is_asked() {
        let lax = PasswordPolicy { require_symbols: false, ..PasswordPolicy::default() };
        let mut pool = pool(&[(COMMON, "refuse")]);
        pool.policies.password_policy = lax;
        assert_eq!(check(&pool, "PassWord1"), Err(PasswordRefused::Common));
        pool.user_pool_tags.insert(COMMON.into(), "allow".into());
        assert_eq!(check(&pool, "PassWord1"), Ok(()));
        pool.user_pool_tags.insert(COMMON.into(), "maybe".into());
        assert_eq!(check(&pool, "PassWord1"), Err(PasswordRefused::Common), "who asks for something is not given nothing");
    }

    #[test]
    fn tags_come_before_the_settings_and_only_what_they_know() {
        let settings = PasswordRules { nist: true, refuses_common: false, max_age_days: 90 };
        let of = |tags: &[(&str, &str)]| settings.with_tags(&pool(tags).user_pool_tags);
        assert_eq!(of(&[]), Ok(settings));
        assert_eq!(of(&[(RULES, "cognito"), (MAX_AGE_DAYS, "0")]), Ok(PasswordRules::default()));
        for (tag, value) in [(RULES, "none"), (COMMON, ""), (MAX_AGE_DAYS, "-1"), (MAX_AGE_DAYS, "3651"), (MAX_AGE_DAYS, "soon")] {
            assert!(of(&[(tag, value)]).is_err(), "{tag} = {value}");
        }
    }
}
