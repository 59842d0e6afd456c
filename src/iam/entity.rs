//! IAM users, groups, roles and access keys.

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::crypto::ids::{self, AccessKeyKind};
use crate::crypto::seal::{SealError, SealingKey};
use crate::crypto::sealed::Sealed;
use crate::iam::arn::Arn;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};
use crate::kit::secret::Secret;

/// How long a role's sessions may live at most, where nothing else is said: seconds.
pub const DEFAULT_SESSION_SECONDS: i64 = 3600;

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Unique regardless of case.
    pub key: String,
    /// May be empty.
    pub value: String,
}

/// An IAM user.
#[derive(Clone, Debug)]
pub struct User {
    /// The account.
    pub account_id: AccountId,
    /// As it was given.
    pub name: String,
    /// `AIDA…`
    pub id: UniqueId,
    /// Begins and ends with `/`.
    pub path: String,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When their password was last used to sign in to the console, of this one or an earlier.
    pub password_last_used_at: Option<Timestamp>,
}

impl User {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        Arn::user(&self.account_id, &self.path, &self.name)
    }
}

/// A group of users.
#[derive(Clone, Debug)]
pub struct Group {
    /// The account.
    pub account_id: AccountId,
    /// As it was given.
    pub name: String,
    /// `AGPA…`
    pub id: UniqueId,
    /// Begins and ends with `/`.
    pub path: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Group {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        Arn::group(&self.account_id, &self.path, &self.name)
    }
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// The account.
    pub account_id: AccountId,
    /// As it was given.
    pub name: String,
    /// `AROA…`
    pub id: UniqueId,
    /// Begins and ends with `/`.
    pub path: String,
    /// What it is for.
    pub description: Option<String>,
    /// The trust policy's text.
    pub assume_role_policy: String,
    /// How long a session may live at most: seconds.
    pub max_session_seconds: i64,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Role {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        Arn::role(&self.account_id, &self.path, &self.name)
    }
}

/// A long-lived access key.
#[derive(Clone)]
pub struct AccessKey {
    /// The account.
    pub account_id: AccountId,
    /// `AKIA…`
    pub id: AccessKeyId,
    /// The owner's unique id; the account's number for the root.
    pub owner_id: UniqueId,
    /// The secret, sealed.
    pub sealed_secret: Sealed<Secret>,
    /// Whether it is accepted.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl AccessKey {
    /// A new active key, and its secret.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn issue(
        at_rest: &SealingKey,
        account_id: &AccountId,
        owner_id: UniqueId,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, Secret), SealError> {
        let id = ids::access_key_id(AccessKeyKind::LongLived, account_id, rng);
        let secret = ids::secret_access_key(rng);
        let sealed_secret = at_rest.seal(&place(account_id, &id), &secret, rng)?;
        let key = Self { account_id: account_id.clone(), id, owner_id, sealed_secret, active: true, created_at: now };
        Ok((key, secret))
    }

    /// The secret.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn secret(&self, at_rest: &SealingKey) -> Result<Secret, SealError> {
        at_rest.open(&place(&self.account_id, &self.id), &self.sealed_secret)
    }

    /// The wire's word for [`AccessKey::active`].
    #[must_use]
    pub const fn status(&self) -> &'static str {
        if self.active { "Active" } else { "Inactive" }
    }
}

fn place<'a>(account_id: &'a AccountId, id: &'a AccessKeyId) -> [&'a str; 3] {
    ["iam_access_keys", account_id.as_str(), id.as_str()]
}
