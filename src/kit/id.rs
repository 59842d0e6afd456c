//! Ids: each kind a type of its own, so that none is taken for another, nor for a name.
//!
//! An id that a request names is text like any other until something is found by it: nothing here checks a form.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Types of ids: text that is compared and carried whole.
macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.0 == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.0 == *text
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// An account: twelve digits.
    AccountId;
    /// A user pool: its region, `_` and nine alphanumerics.
    UserPoolId;
    /// An app client: 26 lower-case alphanumerics.
    ClientId;
    /// A user of a user pool: their `sub`, a UUID.
    UserId;
    /// An identity pool: its region, `:` and a UUID.
    IdentityPoolId;
    /// An identity of an identity pool: the pool's region, `:` and a UUID.
    IdentityId;
    /// An access key: `AKIA…`, or `ASIA…` for temporary credentials.
    AccessKeyId;
    /// The unique id of who holds keys or policies in IAM: `AIDA…` a user, `AROA…` a role; of the root, the account's number.
    ///
    /// Source: IAM user guide, "Unique identifiers".
    UniqueId;
}

impl UserPoolId {
    /// The region that the id begins with; `None` in what is no such id.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.0.split_once('_').map(|(region, _)| region)
    }

    /// What follows the region: the name that SRP's hashes take.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('_').map_or(self.as_str(), |(_, name)| name)
    }
}

impl UniqueId {
    /// The root's: the account's number.
    #[must_use]
    pub fn of_root(account_id: &AccountId) -> Self {
        Self(account_id.0.clone())
    }
}
