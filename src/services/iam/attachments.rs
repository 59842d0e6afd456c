//! Attaching managed policies to users, groups and roles: what is alike for all three.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::pages::Asked;
use super::{boundaries, get_role, group, managed_policy, owner};
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::entity::{Group, Role, User};
use crate::iam::managed_policy::ManagedPolicy;
use crate::kit::id::{AccountId, UniqueId};
use crate::operation::{Fault, Resolved};
use crate::store::{self, Conn};

/// How many managed policies one of them has at most.
///
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const POLICIES_PER_ENTITY: usize = 10;

/// Who has policies.
pub trait Entity {
    /// How quotas call them.
    const QUOTA: &'static str;

    /// The account, and the unique id.
    fn key(&self) -> (&AccountId, &UniqueId);

    /// Whether the transaction finds them as they were judged before it.
    async fn check_still(&self, tx: &mut Conn) -> Result<(), Error>;
}

macro_rules! entity {
    ($type:ty, $quota:literal, $still:path) => {
        impl Entity for $type {
            const QUOTA: &'static str = $quota;

            fn key(&self) -> (&AccountId, &UniqueId) {
                (&self.account_id, &self.id)
            }

            async fn check_still(&self, tx: &mut Conn) -> Result<(), Error> {
                $still(tx, self).await.map(drop)
            }
        }
    };
}

entity!(User, "PoliciesPerUser", owner::still);
entity!(Group, "PoliciesPerGroup", group::still);
entity!(Role, "PoliciesPerRole", get_role::still);

/// What was found of them and of a policy that they are to have or to have no more. They are judged by their own ARN, with the
/// policy's as a condition key.
///
/// Source: service authorization reference, "AWS Identity and Access Management": `iam:PolicyARN`, `iam:PermissionsBoundary`.
pub async fn with_policy<E: Entity>(cx: &Context, of: Resolved<E>, policy_arn: &str) -> Result<Resolved<(E, ManagedPolicy)>, Fault> {
    let of = boundaries::asking(cx, of).await?;
    let missing = |arn: &str| Error::NoSuchEntity(format!("Policy {arn} does not exist or is not attachable."));
    let (policy, key) = managed_policy::wanted(cx, policy_arn, missing).await?;
    let Resolved { found, asks } = of.asking(|ask| ask.key("iam:PolicyARN", key.as_str()));
    Ok(Resolved { found: found.and_then(|entity| Ok((entity, policy?))), asks })
}

/// Attaches a policy.
///
/// # Errors
/// LimitExceeded; NoSuchEntity for what is gone since it was judged.
pub async fn attach<E: Entity>(cx: &Context, entity: &E, policy: &ManagedPolicy) -> Result<(), Error> {
    let (account_id, id) = entity.key();
    cx.write(async |tx| {
        entity.check_still(tx).await?;
        managed_policy::still_there(tx, policy).await?;
        store::iam::attach_policy(tx, account_id, id, &policy.id).await?;
        if store::iam::attached_policies(tx, account_id, id).await?.len() > POLICIES_PER_ENTITY {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for {}: {POLICIES_PER_ENTITY}", E::QUOTA)));
        }
        Ok(())
    })
    .await
}

/// Detaches a policy.
///
/// # Errors
/// NoSuchEntity for one that is not attached.
pub async fn detach<E: Entity>(cx: &Context, entity: &E, policy: &ManagedPolicy) -> Result<(), Error> {
    let (account_id, id) = entity.key();
    cx.write(async |tx| {
        entity.check_still(tx).await?;
        let was_attached = store::iam::detach_policy(tx, account_id, id, &policy.id).await?;
        if was_attached { Ok(()) } else { Err(managed_policy::no_policy(policy.arn().as_str())) }
    })
    .await
}

/// Why nobody is deleted who has managed policies.
///
/// # Errors
/// DeleteConflict.
pub async fn check_detached<E: Entity>(tx: &mut Conn, entity: &E) -> Result<(), Error> {
    let (account_id, id) = entity.key();
    if store::iam::attached_policies(tx, account_id, id).await?.is_empty() {
        Ok(())
    } else {
        Err(Error::DeleteConflict("Cannot delete entity, must detach all policies first."))
    }
}

/// What a list of somebody's attached policies is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

/// Somebody's attached policies, as answers give them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedAnswer {
    attached_policies: Vec<AttachedPolicy>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// A policy that somebody has.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy {
    policy_name: String,
    policy_arn: Arn,
}

impl From<ManagedPolicy> for AttachedPolicy {
    fn from(policy: ManagedPolicy) -> Self {
        Self { policy_arn: policy.arn(), policy_name: policy.name }
    }
}

impl AttachedAnswer {
    /// A page of a user's, group's or role's.
    pub async fn page<E: Entity>(cx: &Context, entity: &E, page: &Page) -> Result<Self, Error> {
        let (account_id, id) = entity.key();
        let policies = cx.read(async |tx| attached(tx, account_id, id).await).await?;
        let prefix = page.path_prefix.as_deref().unwrap_or("/");
        let policies = policies.into_iter().filter(|policy| policy.path.starts_with(prefix)).collect();
        let place = ["iam attached policies", account_id.as_str(), id.as_str()];
        let asked = Asked { marker: page.marker.as_deref(), max_items: page.max_items };
        let (policies, marker) = asked.of_whole(cx, &place, policies, |policy: &ManagedPolicy| policy.id.to_string())?;
        let attached_policies = policies.into_iter().map(AttachedPolicy::from).collect();
        Ok(Self { attached_policies, is_truncated: marker.is_some(), marker })
    }
}

/// The policies that are attached to somebody, by unique id.
pub async fn attached(tx: &mut Conn, account_id: &AccountId, owner_id: &UniqueId) -> Result<Vec<ManagedPolicy>, Error> {
    let mut policies = Vec::new();
    for id in store::iam::attached_policies(tx, account_id, owner_id).await? {
        policies.extend(store::iam::find_policy_by_id(tx, account_id, &id).await?);
    }
    Ok(policies)
}
