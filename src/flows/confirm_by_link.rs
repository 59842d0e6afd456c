//! A code that came by a link: it confirms the sign-up of a user who waits for that, and verifies the email address of another.

use super::codes::{self, Address, Holder, Purpose, Redeemed};
use super::confirm_sign_up::accept;
use super::failed::{Failed, fails_with_the_store};
use super::new_user::AliasRefused;
use super::own_attributes;
use super::triggers::sign_up::Confirmed;
use super::triggers::{self, Through, Told};
use super::user_attributes::ChangeRefused;
use crate::context::App;
use crate::kit::id::UserPoolId;
use crate::store::{Conn, StoreError, user_pools, users};
use crate::userpools::name::{CanonicalName, NameKind};
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, UserStatus};

/// Why a link is not followed. Nobody is told more than that: who asks has proven nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkRefused {
    /// It is none of ours, or no more.
    #[error("the link does not serve")]
    Dead,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(LinkRefused);

impl From<AliasRefused> for LinkRefused {
    fn from(refused: AliasRefused) -> Self {
        match refused {
            AliasRefused::Exists(_) | AliasRefused::Unfit(_) => Self::Dead,
            AliasRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

impl From<ChangeRefused> for LinkRefused {
    fn from(refused: ChangeRefused) -> Self {
        match refused {
            ChangeRefused::Alias(refused) => refused.into(),
            ChangeRefused::NoSuchUser | ChangeRefused::Attribute(_) | ChangeRefused::TooMany | ChangeRefused::Trigger(_) => Self::Dead,
            ChangeRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

/// Redeems the code of a link.
///
/// # Errors
/// [`LinkRefused`].
pub async fn confirm(app: &App, pool_id: &UserPoolId, username: &str, code: &str) -> Result<(), LinkRefused> {
    let pool = app.pool(pool_id).await?.ok_or(LinkRefused::Dead)?;
    let name = pool.canonical(username).map_err(|_| LinkRefused::Dead)?;
    if let Some(user) = app.write(async |tx| take(app, tx, &pool, &name, code).await).await?? {
        let told = Told::default();
        // Who followed the link is confirmed, whatever the function makes of it.
        if let Err(refused) = triggers::sign_up::after(app, Through::administrator(&pool, &told), &user, Confirmed::SignUp).await {
            tracing::warn!(pool = %pool.id, "a user was confirmed, and the pool's function failed at it: {refused}");
        }
    }
    Ok(())
}

async fn take(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    name: &CanonicalName,
    code: &str,
) -> Result<Result<Option<User>, LinkRefused>, LinkRefused> {
    if !user_pools::exists(tx, &pool.id).await? {
        return Err(LinkRefused::Dead);
    }
    let user = users::find_named(tx, &pool.id, name).await?;
    let address = match &user {
        Some(user) if user.status != UserStatus::Unconfirmed => own_attributes::address_to_verify(tx, user, NameKind::Email).await?,
        _ => None,
    };
    let redeemed = redeem(app, tx, pool, name, user.as_ref(), address.as_ref(), code).await?;
    let address = address.map(|address| address.value.into_owned());
    match (redeemed, user) {
        (Redeemed::Accepted(attribute), Some(user)) => match address {
            Some(address) => own_attributes::verified(app, tx, pool, &user, NameKind::Email, &address).await?,
            None if user.status == UserStatus::Unconfirmed => {
                return Ok(Ok(Some(accept(app, tx, pool, user, attribute.as_deref(), false).await?)));
            }
            None => return Ok(Err(LinkRefused::Dead)),
        },
        _ => return Ok(Err(LinkRefused::Dead)),
    }
    Ok(Ok(None))
}

async fn redeem(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    name: &CanonicalName,
    user: Option<&User>,
    address: Option<&Address<'_>>,
    code: &str,
) -> Result<Redeemed, StoreError> {
    match (user, address) {
        (Some(user), Some(address)) => codes::redeem_of_address(app, tx, pool, user, address, code).await,
        // SECURITY: a user who waits for nothing, and nobody, are counted like one whose sign-up waits.
        (Some(user), None) => codes::redeem(app, tx, pool, Holder::User(user), Purpose::SignUp, code).await,
        (None, _) => codes::redeem(app, tx, pool, Holder::Nobody(name), Purpose::SignUp, code).await,
    }
}
