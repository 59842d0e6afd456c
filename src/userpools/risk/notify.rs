//! What users are told of sign-ins that may be somebody else's: whom the message comes from, and its text.
//!
//! Source: Amazon Cognito API reference, NotifyConfigurationType; developer guide, "Message templates".

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::RiskRefused;
use crate::userpools::message_text;
use crate::userpools::pool::{EmailConfiguration, EmailSendingAccount, address_of};
use crate::userpools::words::RiskWords;

/// NotifyConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NotifyConfiguration {
    /// Whom the messages come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where answers go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The identity that they come from.
    pub source_arn: String,
    /// Of a sign-in that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_email: Option<NotifyEmail>,
    /// Of a sign-in that was let pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_action_email: Option<NotifyEmail>,
    /// Of a sign-in that was asked for a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_email: Option<NotifyEmail>,
}

/// NotifyEmail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NotifyEmail {
    /// The subject.
    pub subject: String,
    /// The message in HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html_body: Option<String>,
    /// The message as plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
}

/// What was done about a sign-in that may be somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// It was refused.
    Block,
    /// A second factor was asked for.
    Mfa,
    /// Nothing.
    NoAction,
}

impl Response {
    /// The word by which a function of the pool is told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "BLOCK",
            Self::Mfa => "MFA",
            Self::NoAction => "NO_ACTION",
        }
    }

    /// Our own sentence about it.
    #[must_use]
    pub const fn sentence(self, words: &RiskWords) -> &'static str {
        match self {
            Self::Block => words.blocked,
            Self::Mfa => words.asked,
            Self::NoAction => words.passed,
        }
    }
}

impl NotifyConfiguration {
    /// The pool's own message about what was done.
    #[must_use]
    pub const fn email(&self, response: Response) -> Option<&NotifyEmail> {
        match response {
            Response::Block => self.block_email.as_ref(),
            Response::Mfa => self.mfa_email.as_ref(),
            Response::NoAction => self.no_action_email.as_ref(),
        }
    }

    /// The address that messages come from: in `From`, or the identity's own; `None` where the identity is a domain.
    #[must_use]
    pub fn sender(&self) -> Option<String> {
        self.as_sending().sender().map(str::to_owned)
    }

    /// Where answers go; `None` for back to the sender.
    #[must_use]
    pub fn answers_to(&self) -> Option<&str> {
        self.reply_to.as_deref().filter(|address| !address.is_empty())
    }

    /// Whether messages can be sent so.
    ///
    /// # Errors
    /// [`RiskRefused`].
    pub(super) fn check(&self) -> Result<(), RiskRefused> {
        self.as_sending().check()?;
        // SECURITY: whoever writes a line end into a header writes headers.
        let is_one = |text: &str| address_of(text).is_some() && !text.contains(char::is_control);
        if self.answers_to().is_some_and(|address| !is_one(address)) { Err(RiskRefused::BadReplyTo) } else { Ok(()) }
    }

    /// Its sender is held to what a pool's own is held to.
    fn as_sending(&self) -> EmailConfiguration {
        EmailConfiguration {
            source_arn: Some(self.source_arn.clone()),
            from: self.from.clone(),
            email_sending_account: EmailSendingAccount::Developer,
            ..EmailConfiguration::default()
        }
    }
}

/// What is known of a sign-in that may be somebody else's.
pub struct Facts {
    /// The user.
    pub username: String,
    /// Where it came from, if that is known.
    pub ip_address: Option<String>,
    /// When, as the text's reader reads times.
    pub login_time: String,
    /// The device, in people's words, if anything is known of it.
    pub device_name: Option<String>,
    /// What it is noted under.
    pub event_id: String,
    /// What the user says with whose it was.
    pub feedback_token: String,
    /// The page that says that it was theirs.
    pub valid_link: String,
    /// The page that says that it was not.
    pub invalid_link: String,
    /// The word for what is not known.
    pub unknown: &'static str,
}

/// What a pool's own text says where nothing is known.
pub const UNKNOWN: &str = "unknown";

