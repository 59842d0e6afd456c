//! How a pool's messages are sent: from whom email comes, and by which role text messages go.

use serde::{Deserialize, Serialize};

/// EmailConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EmailConfiguration {
    /// The ARN of the SES identity that email comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
    /// Where answers go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_email_address: Option<String>,
    /// Whose account sends.
    pub email_sending_account: EmailSendingAccount,
    /// An address, or a name and its address in angle brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// SES's rules for what is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
}

/// Whose account sends email.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EmailSendingAccount {
    /// The deployment's.
    #[default]
    CognitoDefault,
    /// The developer's own, by SES.
    Developer,
}

/// SmsConfiguration: by SNS or by End User Messaging, not by both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmsConfiguration {
    /// The role that publishes with SNS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sns_caller_arn: Option<String>,
    /// What the role's trust policy may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The region of SNS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sns_region: Option<String>,
    /// By End User Messaging in place of SNS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eums_sms: Option<EumsSmsConfiguration>,
}

/// EumsSmsConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EumsSmsConfiguration {
    /// The role that sends.
    pub caller_arn: String,
    /// What the role's trust policy may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Whom messages come from: a number, a sender's id or a pool of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origination_identity: Option<String>,
    /// The rules for what is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_set_name: Option<String>,
    /// India's principal entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_entity_id: Option<String>,
    /// India's registered template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_template_id: Option<String>,
    /// The pool's own region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// The role that a pool's text messages go by, and what it must be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmsRole<'a> {
    /// The role's ARN, as it was given.
    pub arn: &'a str,
    /// What its trust policy may ask for.
    pub external_id: Option<&'a str>,
    /// What it must be allowed to do.
    pub action: &'static str,
}

/// Why a pool's messages cannot be sent so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessagingRefused {
    /// One's own SES needs an identity.
    #[error("SourceArn is required when EmailSendingAccount is DEVELOPER.")]
    NoSource,
    /// Email comes from an identity of SES.
    #[error("Invalid SourceArn: {0} is not an Amazon SES identity.")]
    NotAnIdentity(String),
    /// The sender is of another identity than the source.
    #[error("From must be an address of the identity in SourceArn.")]
    ForeignSender,
    /// The sender is no address.
    #[error("Invalid email address in From.")]
    BadSender,
    /// Answers would go to what is no address.
    #[error("Invalid email address in ReplyToEmailAddress.")]
    BadReplyTo,
    /// Nothing says who sends text messages.
    #[error("SnsCallerArn is required in SmsConfiguration.")]
    NoCaller,
    /// Two ways at once.
    #[error("Provide either SnsCallerArn or EumsSms in SmsConfiguration, not both.")]
    TwoWays,
    /// End User Messaging works in the pool's region only.
    #[error("The Region of EumsSms must be the Region of the user pool.")]
    ForeignRegion,
}

impl EmailConfiguration {
    /// The address that email comes from where the developer's own account sends it: in `From`, or the identity's own; `None` for
    /// the deployment's.
    #[must_use]
    pub fn sender(&self) -> Option<&str> {
        if self.email_sending_account != EmailSendingAccount::Developer {
            return None;
        }
        let from = self.from.as_deref().filter(|from| !from.is_empty());
        from.or_else(|| self.source_arn.as_deref().and_then(identity).filter(|identity| identity.contains('@')))
    }

    /// Where answers go; `None` for back to the sender.
    #[must_use]
    pub fn reply_to(&self) -> Option<&str> {
        self.reply_to_email_address.as_deref().filter(|address| !address.is_empty())
    }

