//! The errors of identity pools.

use crate::context::Context;
use crate::flows::web_identity::LoginRefused;
use crate::iam::arn::Arn;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::tags::TagsRefused;
use crate::kit::id::{IdentityId, IdentityPoolId};
use crate::operation::{Ask, Fault, Resolved};
use crate::store::identity_pools::{self, Identity};
use crate::store::{self, Conn, StoreError};

/// An error of identity pools.
#[derive(Debug)]
pub enum Error {
    /// A value that the model allows and the service does not.
    InvalidParameter(String),
    /// No such pool or identity.
    ResourceNotFound(String),
    /// A login that is refused, or that belongs to another identity.
    NotAuthorized(String),
    /// A login that two identities claim.
    ResourceConflict(String),
    /// The pool's role is missing, or does not trust it.
    InvalidIdentityPoolConfiguration,
    /// A developer's user who has another identity.
    DeveloperUserAlreadyRegistered,
    /// More of something than a pool has.
    LimitExceeded(String),
    /// A budget is spent.
    TooManyRequests,
    /// The caller may not.
    AccessDenied(String),
    /// Our own failure.
    Internal(Box<dyn std::error::Error>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<LoginRefused> for Error {
    fn from(refused: LoginRefused) -> Self {
        match refused {
            LoginRefused::NotAuthorized(message) => Self::NotAuthorized(message),
            LoginRefused::Misconfigured => Self::InvalidIdentityPoolConfiguration,
            LoginRefused::Conflict(message) => Self::ResourceConflict(message.to_owned()),
            LoginRefused::AlreadyRegistered => Self::DeveloperUserAlreadyRegistered,
            LoginRefused::NoSuchPool(_) | LoginRefused::NoSuchIdentity(_) | LoginRefused::NoIdentity => {
                Self::ResourceNotFound(refused.to_string())
            }
            LoginRefused::Busy => Self::TooManyRequests,
            LoginRefused::Internal(source) => Self::Internal(source),
        }
    }
}

impl From<TagsRefused> for Error {
    fn from(refused: TagsRefused) -> Self {
        Self::InvalidParameter(refused.to_string())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidParameter(message) => Self::Modelled("InvalidParameterException", message),
            Error::ResourceNotFound(message) => Self::Modelled("ResourceNotFoundException", message),
            Error::NotAuthorized(message) => Self::Modelled("NotAuthorizedException", message),
            Error::ResourceConflict(message) => Self::Modelled("ResourceConflictException", message),
            Error::InvalidIdentityPoolConfiguration => Self::Modelled(
                "InvalidIdentityPoolConfigurationException",
                "Invalid identity pool configuration. Check assigned IAM roles for this pool.".to_owned(),
            ),
            Error::DeveloperUserAlreadyRegistered => {
                Self::Modelled("DeveloperUserAlreadyRegisteredException", LoginRefused::AlreadyRegistered.to_string())
            }
            Error::LimitExceeded(message) => Self::Modelled("LimitExceededException", message),
            Error::TooManyRequests => Self::too_many_requests(),
            Error::AccessDenied(message) => Self::AccessDenied(message),
            Error::Internal(source) => Self::Internal(source),
        }
    }
}

/// No such identity pool.
pub fn no_pool(identity_pool_id: &IdentityPoolId) -> Error {
    Error::ResourceNotFound(format!("IdentityPool '{identity_pool_id}' not found."))
}

/// No such identity.
pub fn no_identity(identity_id: &IdentityId) -> Error {
    Error::ResourceNotFound(format!("Identity '{identity_id}' not found."))
}

/// A page token of another list or account, or of nobody.
pub fn no_page() -> Error {
    Error::InvalidParameter("Invalid NextToken.".to_owned())
}

/// A member that we don't honour yet.
pub fn unsupported(name: &str) -> Error {
    Error::InvalidParameter(format!("{name} is not supported"))
}

/// A pool of the caller's account, in the region of the call; another account's or region's is not there.
pub async fn own_pool(cx: &Context, identity_pool_id: &IdentityPoolId) -> Result<IdentityPool, Error> {
    let pool = cx.read(async |tx| store::identity_pools::find(tx, identity_pool_id).await).await?;
    let own = |pool: &IdentityPool| pool.account_id == cx.account_id && pool.region == cx.region;
    pool.filter(own).ok_or_else(|| no_pool(identity_pool_id))
}

/// The identity pool that a request names, and what is asked of it. What is not there is judged where it would be.
pub async fn found_pool(cx: &Context, identity_pool_id: &IdentityPoolId) -> Result<Resolved<IdentityPool>, Fault> {
    match own_pool(cx, identity_pool_id).await {
        Ok(pool) => {
            let ask = ask_about(&pool);
            Ok(Resolved::one(Ok(pool), ask))
        }
        Err(missing @ Error::ResourceNotFound(_)) => {
            Ok(Resolved::one(Err(missing.into()), Ask::on(Arn::identity_pool(&cx.region, &cx.account_id, identity_pool_id))))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is asked of a pool, with its tags.
fn ask_about(pool: &IdentityPool) -> Ask {
    let ask = Ask::on(Arn::identity_pool(&pool.region, &pool.account_id, &pool.id));
    pool.tags.iter().fold(ask, |ask, (key, value)| ask.key(&format!("aws:ResourceTag/{key}"), value.as_str()))
}

/// The identity pool that an ARN names, which is the pool's own, and what is asked of it.
pub async fn pool_of_arn(cx: &Context, arn: &str) -> Result<Resolved<IdentityPool>, Fault> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let named = match parts.as_slice() {
        ["arn", _, "cognito-identity", _, _, resource] => resource.strip_prefix("identitypool/"),
        _ => None,
    };
    let Some(id) = named.map(IdentityPoolId::from) else {
        let refused = Error::InvalidParameter(format!("Invalid ARN: {arn} is not an identity pool."));
        return Ok(Resolved::one(Err(refused.into()), Ask::on("*")));
    };
    if Arn::identity_pool(&cx.region, &cx.account_id, &id) == *arn {
        return found_pool(cx, &id).await;
    }
    Ok(Resolved::one(Err(no_pool(&id).into()), Ask::on(Arn::identity_pool(&cx.region, &cx.account_id, &id))))
}

/// As [`found_pool`], for actions that have no resource types.
pub async fn found_pool_among_all(cx: &Context, identity_pool_id: &IdentityPoolId) -> Result<Resolved<IdentityPool>, Fault> {
    let Resolved { found, .. } = found_pool(cx, identity_pool_id).await?;
    Ok(Resolved::one(found, Ask::on("*")))
}

/// The request asks about the pool of its `identity_pool_id`.
macro_rules! asks_about_identity_pool {
    ($request:ty) => {
        asks!($request => $crate::identitypools::pool::IdentityPool,
              |asked, cx| $crate::services::cognito_identity::errors::found_pool(cx, &asked.identity_pool_id).await);
    };
}

/// An identity, whoever's it is, and its pool.
pub async fn identity_and_pool(tx: &mut Conn, identity_id: &IdentityId) -> Result<(IdentityPool, Identity), Error> {
    found_with_pool(tx, identity_id).await?.ok_or_else(|| no_identity(identity_id))
}

/// An identity of the caller's account, in the region of the call; another account's or region's is not there.
pub async fn own_identity(cx: &Context, tx: &mut Conn, identity_id: &IdentityId) -> Result<Option<Identity>, StoreError> {
    let found = found_with_pool(tx, identity_id).await?;
    let is_own = |pool: &IdentityPool| pool.account_id == cx.account_id && pool.region == cx.region;
    Ok(found.filter(|(pool, _)| is_own(pool)).map(|(_, identity)| identity))
}

async fn found_with_pool(tx: &mut Conn, identity_id: &IdentityId) -> Result<Option<(IdentityPool, Identity)>, StoreError> {
    let Some(identity) = identity_pools::find_identity(tx, identity_id).await? else { return Ok(None) };
    let pool = identity_pools::find(tx, &identity.identity_pool_id).await?;
    Ok(pool.map(|pool| (pool, identity)))
}
