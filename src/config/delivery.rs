//! How messages leave: what the settings `email` and `sms` say, read once.

use std::net::IpAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::kit::secret::Secret;

/// How messages leave. What has no route stays in the outbox.
#[derive(Debug, Default)]
pub struct Delivery {
    /// Mail.
    pub email: Option<EmailRoute>,
    /// Text messages.
    pub sms: Option<SmsRoute>,
}

impl Delivery {
    /// The routes that the settings name.
    ///
    /// # Errors
    /// Which setting is wrong, and what would be right; never its value, which may hold a password.
    pub fn read(email: Option<&Secret>, email_from: &str, sms: Option<&Secret>) -> Result<Self, String> {
        let email = email.map(|route| EmailRoute::read(route.expose_secret(), email_from)).transpose()?;
        let sms = sms.map(|route| SmsRoute::read(route.expose_secret())).transpose()?;
        Ok(Self { email, sms })
    }

    /// Whether messages of a channel, `email` or `sms`, leave.
    #[must_use]
    pub fn has_route(&self, channel: &str) -> bool {
        match channel {
            "email" => self.email.is_some(),
            _ => self.sms.is_some(),
        }
    }

    /// Whether any message leaves.
    #[must_use]
    pub const fn has_any(&self) -> bool {
        self.email.is_some() || self.sms.is_some()
    }
}

/// How mail leaves.
#[derive(Debug)]
pub enum EmailRoute {
    /// To a mail server.
    Smtp {
        /// `smtp://user:password@host:port?tls=required`, or `smtps://…`.
        url: Secret,
        /// Whom it is from, where the pool names nobody.
        from: Mailbox,
    },
    /// Into files, one a message.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Whom it is from, where the pool names nobody.
        from: Mailbox,
    },
}

const EMAIL: &str =
    "--email: give smtp://[USER:PASSWORD@]HOST[:PORT][?tls=required], smtps://[USER:PASSWORD@]HOST[:PORT] or file:///FOLDER";

impl EmailRoute {
    fn read(route: &str, from: &str) -> Result<Self, String> {
        let url = Url::parse(route).map_err(|_| EMAIL.to_owned())?;
        let from = from.parse().map_err(|_| "--email-from: give NAME <ADDRESS>, or an address".to_owned())?;
        match url.scheme() {
            // Credentials never go in the clear to another machine, whatever the mail server would take.
            "smtp" if !url.username().is_empty() && !requires_tls(&url) && !is_loopback(&url) => {
                Err("--email: a user and password go over TLS only: add ?tls=required, or use smtps://".to_owned())
            }
            "smtp" | "smtps" if url.has_host() => Ok(Self::Smtp { url: Secret::from(route.to_owned()), from }),
            "file" => url.to_file_path().map(|path| Self::Folder { path, from }).map_err(|()| EMAIL.to_owned()),
            _ => Err(EMAIL.to_owned()),
        }
    }
}

fn requires_tls(url: &Url) -> bool {
    url.query_pairs().any(|(name, value)| name == "tls" && value == "required")
}

/// How text messages leave.
#[derive(Debug)]
pub enum SmsRoute {
    /// To a program of the operator's.
    Webhook {
        /// Its address.
        url: String,
        /// What requests are signed with.
        secret: Secret,
    },
    /// By Twilio's API of messages.
    Twilio {
        /// The address of its API, without a slash at its end.
        base: String,
        /// The account.
        account_sid: String,
        /// Its token.
        auth_token: Secret,
        /// The number, or the messaging service (`MG…`), that messages come from.
        from: String,
    },
    /// By Amazon SNS, or what speaks its protocol.
    Sns {
        /// Its address.
        endpoint: String,
        /// The region that requests are signed for.
        region: String,
        /// Who signs.
        access_key_id: String,
        /// With what.
        secret_access_key: Secret,
        /// The sender that the message names.
        sender_id: Option<String>,
    },
}

const SMS: &str = "--sms: give https://:SECRET@HOST/PATH, twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=NUMBER or \
                   sns://ACCESS_KEY_ID:SECRET@REGION[?sender_id=NAME&endpoint=URL]";

