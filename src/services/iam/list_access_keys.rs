//! ListAccessKeys, paged.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner::Owner;
use super::pages::Asked;
use crate::context::Context;
use crate::iam::entity::AccessKey;
use crate::kit::clock::Timestamp;
use crate::kit::id::AccessKeyId;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_owner!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    access_key_metadata: Vec<Metadata>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metadata {
    user_name: String,
    access_key_id: AccessKeyId,
    status: &'static str,
    create_date: Timestamp,
}

pub async fn handle(cx: &Context, owner: Owner, request: Request) -> Result<Response, Error> {
    let owner_id = owner.id();
    let keys = cx.read(async |tx| store::iam::keys_of(tx, &cx.account_id, &owner_id).await).await?;
    let place = ["iam:ListAccessKeys", cx.account_id.as_str(), owner_id.as_str()];
    let asked = Asked { marker: request.marker.as_deref(), max_items: request.max_items };
    let (keys, marker) = asked.of_whole(cx, &place, keys, place_of)?;
    let is_truncated = marker.is_some();
    let metadata = keys.into_iter().map(|key| Metadata {
        user_name: owner.name().to_owned(),
        status: key.status(),
        create_date: key.created_at,
        access_key_id: key.id,
    });
    Ok(Response { access_key_metadata: metadata.collect(), is_truncated, marker })
}

/// Where a key stands among its owner's, by time: known of a key that is gone too.
fn place_of(key: &AccessKey) -> String {
    format!("{:020} {}", key.created_at.millis(), key.id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_page_goes_on_where_the_last_ended_though_that_key_is_gone() {
        let app = TestApp::new().await;
        for _ in 0..2 {
            app.advance(Duration::from_secs(1));
            app.root_of(ACCOUNT).await;
        }
        let page = async |asked: Value| {
            let page = app.admin().call("ListAccessKeys", asked).await.ok();
            let ids = page["AccessKeyMetadata"].as_array().unwrap().iter().map(|key| key["AccessKeyId"].clone());
            (ids.collect::<Vec<_>>(), page["Marker"].clone())
        };
        let (all, _) = page(json!({})).await;
        assert_eq!(all.len(), 3);
        let (first, marker) = page(json!({"MaxItems": 2})).await;
        assert_eq!(first, all[..2]);
        app.admin().call("DeleteAccessKey", json!({"AccessKeyId": all[1]})).await.ok();
        assert_eq!(page(json!({"Marker": marker})).await, (all[2..].to_vec(), Value::Null));
    }
}
