//! AdminDeleteUserAttributes: what the schema neither requires nor holds fast.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::triggers::{Through, Told};
use crate::flows::user_attributes::change_by_administrator;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    user_attribute_names: Vec<String>,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let deleted = request.user_attribute_names.into_iter().map(|name| (name, String::new())).collect();
    change_by_administrator(cx, Through::administrator(&pool, &Told::default()), &request.username, &deleted).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn what_is_deleted_is_gone_and_what_is_required_stays() {
        let app = TestApp::new().await;
        let required = json!({"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true});
        let pool = app.pool_with(json!({"AliasAttributes": ["email"], "Schema": [required]}), json!({})).await;
        let given = json!({"name": "Alice", "email": "a@x.example", "email_verified": "true", "nickname": "al"});
        let alice = pool.user_with("alice", given).await;
        let delete = async |name: &str, attribute: &str| {
            pool.admin("AdminDeleteUserAttributes", json!({"Username": name, "UserAttributeNames": [attribute]})).await.code()
        };
        pool.sign_in("a@x.example", PASSWORD).await.ok();
        for (name, attribute, code) in [
            ("alice", "email", ""),
            ("alice", "email", ""),
            ("alice", "name", "InvalidParameterException"),
            ("alice", "sub", "InvalidParameterException"),
            ("alice", "custom:none", "InvalidParameterException"),
            ("nobody", "email", "UserNotFoundException"),
        ] {
            assert_eq!(delete(name, attribute).await, code, "{attribute} of {name}");
        }
        assert_eq!(pool.sign_in("a@x.example", PASSWORD).await.code(), "NotAuthorizedException", "it is no name any more");
        let left: Vec<_> = alice.described().await["UserAttributes"].as_array().unwrap()[1..].to_vec();
        assert_eq!(left, [json!({"Name": "name", "Value": "Alice"}), json!({"Name": "nickname", "Value": "al"})]);
        let found = pool.admin("ListUsers", json!({"Filter": "email = \"a@x.example\""})).await.ok();
        assert_eq!(found["Users"], json!([]));
    }
}
