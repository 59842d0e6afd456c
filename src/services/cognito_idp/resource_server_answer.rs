//! A resource server as answers give it, and how requests say one.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;
use crate::userpools::resource_server::{ResourceServer, Scope};

/// What CreateResourceServer and UpdateResourceServer are given.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Given {
    user_pool_id: UserPoolId,
    identifier: String,
    name: String,
    #[serde(default)]
    scopes: Vec<Scope>,
}

asks_about_pool!(Given);

impl Given {
    /// The resource server of this pool.
    pub fn read(self, pool: &Pool) -> Result<ResourceServer, Error> {
        let server = ResourceServer { pool_id: pool.id.clone(), identifier: self.identifier, name: self.name, scopes: self.scopes };
        server.check()?;
        Ok(server)
    }
}

/// ResourceServerType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceServerAnswer {
    user_pool_id: UserPoolId,
    identifier: String,
    name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<Scope>,
}

impl From<ResourceServer> for ResourceServerAnswer {
    fn from(server: ResourceServer) -> Self {
        Self { user_pool_id: server.pool_id, identifier: server.identifier, name: server.name, scopes: server.scopes }
    }
}

/// The answer that is a resource server.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    resource_server: ResourceServerAnswer,
}

impl From<ResourceServer> for Response {
    fn from(server: ResourceServer) -> Self {
        Self { resource_server: server.into() }
    }
}

/// No resource server of this identifier.
pub fn missing(identifier: &str) -> Error {
    Error::ResourceNotFound(format!("Resource server {identifier} does not exist."))
}
