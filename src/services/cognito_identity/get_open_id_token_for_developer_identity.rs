//! GetOpenIdTokenForDeveloperIdentity: a token of a user whom the pool's owner vouches for, and whose identity is made where there
//! is none.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::errors::Error;
use super::get_open_id_token::Response;
use super::lookup_developer_identity::provider_of;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::web_identity::{self, Login, amr_of, tags_of};
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::{self, Tags};
use crate::kit::id::{IdentityId, IdentityPoolId};

/// Where nothing is asked for (API reference, TokenDuration).
const DEFAULT_SECONDS: i64 = 900;

/// Names of users as the model has them (API reference, DeveloperUserIdentifier).
const LONGEST_IDENTIFIER: usize = 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
    identity_id: Option<IdentityId>,
    logins: BTreeMap<String, String>,
    #[serde(default)]
    principal_tags: Tags,
    token_duration: Option<i64>,
}

asks_about_identity_pool!(Request);

pub async fn handle(cx: &Context, pool: IdentityPool, request: Request) -> Result<Response, Error> {
    let logins = logins(cx, &pool, request.logins, request.principal_tags).await?;
    let tags = tags_of(&pool, &logins).map_err(web_identity::LoginRefused::from)?;
    let fresh = ids::identity_id(&pool.region, &mut cx.rng());
    let named = request.identity_id.as_ref();
    let identity_id = cx.write(async |tx| web_identity::register(cx, tx, &pool, named, &logins, &fresh).await).await?;
    let seconds = request.token_duration.unwrap_or(DEFAULT_SECONDS);
    let token = web_identity::issue_token(cx, &pool, &identity_id, amr_of(&pool, &logins), tags, seconds).await?;
    Ok(Response { identity_id, token })
}

/// The developer's login, which must be there, and others, whose tokens are verified as anybody's.
async fn logins(cx: &Context, pool: &IdentityPool, mut given: BTreeMap<String, String>, tags: Tags) -> Result<Vec<Login>, Error> {
    principal_tags::check(&tags).map_err(|refused| Error::InvalidParameter(refused.to_string()))?;
    let name = provider_of(pool)?;
    let missing = || Error::InvalidParameter("Please provide a login of the developer provider of this identity pool.".to_owned());
    let user = given.remove(name).filter(|user| !user.is_empty()).ok_or_else(missing)?;
    if user.chars().count() > LONGEST_IDENTIFIER || user.contains('\0') {
        return Err(Error::InvalidParameter("The developer user identifier is too long.".to_owned()));
    }
    let mut logins = vec![web_identity::developer(name, &user, tags)];
    logins.extend(web_identity::verify(cx, pool, &given, None).await?);
    Ok(logins)
}
