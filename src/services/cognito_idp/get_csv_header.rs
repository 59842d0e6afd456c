//! GetCSVHeader: the columns of files of users, by the pool's schema.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::userpools::import;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
}

asks_about_pool!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_id: UserPoolId,
    #[serde(rename = "CSVHeader")]
    csv_header: Vec<String>,
}

pub async fn handle(_: &Context, pool: Arc<Pool>, _: Request) -> Result<Response, Error> {
    Ok(Response { user_pool_id: pool.id.clone(), csv_header: import::columns(&pool) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn the_header_has_the_pools_own_attributes_and_not_the_sub() {
        let app = TestApp::new().await;
        let schema = json!({"Schema": [{"Name": "plan", "AttributeDataType": "String", "Mutable": true}]});
        let pool = app.pool_with(schema, json!({})).await;
        let answer = pool.admin("GetCSVHeader", json!({})).await.ok();
        let header: Vec<&str> = answer["CSVHeader"].as_array().unwrap().iter().map(|column| column.as_str().unwrap()).collect();
        assert_eq!(header.first(), Some(&"name"));
        assert_eq!(header[header.len() - 3..], ["custom:plan", "cognito:mfa_enabled", "cognito:username"]);
        assert!(!header.contains(&"sub"));
        let missing = app.admin().call("GetCSVHeader", json!({"UserPoolId": "us-east-1_000000000"})).await;
        assert_eq!(missing.code(), "ResourceNotFoundException");
    }
}
