//! The pages that make an account, and those that give it another password.

use std::borrow::Cow;

use askama::Template;

use super::field::{Field, NameKind, Rule, Shown};
use super::frame::{Form, Frame, Notice, Sentence};
use super::offer::Provider;

/// The page that makes an account. Sends its fields and, where it is asked for, `password`.
#[derive(Template)]
#[template(path = "hosted/sign_up.html")]
pub struct SignUp {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Everything that is asked for but the password: first [`Field::username`], or the attribute that is the name.
    pub fields: Vec<Field>,
    /// Whether a password is chosen.
    pub asks_password: bool,
    /// What it must have.
    pub rules: Vec<Rule>,
    /// What is wrong with it.
    pub password_error: Option<String>,
    /// What is agreed to: its name and its `https:` or `http:` URL.
    pub terms: Vec<(String, String)>,
    /// Other providers.
    pub providers: Vec<Provider>,
    /// To who has an account.
    pub sign_in: String,
}

/// The page that asks for the code which confirms an account. Sends `code`.
#[derive(Template)]
#[template(path = "hosted/confirm.html")]
pub struct Confirm {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Whose account it is.
    pub username: String,
    /// Where the code was sent, masked.
    pub destination: Option<String>,
    /// What is wrong with the code.
    pub code_error: Option<String>,
    /// The form that sends another one.
    pub resend: Option<Form>,
    /// Back.
    pub sign_in: String,
}

/// The page for who has forgotten their password. Sends `username`.
#[derive(Template)]
#[template(path = "hosted/forgot.html")]
pub struct Forgot {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// What people sign in by.
    pub name_kind: NameKind,
    /// What stands in the field.
    pub username: String,
    /// What is wrong with it.
    pub username_error: Option<String>,
    /// Back.
    pub sign_in: String,
}

/// The page that sets a new password by a code. Sends `code` and `password`.
#[derive(Template)]
#[template(path = "hosted/reset.html")]
pub struct Reset {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Whose password it is.
    pub username: String,
    /// Where the code was sent, masked.
    pub destination: Option<String>,
    /// What the password must have.
    pub rules: Vec<Rule>,
    /// What is wrong with the code.
    pub code_error: Option<String>,
    /// What is wrong with the password.
    pub password_error: Option<String>,
    /// The form that sends another code.
    pub resend: Option<Form>,
    /// Back.
    pub sign_in: String,
}

/// The page where a new password is chosen in the middle of a sign-in. Sends `password` and its fields.
#[derive(Template)]
#[template(path = "hosted/new_password.html")]
pub struct NewPassword {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who signs in.
    pub username: String,
    /// Why.
    pub reason: WhyNew,
    /// What the password must have.
    pub rules: Vec<Rule>,
    /// What is wrong with it.
    pub password_error: Option<String>,
    /// The attributes that the account lacks.
    pub fields: Vec<Field>,
    /// To who is somebody else.
    pub start_over: String,
}

/// Why a new password is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNew {
    /// The one so far is temporary.
    First,
    /// The one so far is too old.
    Expired,
}

impl SignUp {
    fn heading(&self) -> &str {
        &self.frame.words.sign_up.title
    }

    fn shown(&self) -> Vec<Shown<'_>> {
        let words = self.frame.words;
        let password = self.asks_password.then(|| Cow::Owned(Field::new_password(&words.password.label, self.password_error.as_ref())));
        Shown::with_rules(Shown::all(words, self.fields.iter().map(Cow::Borrowed).chain(password)), &self.rules)
    }

    /// SECURITY: a link to anything but a web page would be a script of ours.
    fn terms(&self) -> impl Iterator<Item = &(String, String)> {
        self.terms.iter().filter(|(_, url)| is_web(url))
    }
}

impl Confirm {
    fn heading(&self) -> &str {
        &self.frame.words.sign_up.confirm_title
    }

    fn where_it_is(&self) -> Sentence<'_> {
        let codes = &self.frame.words.codes;
        Sentence::of(&codes.sent, &codes.sent_to, self.destination.as_deref())
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        Shown::all(self.frame.words, [Cow::Owned(Field::code(self.frame.words, self.code_error.as_ref()))])
    }
}

impl Forgot {
    fn heading(&self) -> &str {
        &self.frame.words.password.forgot_title
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        let username = Field::username(self.name_kind, self.frame.words);
        Shown::all(self.frame.words, [Cow::Owned(Field { value: self.username.clone(), error: self.username_error.clone(), ..username })])
    }
}

impl Reset {
    fn heading(&self) -> &str {
        &self.frame.words.password.choose_title
    }

    fn where_it_is(&self) -> Sentence<'_> {
        let codes = &self.frame.words.codes;
        Sentence::of(&codes.sent, &codes.sent_to, self.destination.as_deref())
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        let words = self.frame.words;
        let code = Field::code(words, self.code_error.as_ref());
        let password = Field::new_password(&words.password.new_label, self.password_error.as_ref());
        Shown::with_rules(Shown::all(words, [Cow::Owned(code), Cow::Owned(password)]), &self.rules)
    }
}

impl NewPassword {
    fn heading(&self) -> &str {
        &self.frame.words.password.choose_title
    }

    fn about(&self) -> &str {
        let password = &self.frame.words.password;
        match self.reason {
            WhyNew::First => &password.first,
            WhyNew::Expired => &password.expired,
        }
    }

    fn shown(&self) -> Vec<Shown<'_>> {
        let words = self.frame.words;
        let password = Field::new_password(&words.password.new_label, self.password_error.as_ref());
        let fields = std::iter::once(Cow::Owned(password)).chain(self.fields.iter().map(Cow::Borrowed));
        Shown::with_rules(Shown::all(words, fields), &self.rules)
    }
}

/// Whether a link leads to a page of the web.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
