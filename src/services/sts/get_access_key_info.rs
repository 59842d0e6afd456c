//! GetAccessKeyInfo: the account that an access key id says that it is of. Whether there is such a key is not told.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::crypto::ids;
use crate::kit::id::{AccessKeyId, AccountId};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_key_id: AccessKeyId,
}

asks!(Request => (), |_asked, cx| super::everything(cx));

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    account: AccountId,
}

pub async fn handle(_: &Context, (): (), request: Request) -> Result<Response, Error> {
    let read = ids::read_access_key_id(&request.access_key_id);
    let (_, account) = read.ok_or_else(|| Error::Validation("The access key id is not valid.".to_owned()))?;
    Ok(Response { account })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn an_id_says_whose_it_is_whether_or_not_there_is_such_a_key() {
        let app = TestApp::new().await;
        let key = app.root_key().0.clone();
        let temporary =
            app.admin().call("GetSessionToken", json!({})).await.ok()["Credentials"]["AccessKeyId"].as_str().unwrap().to_owned();
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:GetAccessKeyInfo", "Resource": "*"}])).await;
        for id in [&key, &temporary] {
            assert_eq!(ann.call("GetAccessKeyInfo", json!({"AccessKeyId": id})).await.ok()["Account"], ACCOUNT);
        }
        assert_eq!(ann.call("GetAccessKeyInfo", json!({"AccessKeyId": "not_a_key_of_ours"})).await.code(), "ValidationError");
        app.admin().call("iam:CreateUser", json!({"UserName": "bob"})).await.ok();
        let bob = app.user_of("bob", json!([{"Effect": "Allow", "Action": "notes:*", "Resource": "*"}])).await;
        assert_eq!(bob.call("GetAccessKeyInfo", json!({"AccessKeyId": key})).await.code(), "AccessDenied");
    }
}
