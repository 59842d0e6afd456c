//! The tokens that identity pools make: one issuer of the deployment, whose keys are made when they are first needed, and take
//! their turns as a user pool's do.

use std::sync::Arc;

use super::LoginRefused;
use crate::context::App;
use crate::flows::pool_keys;
use crate::iam::arn::Arn;
use crate::identitypools::pool::IdentityPool;
use crate::identitypools::principal_tags::Tags;
use crate::kit::id::{IdentityId, UserPoolId};
use crate::store::StoreError;
use crate::store::signing_keys::{self, OF_IDENTITY_POOLS};
use crate::tokens::identity::{IdentityClaims, TokenTags};
use crate::tokens::keys::PoolKeys;
use crate::tokens::verify::{RawJwt, TokenRefused};

/// The keys that verify such tokens; `None` before there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn published(app: &App) -> Result<Option<Arc<PoolKeys>>, StoreError> {
    pool_keys::load(app, &owner()).await
}

/// A token of an identity, for so many seconds. The caller has proven that it is theirs.
///
/// # Errors
/// [`LoginRefused`].
pub async fn issue(
    app: &App,
    pool: &IdentityPool,
    identity_id: &IdentityId,
    amr: Vec<String>,
    tags: Tags,
    seconds: i64,
) -> Result<String, LoginRefused> {
    let keys = made(app).await?;
    let now = app.now().seconds();
    let claims = IdentityClaims {
        sub: identity_id.clone(),
        aud: pool.id.clone(),
        amr,
        iss: app.issuer_of_identity_pools(),
        identity_pool_arn: Arn::identity_pool(&pool.region, &pool.account_id, &pool.id).into(),
        tags: TokenTags::of(tags),
        exp: now + seconds,
        iat: now,
    };
    keys.current.sign(&claims).map_err(|error| LoginRefused::Internal(Box::new(error)))
}

/// What a token of an identity pool says; inside, why it is none. The caller judges whose it is.
///
/// # Errors
/// [`StoreError`].
pub async fn verify(app: &App, token: &str) -> Result<Result<IdentityClaims, TokenRefused>, StoreError> {
    let Some(keys) = published(app).await? else { return Ok(Err(TokenRefused::Malformed)) };
    Ok(RawJwt::parse(token).and_then(|raw| raw.verify_identity(&keys.public, &app.issuer_of_identity_pools(), app.now())))
}

/// Whose the keys are, among those of user pools: no pool has such an id.
fn owner() -> UserPoolId {
    OF_IDENTITY_POOLS.into()
}

async fn made(app: &App) -> Result<Arc<PoolKeys>, LoginRefused> {
    if let Some(keys) = published(app).await? {
        return Ok(keys);
    }
    let made = pool_keys::generate(app, pool_keys::FIRST).await.map_err(|_| LoginRefused::Busy)?;
    let made = made.map_err(|error| LoginRefused::Internal(Box::new(error)))?;
    app.write(async |tx| {
        // Of two who make the first keys at once, one finds the other's.
        if signing_keys::of_pool(tx, &owner()).await?.is_empty() {
            pool_keys::insert(app, tx, &owner(), &made).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    published(app).await?.ok_or_else(|| LoginRefused::Internal("the keys of identity pools are not there".into()))
}
