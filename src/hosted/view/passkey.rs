//! The pages of passkeys: these need a script.

use askama::Template;

use super::frame::{Form, Frame, Notice};

/// The page that asks for a passkey. Sends `credential`, an AuthenticationResponseJSON.
#[derive(Template)]
#[template(path = "hosted/passkey.html")]
pub struct Passkey {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Who signs in.
    pub username: String,
    /// A PublicKeyCredentialRequestOptionsJSON.
    pub options: String,
    /// To the other factors.
    pub other_way: Option<String>,
    /// To who is somebody else.
    pub start_over: String,
}

/// The page that offers to make a passkey. Sends `credential`, a RegistrationResponseJSON.
#[derive(Template)]
#[template(path = "hosted/add_passkey.html")]
pub struct AddPasskey {
    /// What stands around it.
    pub frame: Frame,
    /// Its form.
    pub form: Form,
    /// What has happened.
    pub notice: Option<Notice>,
    /// Whose passkey it will be.
    pub username: String,
    /// A PublicKeyCredentialCreationOptionsJSON.
    pub options: String,
    /// Past it.
    pub not_now: Option<String>,
}

impl Passkey {
    fn heading(&self) -> &str {
        &self.frame.words.passkeys.title
    }
}

impl AddPasskey {
    fn heading(&self) -> &str {
        &self.frame.words.passkeys.add_title
    }
}
