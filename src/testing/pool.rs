//! A user pool with one client, and its users.

use serde_json::{Value, json};

use super::{Answer, TestApp};
use crate::kit::id::{ClientId, UserPoolId};

/// A password that the default policy takes.
pub const PASSWORD: &str = "Pa55word!";

/// A user pool and a client of it.
pub struct TestPool<'a> {
    /// The application.
    pub app: &'a TestApp,
    /// The pool.
    pub id: UserPoolId,
    /// The client.
    pub client_id: ClientId,
}

impl<'a> TestPool<'a> {
    pub(super) async fn create(app: &'a TestApp, pool: Value, client: Value) -> Self {
        let created = app.admin().call("CreateUserPool", with(json!({"PoolName": "test"}), pool)).await.ok();
        let id = UserPoolId::from(created["UserPool"]["Id"].as_str().unwrap());
        let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let usual = json!({"UserPoolId": id, "ClientName": "test", "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED"});
        let created = app.admin().call("CreateUserPoolClient", with(usual, client)).await.ok();
        Self { app, client_id: created["UserPoolClient"]["ClientId"].as_str().unwrap().into(), id }
    }

    /// A confirmed user with [`PASSWORD`].
    pub async fn user(&self, username: &str) -> TestUser<'_> {
        self.user_with(username, json!({})).await
    }

    /// A confirmed user with [`PASSWORD`] and these attributes.
    pub async fn user_with(&self, username: &str, attributes: Value) -> TestUser<'_> {
        let given = attributes.as_object().unwrap().iter();
        let attributes: Vec<Value> = given.map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        let new = json!({"Username": username, "UserAttributes": attributes, "MessageAction": "SUPPRESS"});
        let created = self.admin("AdminCreateUser", new).await.ok();
        let name = created["User"]["Username"].as_str().unwrap().to_owned();
        let password = json!({"Username": name, "Password": PASSWORD, "Permanent": true});
        self.admin("AdminSetUserPassword", password).await.ok();
        TestUser { pool: self, name: username.to_owned() }
    }

    /// An operation of the account's root on this pool.
    pub async fn admin(&self, operation: &str, input: Value) -> Answer {
        self.app.admin().call(operation, with(json!({"UserPoolId": self.id}), input)).await
    }

    /// An unsigned operation through this client.
    pub async fn client(&self, operation: &str, input: Value) -> Answer {
        self.app.anonymous().call(operation, with(json!({"ClientId": self.client_id}), input)).await
    }

    /// A sign-in by password.
    pub async fn sign_in(&self, username: &str, password: &str) -> Answer {
        let parameters = json!({"USERNAME": username, "PASSWORD": password});
        self.client("InitiateAuth", json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})).await
    }

    /// An answer to a challenge.
    pub async fn respond(&self, challenge: &str, session: &Value, responses: Value) -> Answer {
        let answer = json!({"ChallengeName": challenge, "Session": session, "ChallengeResponses": responses});
        self.client("RespondToAuthChallenge", answer).await
    }
}

/// A confirmed user.
pub struct TestUser<'a> {
    pool: &'a TestPool<'a>,
    /// The name that they sign in by.
    pub name: String,
}

impl<'a> TestUser<'a> {
    /// Their pool.
    pub const fn pool(&self) -> &'a TestPool<'a> {
        self.pool
    }

    /// Signs in by password: AuthenticationResult.
    pub async fn signed_in(&self) -> Value {
        self.pool.sign_in(&self.name, PASSWORD).await.ok()["AuthenticationResult"].clone()
    }

    /// What they are now, by AdminGetUser.
    pub async fn described(&self) -> Value {
        self.pool.admin("AdminGetUser", json!({"Username": self.name})).await.ok()
    }
}

/// `base` with the members of `more` beside or in place of its own.
fn with(mut base: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("not an object") };
    base.as_object_mut().unwrap().extend(more);
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_user_signs_in_and_the_token_expires_by_the_clock() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        let get_user = async || app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
        assert_eq!(get_user().await.ok()["Username"], "alice");
        app.advance(std::time::Duration::from_secs(3600));
        assert_eq!(get_user().await.error(), ("NotAuthorizedException".to_owned(), "Access Token has expired".to_owned()));
    }

    #[actix_web::test]
    async fn query_operations_are_called_and_read_like_the_others() {
        let app = TestApp::new().await;
        let identity = app.admin().call("GetCallerIdentity", json!({})).await.ok();
        assert_eq!(identity["Arn"], format!("arn:aws:iam::{}:root", super::super::ACCOUNT));
        let created = app.admin().call("CreateUser", json!({"UserName": "ann", "Tags": [{"Key": "a", "Value": "b c"}]})).await.ok();
        assert_eq!(created["User"]["Tags"], json!([{"Key": "a", "Value": "b c"}]));
        assert_eq!(app.admin().call("CreateUser", json!({"UserName": "ann"})).await.code(), "EntityAlreadyExists");
        assert_eq!(app.anonymous().call("CreateUser", json!({"UserName": "bob"})).await.code(), "MissingAuthenticationToken");
    }
}
