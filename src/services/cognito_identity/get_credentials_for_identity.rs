//! GetCredentialsForIdentity: the enhanced flow. Temporary credentials of the pool's role, if that role trusts the pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::{Error, no_identity};
use super::get_id::guests_refused;
use crate::context::Context;
use crate::flows::web_identity::{self, Login};
use crate::identitypools::pool::IdentityPool;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, IdentityId};
use crate::store::identity_pools::{self, Identity};
use crate::store::{Conn, StoreError};
use crate::tokens::session::{self, Credentials, Held};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    identity_id: IdentityId,
    #[serde(default)]
    logins: BTreeMap<String, String>,
    custom_role_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    identity_id: IdentityId,
    credentials: CredentialsAnswer,
}

/// Credentials; the secret has a shorter name here than in STS.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialsAnswer {
    access_key_id: AccessKeyId,
    secret_key: String,
    session_token: String,
    expiration: Timestamp,
}

impl From<Credentials> for CredentialsAnswer {
    fn from(credentials: Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id,
            secret_key: credentials.secret_access_key.expose_secret().to_owned(),
            session_token: credentials.session_token,
            expiration: credentials.expires_at,
        }
    }
}

pub async fn handle(cx: &Context, request: Request) -> Result<Response, Error> {
    let not_found = || no_identity(&request.identity_id);
    let identity = cx.read(async |tx| identity_pools::find_identity(tx, &request.identity_id).await).await?.ok_or_else(not_found)?;
    let pool = cx.read(async |tx| identity_pools::find(tx, &identity.identity_pool_id).await).await?.ok_or_else(not_found)?;
    if request.custom_role_arn.is_some() {
        // Only a role of the token's `cognito:roles` may be chosen, and no token of ours carries any yet.
        return Err(Error::NotAuthorized("CustomRoleArn is not one of the token's cognito:roles.".to_owned()));
    }
    let logins = web_identity::verify(cx, &pool, &request.logins).await?;
    if logins.is_empty() {
        admit_guest(&pool, &identity)?;
    } else {
        cx.write(async |tx| link(cx, tx, &identity, &logins).await).await?;
    }
    let session = web_identity::session(cx, &pool, &identity, &logins, Some(&cx.origin)).await?;
    let credentials = session::issue(&cx.keys.credentials, Held::Role(session), &mut cx.rng()).map_err(StoreError::from)?;
    Ok(Response { identity_id: identity.identity_id, credentials: credentials.into() })
}

/// A guest is who comes without logins to an identity that never had one.
fn admit_guest(pool: &IdentityPool, identity: &Identity) -> Result<(), Error> {
    if !pool.configuration.allow_unauthenticated_identities {
        return Err(guests_refused());
    }
    if identity.authenticated != 0 {
        return Err(Error::NotAuthorized(format!("Access to Identity '{}' is forbidden.", identity.identity_id)));
    }
    Ok(())
}

/// SECURITY: at least one login must be the identity's own. Only a guest's identity takes its first login from whoever
/// brings one, and a login that has an identity never gets another.
async fn link(cx: &Context, tx: &mut Conn, identity: &Identity, logins: &[Login]) -> Result<(), Error> {
    // Read again in the transaction that links: whoever linked a guest's identity in between is its owner.
    let found = identity_pools::find_identity(tx, &identity.identity_id).await?;
    let identity = &found.ok_or_else(|| no_identity(&identity.identity_id))?;
    let mut unowned = Vec::new();
    for login in logins {
        match identity_pools::login_owner(tx, &identity.identity_pool_id, &login.provider, &login.subject).await? {
            Some(owner) if owner == identity.identity_id => {}
            Some(_) => return Err(Error::ResourceConflict("Login already exists for another identity.".to_owned())),
            None => unowned.push(login),
        }
    }
    if unowned.len() == logins.len() && identity.authenticated != 0 {
        let message = "Logins don't match. Please include at least one valid login for this identity or identity pool.";
        return Err(Error::NotAuthorized(message.to_owned()));
    }
    for login in &unowned {
        identity_pools::insert_login(tx, identity, &login.provider, &login.subject).await?;
    }
    if !unowned.is_empty() {
        identity_pools::set_authenticated(tx, identity, cx.now()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn of_two_users_who_claim_one_guests_identity_at_once_one_owns_it() {
        let app = TestApp::new().await;
        let users = app.pool().await;
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{}", users.id);
        let pool = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true,
                          "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": users.client_id}]});
        let pool = app.admin().call("CreateIdentityPool", pool).await.ok()["IdentityPoolId"].clone();
        let trust = json!([{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                            "Action": "sts:AssumeRoleWithWebIdentity",
                            "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}}}]);
        let role = app.role("Users", trust).await;
        app.admin().call("SetIdentityPoolRoles", json!({"IdentityPoolId": pool, "Roles": {"authenticated": role}})).await.ok();
        let [alice, bob] = [users.user("alice").await.signed_in().await, users.user("bob").await.signed_in().await];
        for _ in 0..5 {
            let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": pool})).await.ok()["IdentityId"].clone();
            let claim = async |tokens: &serde_json::Value| {
                let logins = json!({&provider: tokens["IdToken"]});
                app.anonymous().call("GetCredentialsForIdentity", json!({"IdentityId": identity, "Logins": logins})).await
            };
            let (first, second) = join(claim(&alice), claim(&bob)).await;
            let won = [&first, &second].into_iter().filter(|answer| answer.status == 200).count();
            assert!(won <= 1, "{} {}", first.text, second.text);
            let other = if first.status == 200 { second } else { first };
            assert!(["NotAuthorizedException", "ResourceConflictException"].contains(&other.code().as_str()), "{}", other.text);
        }
    }
}
