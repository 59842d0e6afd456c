//! AdminSetUserPassword: permanent, or temporary until the user sets their own. Whoever was signed in is signed out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answers::find_user;
use super::errors::Error;
use crate::context::Context;
use crate::flows::passwords::{self, Replacing, administrators_record};
use crate::flows::sign_in::attempts_of;
use crate::kit::id::UserPoolId;
use crate::kit::secret::Secret;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::user::UserStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    password: Secret,
    #[serde(default)]
    permanent: bool,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let user = find_user(cx, &pool, &request.username).await?;
    let record = administrators_record(cx, &pool, &user, &request.password, request.permanent).await?;
    let status = if request.permanent { UserStatus::Confirmed } else { UserStatus::ForceChangePassword };
    cx.write(async |tx| {
        let user = store::users::find_by_id(tx, &pool.id, &user.id).await?.ok_or(Error::UserNotFound)?;
        passwords::set(cx, tx, &pool, &user, &record, status, Replacing::Administrator).await?;
        // Whoever set it knows it: no lock stands in their way.
        Ok::<_, Error>(store::attempts::clear(tx, &pool.id, &attempts_of(cx, &user)).await?)
    })
    .await?;
    Ok(Response {})
}
