//! The code of a sign-up: redeemed, or sent again. Where users are hidden, one rule answers for all names: those of users who
//! wait for their code, of users who don't, and of nobody.

use std::borrow::Cow;

use super::clients::{AppClient, NoSuchClient};
use super::codes::{self, Address, Asker, CodeDelivery, CodeRefused, Holder, Occasion, Purpose, SendAgainRefused};
use super::failed::{Failed, fails_with_the_store};
use super::new_user::{AliasRefused, claim_alias};
use super::triggers::sign_up::Confirmed;
use super::triggers::{self, TriggerRefused};
use crate::context::App;
use crate::store::{self, Conn, StoreError};
use crate::userpools::name::{CanonicalName, NameKind, NameRefused};
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, UserStatus};

/// Why a sign-up is not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmRefused {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(#[from] NoSuchClient),
    /// Nobody of that name, where that may be said.
    #[error("no such user")]
    NoSuchUser,
    /// The user stands elsewhere, where that may be said.
    #[error("the user is {}", .0.as_str())]
    NotWaiting(UserStatus),
    /// The code lets nobody on.
    #[error(transparent)]
    Code(#[from] CodeRefused),
    /// The code was right, and its address is no name of theirs.
    #[error(transparent)]
    Alias(#[from] AliasRefused),
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(ConfirmRefused);

/// Why a code is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum ResendRefused {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(#[from] NoSuchClient),
    /// The user gets none, where that may be said.
    #[error(transparent)]
    Unwaiting(#[from] Unwaiting),
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

fails_with_the_store!(ResendRefused);

impl From<SendAgainRefused> for ResendRefused {
    fn from(refused: SendAgainRefused) -> Self {
        match refused {
            SendAgainRefused::TooMany => Self::TooMany,
            SendAgainRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

/// Why nobody waits for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwaiting {
    /// There is nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// The user may not do anything.
    #[error("the user is disabled")]
    Disabled,
    /// The sign-up was confirmed.
    #[error("the user is confirmed")]
    Confirmed,
    /// They have no address that the pool verifies.
    #[error("the user has no address to verify")]
    NothingToVerify,
}

/// Confirms a sign-up by its code.
///
/// # Errors
/// [`ConfirmRefused`].
pub async fn confirm(app: &App, app_client: &AppClient, username: &str, code: &str, force_alias: bool) -> Result<(), ConfirmRefused> {
    let (pool, hides) = (&app_client.pool, app_client.client.configuration.hides_users());
    let name = pool.canonical(username)?;
    let confirmed: Result<User, CodeRefused> = app
        .write(async |tx| {
            let user = find(tx, app_client, &name).await??;
            match &user {
                None if !hides => return Err(ConfirmRefused::NoSuchUser),
                Some(user) if !hides && user.status != UserStatus::Unconfirmed => return Err(ConfirmRefused::NotWaiting(user.status)),
                _ => {}
            }
            let holder = user.as_ref().map_or(Holder::Nobody(&name), Holder::User);
            let redeemed = codes::redeem(app, tx, pool, holder, Purpose::SignUp, code).await?;
            Ok(match redeemed.by(user.filter(|user| user.status == UserStatus::Unconfirmed), hides) {
                Ok((user, attribute)) => Ok(accept(app, tx, pool, user, attribute.as_deref(), force_alias).await?),
                Err(refused) => Err(refused),
            })
        })
        .await?;
    Ok(triggers::sign_up::after(app, app_client, &confirmed?, Confirmed::SignUp).await?)
}

/// Sends the code of a sign-up again. Where users are hidden, names of nobody, and of users who wait for no code, are
/// answered and counted as if one had been sent.
///
/// # Errors
/// [`ResendRefused`].
pub async fn resend(app: &App, app_client: &AppClient, username: &str) -> Result<CodeDelivery, ResendRefused> {
    let (pool, hides) = (&app_client.pool, app_client.client.configuration.hides_users());
    let (name, client_id) = (pool.canonical(username)?, &app_client.client.id);
    let waiting = app.read(async |tx| store::users::find_named(tx, &pool.id, &name).await).await?;
    let worded = match waiting.as_ref().filter(|user| waiting_address(pool, user).is_ok()) {
        Some(user) => triggers::message::worded(app, app_client, user, Occasion::SignUpAgain.trigger_source()).await?,
        None => Cow::Borrowed(&**pool),
    };
    app.write(async |tx| {
        let user = find(tx, app_client, &name).await??;
        let address = match user.as_ref().map_or(Err(Unwaiting::NoSuchUser), |user| waiting_address(pool, user)) {
            Err(unwaiting) if !hides => return Err(unwaiting.into()),
            address => address.ok(),
        };
        let asker = Asker { name: &name, user: user.as_ref(), client_id: Some(client_id) };
        Ok(codes::send_by_name(app, tx, &worded, asker, Occasion::SignUpAgain, address, hides).await?)
    })
    .await
}

/// Confirms a user whose code was right.
///
/// # Errors
/// [`AliasRefused`].
pub(super) async fn accept(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user: User,
    attribute: Option<&str>,
    force_alias: bool,
) -> Result<User, AliasRefused> {
    let user = confirmed(user, attribute);
    if let Some(kind) = attribute.and_then(NameKind::of_attribute) {
        claim_alias(tx, pool, &user, kind, force_alias).await?;
    }
    store::users::update(tx, &user, app.now()).await?;
    Ok(user)
}

/// Whom the name names, in a pool that is still there.
///
/// # Errors
/// [`StoreError`]; inside, that the pool is gone.
pub(super) async fn find(
    tx: &mut Conn,
    app_client: &AppClient,
    name: &CanonicalName,
) -> Result<Result<Option<User>, NoSuchClient>, StoreError> {
    if !store::user_pools::exists(tx, &app_client.pool.id).await? {
        return Ok(Err(app_client.gone()));
    }
    store::users::find_named(tx, &app_client.pool.id, name).await.map(Ok)
}

/// Where a user waits for the code of their sign-up.
fn waiting_address<'a>(pool: &Pool, user: &'a User) -> Result<Address<'a>, Unwaiting> {
    if !user.enabled {
        return Err(Unwaiting::Disabled);
    }
    if user.status != UserStatus::Unconfirmed {
        return Err(Unwaiting::Confirmed);
    }
    codes::verified_by_code(pool, user).ok_or(Unwaiting::NothingToVerify)
}

/// The user as they are once confirmed; the address that the code went to is theirs.
fn confirmed(mut user: User, attribute: Option<&str>) -> User {
    user.status = UserStatus::Confirmed;
    if let Some(attribute) = attribute {
        user.attributes.insert(format!("{attribute}_verified"), "true".to_owned());
    }
    user
}
