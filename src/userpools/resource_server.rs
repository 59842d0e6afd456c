//! A resource server of a pool: an API, and the scopes that tokens for it may have.

use serde::{Deserialize, Serialize};

use crate::kit::id::UserPoolId;

/// How many resource servers a pool has at most.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", resource quotas.
pub const MOST_IN_A_POOL: i64 = 25;

/// What begins the identifiers of resource servers that Cognito keeps itself, and its own scopes.
///
/// Source: API reference, ResourceServerType, ManagedBy.
const OF_COGNITO: &str = "aws.cognito";

/// The scopes that are there without a resource server. None has a `/`, and each of a resource server has.
///
/// Source: Amazon Cognito developer guide, "Scopes, M2M, and resource servers".
pub const STANDARD_SCOPES: [&str; 5] = ["phone", "email", "openid", "profile", USER_ADMIN];

/// The scope of the user's own API operations.
pub const USER_ADMIN: &str = "aws.cognito.signin.user.admin";

/// A resource server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceServer {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Unique in the pool, to the letter: a name, or the API's address.
    pub identifier: String,
    /// What people call it.
    pub name: String,
    /// What may be asked of it.
    pub scopes: Vec<Scope>,
}

/// What may be asked of a resource server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scope {
    /// Without the resource server's identifier, and without `/`.
    pub scope_name: String,
    /// What it is for.
    pub scope_description: String,
}

/// Why a resource server is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResourceServerRefused {
    /// Its identifier is one of Cognito's own.
    #[error("Resource server identifier {0} is reserved.")]
    Reserved(String),
    /// It names a scope twice.
    #[error("Duplicate scope name {0}.")]
    DuplicateScope(String),
}

impl ResourceServer {
    /// Whether it is one that a pool takes, beyond what the model says.
    ///
    /// # Errors
    /// [`ResourceServerRefused`].
    pub fn check(&self) -> Result<(), ResourceServerRefused> {
        if self.identifier.starts_with(OF_COGNITO) {
            return Err(ResourceServerRefused::Reserved(self.identifier.clone()));
        }
        let mut seen = std::collections::BTreeSet::new();
        match self.scopes.iter().find(|scope| !seen.insert(scope.scope_name.as_str())) {
            Some(twice) => Err(ResourceServerRefused::DuplicateScope(twice.scope_name.clone())),
            None => Ok(()),
        }
    }

    /// Whether a scope, as tokens have it, is one of this resource server: `identifier/name`.
    #[must_use]
    pub fn defines(&self, scope: &str) -> bool {
        // An identifier may have a `/`, the name of a scope has none: so the last one parts them.
        scope
            .rsplit_once('/')
            .is_some_and(|(identifier, name)| identifier == self.identifier && self.scopes.iter().any(|scope| scope.scope_name == name))
    }
}

/// Whether a scope is a standard one, or one of these resource servers.
#[must_use]
pub fn exists(servers: &[ResourceServer], scope: &str) -> bool {
    STANDARD_SCOPES.contains(&scope) || is_custom(servers, scope)
}

/// Whether a scope is one of these resource servers.
#[must_use]
pub fn is_custom(servers: &[ResourceServer], scope: &str) -> bool {
    servers.iter().any(|server| server.defines(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(identifier: &str, scopes: &[&str]) -> ResourceServer {
        let scope = |name: &&str| Scope { scope_name: (*name).to_owned(), scope_description: "d".to_owned() };
        ResourceServer { pool_id: "p".into(), identifier: identifier.into(), name: "n".into(), scopes: scopes.iter().map(scope).collect() }
    }

    #[test]
    fn a_scope_is_of_one_resource_server() {
        let servers = [server("https://api.example/v1", &["read"]), server("https://api.example", &["write"])];
        assert!(exists(&servers, "https://api.example/v1/read") && exists(&servers, "https://api.example/write"));
        for none in ["https://api.example/v1/write", "https://api.example/v1", "read", "/read", "https://api.example/v1/READ"] {
            assert!(!exists(&servers, none), "{none}");
        }
        assert!(exists(&[], "openid") && !is_custom(&servers, "openid"));
    }

    #[test]
    fn what_is_cognitos_and_what_is_there_twice_is_refused() {
        assert_eq!(server("api", &["a", "b"]).check(), Ok(()));
        assert_eq!(server("api", &["a", "b", "a"]).check(), Err(ResourceServerRefused::DuplicateScope("a".to_owned())));
        assert_eq!(server("aws.cognito", &[]).check(), Err(ResourceServerRefused::Reserved("aws.cognito".to_owned())));
    }
}
