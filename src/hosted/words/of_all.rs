//! What the texts are for that any page may need.

use serde::Deserialize;

use super::gapped::Gapped;

/// What many pages say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonWords {
    /// The button that goes on where nothing else is to be said.
    pub go_on: String,
    /// Between two ways to sign in.
    pub or: String,
    /// The link to the page that signs in.
    pub back: String,
    /// The link to sign in as somebody else.
    pub start_over: String,
    /// The link to the other factors.
    pub other_way: String,
    /// The link past what is offered only.
    pub not_now: String,
    /// Behind the label of a field that may stay empty.
    pub optional: String,
    /// Before the title of a page that tells of an error.
    pub error: String,
    /// What the list of languages is called.
    pub language: String,
    /// The button that shows what is typed.
    pub show_password: String,
    /// The button that hides it again.
    pub hide_password: String,
    /// The button that copies what stands beside it.
    pub copy: String,
    /// After that.
    pub copied: String,
}

/// What people sign in by: the labels of the field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameWords {
    /// By a name of their own.
    pub username: String,
    /// By an address.
    pub email: String,
    /// By a phone number.
    pub phone: String,
    /// By either.
    pub username_or_email: String,
    /// By either.
    pub username_or_phone: String,
    /// By either.
    pub email_or_phone: String,
    /// By each of the three.
    pub any: String,
    /// How a phone number is written.
    pub phone_hint: String,
}

/// What an application may do: each goes on where [`ConsentWords::asks`](super::ConsentWords::asks) ends.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeWords {
    /// `openid`.
    pub openid: String,
    /// `profile`.
    pub profile: String,
    /// `email`.
    pub email: String,
    /// `phone`.
    pub phone: String,
    /// `address`.
    pub address: String,
    /// `offline_access`.
    pub offline_access: String,
    /// `aws.cognito.signin.user.admin`.
    pub account: String,
}

/// The labels of the fields of standard attributes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeWords {
    /// `address`.
    pub address: String,
    /// `birthdate`.
    pub birthdate: String,
    /// `email`.
    pub email: String,
    /// `family_name`.
    pub family_name: String,
    /// `gender`.
    pub gender: String,
    /// `given_name`.
    pub given_name: String,
    /// `locale`.
    pub locale: String,
    /// `middle_name`.
    pub middle_name: String,
    /// `name`.
    pub name: String,
    /// `nickname`.
    pub nickname: String,
    /// `phone_number`.
    pub phone_number: String,
    /// `picture`.
    pub picture: String,
    /// `preferred_username`.
    pub preferred_username: String,
    /// `profile`.
    pub profile: String,
    /// `website`.
    pub website: String,
    /// `zoneinfo`.
    pub zoneinfo: String,
}

/// What a new password must have, as a list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleWords {
    /// Before the list.
    pub intro: String,
    /// Characters, at least so many.
    pub length: Gapped,
    /// A small letter.
    pub lowercase: String,
    /// A capital letter.
    pub uppercase: String,
    /// A digit.
    pub number: String,
    /// A symbol.
    pub symbol: String,
    /// What is said of a rule that is kept, to who does not see its mark.
    pub met: String,
    /// What is said of one that is not.
    pub unmet: String,
}

/// What went wrong, above a form or below a field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorWords {
    /// The name or the password.
    pub wrong_login: String,
    /// Tried too often.
    pub too_many_tries: String,
    /// Sent too often.
    pub too_many_messages: String,
    /// The account is switched off.
    pub disabled: String,
    /// The account is not confirmed.
    pub not_confirmed: String,
    /// The password must be reset.
    pub reset_required: String,
    /// Nobody signs up here.
    pub sign_up_closed: String,
    /// The page is too old.
    pub page_expired: String,
    /// A code.
    pub code_wrong: String,
    /// A code that is too old.
    pub code_expired: String,
    /// A code of an app that was used before.
    pub code_used: String,
    /// A passkey.
    pub passkey_refused: String,
    /// Another provider: its name.
    pub provider_failed: Gapped,
    /// A username that is somebody else’s.
    pub name_taken: String,
    /// An address or number that is somebody else’s.
    pub address_taken: String,
    /// An empty field.
    pub required: String,
    /// A field.
    pub invalid: String,
    /// An address.
    pub invalid_email: String,
    /// A phone number.
    pub invalid_phone: String,
    /// A new password: so many characters are needed.
    pub password_short: Gapped,
    /// A new password: so many characters are allowed.
    pub password_long: Gapped,
    /// A new password without a small letter.
    pub password_lowercase: String,
    /// A new password without a capital letter.
    pub password_uppercase: String,
    /// A new password without a digit.
    pub password_number: String,
    /// A new password without a symbol.
    pub password_symbol: String,
    /// A new password that many have.
    pub password_common: String,
    /// A new password that was one before.
    pub password_used: String,
    /// The account is being worked on.
    pub not_now: String,
    /// Our fault.
    pub failed: String,
}

/// Pages that lead nowhere.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemWords {
    /// The title of most.
    pub title: String,
    /// No such application.
    pub client: String,
    /// The application gave an address that it has not registered.
    pub redirect: String,
    /// The application asked for what cannot be.
    pub request: String,
    /// Nothing is there.
    pub missing: String,
    /// The title of a page that is too old.
    pub expired_title: String,
    /// What is to be done then.
    pub expired: String,
    /// The title where the browser keeps no cookies.
    pub cookies_title: String,
    /// What is to be done then.
    pub cookies: String,
    /// The title where it is our fault.
    pub failed_title: String,
    /// What is to be done then.
    pub failed: String,
    /// The link back to the application.
    pub back: String,
    /// The title of a page that goes on by itself.
    pub moment_title: String,
    /// What is to be done where it does not.
    pub moment: String,
}
