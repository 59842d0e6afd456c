//! GetUser: without a name, the caller.

use serde::{Deserialize, Serialize};

use super::answers::UserAnswer;
use super::errors::Error;
use super::owner::{self, Owner};
use crate::context::Context;
use crate::iam::entity::User;
use crate::kit::clock::Timestamp;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
}

impl Asks for Request {
    type Found = Owner;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Owner>, Fault> {
        owner::found(cx, self.user_name.as_deref()).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user: UserAnswer,
}

pub async fn handle(_: &Context, owner: Owner, _: Request) -> Result<Response, Error> {
    let user = match owner {
        Owner::User(user) => user,
        Owner::Root { account_id } => User {
            name: String::new(),
            id: account_id.clone(),
            account_id,
            path: "/".to_owned(),
            tags: Vec::new(),
            created_at: Timestamp::default(),
        },
    };
    Ok(Response { user: user.into() })
}
