//! GetRole.

use std::slice;

use serde::{Deserialize, Serialize};

use super::answers::RoleAnswer;
use super::errors::Error;
use super::trusted;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::entity::Role;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store::{self, Conn};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
}

impl Asks for Request {
    type Found = Role;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Role>, Fault> {
        found(cx, &self.role_name).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    role: RoleAnswer,
}

pub async fn handle(cx: &Context, mut role: Role, _: Request) -> Result<Response, Error> {
    cx.read(async |tx| trusted::by_arn(tx, &cx.account_id, slice::from_mut(&mut role)).await).await?;
    Ok(Response { role: role.into() })
}

/// A role by name. What is not there is judged by the ARN that it would have without a path.
pub async fn found(cx: &Context, name: &str) -> Result<Resolved<Role>, Fault> {
    match cx.read(async |tx| store::iam::find_role(tx, &cx.account_id, name).await).await? {
        Some(role) => {
            let ask = Ask::on(role.arn()).resource_tags(&role.tags);
            Ok(Resolved::one(Ok(role), ask))
        }
        None => Ok(Resolved::one(Err(no_role(name).into()), Ask::on(Arn::role(&cx.account_id, "/", name)))),
    }
}

/// A role as the transaction finds it, which was found and judged before it. Its name and path never change.
pub async fn still(tx: &mut Conn, judged: &Role) -> Result<Role, Error> {
    store::iam::find_role_by_id(tx, &judged.account_id, &judged.id).await?.ok_or_else(|| no_role(&judged.name))
}

/// The request asks about the role of its `role_name`.
macro_rules! asks_about_role {
    ($request:ty) => {
        impl $crate::operation::Asks for $request {
            type Found = $crate::iam::entity::Role;

            async fn resolve(
                &self,
                cx: &$crate::context::Context,
            ) -> Result<$crate::operation::Resolved<Self::Found>, $crate::operation::Fault> {
                $crate::services::iam::get_role::found(cx, &self.role_name).await
            }
        }
    };
}

/// No role of that name.
pub fn no_role(name: &str) -> Error {
    Error::NoSuchEntity(format!("The role with name {name} cannot be found."))
}
