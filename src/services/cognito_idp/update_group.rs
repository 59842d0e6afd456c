//! UpdateGroup: what is given is changed, and what is not given stays. A blank description clears it.

use serde::Deserialize;

use super::errors::Error;
use super::group_answer::{self, Found, Response, filled};
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::operation::{Asks, Fault, Resolved};
use crate::store;
use crate::userpools::group::Group;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    group_name: String,
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i32>,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        group_answer::resolve(cx, &self.user_pool_id, self.role_arn.as_deref()).await
    }
}

pub async fn handle(cx: &Context, Found { pool_id, role_arn }: Found, request: Request) -> Result<Response, Error> {
    let group = cx
        .write(async |tx| {
            let before = store::groups::find(tx, &pool_id, &request.group_name).await?.ok_or(Error::NoSuchGroup)?;
            let group = Group {
                description: request.description.clone().map_or_else(|| before.description.clone(), filled),
                role_arn: role_arn.clone().or_else(|| before.role_arn.clone()),
                precedence: request.precedence.map(i64::from).or(before.precedence),
                modified_at: cx.now(),
                ..before
            };
            store::groups::update(tx, &group).await?;
            Ok::<_, Error>(group)
        })
        .await?;
    Ok(group.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn what_is_given_is_changed_and_the_rest_stays() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("CreateGroup", json!({"GroupName": "g", "Description": "d", "Precedence": 3})).await.ok();
        app.advance(Duration::from_secs(1));
        let updated = pool.admin("UpdateGroup", json!({"GroupName": "g", "Precedence": 0})).await.ok()["Group"].clone();
        assert_eq!((&updated["Description"], &updated["Precedence"]), (&json!("d"), &json!(0)));
        assert!(updated["LastModifiedDate"].as_f64() > updated["CreationDate"].as_f64());
        let cleared = pool.admin("UpdateGroup", json!({"GroupName": "g", "Description": ""})).await.ok()["Group"].clone();
        assert_eq!((cleared.get("Description"), &cleared["Precedence"]), (None, &json!(0)));
        assert_eq!(pool.admin("UpdateGroup", json!({"GroupName": "G"})).await.code(), "ResourceNotFoundException");
    }
}
