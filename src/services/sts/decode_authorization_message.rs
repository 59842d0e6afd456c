//! DecodeAuthorizationMessage: what a denial of the caller's account rests on.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::authz;
use crate::context::Context;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    encoded_message: String,
}

asks!(Request => (), |_asked, cx| super::everything(cx));

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    decoded_message: String,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let decoded_message = authz::opened_denial(cx, &cx.account_id, &request.encoded_message);
    Ok(Response { decoded_message: decoded_message.ok_or(Error::InvalidAuthorizationMessage)? })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_denial_is_opened_by_those_of_its_account_who_may() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Sid": "NoUsers", "Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*"}])).await;
        let denied = ann.call("iam:ListUsers", json!({})).await;
        let message = denied.encoded();
        assert!(!message.is_empty() && message.len() <= 10_240, "{}", denied.text);
        // Nothing of it is read by whoever was denied.
        assert!(!message.contains("NoUsers"));
        assert_eq!(ann.call("DecodeAuthorizationMessage", json!({"EncodedMessage": message})).await.code(), "AccessDenied");
        let told = app.admin().call("DecodeAuthorizationMessage", json!({"EncodedMessage": message})).await.ok();
        let told: Value = serde_json::from_str(told["DecodedMessage"].as_str().unwrap()).unwrap();
        assert_eq!((&told["allowed"], &told["explicitDeny"]), (&json!(false), &json!(true)));
        assert_eq!(told["matchedStatements"]["items"][0]["statementId"], "NoUsers");
        assert_eq!(told["context"]["principal"]["arn"], format!("arn:aws:iam::{ACCOUNT}:user/ann"));
        assert_eq!((&told["context"]["action"], &told["context"]["resource"]), (&json!("iam:ListUsers"), &json!("*")));
        let items = told["context"]["conditions"]["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["key"] == "aws:username" && item["values"]["items"][0]["value"] == "ann"), "{items:?}");
        // Without a matching statement too, and in JSON as in XML.
        let implicit = ann.call("ListUserPools", json!({"MaxResults": 1})).await;
        let told = app.admin().call("DecodeAuthorizationMessage", json!({"EncodedMessage": implicit.encoded()})).await.ok();
        assert!(told["DecodedMessage"].as_str().unwrap().contains(r#""explicitDeny":false"#));
        let other = app.root_of("111111111111").await;
        for (caller, text) in [(&other, message.as_str()), (&app.admin(), "forged"), (&app.admin(), &message[1..])] {
            let refused = caller.call("DecodeAuthorizationMessage", json!({"EncodedMessage": text})).await;
            assert_eq!(refused.code(), "InvalidAuthorizationMessageException");
        }
    }

    #[actix_web::test]
    async fn how_long_a_message_is_tells_nothing_of_the_resource() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "notes:*", "Resource": "*"}])).await;
        let many: Vec<Value> = (0..50).map(|number| json!({"Key": format!("{number}"), "Value": "v".repeat(256)})).collect();
        let long = json!([{"Key": "name", "Value": "é".repeat(100)}]);
        for (name, tags) in [("few", json!([])), ("many", json!(many)), ("long", long)] {
            app.admin().call("iam:CreateUser", json!({"UserName": name, "Tags": tags})).await.ok();
        }
        let mut lengths = Vec::new();
        for name in ["few", "many", "long", "none"] {
            lengths.push(ann.call("iam:GetUser", json!({"UserName": name})).await.encoded().len());
        }
        lengths.dedup();
        assert_eq!(lengths.len(), 1, "{lengths:?}");
    }
}
