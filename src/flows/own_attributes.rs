//! What users do about their own attributes: change and delete them, and verify their addresses.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::access::Holder;
use super::codes::{self, Address, Asker, CodeDelivery, CodeRefused, Occasion, SendAgainRefused, SentAgain};
use super::failed::{Failed, fails_with_the_store};
use super::triggers::{self, Through, Told, TriggerRefused};
use super::user_attributes::{ChangeRefused, Edited, put, replace};
use crate::context::App;
use crate::kit::id::ClientId;
use crate::store::{Conn, StoreError, pending_addresses, users};
use crate::userpools::attributes::{AttributeRefused, edit_own, full_schema};
use crate::userpools::name::NameKind;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// Why a user's own change, or its verification, is not made.
#[derive(Debug, thiserror::Error)]
pub enum OwnChangeRefused {
    /// The sign-in is over, or the user is gone.
    #[error("the access token was revoked")]
    Revoked,
    /// The schema, or an address of another, does not allow it.
    #[error(transparent)]
    Change(#[from] ChangeRefused),
    /// It is no attribute that is verified.
    #[error("the attribute {0} is not verified")]
    NotAnAddress(String),
    /// The user has no such address.
    #[error("the user has no {}", .0.as_str())]
    NoAddress(NameKind),
    /// Too many codes were asked for, or too much went to the address.
    #[error("too many codes were asked for")]
    TooManyCodes,
    /// The code lets nobody on.
    #[error(transparent)]
    Code(#[from] CodeRefused),
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(OwnChangeRefused);

impl From<AttributeRefused> for OwnChangeRefused {
    fn from(refused: AttributeRefused) -> Self {
        Self::Change(refused.into())
    }
}

impl From<SendAgainRefused> for OwnChangeRefused {
    fn from(refused: SendAgainRefused) -> Self {
        match refused {
            SendAgainRefused::TooMany => Self::TooManyCodes,
            SendAgainRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

/// Changes what is given; a blank value deletes. Addresses that the pool verifies get their codes: where they went.
///
/// # Errors
/// [`OwnChangeRefused`].
pub async fn update(
    app: &App,
    holder: &Holder,
    given: &BTreeMap<String, String>,
    told: &Told,
) -> Result<Vec<CodeDelivery>, OwnChangeRefused> {
    let Holder { pool, claims, .. } = holder;
    let client = app.client(&claims.client_id).await?;
    let may_write = |name: &String| client.as_ref().is_some_and(|client| client.configuration.may_write(name));
    if !given.keys().all(may_write) {
        return Err(AttributeRefused::Unauthorized.into());
    }
    let user = app.read(async |tx| present(tx, holder).await).await?;
    let through = Through::holder(pool, &claims.client_id, told);
    let worded = triggers::message::worded_for_change(app, through, &user, given).await?;
    app.write(async |tx| {
        let user = present(tx, holder).await?;
        let attributes = edit_own(&full_schema(&pool.configuration.schema), &user.attributes, given)?;
        let edited = Edited::of(&pool.configuration, &user, attributes);
        put(app, tx, pool, &user, &edited, given).await?;
        let mut deliveries = Vec::new();
        for (kind, value) in &edited.unverified {
            let address = Address { attribute: kind.as_str(), value: Cow::Borrowed(value) };
            deliveries.push(send(app, tx, &worded, &user, Occasion::UpdateUserAttribute(*kind), &address, &claims.client_id).await?);
        }
        Ok(deliveries)
    })
    .await
}

/// Sends the code that verifies an address of the user's: of the one that waits, or else of the one that they have.
///
/// # Errors
/// [`OwnChangeRefused`].
pub async fn send_code(app: &App, holder: &Holder, attribute: &str, told: &Told) -> Result<CodeDelivery, OwnChangeRefused> {
    let kind = NameKind::of_attribute(attribute).ok_or_else(|| OwnChangeRefused::NotAnAddress(attribute.to_owned()))?;
    let through = Through::holder(&holder.pool, &holder.claims.client_id, told);
    let user = app.read(async |tx| present(tx, holder).await).await?;
    let source = Occasion::VerifyUserAttribute(kind).trigger_source();
    let worded = triggers::message::worded(app, through, &user, source).await?;
    app.write(async |tx| {
        let user = present(tx, holder).await?;
        let address = address_to_verify(tx, &user, kind).await?.ok_or(OwnChangeRefused::NoAddress(kind))?;
        let occasion = Occasion::VerifyUserAttribute(kind);
        send(app, tx, &worded, &user, occasion, &address, &holder.claims.client_id).await
    })
    .await
}

/// Verifies an address by the code that went to it; one that waited takes the place of the last.
///
/// # Errors
/// [`OwnChangeRefused`].
pub async fn verify(app: &App, holder: &Holder, attribute: &str, code: &str) -> Result<(), OwnChangeRefused> {
    let kind = NameKind::of_attribute(attribute).ok_or_else(|| OwnChangeRefused::NotAnAddress(attribute.to_owned()))?;
    app.write(async |tx| {
        let user = present(tx, holder).await?;
        let address = address_to_verify(tx, &user, kind).await?.ok_or(OwnChangeRefused::NoAddress(kind))?;
        let redeemed = codes::redeem_of_address(app, tx, &holder.pool, &user, &address, code).await?;
        // A try is remembered, so what refuses it is no error before the transaction commits.
        Ok::<_, OwnChangeRefused>(match redeemed.by(Some(&user), false) {
            Ok((user, _)) => Ok(verified(app, tx, &holder.pool, user, kind, &address.value).await?),
            Err(refused) => Err(refused.into()),
        })
    })
    .await?
}

/// The address of a kind that a code would verify: the one that waits, or else the one that the user has.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn address_to_verify<'a>(tx: &mut Conn, user: &'a User, kind: NameKind) -> Result<Option<Address<'a>>, StoreError> {
    let waiting = pending_addresses::find(tx, &user.pool_id, &user.id, kind).await?;
    Ok(match waiting {
        Some(address) => Some(Address { attribute: kind.as_str(), value: Cow::Owned(address) }),
        None => Address::of(user, kind),
    })
}

/// An address is the user's, and verified.
///
/// # Errors
/// [`ChangeRefused`].
pub(super) async fn verified(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user: &User,
    kind: NameKind,
    address: &str,
) -> Result<(), ChangeRefused> {
    let mut attributes = user.attributes.clone();
    attributes.insert(kind.as_str().to_owned(), address.to_owned());
    attributes.insert(format!("{}_verified", kind.as_str()), "true".to_owned());
    pending_addresses::forget(tx, &pool.id, &user.id, kind).await?;
    replace(app, tx, pool, user, attributes).await
}

/// The user as they are now, if their sign-in goes on.
async fn present(tx: &mut Conn, holder: &Holder) -> Result<User, OwnChangeRefused> {
    let user = users::find_by_family(tx, &holder.pool.id, &holder.claims.sub, &holder.claims.origin_jti).await?;
    user.filter(|user| user.enabled).ok_or(OwnChangeRefused::Revoked)
}

async fn send(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    user: &User,
    occasion: Occasion,
    address: &Address<'_>,
    client_id: &ClientId,
) -> Result<CodeDelivery, OwnChangeRefused> {
    let name = pool.canonical(&user.username).map_err(Failed::because)?;
    let asker = Asker { name: &name, user: Some(user), client_id: Some(client_id) };
    match codes::send_again(app, tx, pool, asker, occasion, Some(address)).await? {
        SentAgain::Sent => Ok(address.delivery()),
        SentAgain::AddressIsFull | SentAgain::ToNobody => Err(OwnChangeRefused::TooManyCodes),
    }
}
