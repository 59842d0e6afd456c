//! The pages that begin a sign-in.

use std::borrow::Cow;

use askama::Template;

use super::field::{Field, NameKind, Shown};
use super::frame::{Form, Frame, Notice};
use super::offer::{Offer, Provider};

/// The page that signs in. Sends `username` and, where it is asked for, `password`; the button of passkeys sends `credential`, an
/// AuthenticationResponseJSON.
#[derive(Template)]
#[template(path = "hosted/sign_in.html")]
pub struct SignIn {
    /// What stands around it.
    pub frame: Frame,
    /// Its form; none where people sign in by other providers only.
    pub form: Option<Form>,
    /// What has happened.
    pub notice: Option<Notice>,
    /// What people sign in by.
    pub name_kind: NameKind,
    /// What stands in the field.
    pub username: String,
    /// Whether the password is asked for together with the name.
    pub asks_password: bool,
    /// To who has forgotten their password.
    pub forgot: Option<String>,
    /// To who has no account.
    pub sign_up: Option<String>,
    /// Other providers.
    pub providers: Vec<Provider>,
    /// The PublicKeyCredentialRequestOptionsJSON of a sign-in by a passkey, if it may begin with one.
    pub passkey_options: Option<String>,
}

/// The page where a sign-in's factor is chosen. Sends `choice`.
#[derive(Template)]
#[template(path = "hosted/choose.html")]
pub struct ChooseFactor {
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

/// The page that asks for the password alone. Sends `password`.
#[derive(Template)]
#[template(path = "hosted/password.html")]
pub struct Password {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who signs in.
    pub username: String,
    /// To who has forgotten it.
    pub forgot: Option<String>,
    /// To the other factors.
    pub other_way: Option<String>,
    /// To who is somebody else.
    pub start_over: String,
}

/// The page for who is signed in already. Sends nothing more.
#[derive(Template)]
#[template(path = "hosted/choose_account.html")]
pub struct ChooseAccount {
    /// What stands around it.
    pub frame: Frame,
    /// The form that goes on.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who is signed in.
    pub account: String,
    /// To who is somebody else.
    pub other: String,
}

impl SignIn {
    fn heading(&self) -> &str {
        &self.frame.words.sign_in.title
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        let words = self.frame.words;
        let autocomplete = if self.passkey_options.is_some() { "username webauthn" } else { "username" };
        let username = Field { value: self.username.clone(), autocomplete, ..Field::username(self.name_kind, words) };
        let password = self.asks_password.then(|| Field::password(words));
        let fields = Shown::all(words, std::iter::once(username).chain(password).map(Cow::Owned));
        // Which of them is wrong nobody is told.
        Shown::blamed(fields, self.notice.as_ref())
    }
}

impl ChooseFactor {
    fn heading(&self) -> &str {
        &self.frame.words.factors.title
    }

    /// What the page asks, where its title does not.
    #[expect(clippy::unused_self, reason = "the template is that of several pages")]
    const fn about(&self) -> &'static str {
        ""
    }
}

impl Password {
    fn heading(&self) -> &str {
        &self.frame.words.password.title
    }

    fn fields(&self) -> Vec<Shown<'_>> {
        let words = self.frame.words;
        Shown::blamed(Shown::all(words, [Cow::Owned(Field::password(words))]), self.notice.as_ref())
    }
}

impl ChooseAccount {
    fn heading(&self) -> &str {
        &self.frame.words.accounts.title
    }
}
