//! Where a step of a sign-in comes from.

use std::net::IpAddr;

use super::clients::AppClient;
use super::risk;
use super::sign_in::SignInRefused;
use crate::context::App;
use crate::iam::origin::Origin;
use crate::userpools::pool::Pool;
use crate::userpools::user_agent::device_of;

/// Where a step of a sign-in comes from: the client's address and what it calls itself, and the device that it says it is.
// INVARIANT: the user's address is none that the pool or the client blocks. No sign-in begins, goes on or is refreshed without
// one of these, so none passes the blocked addresses by.
#[derive(Clone, Copy)]
pub struct Whence<'a> {
    /// The request's.
    pub(super) origin: &'a Origin,
    /// The user's address, as far as it is known: where a backend asks, it is not the request's.
    pub(super) address: Option<IpAddr>,
    /// DEVICE_KEY.
    pub(super) device_key: Option<&'a str>,
}

impl<'a> Whence<'a> {
    /// A step from this address, if no list blocks it.
    ///
    /// # Errors
    /// [`SignInRefused::AddressBlocked`].
    pub async fn admitted(
        app: &App,
        app_client: &AppClient,
        origin: &'a Origin,
        address: Option<IpAddr>,
        device_key: Option<&'a str>,
    ) -> Result<Self, SignInRefused> {
        risk::check_address(app, app_client, address).await?;
        Ok(Self { origin, address, device_key })
    }
}

impl Whence<'_> {
    /// The device that it says it is, where the pool tracks devices.
    #[must_use]
    pub fn device(&self, pool: &Pool) -> Option<String> {
        self.device_key.filter(|_| pool.configuration.device_configuration.is_some()).map(str::to_owned)
    }

    /// The client's address.
    #[must_use]
    pub fn ip_address(&self) -> Option<String> {
        ip_address(self.origin)
    }

    /// What the client calls itself, in people's words.
    #[must_use]
    pub fn device_type(&self) -> String {
        device_of(self.origin.user_agent.as_deref())
    }
}

/// The address that a request comes from.
#[must_use]
pub fn ip_address(origin: &Origin) -> Option<String> {
    origin.source_ip.map(|address| address.to_string())
}
