//! DescribeIdentity.

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_identity, own_identity};
use crate::context::Context;
use crate::kit::clock::Timestamp;
use crate::kit::id::IdentityId;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store::identity_pools::{self, Described, Identity};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_id: IdentityId,
}

impl Asks for Request {
    type Found = Identity;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Identity>, Fault> {
        let found = cx.read(async |tx| own_identity(cx, tx, &self.identity_id).await).await?;
        Ok(Resolved::one(found.ok_or_else(|| no_identity(&self.identity_id).into()), Ask::on("*")))
    }
}

/// An identity as answers give it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityAnswer {
    identity_id: IdentityId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logins: Vec<String>,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
}

impl From<Described> for IdentityAnswer {
    fn from(identity: Described) -> Self {
        Self {
            identity_id: identity.identity_id,
            logins: identity.providers,
            creation_date: identity.created_at,
            last_modified_date: identity.modified_at,
        }
    }
}

pub async fn handle(cx: &Context, identity: Identity, _: Request) -> Result<IdentityAnswer, Error> {
    let described = cx.read(async |tx| identity_pools::describe_identity(tx, &identity).await).await?;
    described.map(IdentityAnswer::from).ok_or_else(|| no_identity(&identity.identity_id))
}
