//! AddUserPoolClientSecret: a second secret of a client that has one, so that one is changed for another while both serve.

use serde::{Deserialize, Serialize};

use super::client_answer::SecretAnswer;
use super::errors::Error;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::client_secrets;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::kit::secret::Secret;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    client_secret: Option<Secret>,
}

asks_about_client!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    client_secret_descriptor: SecretAnswer,
}

/// A secret that we make is told here and never again; one that was brought is not told at all.
pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let made = request.client_secret.is_none().then(|| ids::client_secret(&mut cx.rng()));
    let secret = request.client_secret.as_ref().or(made.as_ref()).ok_or_else(|| Error::internal("no secret"))?;
    let added = client_secrets::add(cx, &app_client.client, secret).await?;
    Ok(Response { client_secret_descriptor: SecretAnswer::of(&app_client.client.id, &added).telling(made.as_ref()) })
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use serde_json::{Value, json};

    use crate::crypto::digest::secret_hash;
    use crate::kit::secret::Secret;
    use crate::testing::{PASSWORD, TestApp, TestPool};

    const OWN: &str = "my_own+secret_of_24_chars";

    async fn confidential(app: &TestApp) -> TestPool<'_> {
        app.pool_with(json!({}), json!({"GenerateSecret": true})).await
    }

    async fn signs_in(pool: &TestPool<'_>, secret: &str) -> String {
        let hash = secret_hash(&Secret::from(secret.to_owned()), "alice", pool.client_id.as_str());
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD, "SECRET_HASH": hash});
        pool.client("InitiateAuth", json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})).await.message()
    }

    fn text(value: &Value) -> &str {
        value.as_str().unwrap()
    }

    #[actix_web::test]
    async fn a_secret_is_changed_for_another_while_both_serve() {
        let app = TestApp::new().await;
        let other = app.another_node().await;
        let pool = confidential(&app).await;
        pool.user("alice").await;
        let client = json!({"ClientId": pool.client_id});
        let first = pool.admin("DescribeUserPoolClient", client.clone()).await.ok()["UserPoolClient"]["ClientSecret"].clone();
        let added = pool.admin("AddUserPoolClientSecret", client.clone()).await.ok()["ClientSecretDescriptor"].clone();
        let second = added["ClientSecretValue"].clone();
        assert_eq!(text(&second).len(), 52);
        assert!(text(&added["ClientSecretId"]).starts_with(&format!("{}--", pool.client_id)));
        for secret in [&first, &second] {
            assert_eq!(signs_in(&pool, text(secret)).await, "");
        }
        let wrong = format!("Unable to verify secret hash for client {}", pool.client_id);
        assert_eq!(signs_in(&pool, "another").await, wrong);
        let listed = pool.admin("ListUserPoolClientSecrets", client.clone()).await.ok();
        assert_eq!(listed["ClientSecrets"].as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains(text(&second)) && !listed.to_string().contains("ClientSecretValue"));
        let described = pool.admin("DescribeUserPoolClient", client.clone()).await.ok()["UserPoolClient"].clone();
        assert_eq!(described["ClientSecret"], first, "what was told once is not told again");
        let oldest = json!({"ClientId": pool.client_id, "ClientSecretId": listed["ClientSecrets"][0]["ClientSecretId"]});
        assert_eq!(pool.admin("DeleteUserPoolClientSecret", oldest.clone()).await.ok(), json!({}));
        assert_eq!(signs_in(&pool, text(&first)).await, wrong);
        assert_eq!(signs_in(&pool, text(&second)).await, "");
        other.app.db.catch_up().await.unwrap();
        let hash = secret_hash(&Secret::from(text(&first).to_owned()), "alice", pool.client_id.as_str());
        let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD, "SECRET_HASH": hash});
        let input = json!({"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        assert_eq!(other.anonymous().call("InitiateAuth", input).await.message(), wrong, "on every node");
        assert_eq!(pool.admin("DeleteUserPoolClientSecret", oldest).await.code(), "ResourceNotFoundException");
        let described = pool.admin("DescribeUserPoolClient", client).await.ok()["UserPoolClient"].clone();
        assert_eq!(described.get("ClientSecret"), None);
    }

    #[actix_web::test]
    async fn there_are_two_secrets_at_most_and_one_at_least() {
        let app = TestApp::new().await;
        let pool = confidential(&app).await;
        let client = json!({"ClientId": pool.client_id});
        let only = pool.admin("ListUserPoolClientSecrets", client.clone()).await.ok()["ClientSecrets"][0]["ClientSecretId"].clone();
        let last = pool.admin("DeleteUserPoolClientSecret", json!({"ClientId": pool.client_id, "ClientSecretId": only})).await;
        assert_eq!(last.code(), "InvalidParameterException");
        // Six at once: one of them is the second.
        let answers = join_all((0..6).map(|_| pool.admin("AddUserPoolClientSecret", client.clone()))).await;
        let mut codes: Vec<String> = answers.into_iter().map(|answer| answer.code()).collect();
        codes.sort();
        assert_eq!(codes[0], "");
        assert!(codes[1..].iter().all(|code| code == "LimitExceededException"), "{codes:?}");
        let public = app.pool().await;
        let none = public.admin("AddUserPoolClientSecret", json!({"ClientId": public.client_id})).await;
        assert_eq!(none.code(), "InvalidParameterException");
        assert_eq!(
            public.admin("ListUserPoolClientSecrets", json!({"ClientId": public.client_id})).await.ok(),
            json!({"ClientSecrets": []})
        );
        let elsewhere = public.admin("AddUserPoolClientSecret", client).await;
        assert_eq!(elsewhere.code(), "ResourceNotFoundException", "of another pool");
    }

    #[actix_web::test]
    async fn ones_own_secret_is_taken_and_never_told() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({}), json!({"ClientSecret": OWN})).await;
        pool.user("alice").await;
        let client = json!({"ClientId": pool.client_id});
        assert_eq!(pool.admin("DescribeUserPoolClient", client).await.ok()["UserPoolClient"].get("ClientSecret"), None);
        assert_eq!(signs_in(&pool, OWN).await, "");
        let another = format!("{OWN}2");
        let added = pool.admin("AddUserPoolClientSecret", json!({"ClientId": pool.client_id, "ClientSecret": another})).await;
        assert!(!added.text.contains(&another));
        assert_eq!(added.ok()["ClientSecretDescriptor"].get("ClientSecretValue"), None);
        assert_eq!(signs_in(&pool, &another).await, "");
        for bad in ["short", "with blanks in it, which are none", &"x".repeat(65)] {
            let answer = pool.admin("AddUserPoolClientSecret", json!({"ClientId": pool.client_id, "ClientSecret": bad})).await;
            assert_eq!(answer.code(), "InvalidParameterException", "{bad}");
            assert!(!answer.text.contains(bad), "{}", answer.text);
        }
        let both = json!({"ClientName": "c", "GenerateSecret": true, "ClientSecret": OWN});
        assert_eq!(pool.admin("CreateUserPoolClient", both).await.code(), "InvalidParameterException");
    }

    #[actix_web::test]
    async fn who_may_not_add_secrets_may_not_and_either_secret_revokes() {
        let app = TestApp::new().await;
        let pool = confidential(&app).await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:ListUserPoolClientSecrets", "Resource": "*"}])).await;
        let client = json!({"UserPoolId": pool.id, "ClientId": pool.client_id});
        ann.call("ListUserPoolClientSecrets", client.clone()).await.ok();
        assert_eq!(ann.call("AddUserPoolClientSecret", client.clone()).await.code(), "AccessDeniedException");
        let added = pool.admin("AddUserPoolClientSecret", client).await.ok()["ClientSecretDescriptor"]["ClientSecretValue"].clone();
        let token = "00000000-0000-4000-8000-000000000000.x";
        for (secret, code) in [(added, ""), (json!("x".repeat(52)), "UnauthorizedException")] {
            let answer = pool.client("RevokeToken", json!({"Token": token, "ClientSecret": secret})).await;
            assert_eq!(answer.code(), code);
        }
    }
}
