//! What the texts of single pages are for.

use serde::Deserialize;

use super::gapped::Gapped;

/// The page that signs in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInWords {
    /// Its title.
    pub title: String,
    /// Where that leads: the name of the application.
    pub to: Gapped,
    /// Its button.
    pub button: String,
    /// The link for who has forgotten their password.
    pub forgot: String,
    /// Before the link to sign up.
    pub no_account: String,
    /// The link to sign up.
    pub sign_up: String,
    /// A button: by another provider, whose name it has.
    pub with: Gapped,
    /// A button: by a passkey.
    pub passkey: String,
}

/// What a sign-in may begin with or go on by.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorWords {
    /// The title of the page where one is chosen.
    pub title: String,
    /// The password.
    pub password: String,
    /// A code by mail.
    pub email: String,
    /// A code by text message.
    pub text_message: String,
    /// A code of an app.
    pub app: String,
    /// A passkey.
    pub passkey: String,
}

/// Passwords: asked for, chosen, forgotten.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordWords {
    /// The title of the page that asks for one.
    pub title: String,
    /// The label of its field.
    pub label: String,
    /// The label of the field of a new one.
    pub new_label: String,
    /// The title of the page where a new one is chosen.
    pub choose_title: String,
    /// Why: the one so far was temporary.
    pub first: String,
    /// Why: the one so far is too old.
    pub expired: String,
    /// The button that keeps it, and goes on.
    pub save: String,
    /// The title of the page for who has forgotten theirs.
    pub forgot_title: String,
    /// What it does.
    pub forgot_text: String,
    /// Its button.
    pub forgot_button: String,
    /// The button that sets a new one by a code.
    pub reset: String,
    /// After that.
    pub changed: String,
}

/// Codes that were sent, or that an app shows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeWords {
    /// The title of the page that asks for one.
    pub title: String,
    /// The label of its field.
    pub label: String,
    /// Where it is: in a mailbox.
    pub emailed: String,
    /// Where it is: in this mailbox.
    pub emailed_to: Gapped,
    /// Where it is: in a text message.
    pub texted: String,
    /// Where it is: in a text message to this number.
    pub texted_to: Gapped,
    /// Where it is, where the way is not told.
    pub sent: String,
    /// Where it is: sent there.
    pub sent_to: Gapped,
    /// Where it is: in an app.
    pub app: String,
    /// Where it is: in an app on this device.
    pub app_on: Gapped,
    /// The button that sends another one.
    pub resend: String,
    /// After that.
    pub resent: String,
}

/// The second step of a sign-in: chosen, set up.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondStepWords {
    /// The title of the page where one is chosen.
    pub title: String,
    /// What it asks.
    pub text: String,
    /// The title of the page where one is chosen to be set up.
    pub set_up_title: String,
    /// Why.
    pub set_up_text: String,
    /// The title of the page where an app is set up.
    pub app_title: String,
    /// The first step there.
    pub scan: String,
    /// What the picture is, for who does not see it.
    pub qr_code: String,
    /// The link that opens the app of this device in place of that.
    pub open: String,
    /// Before the key that is typed in place of that.
    pub key: String,
    /// The second step there.
    pub enter_code: String,
    /// The label of the field for the name of that app.
    pub device: String,
    /// The title of the page where an address is given.
    pub email_title: String,
    /// Why.
    pub email_text: String,
}

/// The pages that make an account.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUpWords {
    /// The title of the first.
    pub title: String,
    /// Its button.
    pub button: String,
    /// Before the link to sign in.
    pub have_account: String,
    /// That link.
    pub sign_in: String,
    /// Before the links to what is agreed to.
    pub terms: String,
    /// One of them.
    pub terms_of_use: String,
    /// The other.
    pub privacy_policy: String,
    /// The title of the page that asks for the code.
    pub confirm_title: String,
    /// Its button.
    pub confirm: String,
    /// After that.
    pub confirmed: String,
}

/// The page for who is signed in already.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountWords {
    /// Its title.
    pub title: String,
    /// Its button: who goes on.
    pub go_on: Gapped,
}

/// Passkeys: used, made.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyWords {
    /// The title of the page that asks for one.
    pub title: String,
    /// What happens.
    pub text: String,
    /// Its button.
    pub button: String,
    /// None was used.
    pub failed: String,
    /// None can be.
    pub unsupported: String,
    /// None can be without JavaScript.
    pub needs_script: String,
    /// The title of the page where one is made.
    pub add_title: String,
    /// Why.
    pub add_text: String,
    /// Its button.
    pub add_button: String,
    /// None was made.
    pub add_failed: String,
}

/// The page that asks whether an application may do what it asks.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentWords {
    /// Its title: the name of the application.
    pub title: Gapped,
    /// Before the list of what it may do.
    pub asks: String,
    /// Where the application is from.
    pub from: Gapped,
    /// Where it goes on.
    pub leads_to: Gapped,
    /// The button that lets it.
    pub allow: String,
    /// The button that does not.
    pub deny: String,
}

/// The pages that let a device in which has no keyboard.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceWords {
    /// The title of the page that asks for its code.
    pub title: String,
    /// What it asks.
    pub text: String,
    /// The title after that.
    pub connected_title: String,
    /// What is to be done now.
    pub connected_text: String,
    /// The title where it was not let in.
    pub denied_title: String,
    /// What is to be done then.
    pub denied_text: String,
}

/// The pages that sign out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOutWords {
    /// The title of the page that asks.
    pub title: String,
    /// What it asks: of what.
    pub text: Gapped,
    /// Its button.
    pub button: String,
    /// The link back.
    pub stay: String,
    /// The title after that.
    pub done_title: String,
    /// What is to be done now.
    pub done_text: String,
    /// The link to sign in.
    pub again: String,
}
