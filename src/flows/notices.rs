//! What owners are told of what happens to their accounts, where their pool asks for it: so that who did not do it learns that
//! somebody did.
//!
//! Source: OWASP ASVS 5.0, V6.3.7; NIST SP 800-63B-4 §4.6.

use crate::context::App;
use crate::delivery::{self, Recipient};
use crate::store::{Conn, StoreError};
use crate::userpools::message::{Message, OwnEmail};
use crate::userpools::message_text::with_username;
use crate::userpools::name::NameKind;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;
use crate::userpools::words::{NoticeWords, Words};

/// What happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Who knew the password changed it.
    PasswordChanged,
    /// The password was reset, by a code or an administrator.
    PasswordReset,
    /// An authenticator app was added.
    AuthenticatorAdded,
    /// The authenticator app was removed.
    AuthenticatorRemoved,
    /// What is asked for after the password was changed.
    SecondFactorsChanged,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// The email address was changed or removed.
    EmailChanged,
    /// The phone number was changed or removed.
    PhoneChanged,
}

impl Notice {
    /// That an address of this kind was changed.
    #[must_use]
    pub const fn changed(kind: NameKind) -> Self {
        if matches!(kind, NameKind::PhoneNumber) { Self::PhoneChanged } else { Self::EmailChanged }
    }

    const fn sentence(self, words: &NoticeWords) -> &'static str {
        match self {
            Self::PasswordChanged => words.password_changed,
            Self::PasswordReset => words.password_reset,
            Self::AuthenticatorAdded => words.authenticator_added,
            Self::AuthenticatorRemoved => words.authenticator_removed,
            Self::SecondFactorsChanged => words.second_factors_changed,
            Self::PasskeyAdded => words.passkey_added,
            Self::PasskeyRemoved => words.passkey_removed,
            Self::EmailChanged => words.email_changed,
            Self::PhoneChanged => words.phone_changed,
        }
    }

    /// What the message is sent for.
    const fn source(self) -> &'static str {
        match self {
            Self::PasswordChanged => "SecurityNotice_PasswordChanged",
            Self::PasswordReset => "SecurityNotice_PasswordReset",
            Self::AuthenticatorAdded => "SecurityNotice_AuthenticatorAdded",
            Self::AuthenticatorRemoved => "SecurityNotice_AuthenticatorRemoved",
            Self::SecondFactorsChanged => "SecurityNotice_SecondFactorsChanged",
            Self::PasskeyAdded => "SecurityNotice_PasskeyAdded",
            Self::PasskeyRemoved => "SecurityNotice_PasskeyRemoved",
            Self::EmailChanged => "SecurityNotice_EmailChanged",
            Self::PhoneChanged => "SecurityNotice_PhoneChanged",
        }
    }
}

/// Tells the owner of an account what happened to it, in the transaction in which it does, if their pool asks for it and they
/// have an address that is known to be theirs. A full mailbox keeps nothing from happening.
///
/// SECURITY: `owner` is the user as before what happened: who takes an account over is not told of it in the owner's place.
///
/// # Errors
/// [`StoreError`].
pub async fn tell(app: &App, tx: &mut Conn, pool: &Pool, owner: &User, notice: Notice) -> Result<(), StoreError> {
    if !pool.configuration.message_rules().tells_owners {
        return Ok(());
    }
    let mut verified = [NameKind::Email, NameKind::PhoneNumber].into_iter().filter(|kind| owner.has_verified(*kind));
    let Some((kind, address)) = verified.find_map(|kind| Some((kind, owner.address(kind)?))) else { return Ok(()) };
    let message = message(pool, owner, kind, address, notice);
    delivery::send_or_withhold(app, tx, &message, Recipient::Owner).await.map(drop)
}

fn message(pool: &Pool, owner: &User, kind: NameKind, address: &str, notice: Notice) -> Message {
    let language = pool.configuration.language_of(Some(owner));
    let words = &Words::of(language).notices;
    let sentence = notice.sentence(words);
    let is_email = kind == NameKind::Email;
    let account = with_username(words.account, owner.address(NameKind::Email).unwrap_or(&owner.username));
    Message {
        channel: if is_email { "email" } else { "sms" }.to_owned(),
        to: address.to_owned(),
        subject: is_email.then(|| sentence.trim_end_matches(['.', '。']).to_owned()),
        body: if is_email { format!("{sentence}\n\n{account}\n\n{}", words.not_you) } else { format!("{sentence} {}", words.not_you) },
        code: None,
        link: None,
        user_pool_id: pool.id.clone(),
        username: owner.username.clone(),
        trigger_source: notice.source().to_owned(),
        language: Some(language),
        own: OwnEmail::default(),
    }
}

#[cfg(test)]
mod tests;
