//! Mail: a message as text and as HTML, handed to a mail server or put into a folder.

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::file::AsyncFileTransport;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Tokio1Executor};

use super::carriers::{NotCarried, PATIENCE, Parcel};
use crate::config::EmailRoute;
use crate::userpools::language::Language;
use crate::userpools::message::{Form, Message};
use crate::userpools::message_text::is_html;

/// Hands mail over.
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

impl Mailer {
    /// A mailer by this route.
    ///
    /// # Errors
    /// An address of a mail server that does not serve.
    pub fn of(route: &EmailRoute) -> Result<Self, String> {
        match route {
            EmailRoute::Smtp { url, from } => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret());
                // The error is not told: it may quote the address, and the password in it.
                let transport = transport.map_err(|_| "--email: the mail server's address does not serve".to_owned())?;
                Ok(Self { from: from.clone(), way: Way::Smtp(transport.timeout(Some(PATIENCE)).build()) })
            }
            EmailRoute::Folder { path, from } => Ok(Self { from: from.clone(), way: Way::Folder(AsyncFileTransport::new(path)) }),
        }
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// [`NotCarried`].
    pub async fn carry(&self, parcel: &Parcel<'_>) -> Result<(), NotCarried> {
        let mail = mail(&self.from, parcel)?;
        match &self.way {
            Way::Smtp(server) => server.send(mail).await.map(drop).map_err(|error| {
                // The server's own words are not told: they often quote the address.
                let reason = match error.status() {
                    Some(code) => format!("the mail server answered {code}"),
                    None if error.is_timeout() => "the mail server took too long".to_owned(),
                    None => "the mail server could not be reached, or did not speak SMTP".to_owned(),
                };
                if error.is_permanent() { NotCarried::Never(reason) } else { NotCarried::Later(reason) }
            }),
            Way::Folder(folder) => {
                folder.send(mail).await.map(drop).map_err(|_| NotCarried::Later("the folder of mail cannot be written".to_owned()))
            }
        }
    }
}

fn mail(from: &Mailbox, parcel: &Parcel<'_>) -> Result<lettre::Message, NotCarried> {
    let never = |reason: &str| NotCarried::Never(reason.to_owned());
    let Parcel { id, message, .. } = parcel;
    let own: Option<Mailbox> =
        parcel.from.map(str::parse).transpose().map_err(|_| never("the pool's sender is no address that mail can come from"))?;
    let from: &Mailbox = own.as_ref().unwrap_or(from);
    let reply_to: Option<Mailbox> =
        parcel.reply_to.map(str::parse).transpose().map_err(|_| never("answers would go to what is no address"))?;
    let to = Mailbox::new(None, message.to.parse().map_err(|_| never("the address is none that mail can go to"))?);
    let subject = one_line(message.subject.as_deref().unwrap_or_default());
    let mut builder = lettre::Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        // RFC 3834 §5: nobody's holiday answers it.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .from(from.clone())
        .to(to)
        .subject(subject.clone());
    if let Some(reply_to) = reply_to {
        builder = builder.reply_to(reply_to);
    }
    let html = as_html(message, &subject).map_err(|_| never("the message cannot be written as HTML"))?;
    let mail = if html == message.body {
        builder.singlepart(SinglePart::html(html))
    } else {
        builder.multipart(MultiPart::alternative_plain_html(message.body.clone(), html))
    };
    mail.map_err(|_| never("the message is none that mail can carry"))
}

/// What a reader of HTML sees: a pool's own HTML as it is, all else as a letter.
///
/// # Errors
/// Those of the template.
pub(super) fn as_html(message: &Message, subject: &str) -> askama::Result<String> {
    match &message.own.form {
        Form::Html => Ok(message.body.clone()),
        // SECURITY: what looks like a tag in a text of ours came from a name, and is no HTML.
        Form::AsItLooks if message.language.is_none() && is_html(&message.body) => Ok(message.body.clone()),
        Form::Both(html) => Ok(html.clone()),
        Form::AsItLooks | Form::Text => letter(message, subject),
    }
}

/// A subject is a line: what would break it is a space.
fn one_line(subject: &str) -> String {
    subject.replace(char::is_control, " ")
}

/// A text as a letter in HTML.
#[derive(Template)]
#[template(path = "email/letter.html")]
struct Letter<'a> {
    language: Option<Language>,
    subject: &'a str,
    paragraphs: Vec<Vec<Piece<'a>>>,
    link: Option<&'a str>,
}

/// A part of a paragraph.
struct Piece<'a> {
    text: &'a str,
    kind: Kind,
}

/// What a part of a paragraph is.
#[derive(Clone, Copy)]
enum Kind {
    Words,
    Code,
    Link,
}

