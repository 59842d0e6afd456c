//! GetRole: its last use is told to some minutes; what other nodes saw in the last of them may be missing.

use std::slice;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answers::RoleAnswer;
use super::errors::Error;
use super::{boundaries, trusted};
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::entity::Role;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store::{self, Conn};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    role_name: String,
}

impl Asks for Request {
    type Found = Role;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Role>, Fault> {
        found(cx, &self.role_name).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    role: RoleAnswer,
}

/// A use is told of for so long (IAM API reference, RoleLastUsed: the trailing 400 days).
const TOLD: Duration = Duration::from_secs(400 * 86_400);

pub async fn handle(cx: &Context, mut role: Role, _: Request) -> Result<Response, Error> {
    cx.read(async |tx| {
        trusted::by_arn(tx, &cx.account_id, slice::from_mut(&mut role)).await?;
        Ok(Response { role: answer(tx, cx, role).await? })
    })
    .await
}

/// A role, with its permissions boundary and its last use.
pub async fn answer(tx: &mut Conn, cx: &Context, role: Role) -> Result<RoleAnswer, Error> {
    let boundary = boundaries::arn_of(tx, &cx.account_id, &role.id).await?;
    let recorded = store::iam::last_role_use(tx, &cx.account_id, &role.id).await?;
    // What this node has noted since is not recorded yet.
    let used = recorded.into_iter().chain(cx.role_uses.last_of(&role.id)).max_by_key(|used| used.at);
    let used = used.filter(|used| cx.now().since(used.at) <= TOLD);
    Ok(RoleAnswer::with_use(role, boundary, used))
}

/// A role by name. What is not there is judged by the ARN that it would have without a path.
pub async fn found(cx: &Context, name: &str) -> Result<Resolved<Role>, Fault> {
    match cx.read(async |tx| store::iam::find_role(tx, &cx.account_id, name).await).await? {
        Some(role) => {
            let ask = Ask::on(role.arn()).resource_tags(&role.tags);
            Ok(Resolved::one(Ok(role), ask))
        }
        None => Ok(Resolved::one(Err(no_role(name).into()), Ask::on(Arn::role(&cx.account_id, "/", name)))),
    }
}

/// A role as the transaction finds it, which was found and judged before it. Its name and path never change.
pub async fn still(tx: &mut Conn, judged: &Role) -> Result<Role, Error> {
    store::iam::find_role_by_id(tx, &judged.account_id, &judged.id).await?.ok_or_else(|| no_role(&judged.name))
}

/// The request asks about the role of its `role_name`; by its permissions boundary too, where it changes what it may.
macro_rules! asks_about_role {
    ($request:ty) => {
        asks!($request => $crate::iam::entity::Role, |asked, cx| $crate::services::iam::get_role::found(cx, &asked.role_name).await);
    };
    ($request:ty, by their boundary) => {
        asks!($request => $crate::iam::entity::Role, |asked, cx| {
            let found = $crate::services::iam::get_role::found(cx, &asked.role_name).await?;
            $crate::services::iam::boundaries::asking(cx, found).await
        });
    };
}

/// No role of that name.
pub fn no_role(name: &str) -> Error {
    Error::NoSuchEntity(format!("The role with name {name} cannot be found."))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    async fn last_used(app: &TestApp) -> Value {
        app.admin().call("GetRole", json!({"RoleName": "reader"})).await.ok()["Role"]["RoleLastUsed"].clone()
    }

    #[actix_web::test]
    async fn a_role_says_when_one_of_its_sessions_last_asked_for_something() {
        let app = TestApp::new().await;
        let trust = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}});
        let role = json!({"RoleName": "reader", "AssumeRolePolicyDocument": trust.to_string()});
        let made = app.admin().call("CreateRole", role).await.ok();
        assert_eq!(made["Role"]["RoleLastUsed"], Value::Null);
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
        let wanted = json!({"RoleArn": made["Role"]["Arn"], "RoleSessionName": "session"});
        let keys = ann.call("AssumeRole", wanted).await.ok()["Credentials"].clone();
        let text = |name: &str| keys[name].as_str().unwrap().to_owned();
        let never = last_used(&app).await;
        assert!(never["LastUsedDate"].is_null() && never["Region"].is_null(), "a session that did nothing is no use: {never}");

        let session = app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")));
        session.call("GetCallerIdentity", json!({})).await.ok();
        let used = json!({"LastUsedDate": "2027-01-15T08:00:00Z", "Region": "us-east-1"});
        assert_eq!(last_used(&app).await, used);
        let there = app.another_node().await;
        assert!(last_used(&there).await["LastUsedDate"].is_null());
        app.record_uses().await;
        assert_eq!(last_used(&there).await, used);
        app.advance(Duration::from_secs(401 * 86_400));
        assert!(last_used(&there).await["LastUsedDate"].is_null(), "uses are told of for 400 days");
    }
}
