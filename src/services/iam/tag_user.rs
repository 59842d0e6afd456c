//! TagUser: a tag takes the place of one whose key differs in capitals only.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner;
use super::tags;
use crate::context::Context;
use crate::iam::entity::{Tag, User};
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    tags: Vec<Tag>,
}

impl Asks for Request {
    type Found = User;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<User>, Fault> {
        Ok(owner::found_user(cx, &self.user_name).await?.asking(|ask| ask.request_tags(&self.tags)))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let now = owner::still(tx, &user).await?;
        let tags = tags::merged(&now.tags, &request.tags)?;
        store::iam::update_user(tx, &User { tags, ..now }).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_users_tags_are_conditions_from_the_next_call_on() {
        let app = TestApp::new().await;
        let ann = app
            .user_with(json!([{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*",
                               "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}]))
            .await;
        let list = async || ann.call("iam:ListUsers", json!({})).await.code();
        assert_eq!(list().await, "AccessDenied");
        app.admin().call("TagUser", json!({"UserName": "ann", "Tags": [{"Key": "team", "Value": "red"}]})).await.ok();
        assert_eq!(list().await, "");
        app.admin().call("TagUser", json!({"UserName": "ann", "Tags": [{"Key": "Team", "Value": "blue"}]})).await.ok();
        assert_eq!(list().await, "AccessDenied");
        let tags = app.admin().call("ListUserTags", json!({"UserName": "ann"})).await.ok()["Tags"].clone();
        assert_eq!(tags, json!([{"Key": "Team", "Value": "blue"}]));
        app.admin().call("UntagUser", json!({"UserName": "ann", "TagKeys": ["TEAM", "none"]})).await.ok();
        assert_eq!(app.admin().call("ListUserTags", json!({"UserName": "ann"})).await.ok()["Tags"], json!(""));
    }

    #[actix_web::test]
    async fn whoever_tags_is_judged_by_the_tags() {
        let app = TestApp::new().await;
        let ann = app
            .user_with(
                json!([{"Effect": "Allow", "Action": ["iam:TagUser", "iam:UntagUser", "iam:TagRole", "iam:UntagRole"], "Resource": "*",
                               "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["color"]},
                                             "StringEqualsIfExists": {"aws:RequestTag/color": "red"}}}]),
            )
            .await;
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        for (kind, name) in [("User", "ann"), ("Role", "app")] {
            let tag = async |key: &str, value: &str| {
                let tags = json!([{"Key": key, "Value": value}]);
                ann.call(&format!("Tag{kind}"), json!({format!("{kind}Name"): name, "Tags": tags})).await.code()
            };
            assert_eq!(tag("color", "red").await, "");
            assert_eq!(tag("color", "blue").await, "AccessDenied");
            assert_eq!(tag("team", "red").await, "AccessDenied");
            let untag =
                async |key: &str| ann.call(&format!("Untag{kind}"), json!({format!("{kind}Name"): name, "TagKeys": [key]})).await.code();
            assert_eq!((untag("team").await, untag("color").await), ("AccessDenied".to_owned(), String::new()));
        }
    }
}
