//! Why nobody is signed in through a provider.

use crate::federation::NotBelieved;
use crate::flows::clients::NoSuchClient;
use crate::flows::failed::{Failed, fails_with_the_store};
use crate::flows::new_user::{InsertRefused, UnfitUser};
use crate::flows::triggers::TriggerRefused;
use crate::userpools::attributes::AttributeRefused;

/// Why nobody is signed in through a provider.
#[derive(Debug, thiserror::Error)]
pub enum FederationRefused {
    /// No provider of this client's has the name.
    #[error("no such identity provider of the client")]
    NoSuchProvider,
    /// Nobody left so in this browser, or they have come back before.
    #[error("nobody of this browser is on the way")]
    Stale,
    /// The provider lets nobody in, in its own words.
    #[error("the provider answers {0}")]
    ByProvider(String),
    /// Its word is not taken.
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
    /// It tells of nobody.
    #[error("the provider's claims have no subject")]
    NoSubject,
    /// The pool's rules do not take whom it tells of.
    #[error(transparent)]
    Unfit(#[from] UnfitUser),
    /// Somebody else has the name that theirs would be.
    #[error("another user has the name")]
    NameTaken,
    /// They may not do anything.
    #[error("the user is disabled")]
    Disabled,
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// A function of the pool does not let them in.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(FederationRefused);

impl From<AttributeRefused> for FederationRefused {
    fn from(refused: AttributeRefused) -> Self {
        Self::Unfit(refused.into())
    }
}

impl FederationRefused {
    /// A user who is not inserted.
    pub(super) fn uninserted(refused: InsertRefused, gone: NoSuchClient) -> Self {
        match refused {
            InsertRefused::NoSuchPool(_) => Self::NoSuchClient(gone),
            InsertRefused::UsernameExists | InsertRefused::Alias(_) => Self::NameTaken,
            InsertRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}
