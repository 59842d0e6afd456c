//! The user that an operation is about.

use super::errors::Error;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::caller::Caller;
use crate::iam::entity::User;
use crate::kit::id::{AccountId, UniqueId};
use crate::operation::{Ask, Fault, Resolved};
use crate::store::{self, Conn};

/// Whose access keys a request is about.
pub enum Owner {
    /// A user.
    User(User),
    /// The account's root, which is shown as a user of no name.
    Root {
        /// The account.
        account_id: AccountId,
    },
}

impl Owner {
    /// The unique id; the account's number for the root.
    pub fn id(&self) -> UniqueId {
        match self {
            Self::User(user) => user.id.clone(),
            Self::Root { account_id } => UniqueId::of_root(account_id),
        }
    }

    /// The user's name.
    pub fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Root { .. } => "",
        }
    }

    /// Whether they are still there: what is written for them must not outlive them.
    pub async fn check_exists(&self, tx: &mut Conn) -> Result<(), Error> {
        match self {
            Self::User(user) => check_user_exists(tx, user).await,
            Self::Root { .. } => Ok(()),
        }
    }
}

/// Whether a user, as it was found, is still there.
pub async fn check_user_exists(tx: &mut Conn, user: &User) -> Result<(), Error> {
    if store::iam::exists(tx, &user.account_id, &user.id).await? { Ok(()) } else { Err(no_user(&user.name)) }
}

/// The named user; without a name, the caller: they are what is asked about.
pub async fn found(cx: &Context, user_name: Option<&str>) -> Result<Resolved<Owner>, Fault> {
    match (user_name, &cx.caller) {
        (Some(name), _) => {
            let Resolved { found, asks } = found_user(cx, name).await?;
            Ok(Resolved { found: found.map(Owner::User), asks })
        }
        (None, Caller::User(user)) => Ok(Resolved::one(Ok(Owner::User(user.clone())), about(user))),
        (None, Caller::Root { account_id }) => Ok(root(account_id.clone())),
        (None, Caller::Session(_) | Caller::Anonymous) => {
            let missing = Error::Missing("Must specify userName when calling with non-User credentials".to_owned());
            Ok(Resolved::one(Err(missing.into()), Ask::on("*")))
        }
    }
}

/// A user by name. Who is not there is judged by the ARN that they would have without a path.
pub async fn found_user(cx: &Context, name: &str) -> Result<Resolved<User>, Fault> {
    match cx.read(async |tx| store::iam::find_user(tx, &cx.account_id, name).await).await? {
        Some(user) => {
            let ask = about(&user);
            Ok(Resolved::one(Ok(user), ask))
        }
        None => Ok(Resolved::one(Err(no_user(name).into()), Ask::on(Arn::user(&cx.account_id, "/", name)))),
    }
}

/// The request asks about the user of its `user_name`, or about the caller.
macro_rules! asks_about_owner {
    ($request:ty) => {
        impl $crate::operation::Asks for $request {
            type Found = $crate::services::iam::owner::Owner;

            async fn resolve(
                &self,
                cx: &$crate::context::Context,
            ) -> Result<$crate::operation::Resolved<Self::Found>, $crate::operation::Fault> {
                $crate::services::iam::owner::found(cx, self.user_name.as_deref()).await
            }
        }
    };
}

/// An account's root, who is no entity that a policy could name.
pub fn root(account_id: AccountId) -> Resolved<Owner> {
    Resolved::one(Ok(Owner::Root { account_id }), Ask::on("*"))
}

/// A question about a user.
pub fn about(user: &User) -> Ask {
    Ask::on(user.arn()).resource_tags(&user.tags)
}

/// No user of that name.
pub fn no_user(name: &str) -> Error {
    Error::NoSuchEntity(format!("The user with name {name} cannot be found."))
}
