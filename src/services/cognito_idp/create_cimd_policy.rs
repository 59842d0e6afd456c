//! CreateCIMDPolicy: the addresses whose documents are taken for clients, and the app client that they stand for.

use serde::Deserialize;

use super::cimd_answer::{Response, check_public};
use super::errors::Error;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::clients::{AppClient, NoSuchClient};
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;
use crate::userpools::cimd::{self, CimdPolicy, DEFAULT_CACHE_SECONDS, MOST_IN_A_POOL};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    policy_name: String,
    cache_duration: Option<i64>,
    #[serde(rename = "URLPatterns")]
    url_patterns: Vec<String>,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    cimd::check_patterns(&request.url_patterns)?;
    let now = cx.now();
    let policy = CimdPolicy {
        pool_id: app_client.pool.id.clone(),
        id: ids::client_id(&mut cx.rng()).into(),
        client_id: Some(app_client.client.id.clone()),
        name: request.policy_name,
        cache_seconds: request.cache_duration.unwrap_or(DEFAULT_CACHE_SECONDS),
        url_patterns: request.url_patterns,
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| {
        let client = store::user_pools::find_client(tx, &app_client.client.id).await?;
        check_public(&client.ok_or_else(|| NoSuchClient(app_client.client.id.clone()))?)?;
        store::client_metadata::insert(tx, &policy).await?;
        let count = store::client_metadata::count(tx, &policy.pool_id, MOST_IN_A_POOL + 1).await?;
        if count > MOST_IN_A_POOL { Err(Error::LimitReached("The user pool has as many CIMD policies as it can have.")) } else { Ok(()) }
    })
    .await?;
    Ok(policy.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::store::client_metadata;
    use crate::testing::{Answer, TestApp, TestPool};
    use crate::userpools::cimd::CachedDocument;

    const PATTERN: &str = "https://*.example.com/clients/*";

    async fn create(pool: &TestPool<'_>, patterns: Value) -> Answer {
        let input = json!({"ClientId": pool.client_id, "PolicyName": "apps", "URLPatterns": patterns});
        pool.admin("CreateCIMDPolicy", input).await
    }

    /// Has the pool remember a document, as its OpenID provider would.
    async fn remember(app: &TestApp, pool: &TestPool<'_>, id: &str, url: &str, lifetime: Duration) {
        let now = app.app.now();
        let fetched = CachedDocument { url: url.to_owned(), document: "{}".to_owned(), cached_at: now, expires_at: now.plus(lifetime) };
        let store = async |tx: &mut crate::store::Conn| {
            let policy = client_metadata::find(tx, &pool.id, id).await?.unwrap();
            client_metadata::remember(tx, &policy, &fetched).await
        };
        app.app.write(store).await.unwrap();
    }

    async fn remembered(app: &TestApp, pool: &TestPool<'_>, id: &str, url: &str) -> bool {
        let now = app.app.now();
        let look = async |tx: &mut crate::store::Conn| {
            let policy = client_metadata::find(tx, &pool.id, id).await?.unwrap();
            client_metadata::remembered(tx, &policy, url, now).await
        };
        app.app.read(look).await.unwrap().is_some()
    }

    #[actix_web::test]
    async fn a_policy_is_made_described_changed_listed_and_deleted() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let created = create(&pool, json!([PATTERN])).await.ok()["CIMDPolicy"].clone();
        let id = created["CIMDPolicyId"].clone();
        let of = |more: Value| {
            let mut input = json!({"CIMDPolicyId": id});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        assert_eq!(
            (&created["ClientId"], &created["CacheDuration"], &created["URLPatterns"]),
            (&json!(pool.client_id), &json!(86_400), &json!([PATTERN]))
        );
        assert_eq!(pool.admin("DescribeCIMDPolicy", of(json!({}))).await.ok()["CIMDPolicy"], created);
        app.advance(Duration::from_secs(5));
        let change = json!({"ClientId": pool.client_id, "URLPatterns": ["https://app.example.org/c.json"], "CacheDuration": 172_800});
        let changed = pool.admin("UpdateCIMDPolicy", of(change)).await.ok()["CIMDPolicy"].clone();
        assert_eq!((&changed["PolicyName"], &changed["CacheDuration"]), (&json!("apps"), &json!(172_800)), "what is left out stays");
        assert_eq!((&changed["CreationDate"], &changed["LastModifiedDate"]), (&json!(1_800_000_000.0), &json!(1_800_000_005.0)));
        let listed = pool.admin("ListCIMDPolicies", json!({})).await.ok()["CIMDPolicies"].clone();
        assert_eq!((&listed[0]["CIMDPolicyId"], listed[0].get("URLPatterns"), listed.as_array().unwrap().len()), (&id, None, 1));
        pool.admin("DeleteUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
        assert_eq!(pool.admin("DescribeCIMDPolicy", of(json!({}))).await.ok()["CIMDPolicy"].get("ClientId"), None, "its client is gone");
        assert_eq!(pool.admin("DeleteCIMDPolicy", of(json!({}))).await.ok(), json!({}));
        for (operation, more) in [
            ("DescribeCIMDPolicy", json!({})),
            ("DeleteCIMDPolicy", json!({})),
            ("ListClientMetadataURLs", json!({})),
            ("UpdateClientMetadataURLState", json!({"URL": "https://a.example.com/c", "Action": "REFRESH"})),
        ] {
            assert_eq!(pool.admin(operation, of(more)).await.code(), "ResourceNotFoundException", "{operation}");
        }
    }

    #[actix_web::test]
    async fn what_takes_everybodys_documents_stands_for_a_secret_or_is_anothers_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for patterns in [
            json!(["https://*/c.json"]),
            json!(["https://*.com/c.json"]),
            json!(["http://a.example.com/c"]),
            json!([PATTERN, PATTERN]),
            json!([]),
        ] {
            let code = create(&pool, patterns.clone()).await.code();
            assert!(["InvalidParameterException", "ValidationException"].contains(&code.as_str()), "{patterns} {code}");
        }
        let secret = pool.admin("CreateUserPoolClient", json!({"ClientName": "s", "GenerateSecret": true})).await.ok();
        let secret = secret["UserPoolClient"]["ClientId"].clone();
        let confidential = json!({"ClientId": secret, "PolicyName": "apps", "URLPatterns": [PATTERN]});
        assert_eq!(pool.admin("CreateCIMDPolicy", confidential).await.code(), "InvalidParameterException");
        let id = create(&pool, json!([PATTERN])).await.ok()["CIMDPolicy"]["CIMDPolicyId"].clone();
        let update = json!({"CIMDPolicyId": id, "ClientId": secret, "URLPatterns": [PATTERN]});
        assert_eq!(pool.admin("UpdateCIMDPolicy", update).await.code(), "InvalidParameterException");
        let other = app.pool().await;
        let foreign = json!({"ClientId": pool.client_id, "PolicyName": "apps", "URLPatterns": [PATTERN]});
        assert_eq!(other.admin("CreateCIMDPolicy", foreign).await.code(), "ResourceNotFoundException");
        assert_eq!(other.admin("DescribeCIMDPolicy", json!({"CIMDPolicyId": id})).await.code(), "ResourceNotFoundException");
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}])).await;
        ann.call("DescribeCIMDPolicy", json!({"UserPoolId": pool.id, "CIMDPolicyId": id})).await.ok();
        assert_eq!(ann.call("DeleteCIMDPolicy", json!({"UserPoolId": pool.id, "CIMDPolicyId": id})).await.code(), "AccessDeniedException");
    }

    #[actix_web::test]
    async fn what_was_fetched_is_listed_fetched_again_forgotten_and_ends_by_its_time() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let id = create(&pool, json!([PATTERN])).await.ok()["CIMDPolicy"]["CIMDPolicyId"].as_str().unwrap().to_owned();
        let (one, two) = ("https://a.example.com/clients/1", "https://a.example.com/clients/2");
        let day = Duration::from_secs(86_400);
        remember(&app, &pool, &id, one, day).await;
        remember(&app, &pool, &id, two, day * 2).await;
        let list = async |more: Value| {
            let mut input = json!({"CIMDPolicyId": id});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            pool.admin("ListClientMetadataURLs", input).await.ok()
        };
        let first = list(json!({"MaxResults": 1})).await;
        assert_eq!(first["ClientMetadataURLs"], json!([{"URL": one, "CachedDate": 1_800_000_000.0, "ExpirationDate": 1_800_086_400.0}]));
        let rest = list(json!({"MaxResults": 1, "NextToken": first["NextToken"]})).await;
        assert_eq!((&rest["ClientMetadataURLs"][0]["URL"], rest.get("NextToken")), (&json!(two), None));
        let act = async |url: &str, action: &str| {
            pool.admin("UpdateClientMetadataURLState", json!({"CIMDPolicyId": id, "URL": url, "Action": action})).await
        };
        assert!(remembered(&app, &pool, &id, one).await);
        act(one, "REFRESH").await.ok();
        assert!(!remembered(&app, &pool, &id, one).await, "it is fetched again before it is believed");
        remember(&app, &pool, &id, one, day).await;
        assert!(remembered(&app, &pool, &id, one).await);
        act(two, "INVALIDATE").await.ok();
        assert_eq!(list(json!({})).await["ClientMetadataURLs"].as_array().unwrap().len(), 1);
        for action in ["REFRESH", "INVALIDATE"] {
            assert_eq!(act(two, action).await.code(), "CachedCIMDURLDoesNotExistException");
        }
        app.advance(day);
        assert!(!remembered(&app, &pool, &id, one).await);
        assert_eq!(list(json!({})).await["ClientMetadataURLs"], json!([]));
        remember(&app, &pool, &id, one, day).await;
        let change = json!({"CIMDPolicyId": id, "ClientId": pool.client_id, "URLPatterns": ["https://b.example.com/*"]});
        pool.admin("UpdateCIMDPolicy", change).await.ok();
        assert!(!remembered(&app, &pool, &id, one).await, "what the policy does not take any more is forgotten");
        app.advance(day);
    }

    #[actix_web::test]
    async fn policies_are_listed_page_by_page_by_tokens_of_their_own() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for _ in 0..3 {
            create(&pool, json!([PATTERN])).await.ok();
        }
        let (mut seen, mut token) = (Vec::new(), Value::Null);
        loop {
            let page = pool.admin("ListCIMDPolicies", json!({"MaxResults": 2, "NextToken": token})).await.ok();
            seen.extend(page["CIMDPolicies"].as_array().unwrap().iter().map(|policy| policy["CIMDPolicyId"].to_string()));
            token = page["NextToken"].clone();
            if token.is_null() {
                break;
            }
            let elsewhere = app.pool().await.admin("ListCIMDPolicies", json!({"NextToken": token})).await;
            assert_eq!(elsewhere.code(), "InvalidParameterException");
        }
        seen.dedup();
        assert_eq!(seen.len(), 3);
    }
}
