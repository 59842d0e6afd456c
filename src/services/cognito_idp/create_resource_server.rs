//! CreateResourceServer: an API of the pool's, and the scopes that tokens for it may have.

use std::sync::Arc;

use super::errors::Error;
use super::resource_server_answer::{Given, Response};
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::store;
use crate::userpools::pool::Pool;
use crate::userpools::resource_server::MOST_IN_A_POOL;

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Given) -> Result<Response, Error> {
    let server = request.read(&pool)?;
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(NoSuchPool(pool.id.clone()).into());
        }
        if !store::resource_servers::insert(tx, &server).await? {
            return Err(Error::parameter(format!("{} already exists in user pool {}.", server.identifier, pool.id)));
        }
        let count = i64::try_from(store::resource_servers::all(tx, &pool.id).await?.len()).unwrap_or(i64::MAX);
        if count > MOST_IN_A_POOL { Err(Error::LimitReached("The user pool has as many resource servers as it can have.")) } else { Ok(()) }
    })
    .await?;
    Ok(server.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    fn read() -> Value {
        json!({"ScopeName": "read", "ScopeDescription": "to read"})
    }

    #[actix_web::test]
    async fn a_resource_server_is_what_was_given_until_it_is_changed_and_deleted() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let given = json!({"Identifier": "https://api.example/v1", "Name": "The API", "Scopes": [read()]});
        let created = pool.admin("CreateResourceServer", given.clone()).await.ok()["ResourceServer"].clone();
        let mut expected = given.clone();
        expected["UserPoolId"] = json!(pool.id);
        assert_eq!(created, expected);
        let named = json!({"Identifier": "https://api.example/v1"});
        assert_eq!(pool.admin("DescribeResourceServer", named.clone()).await.ok()["ResourceServer"], expected);
        let again = pool.admin("CreateResourceServer", given).await;
        assert_eq!((again.code(), again.message().contains("already exists")), ("InvalidParameterException".to_owned(), true));
        let changed = json!({"Identifier": "https://api.example/v1", "Name": "Another"});
        let changed = pool.admin("UpdateResourceServer", changed).await.ok()["ResourceServer"].clone();
        assert_eq!((&changed["Name"], changed.get("Scopes")), (&json!("Another"), None), "what is left out has its default");
        pool.admin("DeleteResourceServer", named.clone()).await.ok();
        for operation in ["DeleteResourceServer", "DescribeResourceServer"] {
            let missing = pool.admin(operation, named.clone()).await.error();
            let words = "Resource server https://api.example/v1 does not exist.";
            assert_eq!(missing, ("ResourceNotFoundException".to_owned(), words.to_owned()), "{operation}");
        }
        let update = json!({"Identifier": "https://api.example/v1", "Name": "n"});
        assert_eq!(pool.admin("UpdateResourceServer", update).await.code(), "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn what_is_no_resource_server_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for (identifier, name, scopes, status) in [
            ("api", "n", json!([]), 200),
            ("a b", "n", json!([]), 400),
            ("", "n", json!([]), 400),
            ("b", "<n>", json!([]), 400),
            ("aws.cognito", "n", json!([]), 400),
            ("b", "n", json!([read(), read()]), 400),
            ("b", "n", json!([{"ScopeName": "a/b", "ScopeDescription": "d"}]), 400),
            ("b", "n", json!([{"ScopeName": "a"}]), 400),
        ] {
            let answer = pool.admin("CreateResourceServer", json!({"Identifier": identifier, "Name": name, "Scopes": scopes})).await;
            assert_eq!(answer.status, status, "{identifier} {name} {scopes}: {}", answer.text);
        }
        let scope = |number: usize| json!({"ScopeName": format!("s{number}"), "ScopeDescription": "d"});
        for (count, status) in [(101, 400), (100, 200)] {
            let scopes: Vec<Value> = (0..count).map(scope).collect();
            let answer = pool.admin("CreateResourceServer", json!({"Identifier": "many", "Name": "n", "Scopes": scopes})).await;
            assert_eq!(answer.status, status, "{count} scopes");
        }
    }

    #[actix_web::test]
    async fn a_pool_has_twenty_five_at_most_and_they_are_listed_by_pages() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let create = |number: usize| pool.admin("CreateResourceServer", json!({"Identifier": format!("api{number:02}"), "Name": "n"}));
        for number in 0..25 {
            create(number).await.ok();
        }
        assert_eq!(create(25).await.code(), "LimitExceededException");
        let list = async |token: Value| pool.admin("ListResourceServers", json!({"MaxResults": 10, "NextToken": token})).await;
        let (mut token, mut seen, mut pages) = (Value::Null, Vec::new(), 0);
        loop {
            let page = list(token).await.ok();
            seen.extend(page["ResourceServers"].as_array().unwrap().iter().map(|server| server["Identifier"].clone()));
            pages += 1;
            match page.get("NextToken") {
                Some(next) => token = next.clone(),
                None => break,
            }
        }
        assert_eq!((pages, seen.len(), &seen[0], &seen[24]), (3, 25, &json!("api00"), &json!("api24")));
        let other = app.pool().await;
        let first = list(Value::Null).await.ok();
        let stolen = other.admin("ListResourceServers", json!({"NextToken": first["NextToken"]})).await;
        assert_eq!(stolen.code(), "InvalidParameterException", "a token is of one list");
        assert_eq!(other.admin("ListResourceServers", json!({})).await.ok(), json!({"ResourceServers": []}));
    }

    #[actix_web::test]
    async fn each_operation_is_judged_on_the_pool() {
        let app = TestApp::new().await;
        let (pool, other) = (app.pool().await, app.pool().await);
        let own = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{}", pool.id);
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:*ResourceServer*", "Resource": own}])).await;
        for operation in
            ["CreateResourceServer", "DescribeResourceServer", "UpdateResourceServer", "ListResourceServers", "DeleteResourceServer"]
        {
            let input = |pool: &str| json!({"UserPoolId": pool, "Identifier": "api", "Name": "n"});
            assert_eq!(ann.call(operation, input(pool.id.as_str())).await.code(), "", "{operation}");
            assert_eq!(ann.call(operation, input(other.id.as_str())).await.code(), "AccessDeniedException", "{operation}");
        }
    }
}
