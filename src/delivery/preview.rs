//! What the messages of a pool look like to whom they reach, before anybody is sent one.

use std::collections::BTreeMap;

use super::email::as_html;
use crate::userpools::language::Language;
use crate::userpools::message::{Message, OwnEmail};
use crate::userpools::message_rules::MessageRules;
use crate::userpools::message_text::{invitation, with_code, with_link};
use crate::userpools::words::Words;

/// The code, and the temporary password, that stand in previews.
const CODE: &str = "123456";
const PASSWORD: &str = "Sample-pass-1";
/// The reader.
const NAME: &str = "ann";
const LINK: &str = "https://auth.example.com/confirmUser";

/// A message that a pool has texts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// The code that verifies an address.
    Code,
    /// The link that does.
    Link,
    /// An invitation with a temporary password.
    Invitation,
}

/// The texts that a pool has of its own; what it has not is ours.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnTexts<'a> {
    /// The subject.
    pub subject: Option<&'a str>,
    /// The body.
    pub body: Option<&'a str>,
}

/// A message, filled in.
pub struct Preview(Message);

impl Preview {
    /// The subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.0.subject.as_deref().unwrap_or_default()
    }

    /// What a reader of HTML sees; nothing where it cannot be written.
    #[must_use]
    pub fn html(&self) -> Option<String> {
        as_html(&self.0, self.subject()).inspect_err(|error| tracing::error!(%error, "a message cannot be written as HTML")).ok()
    }
}

/// A message as somebody gets it who reads the language that the pool's tags name.
#[must_use]
pub fn of(sample: Sample, own: OwnTexts<'_>, tags: &BTreeMap<String, String>) -> Preview {
    let language = MessageRules::of_tags(tags).map_or(Language::default(), |rules| rules.language);
    let words = Words::of(language);
    let (subject, ours) = match sample {
        Sample::Code => (words.code_subject, words.code),
        Sample::Link => (words.link_subject, words.link),
        Sample::Invitation => (words.invitation_subject, words.invitation),
    };
    let (subject, body) = (own.subject.unwrap_or(subject), own.body.unwrap_or(ours));
    let (text, code, link) = match sample {
        Sample::Code => (with_code(body, CODE), Some(CODE), None),
        Sample::Link => (with_link(body, LINK), None, Some(LINK)),
        Sample::Invitation => (invitation(body, NAME, PASSWORD), Some(PASSWORD), None),
    };
    Preview(Message {
        channel: "email".to_owned(),
        to: String::new(),
        subject: Some(subject.to_owned()),
        body: text,
        code: code.map(str::to_owned),
        link: link.map(str::to_owned),
        user_pool_id: "".into(),
        username: NAME.to_owned(),
        trigger_source: String::new(),
        language: own.body.is_none().then_some(language),
        own: OwnEmail::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_in_the_pools_words_or_in_ours() {
        let german = BTreeMap::from([("passwright:language".to_owned(), "de".to_owned())]);
        let ours = of(Sample::Code, OwnTexts::default(), &german);
        assert!(
            ours.0.body.contains(CODE) && ours.html().unwrap().contains("lang=\"de\"") && ours.subject() != "Your verification code",
            "{}",
            ours.0.body
        );
        let own = OwnTexts { subject: Some("Come in"), body: Some("<p>{username}: <b>{####}</b></p>") };
        let invitation = of(Sample::Invitation, own, &BTreeMap::new());
        assert_eq!((invitation.subject(), invitation.html().unwrap().as_str()), ("Come in", "<p>ann: <b>Sample-pass-1</b></p>"));
        let link = of(Sample::Link, OwnTexts { subject: None, body: Some("{##Here##}") }, &BTreeMap::new());
        assert!(link.0.body.contains(LINK) && link.html().unwrap().contains(LINK));
    }
}