    /// Whether it can be sent so.
    ///
    /// Source: Amazon Cognito API reference, EmailConfigurationType.
    ///
    /// # Errors
    /// [`MessagingRefused`].
    pub fn check(&self) -> Result<(), MessagingRefused> {
        let source = match self.source_arn.as_deref() {
            None if self.email_sending_account == EmailSendingAccount::Developer => return Err(MessagingRefused::NoSource),
            None => None,
            Some(arn) => Some(identity(arn).ok_or_else(|| MessagingRefused::NotAnIdentity(arn.to_owned()))?),
        };
        // SECURITY: the same holds for answers as for the sender.
        if self.reply_to().is_some_and(|address| address_of(address) != Some(address)) {
            return Err(MessagingRefused::BadReplyTo);
        }
        let Some(from) = self.from.as_deref().filter(|from| !from.is_empty()) else { return Ok(()) };
        // SECURITY: whoever writes a line end into a header writes headers.
        let address = address_of(from).filter(|_| !from.chars().any(char::is_control)).ok_or(MessagingRefused::BadSender)?;
        match source {
            Some(identity) if !is_of(address, identity) => Err(MessagingRefused::ForeignSender),
            _ => Ok(()),
        }
    }
}

impl SmsConfiguration {
    /// Whether it says anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.caller().is_none() && self.eums_sms.is_none() && self.external_id.is_none() && self.sns_region.is_none()
    }

    /// The role that messages go by; `None` where none is named.
    #[must_use]
    pub fn role(&self) -> Option<SmsRole<'_>> {
        let by_sns = self.caller().map(|arn| SmsRole { arn, external_id: self.external_id.as_deref(), action: "sns:Publish" });
        let by_eums = self.eums_sms.as_ref().map(|eums| SmsRole {
            arn: &eums.caller_arn,
            external_id: eums.external_id.as_deref(),
            action: "sms-voice:SendTextMessage",
        });
        by_sns.or(by_eums)
    }

    /// Whether they can be sent so, for a pool in this region.
    ///
    /// Source: Amazon Cognito API reference, SmsConfigurationType and EumsSmsConfigurationType.
    ///
    /// # Errors
    /// [`MessagingRefused`].
    pub fn check(&self, region: &str) -> Result<(), MessagingRefused> {
        match (self.caller(), &self.eums_sms) {
            (None, None) if self.is_empty() => Ok(()),
            (None, None) => Err(MessagingRefused::NoCaller),
            (Some(_), Some(_)) => Err(MessagingRefused::TwoWays),
            (None, Some(eums)) if eums.region.as_deref().is_some_and(|given| given != region) => Err(MessagingRefused::ForeignRegion),
            (Some(_), None) | (None, Some(_)) => Ok(()),
        }
    }

    /// The same, by the role as it was found.
    #[must_use]
    pub fn by(mut self, role_arn: &str) -> Self {
        match &mut self.eums_sms {
            Some(eums) => role_arn.clone_into(&mut eums.caller_arn),
            None => self.sns_caller_arn = Some(role_arn.to_owned()),
        }
        self
    }

    fn caller(&self) -> Option<&str> {
        self.sns_caller_arn.as_deref().filter(|arn| !arn.is_empty())
    }
}

/// What an ARN of SES names: an address or a domain.
fn identity(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let is_ses = parts.next() == Some("arn") && parts.next().is_some() && parts.next() == Some("ses");
    parts.nth(2).and_then(|resource| resource.strip_prefix("identity/")).filter(|name| is_ses && !name.is_empty())
}

/// The address in `Name <address>`, or the text itself; `None` where it is no address.
#[must_use]
pub fn address_of(from: &str) -> Option<&str> {
    let address = match from.trim().strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<')?.1,
        None => from.trim(),
    };
    let is_plain = |text: &str| !text.contains(['<', '>', ' ', ',']);
    Some(address).filter(|address| super::super::attributes::is_email(address) && is_plain(address))
}

