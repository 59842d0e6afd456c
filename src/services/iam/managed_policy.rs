//! The managed policy that an operation is about, by its ARN: the account's own, or AWS's.

use super::errors::Error;
use crate::context::Context;
use crate::iam::arn;
use crate::iam::aws_policies::{self, AwsPolicy};
use crate::iam::managed_policy::{ManagedPolicy, PolicyVersion};
use crate::kit::id::AccountId;
use crate::operation::{Ask, Fault, Resolved};
use crate::store::{self, Conn};

/// A policy by its ARN; `missing` says that there is none.
///
/// # Errors
/// InvalidInput for what is no policy's ARN.
pub async fn find(tx: &mut Conn, account_id: &AccountId, text: &str, missing: impl Fn(&str) -> Error) -> Result<ManagedPolicy, Error> {
    if arn::parse_policy(text).is_none() {
        return Err(Error::InvalidInput(format!("ARN {text} is not valid.")));
    }
    store::iam::find_policy_by_arn(tx, account_id, text).await?.ok_or_else(|| missing(text))
}

/// A policy by its ARN. What is not there is judged by the ARN that was given, where that can be one.
pub async fn found(cx: &Context, text: &str) -> Result<Resolved<ManagedPolicy>, Fault> {
    let asked = if arn::parse_policy(text).is_some() { text } else { "*" };
    Ok(match cx.read(async |tx| find(tx, &cx.account_id, text, no_policy).await).await {
        Ok(policy) => {
            let ask = Ask::on(asked).resource_tags(&policy.tags);
            Resolved::one(Ok(policy), ask)
        }
        Err(error @ Error::Internal(_)) => return Err(error.into()),
        Err(error) => Resolved::one(Err(error.into()), Ask::on(asked)),
    })
}

/// The policy that is to be somebody's, or was found not to be there; and what condition keys say of it.
pub async fn wanted(cx: &Context, text: &str, missing: impl Fn(&str) -> Error) -> Result<(Result<ManagedPolicy, Error>, String), Fault> {
    let found = cx.read(async |tx| find(tx, &cx.account_id, text, missing).await).await;
    match found {
        Err(error @ Error::Internal(_)) => Err(error.into()),
        found => {
            let key = found.as_ref().map_or_else(|_| text.to_owned(), |policy| policy.arn().into());
            Ok((found, key))
        }
    }
}

/// An account's policy as the transaction finds it, which was found and judged before it. Its name and path never change.
///
/// # Errors
/// AccessDenied for AWS's, which nobody changes; NoSuchEntity for one that is gone.
pub async fn still(tx: &mut Conn, judged: &ManagedPolicy) -> Result<(AccountId, ManagedPolicy), Error> {
    let Some(account_id) = &judged.account_id else {
        return Err(Error::AccessDenied("Policy is outside your own account.".to_owned()));
    };
    let now = store::iam::find_managed_policy_by_id(tx, account_id, &judged.id).await?;
    Ok((account_id.clone(), now.ok_or_else(|| no_policy(judged.arn().as_str()))?))
}

/// The same of a policy that somebody is to have: AWS's are always there.
pub async fn still_there(tx: &mut Conn, judged: &ManagedPolicy) -> Result<(), Error> {
    if judged.account_id.is_some() { still(tx, judged).await.map(drop) } else { Ok(()) }
}

/// The versions of a policy, the newest first.
pub async fn versions(tx: &mut Conn, policy: &ManagedPolicy) -> Result<Vec<PolicyVersion>, Error> {
    match &policy.account_id {
        Some(account_id) => Ok(store::iam::versions_of(tx, account_id, &policy.id).await?),
        None => Ok(aws_policies::by_id(&policy.id).map(AwsPolicy::newest).into_iter().collect()),
    }
}

/// The request asks about the managed policy of its `policy_arn`.
macro_rules! asks_about_policy {
    ($request:ty) => {
        asks!($request => $crate::iam::managed_policy::ManagedPolicy, |asked, cx| $crate::services::iam::managed_policy::found(cx, &asked.policy_arn).await);
    };
}

/// No policy of that ARN.
pub fn no_policy(arn: &str) -> Error {
    Error::NoSuchEntity(format!("Policy {arn} was not found."))
}

/// No version of that name.
pub fn no_version(policy: &ManagedPolicy, id: &str) -> Error {
    Error::NoSuchEntity(format!("Policy {} version {id} does not exist or is not attachable.", policy.arn()))
}

#[cfg(test)]
mod tests;
