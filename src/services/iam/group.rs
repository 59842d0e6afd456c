//! The group that an operation is about.

use super::errors::Error;
use super::owner;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::entity::{Group, User};
use crate::operation::{Ask, Fault, Resolved};
use crate::store::{self, Conn};

/// A group by name. What is not there is judged by the ARN that it would have without a path.
pub async fn found_group(cx: &Context, name: &str) -> Result<Resolved<Group>, Fault> {
    match cx.read(async |tx| store::iam::find_group(tx, &cx.account_id, name).await).await? {
        Some(group) => {
            let ask = Ask::on(group.arn());
            Ok(Resolved::one(Ok(group), ask))
        }
        None => Ok(Resolved::one(Err(no_group(name).into()), Ask::on(Arn::group(&cx.account_id, "/", name)))),
    }
}

/// A group as the transaction finds it, which was found and judged before it.
///
/// SECURITY: what was renamed or moved since has another ARN than was judged, and is not what the call is about.
pub async fn still(tx: &mut Conn, judged: &Group) -> Result<Group, Error> {
    let now = store::iam::find_group_by_id(tx, &judged.account_id, &judged.id).await?;
    now.filter(|now| now.arn() == judged.arn()).ok_or_else(|| no_group(&judged.name))
}

/// The same, and a user who is to join or leave it.
pub async fn still_with(tx: &mut Conn, judged: &Group, user_name: &str) -> Result<(Group, User), Error> {
    let group = still(tx, judged).await?;
    let user = store::iam::find_user(tx, &group.account_id, user_name).await?;
    Ok((group, user.ok_or_else(|| owner::no_user(user_name))?))
}

/// The request asks about the group of its `group_name`.
macro_rules! asks_about_group {
    ($request:ty) => {
        asks!($request => $crate::iam::entity::Group, |asked, cx| $crate::services::iam::group::found_group(cx, &asked.group_name).await);
    };
}

/// No group of that name.
pub fn no_group(name: &str) -> Error {
    Error::NoSuchEntity(format!("The group with name {name} cannot be found."))
}

/// A group of that name is there already.
pub fn taken(name: &str) -> Error {
    Error::EntityAlreadyExists(format!("Group with name {name} already exists."))
}

#[cfg(test)]
mod tests;
