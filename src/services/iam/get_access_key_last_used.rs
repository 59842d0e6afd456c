//! GetAccessKeyLastUsed: to some minutes; what other nodes saw in the last of them may be missing.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner::{self, Owner};
use crate::context::Context;
use crate::iam::uses::Use;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, UniqueId};
use crate::operation::{Asks, Fault, Resolved};
use crate::store;

/// What is said of a key that was never used (IAM API reference, AccessKeyLastUsed).
const NEVER: &str = "N/A";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_key_id: AccessKeyId,
}

impl Asks for Request {
    type Found = Owner;

    /// The operation has no error for a key that is not there: like another account's, it is one that the caller may not ask
    /// about.
    async fn resolve(&self, cx: &Context) -> Result<Resolved<Owner>, Fault> {
        let refused = || {
            let (caller, key) = (cx.caller.principal(), &self.access_key_id);
            let action = "iam:GetAccessKeyLastUsed";
            Fault::AccessDenied(format!("User: {caller} is not authorized to perform: {action} on resource: access key {key}"))
        };
        let key = cx.read(async |tx| store::iam::find_key(tx, &cx.account_id, &self.access_key_id).await).await?.ok_or_else(refused)?;
        if key.owner_id == UniqueId::of_root(&key.account_id) {
            return Ok(owner::root(key.account_id));
        }
        let user = cx.read(async |tx| store::iam::find_user_by_id(tx, &cx.account_id, &key.owner_id).await).await?.ok_or_else(refused)?;
        let ask = owner::about(&user);
        Ok(Resolved::one(Ok(Owner::User(user)), ask))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "String::is_empty")]
    user_name: String,
    access_key_last_used: LastUsed,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastUsed {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_date: Option<Timestamp>,
    service_name: String,
    region: String,
}

impl From<Option<Use>> for LastUsed {
    fn from(used: Option<Use>) -> Self {
        match used {
            Some(used) => Self { last_used_date: Some(used.at), service_name: used.service, region: used.region },
            None => Self { last_used_date: None, service_name: NEVER.to_owned(), region: NEVER.to_owned() },
        }
    }
}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    let recorded = cx.read(async |tx| store::iam::last_use(tx, &cx.account_id, &request.access_key_id).await).await?;
    // What this node has noted since is not recorded yet.
    let used = recorded.into_iter().chain(cx.key_uses.last_of(&request.access_key_id)).max_by_key(|used| used.at);
    Ok(Response { user_name: owner.name().to_owned(), access_key_last_used: used.into() })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    async fn last_used(app: &TestApp, key: &Value) -> Value {
        app.admin().call("GetAccessKeyLastUsed", json!({"AccessKeyId": key})).await.ok()
    }

    #[actix_web::test]
    async fn the_last_use_is_known_here_at_once_and_elsewhere_when_it_is_recorded() {
        let app = TestApp::new().await;
        let there = app.another_node().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let key = app.admin().call("CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"].clone();
        let id = &key["AccessKeyId"];
        let never = json!({"UserName": "ann", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}});
        assert_eq!(last_used(&app, id).await, never);
        let ann = app.holder_of(id.as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap(), None);
        ann.in_region("eu-west-1").call("GetCallerIdentity", json!({})).await.ok();
        let used = json!({"LastUsedDate": "2027-01-15T08:00:00Z", "ServiceName": "sts", "Region": "eu-west-1"});
        assert_eq!(last_used(&app, id).await["AccessKeyLastUsed"], used);
        assert_eq!(last_used(&there, id).await, never);
        app.record_uses().await;
        assert_eq!(last_used(&there, id).await["AccessKeyLastUsed"], used);
        // What comes in the next minutes is the same use; after them it is another.
        app.advance(Duration::from_secs(299));
        ann.call("iam:ListUsers", json!({})).await;
        assert_eq!(last_used(&app, id).await["AccessKeyLastUsed"], used);
        app.advance(Duration::from_secs(1));
        ann.call("iam:ListUsers", json!({})).await;
        let later = json!({"LastUsedDate": "2027-01-15T08:05:00Z", "ServiceName": "iam", "Region": "us-east-1"});
        assert_eq!(last_used(&app, id).await["AccessKeyLastUsed"], later);
        app.record_uses().await;
        there.record_uses().await;
        assert_eq!(last_used(&there, id).await["AccessKeyLastUsed"], later, "what another node noted earlier does not undo it");
    }

    #[actix_web::test]
    async fn a_wrong_signature_is_no_use_of_the_key() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let key = app.admin().call("CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"]["AccessKeyId"].clone();
        app.holder_of(key.as_str().unwrap(), "wrong", None).call("GetCallerIdentity", json!({})).await;
        assert_eq!(last_used(&app, &key).await["AccessKeyLastUsed"]["ServiceName"], "N/A");
    }

    #[actix_web::test]
    async fn who_may_not_read_a_user_may_not_read_their_keys_use_and_no_key_is_told_from_anothers() {
        let app = TestApp::new().await;
        let ann =
            app.user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": format!("arn:aws:iam::{ACCOUNT}:user/ann")}])).await;
        app.admin().call("iam:CreateUser", json!({"UserName": "bob"})).await.ok();
        let key = app.admin().call("CreateAccessKey", json!({"UserName": "bob"})).await.ok()["AccessKey"]["AccessKeyId"].clone();
        assert_eq!(ann.call("GetAccessKeyLastUsed", json!({"AccessKeyId": key})).await.code(), "AccessDenied");
        let own = app.admin().call("ListAccessKeys", json!({"UserName": "ann"})).await.ok()["AccessKeyMetadata"][0]["AccessKeyId"].clone();
        ann.call("GetAccessKeyLastUsed", json!({"AccessKeyId": own})).await.ok();
        let other = app.root_of("111111111111").await;
        for key in [key.as_str().unwrap(), "AKIAAAAAAAAAAAAAAAAA"] {
            let refused = other.call("GetAccessKeyLastUsed", json!({"AccessKeyId": key})).await.error();
            let said = format!(
                "User: arn:aws:iam::111111111111:root is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key {key}"
            );
            assert_eq!(refused, ("AccessDenied".to_owned(), said));
        }
    }
}
