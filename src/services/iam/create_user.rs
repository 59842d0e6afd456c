//! CreateUser.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answers::UserAnswer;
use super::errors::Error;
use super::tags;
use crate::context::Context;
use crate::crypto::ids;
use crate::iam::arn::Arn;
use crate::iam::entity::{Tag, User};
use crate::operation::unsupported;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    path: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Asks for Request {
    type Found = ();

    async fn resolve(&self, cx: &Context) -> Result<Resolved<()>, Fault> {
        let path = self.path.as_deref().unwrap_or("/");
        Ok(Resolved::one(Ok(()), Ask::on(Arn::user(&cx.account_id, path, &self.user_name)).request_tags(&self.tags)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserAnswer,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    if let Some(name) = unsupported(&request.rest) {
        return Err(Error::Unsupported(name.to_owned()));
    }
    tags::check(&request.tags)?;
    let user = User {
        account_id: cx.account_id.clone(),
        name: request.user_name,
        id: ids::unique_id("AIDA", &mut cx.rng()),
        path: request.path.unwrap_or_else(|| "/".to_owned()),
        tags: request.tags,
        created_at: cx.now(),
    };
    cx.write(async |tx| match store::iam::insert_user(tx, &user).await {
        Err(error) if error.is_unique_violation() => {
            Err(Error::EntityAlreadyExists(format!("User with name {} already exists.", user.name)))
        }
        outcome => Ok(outcome?),
    })
    .await?;
    Ok(Response { user: user.into() })
}
