//! AddCustomAttributes: a schema grows, and never shrinks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::new_attribute::NewAttribute;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::attributes::{MOST_CUSTOM, SchemaAttribute, is_standard};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    custom_attributes: Vec<NewAttribute>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let added: Vec<SchemaAttribute> = request.custom_attributes.into_iter().map(NewAttribute::read_custom).collect::<Result<_, _>>()?;
    cx.write(async |tx| {
        let now = store::user_pools::find(tx, &pool.id).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?;
        let mut configuration = now.configuration;
        for attribute in &added {
            let name = &attribute.name;
            if configuration.schema.iter().any(|existing| existing.name == *name) {
                return Err(Error::parameter(format!("{name}: Existing attribute already has name {name}.")));
            }
            configuration.schema.push(attribute.clone());
        }
        if configuration.schema.iter().filter(|attribute| !is_standard(&attribute.name)).count() > MOST_CUSTOM {
            return Err(Error::parameter(format!("A user pool has {MOST_CUSTOM} custom attributes at most.")));
        }
        Ok(store::user_pools::update(tx, &pool.id, &configuration, cx.now()).await?)
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{Answer, TestApp, TestPool};

    async fn add(pool: &TestPool<'_>, attributes: Value) -> Answer {
        pool.admin("AddCustomAttributes", json!({"CustomAttributes": attributes})).await
    }

    #[actix_web::test]
    async fn what_is_added_is_in_the_schema_and_can_be_written() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        let bounds = json!({"MinValue": "1", "MaxValue": "3"});
        let tier = json!({"Name": "tier", "AttributeDataType": "Number", "Mutable": true, "NumberAttributeConstraints": bounds});
        add(&pool, json!([tier, {"Name": "note", "AttributeDataType": "String", "DeveloperOnlyAttribute": true}])).await.ok();
        let schema = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["SchemaAttributes"].clone();
        let names: Vec<&str> = schema.as_array().unwrap()[20..].iter().map(|attribute| attribute["Name"].as_str().unwrap()).collect();
        assert_eq!(names, ["custom:tier", "dev:custom:note"]);
        for (value, status) in [("2", 200), ("4", 400)] {
            let given = json!([{"Name": "custom:tier", "Value": value}]);
            let answer = pool.admin("AdminUpdateUserAttributes", json!({"Username": "alice", "UserAttributes": given})).await;
            assert_eq!(answer.status, status);
        }
    }

    #[actix_web::test]
    async fn a_name_that_is_taken_or_more_than_fifty_are_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        add(&pool, json!([{"Name": "a", "AttributeDataType": "String"}])).await.ok();
        for refused in [
            json!([{"Name": "a", "AttributeDataType": "Number"}]),
            json!([{"Name": "b", "AttributeDataType": "String"}, {"Name": "b", "AttributeDataType": "String"}]),
            json!([{"Name": "c", "AttributeDataType": "String", "Required": true}]),
            json!([{"AttributeDataType": "String"}]),
        ] {
            assert_eq!(add(&pool, refused.clone()).await.code(), "InvalidParameterException", "{refused}");
        }
        let many = |from: usize, to: usize| -> Value {
            (from..to).map(|number| json!({"Name": format!("n{number}"), "AttributeDataType": "String"})).collect()
        };
        add(&pool, many(0, 25)).await.ok();
        assert_eq!(add(&pool, many(25, 50)).await.code(), "InvalidParameterException");
        add(&pool, many(25, 49)).await.ok();
    }

    #[actix_web::test]
    async fn a_custom_attribute_is_never_a_claim_of_ours() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for name in ["sub", "email", "iss", "cognito:groups"] {
            add(&pool, json!([{"Name": name, "AttributeDataType": "String"}])).await.ok();
        }
        let schema = pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"]["SchemaAttributes"].clone();
        let added = schema.as_array().unwrap()[20..].iter().map(|attribute| attribute["Name"].as_str().unwrap().to_owned());
        assert_eq!(added.collect::<Vec<_>>(), ["custom:sub", "custom:email", "custom:iss", "custom:cognito:groups"]);
    }
}
