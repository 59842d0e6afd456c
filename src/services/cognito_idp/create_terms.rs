//! CreateTerms: a document that users agree to when they sign up through a client.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::errors::Error;
use super::terms_answer::{Response, check_only};
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;
use crate::userpools::terms::{Terms, check_links};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    terms_name: String,
    terms_source: String,
    enforcement: String,
    #[serde(default)]
    links: BTreeMap<String, String>,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    check_only(Some(&request.terms_source), Some(&request.enforcement))?;
    check_links(&request.links)?;
    let now = cx.now();
    let terms = Terms {
        pool_id: app_client.pool.id.clone(),
        id: ids::uuid(&mut cx.rng()),
        client_id: app_client.client.id.clone(),
        name: request.terms_name,
        links: request.links,
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| {
        store::user_pools::find_client(tx, &terms.client_id).await?.ok_or_else(|| app_client.gone())?;
        if store::terms::insert(tx, &terms).await? { Ok(()) } else { Err(Error::TermsExists) }
    })
    .await?;
    Ok(terms.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{TestApp, TestPool};

    fn document(pool: &TestPool<'_>, name: &str) -> Value {
        json!({"ClientId": pool.client_id, "TermsName": name, "TermsSource": "LINK", "Enforcement": "NONE",
               "Links": {"cognito:default": "https://a.example/terms", "cognito:german": "https://a.example/de"}})
    }

    #[actix_web::test]
    async fn a_client_has_each_document_once_and_it_is_told_by_id_and_by_client() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let created = pool.admin("CreateTerms", document(&pool, "terms-of-use")).await.ok();
        let id = json!({"TermsId": created["Terms"]["TermsId"]});
        for (name, value) in document(&pool, "terms-of-use").as_object().unwrap() {
            assert_eq!(&created["Terms"][name], value, "{name}");
        }
        assert_eq!(pool.admin("DescribeTerms", id.clone()).await.ok(), created);
        let by_client = json!({"ClientId": pool.client_id, "TermsName": "terms-of-use"});
        assert_eq!(pool.admin("DescribeTermsByClient", by_client).await.ok(), created);
        assert_eq!(pool.admin("CreateTerms", document(&pool, "terms-of-use")).await.code(), "TermsExistsException");
        let privacy = pool.admin("CreateTerms", document(&pool, "privacy-policy")).await.ok();
        app.advance(Duration::from_secs(1));
        let links = json!({"cognito:default": "https://b.example/"});
        let update = json!({"TermsId": id["TermsId"], "Links": links});
        let updated = pool.admin("UpdateTerms", update).await.ok()["Terms"].clone();
        assert_eq!((&updated["Links"], &updated["TermsName"]), (&links, &json!("terms-of-use")));
        assert!(updated["LastModifiedDate"].as_f64() > updated["CreationDate"].as_f64());
        let renamed = pool.admin("UpdateTerms", json!({"TermsId": id["TermsId"], "TermsName": "privacy-policy"})).await;
        assert_eq!(renamed.code(), "TermsExistsException", "the client has one");
        pool.admin("DeleteTerms", json!({"TermsId": privacy["Terms"]["TermsId"]})).await.ok();
        pool.admin("UpdateTerms", json!({"TermsId": id["TermsId"], "TermsName": "privacy-policy"})).await.ok();
        pool.admin("DeleteTerms", id.clone()).await.ok();
        for (operation, input) in [
            ("DescribeTerms", id.clone()),
            ("UpdateTerms", id.clone()),
            ("DeleteTerms", id),
            ("DescribeTermsByClient", json!({"ClientId": pool.client_id, "TermsName": "privacy-policy"})),
        ] {
            assert_eq!(pool.admin(operation, input).await.code(), "ResourceNotFoundException", "{operation}");
        }
    }

    #[actix_web::test]
    async fn pages_show_each_document_once_and_a_client_takes_its_own_along() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for name in ["terms-of-use", "privacy-policy"] {
            pool.admin("CreateTerms", document(&pool, name)).await.ok();
        }
        let first = pool.admin("ListTerms", json!({"MaxResults": 1})).await.ok();
        let second = pool.admin("ListTerms", json!({"MaxResults": 1, "NextToken": first["NextToken"]})).await.ok();
        assert_eq!(second.get("NextToken"), None);
        let members: Vec<&str> = first["Terms"][0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["CreationDate", "Enforcement", "LastModifiedDate", "TermsId", "TermsName"]);
        assert_ne!(first["Terms"][0]["TermsName"], second["Terms"][0]["TermsName"]);
        let elsewhere = app.pool().await.admin("ListTerms", json!({"NextToken": first["NextToken"]})).await;
        assert_eq!(elsewhere.code(), "InvalidParameterException");
        pool.admin("DeleteUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
        assert_eq!(pool.admin("ListTerms", json!({})).await.ok(), json!({"Terms": []}));
    }

    #[actix_web::test]
    async fn what_is_no_document_is_refused_and_only_who_may_works_on_them() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for (member, value) in [
            ("TermsName", json!("cookies")),
            ("TermsSource", json!("TEXT")),
            ("Enforcement", json!("REQUIRED")),
            ("Links", json!({"cognito:german": "https://a.example"})),
            ("Links", json!({"cognito:default": "javascript:alert(1)"})),
            ("Links", json!({"cognito:klingon": "https://a.example", "cognito:default": "https://a.example"})),
            ("Links", json!({})),
        ] {
            let mut input = document(&pool, "terms-of-use");
            input[member] = value;
            assert_eq!(pool.admin("CreateTerms", input).await.code(), "InvalidParameterException", "{member}");
        }
        let another = app.pool().await;
        assert_eq!(pool.admin("CreateTerms", document(&another, "terms-of-use")).await.code(), "ResourceNotFoundException");
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:DescribeUserPool", "Resource": "*"}])).await;
        let mut input = document(&pool, "terms-of-use");
        input["UserPoolId"] = json!(pool.id);
        input["TermsId"] = json!("00000000-0000-4000-8000-000000000000");
        for operation in ["CreateTerms", "DescribeTerms", "DescribeTermsByClient", "UpdateTerms", "DeleteTerms", "ListTerms"] {
            assert_eq!(ann.call(operation, input.clone()).await.code(), "AccessDeniedException", "{operation}");
        }
    }
}
