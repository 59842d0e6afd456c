//! What pools and clients do about risk, where it is met.

use std::net::IpAddr;
use std::sync::Arc;

use super::clients::AppClient;
use super::sign_in::SignInRefused;
use crate::audit::Counted;
use crate::context::App;
use crate::kit::id::UserPoolId;
use crate::store::{StoreError, risk};
use crate::userpools::risk::{Address, CredentialsEvent, is_heeded};

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
pub async fn check_address(app: &App, app_client: &AppClient, address: Option<IpAddr>) -> Result<(), SignInRefused> {
    if says(app, app_client, address).await? == Address::Blocked {
        app.journal.count(&app_client.pool.id, Counted::RefusedSignIn, app.now());
        return Err(SignInRefused::AddressBlocked);
    }
    Ok(())
}

/// Whether a password that others know is to be refused at this event: where the pool or the client blocks it, and the
/// address is not one that risk is not looked for at. Whoever asks knows whether others know the password.
///
/// # Errors
/// [`StoreError`].
pub async fn refuses_known_passwords(
    app: &App,
    app_client: &AppClient,
    event: CredentialsEvent,
    address: Option<IpAddr>,
) -> Result<bool, StoreError> {
    if !is_heeded(&app_client.pool.configuration) || says(app, app_client, address).await? == Address::Skipped {
        return Ok(false);
    }
    let set = of_pool(app, &app_client.pool.id).await?;
    Ok(set.of_client(&app_client.client.id).is_some_and(|configuration| configuration.blocks_compromised(event)))
}

async fn says(app: &App, app_client: &AppClient, address: Option<IpAddr>) -> Result<Address, StoreError> {
    let Some(address) = address.filter(|_| is_heeded(&app_client.pool.configuration)) else { return Ok(Address::Ordinary) };
    let set = of_pool(app, &app_client.pool.id).await?;
    Ok(set.of_client(&app_client.client.id).map_or(Address::Ordinary, |configuration| configuration.of_address(address)))
}
