//! CreateUser.

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::{boundaries, tags};
use crate::context::Context;
use crate::crypto::ids;
use crate::iam::arn::Arn;
use crate::iam::entity::{Tag, User};
use crate::iam::managed_policy::ManagedPolicy;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    path: Option<String>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl Asks for Request {
    type Found = Option<ManagedPolicy>;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Self::Found>, Fault> {
        let path = self.path.as_deref().unwrap_or("/");
        let ask = Ask::on(Arn::user(&cx.account_id, path, &self.user_name)).request_tags(&self.tags);
        boundaries::of_new(cx, ask, self.permissions_boundary.as_deref()).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserAnswer,
}

pub async fn handle(cx: &Context, boundary: Option<ManagedPolicy>, request: Request) -> Result<Response, Error> {
    tags::check(&request.tags)?;
    let user = User {
        account_id: cx.account_id.clone(),
        name: request.user_name,
        id: ids::unique_id("AIDA", &mut cx.rng()),
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        tags: request.tags,
        created_at: cx.now(),
        password_last_used_at: None,
    };
    cx.write(async |tx| {
        match store::iam::insert_user(tx, &user).await {
            Err(error) if error.is_unique_violation() => {
                return Err(Error::EntityAlreadyExists(format!("User with name {} already exists.", user.name)));
            }
            outcome => outcome?,
        }
        boundaries::put_new(tx, &user.account_id, &user.id, boundary.as_ref()).await
    })
    .await?;
    Ok(Response { user: UserAnswer::with_boundary(user, boundary.map(|policy| policy.arn())) })
}
