//! AdminConfirmSignUp: without a code, so no address becomes verified.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::confirm_sign_up::ConfirmRefused;
use crate::flows::triggers::sign_up::Confirmed;
use crate::flows::triggers::{self, Through, Told};
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::user::{User, UserStatus};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    client_metadata: Option<BTreeMap<String, String>>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let confirmed = cx
        .write(async |tx| {
            let user = store::users::find(tx, &pool, &request.username).await?.ok_or(Error::UserNotFound)?;
            if user.status != UserStatus::Unconfirmed {
                return Err(ConfirmRefused::NotWaiting(user.status).into());
            }
            let user = User { status: UserStatus::Confirmed, ..user };
            store::users::update(tx, &user, cx.now()).await?;
            Ok::<_, Error>(user)
        })
        .await?;
    let told = Told::of(request.client_metadata);
    triggers::sign_up::after(cx, Through::administrator(&pool, &told), &confirmed, Confirmed::SignUp).await?;
    Ok(Response {})
}
