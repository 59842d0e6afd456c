//! The pages that end a visit, or lead it on to somebody else's.

use std::borrow::Cow;

use askama::Template;

use super::account::is_web;
use super::field::{Field, FieldKind, Shown};
use super::frame::{Form, Frame, Notice};

/// The page that asks whether an application may do what it asks. Sends `choice`: `allow` or `deny`.
#[derive(Template)]
#[template(path = "hosted/consent.html")]
pub struct Consent {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who is asked.
    pub username: String,
    /// What the application calls itself.
    pub client_name: String,
    /// Where it is from, if that is known: a host.
    pub client_host: Option<String>,
    /// Where it goes on: a host; nothing, where a device is let in.
    pub redirect_host: String,
    /// What it asks: the scope, and what that lets it do.
    pub scopes: Vec<(String, String)>,
    /// Its picture.
    pub client_logo_url: Option<String>,
    /// Its policies: what they are called and their `https:` or `http:` URLs.
    pub links: Vec<(String, String)>,
}

/// The page that asks for the code which a device shows. Sends `user_code`.
#[derive(Template)]
#[template(path = "hosted/device_code.html")]
pub struct DeviceCode {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// What stands in the field.
    pub user_code: String,
    /// What is wrong with it.
    pub code_error: Option<String>,
}

/// The page after that.
#[derive(Template)]
#[template(path = "hosted/told.html")]
pub struct DeviceDone {
    /// What stands around it.
    pub frame: Frame,
    /// What has happened.
    pub notice: Option<Notice>,
    /// What became of the device.
    pub outcome: DeviceOutcome,
}

/// What became of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceOutcome {
    /// It was let in.
    Connected,
    /// It was not.
    Denied,
}

/// The page that asks whether to sign out. Sends nothing more.
#[derive(Template)]
#[template(path = "hosted/logging_out.html")]
pub struct LoggingOut {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who is signed in.
    pub username: Option<String>,
    /// To who stays.
    pub stay: Option<String>,
}

/// The page after that.
#[derive(Template)]
#[template(path = "hosted/told.html")]
pub struct SignedOut {
    /// What stands around it.
    pub frame: Frame,
    /// What has happened.
    pub notice: Option<Notice>,
    /// To who signs in again.
    pub sign_in: Option<String>,
}

/// A page that leads nowhere, and says why.
#[derive(Template)]
#[template(path = "hosted/told.html")]
pub struct Problem {
    /// What stands around it.
    pub frame: Frame,
    /// What has happened.
    pub notice: Option<Notice>,
    /// What it is.
    pub title: String,
    /// What it is about.
    pub message: String,
    /// A way on: what its link says, and where it leads.
    pub way_on: Option<(String, String)>,
}

/// The page that answers an application by a form of its own (`response_mode=form_post`). It goes on by itself.
#[derive(Template)]
#[template(path = "hosted/form_post.html")]
pub struct FormPost {
    /// What stands around it.
    pub frame: Frame,
    /// What has happened.
    pub notice: Option<Notice>,
    /// The application's address, which it has registered.
    pub action: String,
    /// What it is answered.
    pub fields: Vec<(String, String)>,
}

/// How a page that only tells something looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Done,
    Failed,
}

impl Mark {
    const fn icon(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Consent {
    fn heading(&self) -> String {
        self.frame.words.consent.title.with(&self.client_name)
    }

    /// SECURITY: a link to anything but a web page would be a script of ours.
    fn links(&self) -> impl Iterator<Item = &(String, String)> {
        self.links.iter().filter(|(_, url)| is_web(url))
    }
}

impl DeviceCode {
    fn heading(&self) -> &str {
        &self.frame.words.devices.title
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        let words = self.frame.words;
        let code = Field::new("user_code", &words.codes.label, FieldKind::DeviceCode, "off");
        Shown::all(words, [Cow::Owned(Field { value: self.user_code.clone(), error: self.code_error.clone(), ..code })])
    }
}

impl DeviceDone {
    fn heading(&self) -> &str {
        let devices = &self.frame.words.devices;
        match self.outcome {
            DeviceOutcome::Connected => &devices.connected_title,
            DeviceOutcome::Denied => &devices.denied_title,
        }
    }

    fn about(&self) -> &str {
        let devices = &self.frame.words.devices;
        match self.outcome {
            DeviceOutcome::Connected => &devices.connected_text,
            DeviceOutcome::Denied => &devices.denied_text,
        }
    }

    const fn mark(&self) -> Mark {
        match self.outcome {
            DeviceOutcome::Connected => Mark::Done,
            DeviceOutcome::Denied => Mark::Failed,
        }
    }

    #[expect(clippy::unused_self, reason = "the template is that of several pages")]
    const fn way_on(&self) -> Option<(&str, &str)> {
        None
    }
}

impl LoggingOut {
    fn heading(&self) -> &str {
        &self.frame.words.sign_out.title
    }
}

impl SignedOut {
    fn heading(&self) -> &str {
        &self.frame.words.sign_out.done_title
    }

    fn about(&self) -> &str {
        &self.frame.words.sign_out.done_text
    }

    #[expect(clippy::unused_self, reason = "the template is that of several pages")]
    const fn mark(&self) -> Mark {
        Mark::Done
    }

    fn way_on(&self) -> Option<(&str, &str)> {
        self.sign_in.as_deref().map(|url| (&*self.frame.words.sign_out.again, url))
    }
}

impl Problem {
    fn heading(&self) -> &str {
        &self.title
    }

    fn about(&self) -> &str {
        &self.message
    }

    #[expect(clippy::unused_self, reason = "the template is that of several pages")]
    const fn mark(&self) -> Mark {
        Mark::Failed
    }

    fn way_on(&self) -> Option<(&str, &str)> {
        self.way_on.as_ref().map(|(text, url)| (text.as_str(), url.as_str()))
    }
}

impl FormPost {
    fn heading(&self) -> &str {
        &self.frame.words.problems.moment_title
    }
}
