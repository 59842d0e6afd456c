//! The user that an operation is about.

use super::errors::Error;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::caller::Caller;
use crate::iam::entity::User;
use crate::kit::clock::Timestamp;
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
            Self::User(user) => still(tx, user).await.map(drop),
            Self::Root { .. } => Ok(()),
        }
    }
}

/// A user as the transaction finds them, who was found and judged before it.
///
/// SECURITY: who was renamed or moved since has another ARN than was judged, and is not who the call is about.
pub async fn still(tx: &mut Conn, judged: &User) -> Result<User, Error> {
    let now = store::iam::find_user_by_id(tx, &judged.account_id, &judged.id).await?;
    now.filter(|now| now.arn() == judged.arn()).ok_or_else(|| no_user(&judged.name))
}

/// The named user; without a name, the caller: they are what is asked about.
pub async fn found(cx: &Context, user_name: Option<&str>) -> Result<Resolved<Owner>, Fault> {
    match (user_name, &cx.caller) {
        (Some(name), _) => {
            let Resolved { found, asks } = found_user(cx, name).await?;
            Ok(Resolved { found: found.map(Owner::User), asks })
        }
        (None, Caller::User(user, _)) => Ok(Resolved::one(Ok(Owner::User(user.clone())), about(user))),
        (None, Caller::Root { account_id, .. }) => Ok(root(account_id.clone())),
        (None, Caller::Session(_) | Caller::Federated { .. } | Caller::Anonymous) => {
            Ok(Resolved::one(Err(nameless().into()), Ask::on("*")))
        }
    }
}

/// The named user; without a name, the caller, who must be a user then.
pub async fn found_user_or_caller(cx: &Context, user_name: Option<&str>) -> Result<Resolved<User>, Fault> {
    let Resolved { found, asks } = found(cx, user_name).await?;
    let found = found.and_then(|owner| match owner {
        Owner::User(user) => Ok(user),
        // The root's own is reached by a session of AssumeRoot only (API reference, CreateLoginProfile).
        Owner::Root { .. } => Err(nameless().into()),
    });
    Ok(Resolved { found, asks })
}

/// Who has, or is to have, an MFA device: a user by name. The root, who has no name that a request could give, gives the account's
/// number, where no user is called that.
pub async fn found_or_root(cx: &Context, name: &str) -> Result<Resolved<Owner>, Fault> {
    let Resolved { found, asks } = found_user(cx, name).await?;
    match &cx.caller {
        Caller::Root { account_id, .. } if found.is_err() && *account_id == *name => Ok(root(account_id.clone())),
        _ => Ok(Resolved { found: found.map(Owner::User), asks }),
    }
}

/// The root, as answers show them: a user of no name.
pub fn root_as_user(account_id: AccountId) -> User {
    User {
        name: String::new(),
        id: UniqueId::of_root(&account_id),
        account_id,
        path: "/".to_owned(),
        tags: Vec::new(),
        created_at: Timestamp::default(),
        password_last_used_at: None,
    }
}

fn nameless() -> Error {
    Error::Missing("Must specify userName when calling with non-User credentials".to_owned())
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

/// The request asks about the user of its `user_name`; by their permissions boundary too, where it changes what they may.
macro_rules! asks_about_user {
    ($request:ty) => {
        asks!($request => $crate::iam::entity::User, |asked, cx| $crate::services::iam::owner::found_user(cx, &asked.user_name).await);
    };
    ($request:ty, by their boundary) => {
        asks!($request => $crate::iam::entity::User, |asked, cx| {
            let found = $crate::services::iam::owner::found_user(cx, &asked.user_name).await?;
            $crate::services::iam::boundaries::asking(cx, found).await
        });
    };
}

/// The request asks about the user of its `user_name`, or about the caller.
macro_rules! asks_about_owner {
    ($request:ty) => {
        asks!($request => $crate::services::iam::owner::Owner, |asked, cx| $crate::services::iam::owner::found(cx, asked.user_name.as_deref()).await);
    };
}

/// The request asks about the user of its `user_name`, or about the calling user.
macro_rules! asks_about_user_or_caller {
    ($request:ty) => {
        asks!($request => $crate::iam::entity::User, |asked, cx| $crate::services::iam::owner::found_user_or_caller(cx, asked.user_name.as_deref()).await);
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn who_was_renamed_or_moved_since_they_were_judged_is_not_who_was_judged() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let find = async |name: &str| app.app.read(async |tx| store::iam::find_user(tx, &ACCOUNT.into(), name).await).await.unwrap();
        let judged = find("ann").await.unwrap();
        let is_still = async || app.app.write(async |tx| still(tx, &judged).await).await.is_ok();
        assert!(is_still().await);
        app.admin().call("UpdateUser", json!({"UserName": "ann", "NewPath": "/team/"})).await.ok();
        assert!(!is_still().await, "another path is another ARN");
        app.admin().call("UpdateUser", json!({"UserName": "ann", "NewPath": "/", "NewUserName": "anna"})).await.ok();
        assert!(!is_still().await, "and so is another name");
        app.admin().call("UpdateUser", json!({"UserName": "anna", "NewUserName": "ann"})).await.ok();
        assert!(is_still().await);
    }
}
