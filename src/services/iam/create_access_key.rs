//! CreateAccessKey: the one time that its secret is shown.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner::Owner;
use crate::context::Context;
use crate::iam::entity::AccessKey;
use crate::kit::clock::Timestamp;
use crate::kit::id::AccessKeyId;
use crate::store::{self, StoreError};

/// IAM user guide, "IAM quotas".
pub const KEYS_PER_USER: usize = 2;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
}

asks_about_owner!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    access_key: NewKey,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewKey {
    user_name: String,
    access_key_id: AccessKeyId,
    status: &'static str,
    secret_access_key: String,
    create_date: Timestamp,
}

pub async fn handle(cx: &Context, owner: Owner, _: Request) -> Result<Response, Error> {
    let key = AccessKey::issue(&cx.keys.at_rest, &cx.account_id, owner.id(), cx.now(), &mut cx.rng());
    let (key, secret) = key.map_err(StoreError::from)?;
    cx.write(async |tx| {
        owner.check_exists(tx).await?;
        if store::iam::keys_of(tx, &cx.account_id, &key.owner_id).await?.len() >= KEYS_PER_USER {
            return Err(Error::LimitExceeded(format!("Cannot exceed quota for AccessKeysPerUser: {KEYS_PER_USER}")));
        }
        Ok(store::iam::insert_key(tx, &key).await?)
    })
    .await?;
    Ok(Response {
        access_key: NewKey {
            user_name: owner.name().to_owned(),
            status: key.status(),
            access_key_id: key.id,
            secret_access_key: secret.expose_secret().to_owned(),
            create_date: key.created_at,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    /// A2: a key of another is whatever that other may do.
    #[actix_web::test]
    async fn whoever_may_make_their_own_keys_makes_none_of_others() {
        let app = TestApp::new().await;
        let own = format!("arn:aws:iam::{ACCOUNT}:user/ann");
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": own}])).await;
        app.admin().call("iam:CreateUser", json!({"UserName": "boss"})).await.ok();
        let key = app.admin().call("CreateAccessKey", json!({"UserName": "boss"})).await.ok()["AccessKey"]["AccessKeyId"].clone();
        for (operation, input) in [
            ("CreateAccessKey", json!({"UserName": "boss"})),
            ("UpdateAccessKey", json!({"UserName": "boss", "AccessKeyId": key, "Status": "Inactive"})),
            ("DeleteAccessKey", json!({"UserName": "boss", "AccessKeyId": key})),
            ("CreateLoginProfile", json!({"UserName": "boss", "Password": "Correct-horse-1"})),
            ("PutUserPolicy", json!({"UserName": "boss", "PolicyName": "p", "PolicyDocument": "{}"})),
        ] {
            assert_eq!(ann.call(operation, input).await.code(), "AccessDenied", "{operation}");
        }
        ann.call("CreateAccessKey", json!({"UserName": "ann"})).await.ok();
    }
}
