//! DeleteUserAttributes: the user's own, as far as their client may write them and the schema neither requires nor holds them.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::own_attributes;
use crate::flows::triggers::Told;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    user_attribute_names: Vec<String>,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    let deleted = request.user_attribute_names.into_iter().map(|name| (name, String::new())).collect();
    own_attributes::update(cx, &holder, &deleted, &Told::default()).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_is_the_users_to_delete_is_gone_and_the_rest_stays() {
        let app = TestApp::new().await;
        let schema = json!([{"Name": "name", "AttributeDataType": "String", "Required": true, "Mutable": true},
                            {"Name": "tier", "AttributeDataType": "String", "DeveloperOnlyAttribute": true},
                            {"Name": "fixed", "AttributeDataType": "String", "Mutable": false}]);
        let writable = json!(["name", "email", "nickname", "custom:fixed"]);
        let pool = app.pool_with(json!({"AliasAttributes": ["email"], "Schema": schema}), json!({"WriteAttributes": writable})).await;
        let given = json!({"name": "Alice", "email": "a@x.example", "email_verified": "true", "nickname": "al", "gender": "f",
                           "custom:fixed": "f", "dev:custom:tier": "gold"});
        let alice = pool.user_with("alice", given).await;
        let token = alice.signed_in().await["AccessToken"].clone();
        let delete = async |names: &[&str]| {
            app.anonymous().call("DeleteUserAttributes", json!({"AccessToken": token, "UserAttributeNames": names})).await
        };
        let before = alice.described().await["UserAttributes"].clone();
        for (names, code) in [
            (["nickname", "name"], "InvalidParameterException"),
            (["nickname", "sub"], "NotAuthorizedException"),
            (["nickname", "custom:fixed"], "InvalidParameterException"),
            (["nickname", "gender"], "NotAuthorizedException"),
            (["nickname", "dev:custom:tier"], "NotAuthorizedException"),
            (["nickname", "email_verified"], "NotAuthorizedException"),
            (["nickname", "custom:none"], "NotAuthorizedException"),
        ] {
            assert_eq!(delete(&names).await.code(), code, "{names:?}");
        }
        assert_eq!(alice.described().await["UserAttributes"], before, "what is refused changes nothing");
        for _ in 0..2 {
            assert_eq!(delete(&["nickname", "email"]).await.ok(), json!({}));
        }
        let left: Vec<_> =
            alice.described().await["UserAttributes"].as_array().unwrap()[1..].iter().map(|one| one["Name"].clone()).collect();
        assert_eq!(left, ["custom:fixed", "dev:custom:tier", "gender", "name"]);
        let found = pool.admin("AdminGetUser", json!({"Username": "a@x.example"})).await;
        assert_eq!(found.code(), "UserNotFoundException", "an address that is gone is no name");
    }
}
