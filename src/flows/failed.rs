//! Our own failures, apart from what a flow refuses.

use crate::store::StoreError;

/// Our own failure: nothing that the caller did.
#[derive(Debug, thiserror::Error)]
#[error("internal error")]
pub struct Failed(#[source] pub Box<dyn std::error::Error>);

impl Failed {
    /// For this cause.
    pub fn because(cause: impl Into<Box<dyn std::error::Error>>) -> Self {
        Self(cause.into())
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::because(error)
    }
}

/// A decision whose refusals have a `Failed` beside them fails with the store.
macro_rules! fails_with_the_store {
    ($refused:ty) => {
        impl From<$crate::store::StoreError> for $refused {
            fn from(error: $crate::store::StoreError) -> Self {
                Self::Failed(error.into())
            }
        }
    };
}

pub(super) use fails_with_the_store;
