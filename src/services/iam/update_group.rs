//! UpdateGroup: another name or path. Whoever does it must be allowed it for both the group as it was and as it will be.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::group::{self, taken};
use crate::context::Context;
use crate::iam::entity::Group;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    new_path: Option<String>,
    new_group_name: Option<String>,
}

impl Request {
    /// The group as it is to be.
    fn applied_to(&self, group: Group) -> Group {
        let name = self.new_group_name.clone().unwrap_or(group.name);
        let path = self.new_path.clone().unwrap_or(group.path);
        Group { name, path, ..group }
    }
}

impl Asks for Request {
    type Found = Group;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Group>, Fault> {
        let mut resolved = group::found_group(cx, &self.group_name).await?;
        if let Ok(group) = &resolved.found {
            resolved.asks.push(Ask::on(self.applied_to(group.clone()).arn()));
        }
        Ok(resolved)
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, group: Group, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let updated = request.applied_to(group::still(tx, &group).await?);
        match store::iam::update_group(tx, &updated).await {
            Err(error) if error.is_unique_violation() => Err(taken(&updated.name)),
            outcome => Ok(outcome?),
        }
    })
    .await?;
    Ok(Response {})
}
