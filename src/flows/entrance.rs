//! What a step of a sign-in, or a refresh, comes in by: the client, what it tells and shows, and where it comes from.

use std::net::IpAddr;

use super::clients::{AppClient, SecretRefused};
use super::sign_in::SignInRefused;
use super::triggers::Told;
use super::whence::Whence;
use crate::context::{App, Context};
use crate::iam::origin::Origin;
use crate::userpools::authentication_level::Target;

/// What a request says of where it comes from, and of the client's secret.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The user's address, as far as it is known: where a backend asks, it is not the request's.
    pub address: Option<IpAddr>,
    /// DEVICE_KEY.
    pub device_key: Option<&'a str>,
    /// SECRET_HASH.
    pub secret_hash: Option<&'a str>,
}

/// The way in of one step.
// INVARIANT: the user's address is none that the pool or the client blocks ([`Whence`]).
pub struct Entrance<'a> {
    /// The deployment.
    pub(super) app: &'a App,
    /// The client, with what the call tells the pool's functions.
    pub(super) app_client: AppClient,
    /// Where the step comes from.
    pub(super) whence: Whence<'a>,
    /// What a sign-in by it gives.
    pub(super) gives: Gives,
    /// The level that a sign-in by it is to reach, where the client wishes for one.
    pub(super) wished: Option<Target>,
    secret_hash: SecretHash<'a>,
}

/// What a sign-in gives in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// Tokens, to whoever asked.
    Tokens,
    /// A session of the browser, which the hosted pages go by.
    BrowserSession,
}

/// What is shown of the client's secret.
#[derive(Clone, Copy)]
enum SecretHash<'a> {
    /// This, for the user's name.
    Shown(Option<&'a str>),
    /// Nothing: a person signs in at our own pages, and what they get there is the client's only for its secret.
    OwnPages,
}

impl<'a> Entrance<'a> {
    /// A step from an address that no list blocks.
    ///
    /// # Errors
    /// [`SignInRefused::AddressBlocked`].
    pub async fn admitted(cx: &'a Context, app_client: AppClient, told: Told, shown: Shown<'a>) -> Result<Self, SignInRefused> {
        let Shown { address, device_key, secret_hash } = shown;
        let whence = Whence::admitted(cx, &app_client, &cx.origin, address, device_key).await?;
        Ok(Self {
            app: cx,
            app_client: app_client.telling(told),
            whence,
            gives: Gives::Tokens,
            wished: None,
            secret_hash: SecretHash::Shown(secret_hash),
        })
    }

    /// A step at the hosted pages, from an address that no list blocks, of a sign-in that is to reach what its client wishes for.
    ///
    /// # Errors
    /// [`SignInRefused::AddressBlocked`].
    pub async fn at_own_pages(
        app: &'a App,
        app_client: AppClient,
        origin: &'a Origin,
        wished: Option<Target>,
    ) -> Result<Self, SignInRefused> {
        let whence = Whence::admitted(app, &app_client, origin, origin.source_ip, None).await?;
        Ok(Self { app, app_client, whence, gives: Gives::BrowserSession, wished, secret_hash: SecretHash::OwnPages })
    }
}

impl Entrance<'_> {
    /// Whether the caller knows the client's secret, for a user of any of these names.
    ///
    /// # Errors
    /// [`SecretRefused`].
    pub(super) fn check_secret_hash(&self, names: &[&str]) -> Result<(), SecretRefused> {
        match self.secret_hash {
            SecretHash::Shown(hash) => self.app_client.check_secret_hash(self.app, names, hash),
            SecretHash::OwnPages => Ok(()),
        }
    }
}
