//! Permissions boundaries of users and roles.

use super::attachments::Entity;
use super::errors::Error;
use super::managed_policy;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::managed_policy::ManagedPolicy;
use crate::kit::id::{AccountId, UniqueId};
use crate::operation::{Ask, Fault, Resolved};
use crate::store::{self, Conn};

/// The condition key of a boundary: the one that the user or role has, or is to have.
///
/// Source: service authorization reference, "AWS Identity and Access Management", condition keys.
const KEY: &str = "iam:PermissionsBoundary";

/// The same, judged by the boundary that they have: what is changed of somebody who has none has no such key.
pub async fn asking<E: Entity>(cx: &Context, of: Resolved<E>) -> Result<Resolved<E>, Fault> {
    let Ok(entity) = &of.found else { return Ok(of) };
    let (account_id, id) = entity.key();
    Ok(match cx.read(async |tx| arn_of(tx, account_id, id).await).await? {
        Some(boundary) => of.asking(|ask| ask.key(KEY, boundary.as_str())),
        None => of,
    })
}

/// What was found of somebody and of the policy that is to be their boundary, judged by it.
pub async fn with_new<E>(cx: &Context, of: Resolved<E>, policy_arn: &str) -> Result<Resolved<(E, ManagedPolicy)>, Fault> {
    let (policy, key) = wanted(cx, policy_arn).await?;
    let Resolved { found, asks } = of.asking(|ask| ask.key(KEY, key.as_str()));
    Ok(Resolved { found: found.and_then(|entity| Ok((entity, policy?))), asks })
}

/// The boundary that a new user or role is to have, if one is wanted; they are judged by it.
pub async fn of_new(cx: &Context, ask: Ask, policy_arn: Option<&str>) -> Result<Resolved<Option<ManagedPolicy>>, Fault> {
    let Some(policy_arn) = policy_arn else { return Ok(Resolved::one(Ok(None), ask)) };
    let (policy, key) = wanted(cx, policy_arn).await?;
    Ok(Resolved::one(policy.map(Some).map_err(Fault::from), ask.key(KEY, key)))
}

async fn wanted(cx: &Context, policy_arn: &str) -> Result<(Result<ManagedPolicy, Error>, String), Fault> {
    let missing = |arn: &str| Error::NoSuchEntity(format!("Scope ARN: {arn} does not exist or is not attachable."));
    managed_policy::wanted(cx, policy_arn, missing).await
}

/// Gives somebody a boundary.
pub async fn put<E: Entity>(cx: &Context, entity: &E, policy: &ManagedPolicy) -> Result<(), Error> {
    let (account_id, id) = entity.key();
    cx.write(async |tx| {
        entity.check_still(tx).await?;
        put_new(tx, account_id, id, Some(policy)).await
    })
    .await
}

/// Gives somebody who is being made their boundary, if they are to have one.
pub async fn put_new(tx: &mut Conn, account_id: &AccountId, id: &UniqueId, policy: Option<&ManagedPolicy>) -> Result<(), Error> {
    let Some(policy) = policy else { return Ok(()) };
    managed_policy::still_there(tx, policy).await?;
    Ok(store::iam::put_boundary(tx, account_id, id, &policy.id).await?)
}

/// Takes somebody's boundary away; who has none stays so.
pub async fn delete<E: Entity>(cx: &Context, entity: &E) -> Result<(), Error> {
    let (account_id, id) = entity.key();
    cx.write(async |tx| {
        entity.check_still(tx).await?;
        Ok(store::iam::delete_boundary(tx, account_id, id).await?)
    })
    .await
}

/// The ARN of somebody's boundary.
pub async fn arn_of(tx: &mut Conn, account_id: &AccountId, id: &UniqueId) -> Result<Option<Arn>, Error> {
    match store::iam::boundary_of(tx, account_id, id).await? {
        Some(policy_id) => Ok(store::iam::find_policy_by_id(tx, account_id, &policy_id).await?.map(|policy| policy.arn())),
        None => Ok(None),
    }
}