impl Facts {
    /// A text with what is known. Nobody here knows cities and countries.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        message_text::with_each(text, |name| self.value(name).map(Cow::Borrowed))
    }

    /// The same in HTML.
    ///
    /// SECURITY: names and devices are others' words: in HTML they are text.
    #[must_use]
    pub fn fill_html(&self, text: &str) -> String {
        message_text::with_each(text, |name| self.value(name).map(|value| Cow::Owned(message_text::escaped(value))))
    }

    fn value(&self, name: &str) -> Option<&str> {
        let unknown = self.unknown;
        Some(match name {
            "username" => &self.username,
            "ip-address" => self.ip_address.as_deref().unwrap_or(unknown),
            "city" | "country" => unknown,
            "login-time" => &self.login_time,
            "device-name" => self.device_name.as_deref().unwrap_or(unknown),
            "event-id" => &self.event_id,
            "feedback-token" => &self.feedback_token,
            "one-click-link-valid" => &self.valid_link,
            "one-click-link-invalid" => &self.invalid_link,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::userpools::pool::MessagingRefused;

    #[test]
    fn a_sender_is_of_its_identity_and_answers_go_to_an_address() {
        const DOMAIN: &str = "arn:aws:ses:us-east-1:000000000000:identity/x.example";
        const ADDRESS: &str = "arn:aws:ses:us-east-1:000000000000:identity/us@x.example";
        let of = |source: &str, from: Option<&str>, reply_to: Option<&str>| NotifyConfiguration {
            source_arn: source.to_owned(),
            from: from.map(str::to_owned),
            reply_to: reply_to.map(str::to_owned),
            ..NotifyConfiguration::default()
        };
        for (source, from, reply_to, expected) in [
            (DOMAIN, None, None, Ok(None)),
            (ADDRESS, None, Some(""), Ok(Some("us@x.example"))),
            (DOMAIN, Some("Us <us@x.example>"), Some("Help <help@y.example>"), Ok(Some("Us <us@x.example>"))),
            (DOMAIN, Some("us@y.example"), None, Err(MessagingRefused::ForeignSender.into())),
            (DOMAIN, Some("us@x.example\r\nBcc: eve@y.example"), None, Err(MessagingRefused::BadSender.into())),
            (DOMAIN, Some("us"), None, Err(MessagingRefused::BadSender.into())),
            (DOMAIN, None, Some("help"), Err(RiskRefused::BadReplyTo)),
            (DOMAIN, None, Some("a@y.example\r\nBcc: <eve@y.example>"), Err(RiskRefused::BadReplyTo)),
            (
                "arn:aws:sns:us-east-1:000000000000:ses",
                None,
                None,
                Err(MessagingRefused::NotAnIdentity("arn:aws:sns:us-east-1:000000000000:ses".to_owned()).into()),
            ),
        ] {
            let configuration = of(source, from, reply_to);
            let sender = configuration.check().map(|()| configuration.sender());
            assert_eq!(sender, expected.map(|sender| sender.map(str::to_owned)), "{source} {from:?} {reply_to:?}");
        }
    }

    #[test]
    fn what_is_put_in_is_text_and_stands_for_nothing_itself() {
        let facts = Facts {
            username: "{feedback-token}<b>".to_owned(),
            ip_address: None,
            login_time: "now".to_owned(),
            device_name: Some("\"it's\" & {username}".to_owned()),
            event_id: "e".to_owned(),
            feedback_token: "t".to_owned(),
            valid_link: "http://x/?v=1&t=t".to_owned(),
            invalid_link: "http://x/?v=0&t=t".to_owned(),
            unknown: UNKNOWN,
        };
        let text =
            "{username} {device-name} {ip-address} {city}, {country} {event-id}{feedback-token} {one-click-link-valid} {a {login-time}}";
        let filled = "{feedback-token}<b> \"it's\" & {username} unknown unknown, unknown et http://x/?v=1&t=t {a now}";
        assert_eq!(facts.fill(text), filled);
        let html = facts.fill_html("<p {x}>{username}|{device-name}</p><a href={one-click-link-invalid}>");
        assert!(
            html.starts_with("<p {x}>{feedback-token}&#60;b&#62;|&#34;it&#39;s&#34; &#38; {username}</p><a href=http://x/?v=0&#38;t=t>"),
            "{html}"
        );
    }
}
