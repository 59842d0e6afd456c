//! LookupDeveloperIdentity: the identity that a developer's user has, or the names that a developer has for an identity.

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_page};
use crate::context::Context;
use crate::flows::paging;
use crate::flows::web_identity::{developer, identity_of};
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::Tags;
use crate::kit::id::{IdentityId, IdentityPoolId};
use crate::store::Conn;
use crate::store::identity_pools::{self, Identity};

/// How many are told at once where nothing is said.
const USUAL: i64 = 60;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
    identity_id: Option<IdentityId>,
    developer_user_identifier: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

asks_about_identity_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_id: IdentityId,
    developer_user_identifier_list: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    let provider = provider_of(&pool)?;
    let (named, user) = (request.identity_id.as_ref(), request.developer_user_identifier.as_deref());
    if named.is_none() && user.is_none() {
        return Err(Error::InvalidParameter("Either IdentityId or DeveloperUserIdentifier must be given.".to_owned()));
    }
    let limit = request.max_results.unwrap_or(USUAL);
    let (identity_id, names, next_token) = cx
        .read(async |tx| {
            let owner = match user {
                Some(user) => Some(owner(tx, &pool, provider, user).await?.ok_or_else(no_user)?),
                None => None,
            };
            let identity = match (named, owner) {
                (Some(named), Some(owner)) if owner.identity_id != *named => {
                    return Err(Error::ResourceConflict("The developer user identifier is of another identity.".to_owned()));
                }
                (_, Some(owner)) => owner,
                (Some(named), None) => identity_of(tx, &pool.id, named).await?,
                (None, None) => return Err(no_user()),
            };
            if let (Some(_), Some(user)) = (named, user) {
                return Ok((identity.identity_id, vec![user.to_owned()], None));
            }
            let place = ["LookupDeveloperIdentity", pool.id.as_str(), identity.identity_id.as_str()];
            let after = paging::open(cx, &place, request.next_token.as_deref()).map_err(|_| no_page())?;
            let found = identity_pools::user_identifiers(tx, &identity, provider, &after, limit + 1).await?;
            let (found, next_token) = paging::cut(cx, &place, found, limit, |(subject, _)| subject.clone())?;
            Ok((identity.identity_id, found.into_iter().map(|(_, user)| user).collect(), next_token))
        })
        .await?;
    Ok(Response { identity_id, developer_user_identifier_list: names, next_token })
}

/// The name of a pool's developer provider.
pub fn provider_of(pool: &IdentityPool) -> Result<&str, Error> {
    let name = pool.configuration.developer_provider_name.as_deref();
    name.ok_or_else(|| Error::InvalidParameter("The identity pool has no developer provider.".to_owned()))
}

/// No such user of a developer's.
pub fn no_user() -> Error {
    Error::ResourceNotFound("The developer user identifier is not found.".to_owned())
}

/// The identity of a developer's user.
pub async fn owner(tx: &mut Conn, pool: &IdentityPool, provider: &str, user: &str) -> Result<Option<Identity>, Error> {
    let login = developer(provider, user, Tags::new());
    let owner = identity_pools::login_owner(tx, &pool.id, provider, &login.subject).await?;
    Ok(owner.map(|identity_id| Identity { identity_pool_id: pool.id.clone(), identity_id, authenticated: 1 }))
}