impl SmsRoute {
    fn read(route: &str) -> Result<Self, String> {
        Self::parse(route).ok_or_else(|| SMS.to_owned())
    }

    fn parse(route: &str) -> Option<Self> {
        let url = Url::parse(route).ok()?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let user = decoded(url.username());
        let secret = url.password().map(|password| Secret::from(decoded(password)))?;
        let parameter = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        let host = url.host_str()?.to_owned();
        let authority = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        match url.scheme() {
            "https" | "http" if url.scheme() == "https" || is_loopback(&url) => {
                let mut bare = url.clone();
                bare.set_username("").ok()?;
                bare.set_password(None).ok()?;
                Some(Self::Webhook { url: bare.to_string(), secret })
            }
            "twilio" | "twilio+http" if !user.is_empty() => {
                let is_open = url.scheme() == "twilio+http";
                let base = format!("{}://{authority}", if is_open { "http" } else { "https" });
                let goes = !is_open || is_loopback(&Url::parse(&base).ok()?);
                goes.then_some(Self::Twilio { base, account_sid: user, auth_token: secret, from: parameter("from")? })
            }
            "sns" if !user.is_empty() => {
                let endpoint = parameter("endpoint").unwrap_or_else(|| format!("https://sns.{host}.amazonaws.com/"));
                let address = Url::parse(&endpoint).ok()?;
                let goes = address.scheme() == "https" || is_loopback(&address);
                let sender_id = parameter("sender_id");
                goes.then_some(Self::Sns { endpoint, region: host, access_key_id: user, secret_access_key: secret, sender_id })
            }
            _ => None,
        }
    }
}

/// Whether an address is this machine's: what goes there needs no TLS.
pub(super) fn is_loopback(url: &Url) -> bool {
    // Of schemes that it does not know, `url` leaves the host as it is written.
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(email: Option<&str>, sms: Option<&str>) -> Result<Delivery, String> {
        let secret = |text: &str| Secret::from(text.to_owned());
        Delivery::read(email.map(secret).as_ref(), "Ours <no-reply@a.example>", sms.map(secret).as_ref())
    }

    #[test]
    fn routes_are_read_and_their_secrets_are_not_told() {
        for right in
            ["smtp://mail.example", "smtps://u:p@mail.example:465", "smtp://u:hunter2@mail.example:587?tls=required", "file:///tmp/mail"]
        {
            let delivery = read(Some(right), None).unwrap();
            assert!(delivery.has_route("email") && !delivery.has_route("sms"), "{right}");
            assert!(!format!("{delivery:?}").contains("hunter2"));
        }
        for right in [
            "https://:hunter2@hooks.example/sms",
            "http://:hunter2@127.0.0.1:9/sms",
            "twilio://AC1:hunter2@api.twilio.com?from=%2B15550100",
            "sns://AKIA:hunter2@eu-west-1?sender_id=Notes",
        ] {
            let delivery = read(None, Some(right)).unwrap();
            assert!(delivery.has_route("sms") && !delivery.has_route("email"), "{right}");
            assert!(!format!("{delivery:?}").contains("hunter2"));
        }
        assert!(!read(None, None).unwrap().has_any());
    }

    #[test]
    fn what_is_no_route_or_would_tell_a_secret_is_refused_without_its_words() {
        for wrong in ["mail.example", "http://u:hunter2@mail.example", "smtp://u:hunter2@mail.example", "smtp:///hunter2", ""] {
            let refused = read(Some(wrong), None).unwrap_err();
            assert!(refused.starts_with("--email: ") && !refused.contains("hunter2"), "{wrong}: {refused}");
        }
        for wrong in [
            "http://:hunter2@hooks.example/sms",
            "https://hooks.example/unsigned",
            "twilio://AC1:hunter2@api.twilio.com",
            "twilio+http://AC1:hunter2@api.twilio.com?from=%2B15550100",
            "sns://AKIA:hunter2@eu-west-1?endpoint=http://sns.example",
            "hunter2",
        ] {
            let refused = read(None, Some(wrong)).unwrap_err();
            assert!(refused.starts_with("--sms: ") && !refused.contains("hunter2"), "{wrong}: {refused}");
        }
    }
}
