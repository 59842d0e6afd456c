//! A forgotten password: a code is sent, and redeemed for a new one. Where users are hidden, one rule answers for all names:
//! those of users who may recover their accounts, of users who may not, and of nobody.

use std::borrow::Cow;
use std::net::IpAddr;

use super::clients::{AppClient, NoSuchClient};
use super::codes::{self, Address, Asker, CodeDelivery, CodeRefused, FirstCodeRefused, Holder, Occasion, Purpose, SendAgainRefused};
use super::confirm_sign_up::find;
use super::failed::{Failed, fails_with_the_store};
use super::migrate_user::{self, MigrateRefused};
use super::passwords::{self, NewPasswordRefused, Replacing, SetBy};
use super::sign_in::attempts_of;
use super::triggers::sign_up::Confirmed;
use super::triggers::{self, Through, TriggerRefused};
use crate::context::App;
use crate::kit::secret::Secret;
use crate::store::{Conn, attempts, tokens, users};
use crate::userpools::name::{NameKind, NameRefused};
use crate::userpools::pool::Pool;
use crate::userpools::recovery::{self, Unrecoverable, may_reset};
use crate::userpools::risk::CredentialsEvent;
use crate::userpools::user::{PasswordRecord, User, UserStatus};

/// Why no code is sent for a forgotten password.
#[derive(Debug, thiserror::Error)]
pub enum ForgotRefused {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(#[from] NoSuchClient),
    /// Administrators set passwords here, and nobody else.
    #[error("only administrators reset passwords")]
    AdministratorsOnly,
    /// The user gets none, where that may be said.
    #[error(transparent)]
    Unrecoverable(#[from] Unrecoverable),
    /// Too many codes were asked for, or too much went to the address.
    #[error("too many codes were asked for")]
    TooMany,
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(ForgotRefused);

impl From<SendAgainRefused> for ForgotRefused {
    fn from(refused: SendAgainRefused) -> Self {
        match refused {
            SendAgainRefused::TooMany => Self::TooMany,
            SendAgainRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

impl From<FirstCodeRefused> for ForgotRefused {
    fn from(refused: FirstCodeRefused) -> Self {
        match refused {
            FirstCodeRefused::AddressIsFull => Self::TooMany,
            FirstCodeRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

impl From<MigrateRefused> for ForgotRefused {
    fn from(refused: MigrateRefused) -> Self {
        match refused {
            MigrateRefused::Trigger(refused) => Self::Trigger(refused),
            MigrateRefused::NoSuchClient(gone) => Self::NoSuchClient(gone),
            MigrateRefused::Failed(failed) => Self::Failed(failed),
            // Whom the pool does not take is nobody.
            MigrateRefused::Unfit(_) | MigrateRefused::Password(_) | MigrateRefused::Alias(_) | MigrateRefused::Busy => {
                Self::Unrecoverable(Unrecoverable::NoSuchUser)
            }
        }
    }
}

/// Why a code is not redeemed for a new password.
#[derive(Debug, thiserror::Error)]
pub enum ResetRefused {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(#[from] NoSuchClient),
    /// The user recovers nothing, where that may be said.
    #[error(transparent)]
    Unrecoverable(#[from] Unrecoverable),
    /// The code lets nobody on.
    #[error(transparent)]
    Code(#[from] CodeRefused),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] NewPasswordRefused),
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(ResetRefused);

/// Sends the code of a forgotten password. Where users are hidden, names of nobody, and of users who get none, are answered and
/// counted as if one had been sent.
///
/// # Errors
/// [`ForgotRefused`].
pub async fn forgot(app: &App, app_client: &AppClient, username: &str) -> Result<CodeDelivery, ForgotRefused> {
    let (pool, hides) = (&app_client.pool, app_client.client.configuration.hides_users());
    let kinds = recovery::kinds(&pool.configuration).ok_or(ForgotRefused::AdministratorsOnly)?;
    let (name, client_id) = (pool.canonical(username)?, &app_client.client.id);
    let known = known(app, app_client, username).await?;
    let worded = match known.as_ref().filter(|user| address_of(pool, &kinds, user).is_ok()) {
        Some(user) => triggers::message::worded(app, app_client, user, Occasion::ForgotPassword.trigger_source()).await?,
        None => Cow::Borrowed(&**pool),
    };
    app.write(async |tx| {
        let user = find(tx, app_client, &name).await??;
        let found = user.as_ref().ok_or(Unrecoverable::NoSuchUser);
        let address = match found.and_then(|user| address_of(pool, &kinds, user)) {
            Err(unrecoverable) if !hides => return Err(unrecoverable.into()),
            address => address.ok(),
        };
        let asker = Asker { name: &name, user: user.as_ref(), client_id: Some(client_id) };
        Ok(codes::send_by_name(app, tx, &worded, asker, Occasion::ForgotPassword, address, hides).await?)
    })
    .await
}

/// Who has the name; where nobody has, whom the pool's function knows by it.
async fn known(app: &App, app_client: &AppClient, username: &str) -> Result<Option<User>, ForgotRefused> {
    let user = app.read(async |tx| users::find(tx, &app_client.pool, username).await).await?;
    if user.is_some() {
        return Ok(user);
    }
    match migrate_user::migrate(app, app_client, username, None).await.map_err(ForgotRefused::from) {
        Err(ForgotRefused::Unrecoverable(_)) => Ok(None),
        migrated => migrated,
    }
}

/// Takes a user's password from them, for an administrator: a code that goes to them leads to the next one. Whoever was signed in
/// is signed out.
///
/// # Errors
/// [`ForgotRefused`].
pub async fn reset_by_administrator(app: &App, through: Through<'_>, username: &str) -> Result<(), ForgotRefused> {
    let pool = through.pool;
    let kinds = recovery::kinds(&pool.configuration).ok_or(ForgotRefused::AdministratorsOnly)?;
    let known = app.read(async |tx| users::find(tx, pool, username).await).await?;
    let worded = match known.as_ref().filter(|user| address_of(pool, &kinds, user).is_ok()) {
        Some(user) => triggers::message::worded(app, through, user, Occasion::ForgotPassword.trigger_source()).await?,
        None => Cow::Borrowed(pool),
    };
    app.write(async |tx| {
        let user = users::find(tx, pool, username).await?.ok_or(Unrecoverable::NoSuchUser)?;
        let address = address_of(pool, &kinds, &user)?;
        codes::send_first(app, tx, &worded, &user, Occasion::ForgotPassword, &address, None).await?;
        let user = User { status: UserStatus::ResetRequired, ..user.clone() };
        users::update(tx, &user, app.now()).await?;
        Ok(tokens::revoke_all(tx, &pool.id, &user.id, app.now()).await?)
    })
    .await
}

/// Redeems a code for a new password, for a user who comes from this address.
///
/// The code is judged first, and used only in the transaction that sets the password: a password that is not taken costs no code,
/// and whoever has no code has nothing hashed.
///
/// # Errors
/// [`ResetRefused`].
pub async fn reset(
    app: &App,
    app_client: &AppClient,
    username: &str,
    code: &str,
    password: &Secret,
    address: Option<IpAddr>,
) -> Result<(), ResetRefused> {
    let (pool, hides) = (&app_client.pool, app_client.client.configuration.hides_users());
    let name = pool.canonical(username)?;
    // SECURITY: the policy is the same for all names, and so it is asked before any of them is looked at.
    pool.configuration.check_password(password).map_err(NewPasswordRefused::from)?;
    let judged = app.write(async |tx| {
        let user = find(tx, app_client, &name).await??;
        let standing = user.as_ref().ok_or(Unrecoverable::NoSuchUser).and_then(may_reset);
        if let (false, Err(unrecoverable)) = (hides, standing) {
            return Err(unrecoverable.into());
        }
        let holder = user.as_ref().map_or(Holder::Nobody(&name), Holder::User);
        let tried = codes::check(app, tx, pool, holder, Purpose::ForgotPassword, code).await?;
        Ok::<_, ResetRefused>(tried.by(user.filter(|_| standing.is_ok()), hides))
    });
    let (user, _) = judged.await??;
    let set_by = SetBy::User { client_id: &app_client.client.id, event: CredentialsEvent::PasswordChange, address };
    let record = passwords::make_next_record(app, pool, &user, password, set_by).await?;
    app.write(async |tx| set(app, tx, app_client, &user, code, &record).await).await??;
    let user = User { status: UserStatus::Confirmed, ..user };
    Ok(triggers::sign_up::after(app, app_client, &user, Confirmed::ForgotPassword).await?)
}

async fn set(
    app: &App,
    tx: &mut Conn,
    app_client: &AppClient,
    user: &User,
    code: &str,
    record: &PasswordRecord,
) -> Result<Result<(), CodeRefused>, ResetRefused> {
    let (pool, hides) = (&app_client.pool, app_client.client.configuration.hides_users());
    let user = users::find_by_id(tx, &pool.id, &user.id).await?.filter(|user| may_reset(user).is_ok());
    let Some(user) = user else { return Err(CodeRefused::Mismatch.into()) };
    let redeemed = codes::redeem(app, tx, pool, Holder::User(&user), Purpose::ForgotPassword, code).await?;
    let (user, _) = match redeemed.by(Some(user), hides) {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(Err(refused)),
    };
    passwords::set(app, tx, pool, &user, record, UserStatus::Confirmed, Replacing::Recovery).await?;
    // Who reads at the address is let in by the new password: no lock that others caused stands in their way.
    attempts::clear(tx, &pool.id, &attempts_of(app, &user)).await?;
    Ok(Ok(()))
}

fn address_of<'a>(pool: &Pool, kinds: &[NameKind], user: &'a User) -> Result<Address<'a>, Unrecoverable> {
    let kind = recovery::address(pool, kinds, user)?;
    Address::of(user, kind).ok_or(Unrecoverable::NoAddress)
}
