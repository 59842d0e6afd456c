//! What a pool asks of its messages beyond Cognito, by its tags.

use std::collections::BTreeMap;

use super::language::Language;
use super::password_rules::RuleTagRefused;
use super::pool::PoolConfiguration;
use super::user::User;

/// The tag that says whether owners are told of what happens to their accounts: `on` or `off`.
const NOTICES: &str = "passwright:security-notices";

/// The tag that names the language of whoever has no `locale` that we write.
const LANGUAGE: &str = "passwright:language";

/// What is asked beyond Cognito. By default nothing, in English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageRules {
    /// Whether owners are told of what happens to their accounts.
    pub tells_owners: bool,
    /// What is written to whoever has no `locale` that we write.
    pub language: Language,
}

impl MessageRules {
    /// What these tags ask.
    ///
    /// # Errors
    /// [`RuleTagRefused`].
    pub fn of_tags(tags: &BTreeMap<String, String>) -> Result<Self, RuleTagRefused> {
        let tells_owners = match tags.get(NOTICES).map(String::as_str) {
            None | Some("off") => false,
            Some("on") => true,
            Some(_) => return Err(RuleTagRefused(NOTICES, "on or off")),
        };
        let language = match tags.get(LANGUAGE) {
            None => Language::default(),
            Some(range) => Language::lookup(range).ok_or(RuleTagRefused(LANGUAGE, "ar, de, en, es, fr, it, ja, nl, pl, pt or zh"))?,
        };
        Ok(Self { tells_owners, language })
    }
}

impl PoolConfiguration {
    /// What the pool asks of its messages beyond Cognito. Of tags that say nothing, which no pool is given, notices are the safe
    /// reading.
    #[must_use]
    pub fn message_rules(&self) -> MessageRules {
        MessageRules::of_tags(&self.user_pool_tags).unwrap_or(MessageRules { tells_owners: true, language: Language::default() })
    }

    /// What a user reads: what their `locale` asks for, or else the pool's language; the pool's for nobody.
    #[must_use]
    pub fn language_of(&self, user: Option<&User>) -> Language {
        let locale = user.and_then(|user| user.attributes.get("locale"));
        locale.and_then(|locale| Language::lookup(locale)).unwrap_or_else(|| self.message_rules().language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_ask_for_notices_and_a_language_or_are_refused() {
        let rules = |name: &str, value: &str| MessageRules::of_tags(&BTreeMap::from([(name.to_owned(), value.to_owned())]));
        assert_eq!(MessageRules::of_tags(&BTreeMap::new()), Ok(MessageRules { tells_owners: false, language: Language::En }));
        assert!(rules(NOTICES, "on").unwrap().tells_owners && !rules(NOTICES, "off").unwrap().tells_owners);
        assert_eq!(rules(LANGUAGE, "pt-BR").unwrap().language, Language::Pt);
        for (name, value) in [(NOTICES, "yes"), (NOTICES, ""), (LANGUAGE, "tlh"), (LANGUAGE, "")] {
            assert!(rules(name, value).is_err(), "{name} {value}");
        }
    }
}
