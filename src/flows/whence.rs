//! Where a step of a sign-in comes from.

use crate::iam::origin::Origin;
use crate::userpools::pool::Pool;
use crate::userpools::user_agent::device_of;

/// Where a step of a sign-in comes from: the client's address and what it calls itself, and the device that it says it is.
#[derive(Clone, Copy)]
pub struct Whence<'a> {
    /// The request's.
    pub origin: &'a Origin,
    /// DEVICE_KEY.
    pub device_key: Option<&'a str>,
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
