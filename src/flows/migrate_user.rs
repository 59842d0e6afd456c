//! Users whom a pool's function knows, made when they first come.

use super::clients::{AppClient, NoSuchClient};
use super::failed::{Failed, fails_with_the_store};
use super::new_user::{self, AliasRefused, InsertRefused, NewUser, UnfitUser};
use super::passwords::{self, NewPasswordRefused, SetBy};
use super::triggers::TriggerRefused;
use super::triggers::migration::{self, Known};
use crate::context::App;
use crate::delivery::{self, Recipient};
use crate::kit::secret::Secret;
use crate::store::{Conn, users};
use crate::userpools::attributes::Writer;
use crate::userpools::lambda_config::Trigger;
use crate::userpools::message::{Message, OwnEmail};
use crate::userpools::message_text::with_username;
use crate::userpools::password_policy::PasswordRefused;
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, UserStatus};
use crate::userpools::words::Words;

/// Why a user is not made.
#[derive(Debug, thiserror::Error)]
pub enum MigrateRefused {
    /// The function refused: it knows no such user, or another password.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// The pool's rules do not take whom the function knows.
    #[error(transparent)]
    Unfit(#[from] UnfitUser),
    /// Nor their password.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// Nor an address of theirs as a name.
    #[error(transparent)]
    Alias(AliasRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// The hashing pool is full.
    #[error("the hashing pool is full")]
    Busy,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(MigrateRefused);

impl From<NewPasswordRefused> for MigrateRefused {
    fn from(refused: NewPasswordRefused) -> Self {
        match refused {
            NewPasswordRefused::Policy(refused) => Self::Password(refused),
            // There is nothing yet that they could have used before.
            NewPasswordRefused::Reused => Self::Failed(Failed::because("a new user has no former passwords")),
            NewPasswordRefused::Busy => Self::Busy,
            NewPasswordRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

/// Whether a pool has a function that knows users.
#[must_use]
pub fn migrates(app_client: &AppClient) -> bool {
    app_client.pool.configuration.lambda_config.function(Trigger::UserMigration).is_some()
}

/// Makes the user whom the function knows by a name that nobody has in the pool, and by this password or as one who forgot
/// theirs. `None` where the pool has no such function.
///
/// # Errors
/// [`MigrateRefused`].
pub async fn migrate(app: &App, app_client: &AppClient, name: &str, password: Option<&Secret>) -> Result<Option<User>, MigrateRefused> {
    let Some(known) = migration::ask(app, app_client, name, password).await? else { return Ok(None) };
    if known.user_attributes.is_empty() {
        return Err(TriggerRefused::UNRECOGNIZABLE.into());
    }
    let mut new = new_user::prepare(app, &app_client.pool, as_new(&known, name))?;
    if let Some(password) = password {
        let set_by = SetBy::Trusted { temporary_until: None };
        let record = passwords::make_record(app, &app_client.pool, &new.user.id, &new.user.username, password, set_by).await?;
        new.user.password = Some(record);
    }
    let welcome = welcome(&app_client.pool, &known, &new.user);
    app.write(async |tx| {
        match new_user::insert(tx, &app_client.pool, &new, known.force_alias_creation).await {
            // Two sign-ins of one user came at once: either makes them.
            Ok(()) | Err(InsertRefused::UsernameExists) => {}
            Err(InsertRefused::NoSuchPool(_)) => return Err(MigrateRefused::NoSuchClient(app_client.gone())),
            Err(InsertRefused::Alias(refused)) => return Err(MigrateRefused::Alias(refused)),
            Err(InsertRefused::Failed(failed)) => return Err(failed.into()),
        }
        send(app, tx, welcome.as_ref()).await?;
        Ok(users::find(tx, &app_client.pool, name).await?)
    })
    .await
}

/// The user as the pool is asked to make them.
fn as_new(known: &Known, name: &str) -> NewUser {
    let mut attributes = known.user_attributes.clone();
    // The `sub` is the pool's to give, and what is called `cognito:…` its own.
    attributes.retain(|name, _| name != "sub" && !name.starts_with("cognito:"));
    let username = attributes.remove("username").unwrap_or_else(|| name.to_owned());
    let status = match known.final_user_status.as_deref() {
        Some("CONFIRMED") => UserStatus::Confirmed,
        _ => UserStatus::ResetRequired,
    };
    NewUser { username, attributes, writer: Writer::Administrator, status }
}

/// What they are written, by the first of the mediums for which they have an address. It does not hold their password, which
/// they know.
fn welcome(pool: &Pool, known: &Known, user: &User) -> Option<Message> {
    if known.message_action.as_deref() == Some("SUPPRESS") {
        return None;
    }
    let mediums = &known.desired_delivery_mediums;
    // Where none is named, a text message is meant, as for users whom administrators make.
    let wants = |medium: &str| mediums.iter().any(|wanted| wanted == medium) || (mediums.is_empty() && medium == "SMS");
    let language = pool.configuration.language_of(Some(user));
    let words = Words::of(language);
    let (channel, to, body) = match (user.attributes.get("phone_number"), user.attributes.get("email")) {
        (Some(number), _) if wants("SMS") => ("sms", number, words.migrated_sms),
        (_, Some(address)) if wants("EMAIL") => ("email", address, words.migrated_email),
        _ => return None,
    };
    Some(Message {
        channel: channel.to_owned(),
        to: to.clone(),
        subject: (channel == "email").then(|| words.account_subject.to_owned()),
        body: with_username(body, &user.username),
        code: None,
        link: None,
        user_pool_id: user.pool_id.clone(),
        username: user.username.clone(),
        trigger_source: "CustomMessage_AdminCreateUser".to_owned(),
        language: Some(language),
        own: OwnEmail::default(),
    })
}

/// A full mailbox keeps nobody from signing in.
async fn send(app: &App, tx: &mut Conn, welcome: Option<&Message>) -> Result<(), MigrateRefused> {
    if let Some(message) = welcome {
        delivery::send_or_withhold(app, tx, message, Recipient::Somebody).await?;
    }
    Ok(())
}