fn is_of(address: &str, identity: &str) -> bool {
    let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let is_below = domain.len() > identity.len()
        && domain.get(domain.len() - identity.len()..).is_some_and(|end| same(end, identity))
        && domain.get(..domain.len() - identity.len()).is_some_and(|rest| rest.ends_with('.'));
    same(address, identity) || same(domain, identity) || (!identity.contains('@') && is_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_comes_from_an_identity_of_ses_and_its_sender_is_of_it() {
        use MessagingRefused::{BadSender, ForeignSender, NoSource, NotAnIdentity};
        const DOMAIN: &str = "arn:aws:ses:us-east-1:000000000000:identity/x.example";
        const ADDRESS: &str = "arn:aws:ses:us-east-1:000000000000:identity/no-reply@x.example";
        let topic = "arn:aws:sns:us-east-1:000000000000:topic";
        for (account, source, from, expected) in [
            (EmailSendingAccount::CognitoDefault, None, None, Ok(())),
            (EmailSendingAccount::CognitoDefault, Some(ADDRESS), None, Ok(())),
            (EmailSendingAccount::Developer, None, None, Err(NoSource)),
            (EmailSendingAccount::Developer, Some(DOMAIN), Some("Us <us@X.example>"), Ok(())),
            (EmailSendingAccount::Developer, Some(DOMAIN), Some("us@mail.x.example"), Ok(())),
            (EmailSendingAccount::Developer, Some(DOMAIN), Some("us@evilx.example"), Err(ForeignSender)),
            (EmailSendingAccount::Developer, Some(DOMAIN), Some("us@y.example"), Err(ForeignSender)),
            (EmailSendingAccount::Developer, Some(ADDRESS), Some("us@x.example"), Err(ForeignSender)),
            (EmailSendingAccount::Developer, Some(DOMAIN), Some("us@x.example\r\nBcc: all@y.example"), Err(BadSender)),
            (EmailSendingAccount::Developer, Some(DOMAIN), Some("nobody"), Err(BadSender)),
            (EmailSendingAccount::Developer, Some(topic), None, Err(NotAnIdentity(topic.to_owned()))),
        ] {
            let configuration = EmailConfiguration {
                source_arn: source.map(str::to_owned),
                email_sending_account: account,
                from: from.map(str::to_owned),
                ..EmailConfiguration::default()
            };
            assert_eq!(configuration.check(), expected, "{source:?} {from:?}");
        }
        let of_ours = EmailConfiguration { source_arn: Some(ADDRESS.to_owned()), ..EmailConfiguration::default() };
        let of_address = EmailConfiguration { email_sending_account: EmailSendingAccount::Developer, ..of_ours.clone() };
        assert_eq!((of_ours.sender(), of_address.sender()), (None, Some("no-reply@x.example")));
        for (reply_to, expected) in [
            ("", Ok(())),
            ("help@y.example", Ok(())),
            ("Us <help@y.example>", Err(MessagingRefused::BadReplyTo)),
            ("a@y.example\r\nBcc: b@y.example", Err(MessagingRefused::BadReplyTo)),
        ] {
            let configuration = EmailConfiguration { reply_to_email_address: Some(reply_to.to_owned()), ..EmailConfiguration::default() };
            assert_eq!(configuration.check(), expected, "{reply_to}");
        }
    }

    #[test]
    fn text_messages_go_one_way() {
        use MessagingRefused::{ForeignRegion, NoCaller, TwoWays};
        let eums = |region: Option<&str>| {
            Some(EumsSmsConfiguration { caller_arn: "r".to_owned(), region: region.map(str::to_owned), ..Default::default() })
        };
        for (sns, external_id, eums_sms, expected) in [
            (None, None, None, Ok(None)),
            (Some(""), None, None, Ok(None)),
            (Some("s"), Some("x"), None, Ok(Some("sns:Publish"))),
            (Some(""), Some("x"), None, Err(NoCaller)),
            (None, None, eums(Some("us-east-1")), Ok(Some("sms-voice:SendTextMessage"))),
            (None, None, eums(Some("eu-west-1")), Err(ForeignRegion)),
            (Some("s"), None, eums(None), Err(TwoWays)),
        ] {
            let configuration = SmsConfiguration {
                sns_caller_arn: sns.map(str::to_owned),
                external_id: external_id.map(str::to_owned),
                eums_sms,
                ..SmsConfiguration::default()
            };
            let found = configuration.check("us-east-1").map(|()| configuration.role().map(|role| role.action));
            assert_eq!(found, expected, "{sns:?}");
        }
    }
}