/// A message as a letter in HTML: what a person has to copy stands out.
///
/// # Errors
/// Those of the template.
fn letter(message: &Message, subject: &str) -> askama::Result<String> {
    let code = message.code.as_deref().filter(|code| !code.is_empty()).map(|code| (code, Kind::Code));
    let links = message.own.links.iter().map(|link| (link.as_str(), Kind::Link));
    let marks: Vec<(&str, Kind)> = code.into_iter().chain(links).collect();
    let pieces = |line| {
        let mut pieces = Vec::new();
        let mut rest: &str = line;
        let first_in = |rest: &'_ str| {
            let found = marks.iter().filter_map(|(mark, kind)| Some((rest.find(mark)?, *mark, *kind)));
            found.min_by_key(|(at, ..)| *at)
        };
        while let Some((at, mark, kind)) = first_in(rest) {
            let (before, found) = rest.split_at(at);
            pieces.push(Piece { text: before, kind: Kind::Words });
            pieces.push(Piece { text: mark, kind });
            rest = found.strip_prefix(mark).unwrap_or_default();
        }
        pieces.push(Piece { text: rest, kind: Kind::Words });
        pieces
    };
    let paragraphs = message.body.lines().filter(|line| !line.trim().is_empty()).map(pieces).collect();
    Letter { language: message.language, subject, paragraphs, link: message.link.as_deref() }.render()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::clock::Timestamp;
    use crate::userpools::message::OwnEmail;

    fn message(to: &str, subject: &str, body: &str) -> Message {
        Message {
            channel: "email".to_owned(),
            to: to.to_owned(),
            subject: Some(subject.to_owned()),
            body: body.to_owned(),
            code: Some("123456".to_owned()),
            link: None,
            user_pool_id: "us-east-1_a".into(),
            username: "alice".to_owned(),
            trigger_source: "CustomMessage_SignUp".to_owned(),
            language: None,
            own: OwnEmail::default(),
        }
    }

    fn written(message: &Message) -> Result<String, NotCarried> {
        let parcel = Parcel { id: "m1", message, from: None, reply_to: None, now: Timestamp::from_millis(0) };
        let mail = mail(&"Ours <no-reply@a.example>".parse().unwrap(), &parcel)?;
        Ok(String::from_utf8(mail.formatted()).unwrap())
    }

    #[test]
    fn a_text_goes_as_text_and_as_html_and_says_that_no_person_wrote_it() {
        let mail = written(&message("alice@b.example", "Your code", "Your code is 123456 & <no more")).unwrap();
        for part in ["multipart/alternative", "Your code is 123456 & <no more", "Auto-Submitted: auto-generated", "<m1@a.example>"] {
            assert!(mail.contains(part), "{part}: {mail}");
        }
        let html = letter(&message("", "s", "Your code is 123456 & <no more"), "s").unwrap();
        assert!(html.contains("&lt;no more") || html.contains("&#60;no more"), "{html}");
        assert!(html.contains(">123456</"), "{html}");
    }

    #[test]
    fn a_pools_own_html_goes_as_it_is() {
        let mail = written(&message("alice@b.example", "Your code", "<p>Your code is <b>123456</b></p>")).unwrap();
        assert!(mail.contains("text/html") && !mail.contains("multipart"), "{mail}");
    }

    #[test]
    fn a_text_of_ours_is_no_html_whatever_name_is_in_it_and_says_its_language() {
        let ours = Message { language: Some(Language::Ar), ..message("alice@b.example", "Hi", "<b>alice</b> 123456") };
        let mail = written(&ours).unwrap();
        assert!(mail.contains("multipart/alternative"), "{mail}");
        let html = letter(&ours, "Hi").unwrap();
        assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">") && !html.contains("<b>alice"), "{html}");
    }

    #[test]
    fn an_emails_own_form_is_kept_to_and_its_links_can_be_followed() {
        let own = |form| OwnEmail { form, links: vec!["http://x/?a=1&b=2".to_owned()], ..OwnEmail::default() };
        let text = Message { own: own(Form::Text), ..message("alice@b.example", "Hi", "<b>it</b> http://x/?a=1&b=2 http://y/") };
        let html = letter(&text, "Hi").unwrap();
        assert!(html.contains("<a href=\"http://x/?a=1&#38;b=2\">") && !html.contains("<b>") && !html.contains("\"http://y"), "{html}");
        assert!(written(&text).unwrap().contains("multipart/alternative"));
        let both = Message { own: own(Form::Both("<i>it</i>".to_owned())), ..text.clone() };
        let mail = written(&both).unwrap();
        assert!(mail.contains("multipart/alternative") && mail.contains("<i>it</i>"), "{mail}");
        let html = Message { own: own(Form::Html), ..message("alice@b.example", "Hi", "no tags") };
        let mail = written(&html).unwrap();
        assert!(mail.contains("text/html") && !mail.contains("multipart"), "{mail}");
    }

    #[test]
    fn no_subject_and_no_address_adds_a_header() {
        let mail = written(&message("alice@b.example", "Hi\r\nBcc: eve@c.example", "x 123456")).unwrap();
        assert!(!mail.lines().any(|line| line.starts_with("Bcc")), "{mail}");
        for to in ["alice", "a@b.example\r\nBcc: eve@c.example", "a@b.example, eve@c.example", ""] {
            assert!(matches!(written(&message(to, "s", "x 123456")), Err(NotCarried::Never(_))), "{to}");
        }
    }
}
