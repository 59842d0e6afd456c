//! SetIdentityPoolRoles: whoever gives a pool a role must be allowed to pass it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_pool, own_pool};
use crate::context::Context;
use crate::flows::web_identity::PROVIDER;
use crate::identitypools::pool::{IdentityPool, IdentityPoolConfiguration, Roles};
use crate::identitypools::provider;
use crate::identitypools::role_choice::{RoleMapping, RoleMappings};
use crate::kit::id::IdentityPoolId;
use crate::operation::{Ask, Asks, Fault, PassedRole, Resolved, pass_role};
use crate::store::identity_pools;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_pool_id: IdentityPoolId,
    roles: Roles,
    #[serde(default)]
    role_mappings: RoleMappings,
}

/// What a call names: the pool, and the roles that it would give.
pub struct Found {
    pool: IdentityPool,
    roles: Roles,
    mappings: RoleMappings,
}

impl Request {
    /// All roles that are named, each once: the pool's own, and those of rules.
    fn role_arns(&self) -> BTreeSet<&str> {
        let ruled = self.role_mappings.values().flat_map(RoleMapping::role_arns);
        self.roles.values().map(String::as_str).chain(ruled).collect()
    }

    /// What is said, with the roles as they were found.
    fn with(&self, pool: IdentityPool, found: &BTreeMap<&str, String>) -> Found {
        let as_found = |arn: &String| found.get(arn.as_str()).unwrap_or(arn).clone();
        let roles = self.roles.iter().map(|(kind, arn)| (kind.clone(), as_found(arn))).collect();
        let mut mappings = self.role_mappings.clone();
        for rule in mappings.values_mut().flat_map(|mapping| &mut mapping.rules_configuration).flat_map(|rules| &mut rules.rules) {
            rule.role_arn = as_found(&rule.role_arn);
        }
        Found { pool, roles, mappings }
    }
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        // Before anything is looked up: there are no more roles than the rules of a pool may name.
        for mapping in self.role_mappings.values() {
            mapping.check().map_err(|refused| Error::InvalidParameter(refused.to_string()))?;
        }
        let mut asks = vec![Ask::on("*")];
        let mut roles = BTreeMap::new();
        let mut missing = None;
        for role_arn in self.role_arns() {
            let PassedRole { ask, role } = pass_role(cx, role_arn, PROVIDER).await?;
            asks.push(ask);
            match role {
                Some(role) => drop(roles.insert(role_arn, role.arn().into())),
                None => missing = Some(Error::InvalidParameter(format!("Invalid role ARN: {role_arn}"))),
            }
        }
        let found = match (missing, own_pool(cx, &self.identity_pool_id).await) {
            (Some(error), _) => Err(error.into()),
            (None, Ok(pool)) => Ok(self.with(pool, &roles)),
            (None, Err(Error::Internal(error))) => return Err(Fault::Internal(error)),
            (None, Err(error)) => Err(error.into()),
        };
        Ok(Resolved { found, asks })
    }
}

