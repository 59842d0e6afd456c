//! The access keys of an IAM user.

use askama::Template;
use serde_json::json;

use super::{Part, call, user, user_at};
use crate::console::{Fields, Frame, Moment, Outcome, Reply, Visit, confirmed};
use crate::kit::json::Members as _;

/// An access key.
pub struct Key {
    /// Its id.
    pub id: String,
    /// Whether it is accepted.
    pub active: bool,
    /// When it was made.
    pub created: Option<Moment>,
    /// When, and what for, it was last used; the text says why that is not known.
    pub used: Result<Option<Used>, String>,
}

/// The last use of a key.
pub struct Used {
    /// When.
    pub at: Moment,
    /// The service.
    pub service: String,
    /// The region.
    pub region: String,
}

/// The keys of a user.
pub async fn of(visit: &Visit, name: &str) -> Part<Key> {
    let listed = call(visit, "ListAccessKeys", json!({"UserName": name})).await.map_err(|error| error.message)?;
    let mut keys = Vec::new();
    for key in listed.list("AccessKeyMetadata").iter() {
        let id = key.text("AccessKeyId");
        let used = call(visit, "GetAccessKeyLastUsed", json!({"AccessKeyId": id})).await.map_err(|error| error.message).map(|answer| {
            let used = answer.at("AccessKeyLastUsed");
            let at = Moment::read(used.at("LastUsedDate"), visit.now())?;
            Some(Used { at, service: used.text("ServiceName"), region: used.text("Region") })
        });
        let created = Moment::read(key.at("CreateDate"), visit.now());
        keys.push(Key { active: key.at("Status") == "Active", created, used, id });
    }
    Ok(keys)
}

#[derive(Template)]
#[template(path = "console/iam/new_key.html")]
struct NewKeyPage {
    frame: Frame,
    name: String,
    /// The user's page, below the console's root.
    back: String,
    access_key_id: String,
    secret: String,
    public_url: String,
}

/// `POST /console/iam/users/{name}/keys`: the one page that shows the secret.
pub async fn create(visit: &Visit, _: &Fields) -> Outcome {
    let name = visit.segment("name");
    match call(visit, "CreateAccessKey", json!({"UserName": name})).await {
        Ok(answer) => {
            let key = answer.at("AccessKey");
            Ok(Reply::page(&NewKeyPage {
                frame: visit.frame("New access key"),
                back: user_at(&name),
                access_key_id: key.text("AccessKeyId"),
                secret: key.text("SecretAccessKey"),
                public_url: visit.public_url().to_owned(),
                name,
            }))
        }
        Err(error) => user::again(visit, &name, error).await,
    }
}

