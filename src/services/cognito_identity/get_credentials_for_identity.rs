//! GetCredentialsForIdentity: the enhanced flow. Temporary credentials of the pool's role, if that role trusts the pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::{Error, identity_and_pool};
use super::get_id::guests_refused;
use crate::context::Context;
use crate::flows::web_identity::{self, Given, Login};
use crate::identitypools::pool::IdentityPool;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, IdentityId};
use crate::store::StoreError;
use crate::store::identity_pools::Identity;
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
    let (pool, identity, logins) = entered(cx, &request.identity_id, &request.logins, Way::Enhanced).await?;
    let custom_role_arn = request.custom_role_arn.as_deref();
    let given = Given { logins: &logins, custom_role_arn, origin: Some(&cx.origin) };
    let session = web_identity::session(cx, &pool, &identity, given).await?;
    let credentials = session::issue(&cx.keys.credentials, Held::Role(session), &mut cx.rng()).map_err(StoreError::from)?;
    Ok(Response { identity_id: identity.identity_id, credentials: credentials.into() })
}

/// What whoever comes with logins wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Credentials.
    Enhanced,
    /// A token that STS takes for credentials of whatever role trusts it.
    Basic,
}

/// An identity whose logins are verified and its own, those that it had not yet among them.
pub async fn entered(
    cx: &Context,
    identity_id: &IdentityId,
    logins: &BTreeMap<String, String>,
    way: Way,
) -> Result<(IdentityPool, Identity, Vec<Login>), Error> {
    let (pool, identity) = cx.read(async |tx| identity_and_pool(tx, identity_id).await).await?;
    if way == Way::Basic && !pool.configuration.allow_classic_flow {
        return Err(Error::InvalidParameter("Basic (classic) flow is not enabled, please use enhanced flow.".to_owned()));
    }
    let own = (way == Way::Enhanced).then_some(identity_id);
    let logins = web_identity::verify(cx, &pool, logins, own).await?;
    if logins.is_empty() {
        admit_guest(&pool, &identity)?;
    } else {
        cx.write(async |tx| web_identity::link(cx, tx, &identity, &logins).await).await?;
    }
    Ok((pool, identity, logins))
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
