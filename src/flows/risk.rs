//! What pools and clients do about risk, where it is met.

use std::net::IpAddr;
use std::sync::Arc;

use super::clients::AppClient;
use super::failed::Failed;
use super::passwords::NewPasswordRefused;
use super::sign_in::SignInRefused;
use crate::audit::Counted;
use crate::context::App;
use crate::crypto::password::Password;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store::{StoreError, risk};
use crate::userpools::common_passwords::is_common;
use crate::userpools::password_policy::PasswordRefused;
use crate::userpools::pool::Pool;
use crate::userpools::risk::{Address, CredentialsEvent, Protection, is_heeded, protection};

/// All that a pool has set, through the cache.
///
/// # Errors
/// [`StoreError`].
pub async fn of_pool(app: &App, pool_id: &UserPoolId) -> Result<Arc<risk::OfPool>, StoreError> {
    let load = async || Ok::<_, StoreError>(Some(app.read(async |tx| risk::of_pool(tx, pool_id).await).await?));
    Ok(app.caches.risk.find(pool_id, app.now(), load).await?.unwrap_or_default())
}

/// Refuses whoever signs in, answers a challenge or refreshes from an address that is always blocked. One that is not known is
/// on no list.
///
/// Source: Amazon Cognito API reference, RiskExceptionConfigurationType: "always blocks authentication requests".
///
/// # Errors
/// [`SignInRefused::AddressBlocked`].
pub(super) async fn check_address(app: &App, app_client: &AppClient, address: Option<IpAddr>) -> Result<(), SignInRefused> {
    if says(app, app_client, address).await? == Address::Blocked {
        app.journal.count(&app_client.pool.id, Counted::RefusedSignIn, app.now());
        return Err(SignInRefused::AddressBlocked);
    }
    Ok(())
}

/// Refuses a password that many have at this event, where the pool or the client blocks such passwords, and the address is not
/// one that risk is not looked for at.
///
/// # Errors
/// [`NewPasswordRefused`].
pub async fn check_known_password(
    app: &App,
    (pool, client_id): (&Pool, &ClientId),
    event: CredentialsEvent,
    address: Option<IpAddr>,
    password: &Password,
) -> Result<(), NewPasswordRefused> {
    if protection(&pool.configuration, false) != Protection::Acts || !is_common(password) {
        return Ok(());
    }
    let set = of_pool(app, &pool.id).await.map_err(Failed::from)?;
    let Some(configuration) = set.of_client(client_id) else { return Ok(()) };
    let is_skipped = address.is_some_and(|address| configuration.of_address(address) == Address::Skipped);
    if configuration.blocks_compromised(event) && !is_skipped { Err(PasswordRefused::Common.into()) } else { Ok(()) }
}

async fn says(app: &App, app_client: &AppClient, address: Option<IpAddr>) -> Result<Address, StoreError> {
    let Some(address) = address.filter(|_| is_heeded(&app_client.pool.configuration)) else { return Ok(Address::Ordinary) };
    let set = of_pool(app, &app_client.pool.id).await?;
    Ok(set.of_client(&app_client.client.id).map_or(Address::Ordinary, |configuration| configuration.of_address(address)))
}
