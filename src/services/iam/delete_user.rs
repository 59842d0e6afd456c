//! DeleteUser.

use serde::{Deserialize, Serialize};

use super::attachments;
use super::errors::{Error, MEMBERS_FIRST, POLICIES_FIRST};
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
}

asks_about_user!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, _: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        owner::still(tx, &user).await?;
        if !store::iam::groups_of(tx, &user.account_id, &user.id).await?.is_empty() {
            return Err(Error::DeleteConflict(MEMBERS_FIRST));
        }
        attachments::check_detached(tx, &user).await?;
        if !store::iam::policy_names(tx, &user.account_id, &user.id).await?.is_empty() {
            return Err(Error::DeleteConflict(POLICIES_FIRST));
        }
        if !store::iam::keys_of(tx, &user.account_id, &user.id).await?.is_empty() {
            return Err(Error::DeleteConflict("Cannot delete entity, must delete access keys first."));
        }
        if store::iam::login_profile(tx, &user.account_id, &user.id).await?.is_some() {
            return Err(Error::DeleteConflict("Cannot delete entity, must delete login profile first."));
        }
        if !store::iam::mfa_devices_of(tx, &user.account_id, &user.id).await?.is_empty() {
            return Err(Error::DeleteConflict("Cannot delete entity, must delete MFA device first."));
        }
        store::iam::delete_boundary(tx, &user.account_id, &user.id).await?;
        Ok::<_, Error>(store::iam::delete_user(tx, &user.account_id, &user.id).await?)
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_user_goes_after_all_that_is_theirs() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])).await;
        let delete = async || app.admin().call("iam:DeleteUser", json!({"UserName": "ann"})).await;
        let conflict = |what: &str| ("DeleteConflict".to_owned(), format!("Cannot delete entity, must delete {what} first."));
        assert_eq!(delete().await.error(), conflict("policies"));
        app.admin().call("DeleteUserPolicy", json!({"UserName": "ann", "PolicyName": "p"})).await.ok();
        assert_eq!(delete().await.error(), conflict("access keys"));
        let keys = app.admin().call("ListAccessKeys", json!({"UserName": "ann"})).await.ok();
        let key = &keys["AccessKeyMetadata"][0]["AccessKeyId"];
        ann.call("GetCallerIdentity", json!({})).await.ok();
        app.admin().call("DeleteAccessKey", json!({"UserName": "ann", "AccessKeyId": key})).await.ok();
        delete().await.ok();
        assert_eq!(delete().await.code(), "NoSuchEntity");
        assert_eq!(ann.call("GetCallerIdentity", json!({})).await.code(), "InvalidClientTokenId");
    }
}
