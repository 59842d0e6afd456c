//! ListRoles, paged.

use serde::Serialize;

use super::answers::RoleAnswer;
use super::errors::Error;
use super::pages::ByPath;
use super::trusted;
use crate::context::Context;
use crate::store;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    roles: Vec<RoleAnswer>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

pub async fn handle(cx: &Context, (): (), request: ByPath) -> Result<Response, Error> {
    let place = ["iam:ListRoles", cx.account_id.as_str()];
    let asked = request.asked();
    let after = asked.after(cx, &place)?;
    let (roles, marker) = cx
        .read(async |tx| {
            let roles = store::iam::list_roles(tx, &cx.account_id, request.prefix(), &after, asked.limit() + 1).await?;
            let (mut roles, marker) = asked.cut(cx, &place, roles, |role| role.id.to_string())?;
            trusted::by_arn(tx, &cx.account_id, &mut roles).await?;
            Ok::<_, Error>((roles, marker))
        })
        .await?;
    let is_truncated = marker.is_some();
    Ok(Response { roles: roles.into_iter().map(RoleAnswer::listed).collect(), is_truncated, marker })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn roles_are_listed_by_path_and_page_without_their_tags() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}])).await;
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/ann");
        let trust =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}});
        for (path, name) in [("/", "a"), ("/team/", "b"), ("/team/x/", "c"), ("/teams/", "d")] {
            let role = json!({"RoleName": name, "Path": path, "AssumeRolePolicyDocument": trust.to_string(), "Tags": [{"Key": "k", "Value": "v"}]});
            app.admin().call("CreateRole", role).await.ok();
        }
        let names = |page: &Value| {
            let mut names: Vec<String> =
                page["Roles"].as_array().into_iter().flatten().map(|role| role["RoleName"].as_str().unwrap().to_owned()).collect();
            names.sort_unstable();
            names
        };
        let all = ann.call("ListRoles", json!({})).await.ok();
        assert_eq!((names(&all), all["IsTruncated"].clone()), (["a", "b", "c", "d"].map(str::to_owned).to_vec(), "false".into()));
        let document = all["Roles"][0]["AssumeRolePolicyDocument"].as_str().unwrap();
        assert!(document.contains("user%2Fann") && !document.contains("AIDA"), "{document}");
        assert_eq!(all["Roles"][0]["Tags"], Value::Null);
        assert_eq!(names(&ann.call("ListRoles", json!({"PathPrefix": "/team/"})).await.ok()), ["b", "c"]);
        let mut found = Vec::new();
        let mut page = ann.call("ListRoles", json!({"MaxItems": 3})).await.ok();
        assert_eq!(page["IsTruncated"], "true");
        let marker = page["Marker"].clone();
        loop {
            found.extend(names(&page));
            let Some(marker) = page["Marker"].as_str() else { break };
            page = ann.call("ListRoles", json!({"MaxItems": 3, "Marker": marker})).await.ok();
        }
        found.sort_unstable();
        assert_eq!(found, ["a", "b", "c", "d"]);
        let other = app.root_of("111111111111").await;
        assert_eq!(other.call("ListRoles", json!({"Marker": marker})).await.code(), "ValidationError");
        assert_eq!(names(&other.call("ListRoles", json!({})).await.ok()), Vec::<String>::new());
    }
}