/// `POST /console/iam/users/{name}/keys/{key}`: `do` is `activate`, `deactivate` or `delete`.
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (name, key) = (visit.segment("name"), visit.segment("key"));
    let about = json!({"UserName": name, "AccessKeyId": key});
    if fields.text("do") == "delete"
        && let Err(error) = confirmed(fields, &key)
    {
        return user::again(visit, &name, error).await;
    }
    let (operation, input, done) = match fields.text("do").as_str() {
        "delete" => ("DeleteAccessKey", about, "was deleted"),
        "deactivate" => ("UpdateAccessKey", json!({"UserName": name, "AccessKeyId": key, "Status": "Inactive"}), "is refused from now on"),
        _ => ("UpdateAccessKey", json!({"UserName": name, "AccessKeyId": key, "Status": "Active"}), "is accepted again"),
    };
    match call(visit, operation, input).await {
        Ok(_) => Ok(Reply::done(user_at(&name), format!("Access key {key} {done}."))),
        Err(error) => user::again(visit, &name, error).await,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    async fn keys(app: &TestApp) -> Vec<Value> {
        let listed = app.admin().call("ListAccessKeys", json!({"UserName": "ann"})).await.ok()["AccessKeyMetadata"].clone();
        listed.as_array().cloned().unwrap_or_default()
    }

    #[actix_web::test]
    async fn a_key_is_made_shown_once_used_deactivated_and_deleted() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let browser = app.console().await;
        assert!(browser.open("/iam/users/ann").await.text.contains("No access keys"));
        let page = browser.submit("/iam/users/ann/keys", &[]).await.text;
        let export = |name: &str| page.split_once(&format!("export {name}=")).unwrap().1.lines().next().unwrap().to_owned();
        let (id, secret) = (export("AWS_ACCESS_KEY_ID"), export("AWS_SECRET_ACCESS_KEY"));
        let secret = secret.split('<').next().unwrap();
        let shown = browser.open("/iam/users/ann").await.text;
        assert!(shown.contains(&id) && !shown.contains(secret) && shown.contains("never"), "{shown}");
        let ann = app.holder_of(&id, secret, None);
        ann.call("GetCallerIdentity", json!({})).await.ok();
        app.advance(Duration::from_secs(120));
        let used = browser.open("/iam/users/ann").await.text;
        assert!(used.contains("2 minutes ago") && used.contains("sts in us-east-1"), "{used}");
        let change = async |what: &str| {
            browser.submit_and_follow(&format!("/iam/users/ann/keys/{id}"), &[("do", what), ("confirm", id.as_str())]).await.text
        };
        assert!(change("deactivate").await.contains("is refused from now on"));
        assert_eq!(ann.call("GetCallerIdentity", json!({})).await.code(), "InvalidClientTokenId");
        assert!(change("activate").await.contains("is accepted again"));
        ann.call("GetCallerIdentity", json!({})).await.ok();
        let hasty = browser.submit(&format!("/iam/users/ann/keys/{id}"), &[("do", "delete"), ("confirm", "")]).await;
        assert!(hasty.status == 400 && keys(&app).await.len() == 1, "{}", hasty.text);
        assert!(change("delete").await.contains("was deleted"));
        assert!(keys(&app).await.is_empty());
    }

    #[actix_web::test]
    async fn a_secret_that_was_proven_long_ago_makes_no_key() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let browser = app.console().await;
        browser.open("/iam/users/ann").await;
        app.advance(Duration::from_secs(1200));
        let asked = browser.submit("/iam/users/ann/keys", &[]).await;
        assert_eq!((asked.status, asked.header("location")), (303, "/console/reauthenticate?to=%2Fiam%2Fusers%2Fann"));
        assert!(keys(&app).await.is_empty());
    }

    #[actix_web::test]
    async fn a_third_key_is_refused_on_the_users_page() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let browser = app.console().await;
        browser.open("/iam/users/ann").await;
        for _ in 0..2 {
            browser.submit("/iam/users/ann/keys", &[]).await.text.contains("export");
        }
        let refused = browser.submit("/iam/users/ann/keys", &[]).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(refused.text.contains("AccessKeysPerUser") && !refused.text.contains("export"));
    }

    #[actix_web::test]
    async fn whoever_may_not_make_keys_sees_why_and_makes_none() {
        let app = TestApp::new().await;
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let read = json!(["iam:GetUser", "iam:List*"]);
        let own = format!("arn:aws:iam::{ACCOUNT}:user/operator");
        let browser = app
            .console_of_user_with(json!([{"Effect": "Allow", "Action": read, "Resource": "*"},
                                         {"Effect": "Allow", "Action": "iam:*AccessKey*", "Resource": own}]))
            .await;
        let theirs = browser.open("/iam/users/ann").await.text;
        assert!(theirs.contains("not authorized to perform: iam:CreateAccessKey"), "{theirs}");
        assert_eq!(browser.submit("/iam/users/ann/keys", &[]).await.status, 403);
        assert!(keys(&app).await.is_empty());
        let own = browser.open("/iam/users/operator").await.text;
        assert!(!own.contains("not authorized to perform: iam:CreateAccessKey"), "{own}");
        assert!(browser.submit("/iam/users/operator/keys", &[]).await.text.contains("export AWS_SECRET_ACCESS_KEY"));
    }
}