/// The mappings by the names that logins are known by.
///
/// SECURITY: one whose provider is none of the pool's would map nobody, and its users would get the role of all: it is refused.
fn by_provider(cx: &Context, configuration: &IdentityPoolConfiguration, mappings: &RoleMappings) -> Result<RoleMappings, Error> {
    let mut known = RoleMappings::new();
    for (key, mapping) in mappings {
        let refused = || Error::InvalidParameter(format!("{key} is no identity provider and app client of the identity pool."));
        let (listed, client_id) = key.rsplit_once(':').ok_or_else(refused)?;
        let name = provider::canonical(listed, &cx.public_url).ok_or_else(refused)?;
        let is_there = configuration.clients_of(&name, &cx.public_url).any(|client| client.client_id.as_str() == client_id);
        if !is_there || known.insert(format!("{name}:{client_id}"), mapping.clone()).is_some() {
            return Err(refused());
        }
    }
    Ok(known)
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, Found { pool, roles, mappings }: Found, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        // Its providers as they are now: whoever takes one away meanwhile leaves no mapping of it.
        let now = identity_pools::find(tx, &pool.id).await?.ok_or_else(|| no_pool(&pool.id))?;
        let mappings = by_provider(cx, &now.configuration, &mappings)?;
        let is_there = identity_pools::set_roles(tx, &pool.id, &roles, &mappings, cx.now()).await?;
        if is_there { Ok(()) } else { Err(no_pool(&pool.id)) }
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_role_is_passed_by_the_arn_that_it_has_and_by_no_other_spelling() {
        let app = TestApp::new().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let admin_role = app.role("Admin", trust.clone()).await;
        let app_role = app.role("App", trust).await;
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
        let ann = app
            .user_with(json!([
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "iam:PassRole", "Resource": admin_role},
            ]))
            .await;
        let set =
            async |role: &str| ann.call("SetIdentityPoolRoles", json!({"IdentityPoolId": pool, "Roles": {"authenticated": role}})).await;
        for (role, code) in [
            (admin_role.as_str(), "AccessDeniedException"),
            (&admin_role.replace("role/Admin", "role/admin"), "InvalidParameterException"),
            (&admin_role.replace("arn:aws:", "arn:aws-cn:"), "InvalidParameterException"),
            (&admin_role.replace("role/Admin", "role/none/Admin"), "InvalidParameterException"),
            ("arn:aws:iam::111111111111:role/Admin", "AccessDeniedException"),
            (&app_role, ""),
        ] {
            assert_eq!(set(role).await.code(), code, "{role}");
        }
        let roles = app.admin().call("GetIdentityPoolRoles", json!({"IdentityPoolId": pool})).await.ok()["Roles"].clone();
        assert_eq!(roles, json!({"authenticated": app_role}));
    }

    #[actix_web::test]
    async fn a_role_of_another_account_is_refused_whether_or_not_it_is_there() {
        let app = TestApp::new().await;
        let trust = json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        let role = app.role("App", trust).await;
        let other = app.root_of("111111111111").await;
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true});
        let pool = other.call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
        let mut answers = Vec::new();
        for role in [role.clone(), role.replace("App", "None")] {
            answers
                .push(other.call("SetIdentityPoolRoles", json!({"IdentityPoolId": pool, "Roles": {"authenticated": role}})).await.error());
        }
        let refused = ("AccessDeniedException".to_owned(), "Cross-account pass role is not allowed.".to_owned());
        assert_eq!(answers, [refused.clone(), refused]);
    }

    #[actix_web::test]
    async fn a_mapping_is_of_a_provider_and_client_of_the_pool() {
        let app = TestApp::new().await;
        let users = app.pool().await;
        let name = format!("cognito-idp.us-east-1.amazonaws.com/{}", users.id);
        let provider = json!([{"ProviderName": name, "ClientId": users.client_id}]);
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": false, "CognitoIdentityProviders": provider});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
        let set = async |keys: &[String]| {
            let deny = json!({"Type": "Token", "AmbiguousRoleResolution": "Deny"});
            let mappings: serde_json::Map<_, _> = keys.iter().map(|key| (key.clone(), deny.clone())).collect();
            app.admin().call("SetIdentityPoolRoles", json!({"IdentityPoolId": pool, "Roles": {}, "RoleMappings": mappings})).await
        };
        let (canonical, own) = (format!("{name}:{}", users.client_id), format!("passwright.test/{}:{}", users.id, users.client_id));
        for bad in [vec!["bogus".to_owned()], vec![name.clone()], vec![format!("{name}:other")], vec![canonical.clone(), own.clone()]] {
            assert_eq!(set(&bad).await.code(), "InvalidParameterException", "{bad:?}");
        }
        set(&[own]).await.ok();
        let told = app.admin().call("GetIdentityPoolRoles", json!({"IdentityPoolId": pool})).await.ok();
        assert_eq!(told["RoleMappings"].as_object().unwrap().keys().collect::<Vec<_>>(), [&canonical], "by the name of logins");
    }
}
