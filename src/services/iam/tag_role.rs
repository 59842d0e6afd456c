//! TagRole: a tag takes the place of one whose key differs in capitals only.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::get_role;
use super::tags;
use crate::context::Context;
use crate::iam::entity::{Role, Tag};
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
    tags: Vec<Tag>,
}

impl Asks for Request {
    type Found = Role;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Role>, Fault> {
        Ok(get_role::found(cx, &self.role_name).await?.asking(|ask| ask.request_tags(&self.tags)))
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, role: Role, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let now = get_role::still(tx, &role).await?;
        let tags = tags::merged(&now.tags, &request.tags)?;
        store::iam::update_role(tx, &Role { tags, ..now }).await?;
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
    async fn tags_of_roles_are_listed_by_key_and_page() {
        let app = TestApp::new().await;
        app.role("app", json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}])).await;
        let tags = json!([{"Key": "b", "Value": "1"}, {"Key": "c", "Value": ""}, {"Key": "a", "Value": "3"}]);
        app.admin().call("TagRole", json!({"RoleName": "app", "Tags": tags})).await.ok();
        app.admin().call("UntagRole", json!({"RoleName": "app", "TagKeys": ["c"]})).await.ok();
        let page = app.admin().call("ListRoleTags", json!({"RoleName": "app", "MaxItems": 1})).await.ok();
        assert_eq!((&page["Tags"], &page["IsTruncated"]), (&json!([{"Key": "a", "Value": "3"}]), &"true".into()));
        let page = app.admin().call("ListRoleTags", json!({"RoleName": "app", "Marker": page["Marker"]})).await.ok();
        assert_eq!((&page["Tags"], &page["IsTruncated"]), (&json!([{"Key": "b", "Value": "1"}]), &"false".into()));
        let many: Vec<_> = (0..49).map(|number| json!({"Key": number.to_string(), "Value": ""})).collect();
        assert_eq!(app.admin().call("TagRole", json!({"RoleName": "app", "Tags": many})).await.code(), "LimitExceeded");
    }
}
