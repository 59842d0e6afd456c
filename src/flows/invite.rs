//! Users whom administrators make: made, invited, and invited again.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::clients::NoSuchPool;
use super::failed::{Failed, fails_with_the_store};
use super::new_user::{self, AliasRefused, InsertRefused, NewUser, UnfitUser};
use super::passwords::{self, NewPasswordRefused, Replacing, administrators_record};
use super::sign_in::attempts_of;
use super::triggers::sign_up::MadeBy;
use super::triggers::{self, Through, TriggerRefused};
use crate::context::App;
use crate::crypto::ids;
use crate::delivery::{self, SendRefused};
use crate::kit::secret::Secret;
use crate::store::{self, Conn};
use crate::userpools::attributes::Writer;
use crate::userpools::first_factor::{self, PasswordlessRefused};
use crate::userpools::message::{Form, Message, OwnEmail};
use crate::userpools::message_text;
use crate::userpools::name::NameKind;
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, UserStatus};
use crate::userpools::words::Words;

/// Why nobody is invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteRefused {
    /// The pool's rules do not take the user.
    #[error(transparent)]
    Unfit(#[from] UnfitUser),
    /// The temporary password is not taken.
    #[error(transparent)]
    Password(#[from] NewPasswordRefused),
    /// The pool is gone meanwhile.
    #[error(transparent)]
    NoSuchPool(NoSuchPool),
    /// Somebody has the name.
    #[error("the name is taken")]
    UsernameExists,
    /// An address is no name of theirs.
    #[error(transparent)]
    Alias(AliasRefused),
    /// The user could not begin a sign-in.
    #[error(transparent)]
    Passwordless(#[from] PasswordlessRefused),
    /// There is nobody to invite again.
    #[error("no such user")]
    NoSuchUser,
    /// The user has a password of their own by now, or never had one of an administrator's.
    #[error("the user does not wait for an invitation")]
    NotWaiting,
    /// So much went to the address that no more may, for a while.
    #[error("too many messages to the address")]
    AddressIsFull,
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(InviteRefused);

impl From<InsertRefused> for InviteRefused {
    fn from(refused: InsertRefused) -> Self {
        match refused {
            InsertRefused::NoSuchPool(gone) => Self::NoSuchPool(gone),
            InsertRefused::UsernameExists => Self::UsernameExists,
            InsertRefused::Alias(refused) => Self::Alias(refused),
            InsertRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

impl From<SendRefused> for InviteRefused {
    fn from(refused: SendRefused) -> Self {
        match refused {
            SendRefused::TooMany => Self::AddressIsFull,
            SendRefused::Store(error) => error.into(),
        }
    }
}

/// What invitations are called by functions.
const INVITATION: &str = "CustomMessage_AdminCreateUser";

/// Whom an administrator makes.
pub struct Invitation {
    /// The name.
    pub username: String,
    /// The attributes.
    pub attributes: BTreeMap<String, String>,
    /// The temporary password; one is made where it is absent.
    pub password: Option<Secret>,
    /// Whether verified addresses are taken from whoever has them.
    pub force_alias: bool,
    /// What the invitation goes by, as far as the user has addresses; nothing is sent by none.
    pub mediums: Vec<String>,
}

/// Makes a user with a temporary password, and invites them.
///
/// # Errors
/// [`InviteRefused`].
pub async fn create(app: &App, through: Through<'_>, invitation: Invitation) -> Result<User, InviteRefused> {
    let Invitation { username, attributes, password, force_alias, mediums } = invitation;
    let pool = through.pool;
    let new = NewUser { username, attributes, writer: Writer::Administrator, status: UserStatus::ForceChangePassword };
    let mut new = new_user::prepare(app, pool, new)?;
    triggers::sign_up::before(app, through, &mut new.user, MadeBy::Administrator).await?;
    let password = match password {
        None if first_factor::is_passwordless(pool) => None,
        given => Some(given.unwrap_or_else(|| temporary_password(app, pool))),
    };
    match &password {
        Some(password) => new.user.password = Some(administrators_record(app, pool, &new.user, password, false).await?),
        None => {
            first_factor::check_passwordless(pool, &new.user)?;
            new.user.status = UserStatus::Confirmed;
        }
    }
    let worded =
        if mediums.is_empty() { Cow::Borrowed(pool) } else { triggers::message::worded(app, through, &new.user, INVITATION).await? };
    app.write(async |tx| {
        new_user::insert(tx, pool, &new, force_alias).await?;
        send(app, tx, &worded, &new.user, password.as_ref(), &mediums).await
    })
    .await?;
    Ok(new.user)
}

/// Gives a user who has not signed in yet another temporary password, for as long as a first one, and invites them again.
///
/// # Errors
/// [`InviteRefused`].
pub async fn again(
    app: &App,
    through: Through<'_>,
    username: &str,
    password: Option<Secret>,
    mediums: &[String],
) -> Result<User, InviteRefused> {
    let pool = through.pool;
    let user = app.read(async |tx| store::users::find(tx, pool, username).await).await?.ok_or(InviteRefused::NoSuchUser)?;
    waits(&user)?;
    let worded = triggers::message::worded(app, through, &user, INVITATION).await?;
    let password = password.unwrap_or_else(|| temporary_password(app, pool));
    let record = administrators_record(app, pool, &user, &password, false).await?;
    app.write(async |tx| {
        let user = store::users::find_by_id(tx, &pool.id, &user.id).await?.ok_or(InviteRefused::NoSuchUser)?;
        waits(&user)?;
        passwords::set(app, tx, pool, &user, &record, UserStatus::ForceChangePassword, Replacing::Invitation).await?;
        store::attempts::clear(tx, &pool.id, &attempts_of(app, &user)).await?;
        send(app, tx, &worded, &user, Some(&password), mediums).await?;
        Ok(User { modified_at: app.now(), ..user })
    })
    .await
}

fn waits(user: &User) -> Result<(), InviteRefused> {
    if user.status == UserStatus::ForceChangePassword { Ok(()) } else { Err(InviteRefused::NotWaiting) }
}

/// A password that fits every policy: its four classes lead, and it is as long as any pool may ask.
fn temporary_password(app: &App, pool: &Pool) -> Secret {
    let mut text = format!("Aa1!{}", ids::client_id(&mut app.rng()));
    let least = usize::try_from(pool.configuration.password_policy().minimum_length).unwrap_or_default();
    while text.len() < least {
        text.push_str(ids::client_id(&mut app.rng()).as_str());
    }
    Secret::from(text)
}

/// Sends the invitation by each of the mediums for which the user has an address.
async fn send(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user: &User,
    password: Option<&Secret>,
    mediums: &[String],
) -> Result<(), InviteRefused> {
    for (medium, kind) in [("SMS", NameKind::PhoneNumber), ("EMAIL", NameKind::Email)] {
        let address = user.attributes.get(kind.as_str()).filter(|address| !address.is_empty());
        if let Some(address) = address.filter(|_| mediums.iter().any(|wanted| wanted == medium)) {
            delivery::send(app, tx, &message(pool, user, password, kind, address)).await?;
        }
    }
    Ok(())
}

fn message(pool: &Pool, user: &User, password: Option<&Secret>, kind: NameKind, address: &str) -> Message {
    let language = pool.configuration.language_of(Some(user));
    let words = Words::of(language);
    let own = &pool.configuration.admin_create_user_config.invite_message_template;
    let (username, code) = (signs_in_by(pool, user), password.map(Secret::expose_secret));
    let is_email = kind == NameKind::Email;
    let text = if is_email { &own.email_message } else { &own.sms_message };
    // SECURITY: a name is no HTML, whatever it looks like.
    let is_html = is_email && code.is_some() && text.as_deref().is_some_and(message_text::is_html);
    let body = match (text, code) {
        (Some(text), Some(code)) if is_html => {
            message_text::invitation(text, &message_text::escaped(username), &message_text::escaped(code))
        }
        (text, Some(code)) => message_text::invitation(text.as_deref().unwrap_or(words.invitation), username, code),
        // The pool's own text is about a password.
        (_, None) => message_text::with_username(words.welcome, username),
    };
    let subject = || match (&own.email_subject, code) {
        (Some(subject), Some(_)) => subject.clone(),
        (None, Some(_)) => words.invitation_subject.to_owned(),
        (_, None) => words.account_subject.to_owned(),
    };
    Message {
        channel: if is_email { "email" } else { "sms" }.to_owned(),
        to: address.to_owned(),
        subject: is_email.then(subject),
        body,
        code: code.map(str::to_owned),
        link: None,
        user_pool_id: user.pool_id.clone(),
        username: user.username.clone(),
        trigger_source: INVITATION.to_owned(),
        language: (text.is_none() || code.is_none()).then_some(language),
        own: OwnEmail { form: if is_html { Form::Html } else { Form::Text }, ..OwnEmail::default() },
    }
}

/// What the user types to sign in: where that is an address, their username is their `sub`, which tells them nothing.
fn signs_in_by<'a>(pool: &Pool, user: &'a User) -> &'a str {
    let names = &pool.configuration.username_attributes;
    names.iter().find_map(|attribute| user.attributes.get(attribute)).unwrap_or(&user.username)
}
