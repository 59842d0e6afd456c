//! Users who sign up by themselves.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use super::clients::{AppClient, NoSuchClient};
use super::codes::{self, CodeDelivery, FirstCodeRefused, Occasion};
use super::failed::{Failed, fails_with_the_store};
use super::new_user::{self, AliasRefused, InsertRefused, NewUser, UnfitUser};
use super::passwords::{self, NewPasswordRefused, SetBy};
use super::triggers::sign_up::{Confirmed, MadeBy};
use super::triggers::{self, TriggerRefused};
use crate::audit::Counted;
use crate::context::App;
use crate::kit::secret::Secret;
use crate::userpools::attributes::{AttributeRefused, Writer};
use crate::userpools::first_factor::{self, PasswordlessRefused};
use crate::userpools::risk::CredentialsEvent;
use crate::userpools::user::{User, UserStatus};

/// Why somebody does not sign up.
#[derive(Debug, thiserror::Error)]
pub enum SignUpRefused {
    /// Only administrators make users.
    #[error("only administrators make users")]
    AdministratorsOnly,
    /// The pool's rules do not take them.
    #[error(transparent)]
    Unfit(#[from] UnfitUser),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] NewPasswordRefused),
    /// They give none, and have no other way in.
    #[error(transparent)]
    Passwordless(#[from] PasswordlessRefused),
    /// Somebody has the name.
    #[error("the name is taken")]
    UsernameExists,
    /// An address is no name of theirs.
    #[error(transparent)]
    Alias(AliasRefused),
    /// So much went to the address that their code may not, for a while.
    #[error("too many messages to the address")]
    AddressIsFull,
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(SignUpRefused);

impl From<FirstCodeRefused> for SignUpRefused {
    fn from(refused: FirstCodeRefused) -> Self {
        match refused {
            FirstCodeRefused::AddressIsFull => Self::AddressIsFull,
            FirstCodeRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

/// Signs a user up, who comes from this address.
///
/// # Errors
/// [`SignUpRefused`].
pub async fn sign_up(
    app: &App,
    app_client: &AppClient,
    username: &str,
    password: Option<&Secret>,
    attributes: BTreeMap<String, String>,
    address: Option<IpAddr>,
) -> Result<(User, Option<CodeDelivery>), SignUpRefused> {
    if app_client.pool.configuration.admin_create_user_only() {
        return Err(SignUpRefused::AdministratorsOnly);
    }
    if attributes.keys().any(|name| !app_client.client.configuration.may_write(name)) {
        return Err(UnfitUser::Attribute(AttributeRefused::Unauthorized).into());
    }
    let new = NewUser { username: username.to_owned(), attributes, writer: Writer::User, status: UserStatus::Unconfirmed };
    let mut new = new_user::prepare(app, &app_client.pool, new)?;
    triggers::sign_up::before(app, app_client, &mut new.user, MadeBy::Themselves).await?;
    match password.filter(|password| !password.expose_secret().is_empty()) {
        // SECURITY: a name that is taken costs the same hash as one that is free.
        Some(password) => {
            let set_by = SetBy::User { client_id: &app_client.client.id, event: CredentialsEvent::SignUp, address };
            let record = passwords::make_record(app, &app_client.pool, &new.user.id, &new.user.username, password, set_by).await?;
            new.user.password = Some(record);
        }
        None => first_factor::check_passwordless(&app_client.pool, &new.user)?,
    }
    let is_confirmed = new.user.status == UserStatus::Confirmed;
    let address = codes::verified_by_code(&app_client.pool, &new.user).filter(|_| !is_confirmed);
    let pool = match &address {
        Some(_) => triggers::message::worded(app, app_client, &new.user, Occasion::SignUp.trigger_source()).await?,
        None => Cow::Borrowed(&*app_client.pool),
    };
    let delivery = app
        .write(async |tx| {
            new_user::insert(tx, &app_client.pool, &new, false).await.map_err(|refused| match refused {
                InsertRefused::NoSuchPool(_) => SignUpRefused::NoSuchClient(app_client.gone()),
                InsertRefused::UsernameExists => SignUpRefused::UsernameExists,
                InsertRefused::Alias(refused) => SignUpRefused::Alias(refused),
                InsertRefused::Failed(failed) => failed.into(),
            })?;
            let Some(address) = &address else { return Ok::<_, SignUpRefused>(None) };
            let client_id = Some(&app_client.client.id);
            Ok(Some(codes::send_first(app, tx, &pool, &new.user, Occasion::SignUp, address, client_id).await?))
        })
        .await?;
    app.journal.count(&app_client.pool.id, Counted::SignUp, app.now());
    if is_confirmed {
        triggers::sign_up::after(app, app_client, &new.user, Confirmed::SignUp).await?;
    }
    Ok((new.user, delivery))
}
