//! The pages of codes, and of the second step of a sign-in.

use std::borrow::Cow;

use askama::Template;

use super::field::{Field, FieldKind, Shown};
use super::frame::{Form, Frame, Notice, Sentence};
use super::offer::Offer;

/// The page that asks for a code. Sends `code`.
#[derive(Template)]
#[template(path = "hosted/code.html")]
pub struct Code {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Where the code is.
    pub kind: CodeKind,
    /// Where it was sent, masked.
    pub destination: Option<String>,
    /// What the device is called whose app shows it.
    pub device_name: Option<String>,
    /// What is wrong with the code.
    pub code_error: Option<String>,
    /// The form that sends another one.
    pub resend: Option<Form>,
    /// To the other factors.
    pub other_way: Option<String>,
    /// To who is somebody else.
    pub start_over: String,
}

/// Where a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// In a mailbox, to begin with.
    EmailOtp,
    /// In a text message, to begin with.
    SmsOtp,
    /// In a mailbox, as the second step.
    EmailMfa,
    /// In a text message, as the second step.
    SmsMfa,
    /// In an authenticator app.
    SoftwareToken,
}

/// The page where the second step is chosen. Sends `choice`.
#[derive(Template)]
#[template(path = "hosted/choose.html")]
pub struct SelectMfa {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who signs in.
    pub username: String,
    /// The factors.
    pub offered: Vec<Offer>,
    /// To who is somebody else.
    pub start_over: String,
}

/// The page where a second step is chosen to be set up. Sends `choice`.
#[derive(Template)]
#[template(path = "hosted/choose.html")]
pub struct SetUp {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who signs in.
    pub username: String,
    /// The factors.
    pub offered: Vec<Offer>,
    /// To who is somebody else.
    pub start_over: String,
}

/// The page where an authenticator app is set up. Sends `code` and, if it was filled, `device_name`.
#[derive(Template)]
#[template(path = "hosted/set_up_totp.html")]
pub struct SetUpTotp {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// The QR code of `uri`, an SVG element with a `viewBox` and no script, style or size of its own.
    ///
    /// SECURITY: it is not escaped: it is made by the server, and nothing that somebody typed is in it but as modules.
    pub qr_svg: String,
    /// The key, in base32.
    pub secret: String,
    /// The key for an app on the same device: `otpauth://totp/…`.
    pub uri: String,
    /// What stands in the field of the device's name.
    pub device_name: String,
    /// What is wrong with the code.
    pub code_error: Option<String>,
    /// To what else can be set up.
    pub other_way: Option<String>,
    /// To who is somebody else.
    pub start_over: String,
}

/// The page where an address for codes is given. Sends `email`.
#[derive(Template)]
#[template(path = "hosted/set_up_email.html")]
pub struct SetUpEmail {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// What stands in the field.
    pub email: String,
    /// What is wrong with it.
    pub email_error: Option<String>,
    /// To what else can be set up.
    pub other_way: Option<String>,
    /// To who is somebody else.
    pub start_over: String,
}

impl Code {
    fn heading(&self) -> &str {
        &self.frame.words.codes.title
    }

    fn where_it_is(&self) -> Sentence<'_> {
        let codes = &self.frame.words.codes;
        let destination = self.destination.as_deref();
        match self.kind {
            CodeKind::EmailOtp | CodeKind::EmailMfa => Sentence::of(&codes.emailed, &codes.emailed_to, destination),
            CodeKind::SmsOtp | CodeKind::SmsMfa => Sentence::of(&codes.texted, &codes.texted_to, destination),
            CodeKind::SoftwareToken => Sentence::of(&codes.app, &codes.app_on, self.device_name.as_deref()),
        }
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        Shown::all(self.frame.words, [Cow::Owned(Field::code(self.frame.words, self.code_error.as_ref()))])
    }
}

impl SelectMfa {
    fn heading(&self) -> &str {
        &self.frame.words.second_step.title
    }

    fn about(&self) -> &str {
        &self.frame.words.second_step.text
    }
}

impl SetUp {
    fn heading(&self) -> &str {
        &self.frame.words.second_step.set_up_title
    }

    fn about(&self) -> &str {
        &self.frame.words.second_step.set_up_text
    }
}

impl SetUpTotp {
    fn heading(&self) -> &str {
        &self.frame.words.second_step.app_title
    }

    /// The key in groups of four, as people read it.
    fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        for character in self.secret.chars() {
            match groups.last_mut() {
                Some(group) if group.chars().count() < 4 => group.push(character),
                _ => groups.push(character.into()),
            }
        }
        groups
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        let words = self.frame.words;
        let device = Field::new("device_name", &words.second_step.device, FieldKind::Text, "off");
        let device = Field { value: self.device_name.clone(), required: false, ..device };
        Shown::all(words, [Cow::Owned(Field::code(words, self.code_error.as_ref())), Cow::Owned(device)])
    }
}

impl SetUpEmail {
    fn heading(&self) -> &str {
        &self.frame.words.second_step.email_title
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        let email = Field::of_attribute(self.frame.words, "email");
        Shown::all(self.frame.words, [Cow::Owned(Field { value: self.email.clone(), error: self.email_error.clone(), ..email })])
    }
}
