//! UpdateUser: another name or path. Whoever does it must be allowed it for both the user as it was and as it will be.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::owner;
use crate::context::Context;
use crate::iam::entity::User;
use crate::operation::{Ask, Asks, Fault, Resolved};
use crate::store;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_name: String,
    new_path: Option<String>,
    new_user_name: Option<String>,
}

impl Request {
    /// The user as it is to be.
    fn applied_to(&self, user: User) -> User {
        let name = self.new_user_name.clone().unwrap_or(user.name);
        let path = self.new_path.clone().unwrap_or(user.path);
        User { name, path, ..user }
    }
}

impl Asks for Request {
    type Found = User;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<User>, Fault> {
        let mut resolved = owner::found_user(cx, &self.user_name).await?;
        if let Ok(user) = &resolved.found {
            resolved.asks.push(Ask::on(self.applied_to(user.clone()).arn()).resource_tags(&user.tags));
        }
        Ok(resolved)
    }
}

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    cx.write(async |tx| {
        let updated = request.applied_to(owner::still(tx, &user).await?);
        match store::iam::update_user(tx, &updated).await {
            Err(error) if error.is_unique_violation() => {
                Err(Error::EntityAlreadyExists(format!("User with name {} already exists.", updated.name)))
            }
            outcome => Ok(outcome?),
        }
    })
    .await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_renamed_user_keeps_keys_and_policies_and_is_known_by_the_new_name_at_once() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}])).await;
        ann.call("GetCallerIdentity", json!({})).await.ok();
        app.admin().call("UpdateUser", json!({"UserName": "ANN", "NewUserName": "Anna", "NewPath": "/staff/"})).await.ok();
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/staff/Anna");
        assert_eq!(ann.call("GetCallerIdentity", json!({})).await.ok()["Arn"], arn);
        assert_eq!(ann.call("iam:GetUser", json!({})).await.ok()["User"]["UserName"], "Anna");
        assert_eq!(app.admin().call("iam:GetUser", json!({"UserName": "ann"})).await.code(), "NoSuchEntity");
        // Only the capitals change.
        app.admin().call("UpdateUser", json!({"UserName": "anna", "NewUserName": "anna"})).await.ok();
        assert_eq!(ann.call("iam:GetUser", json!({})).await.ok()["User"]["UserName"], "anna");
    }

    #[actix_web::test]
    async fn a_name_that_is_taken_is_refused_whatever_its_capitals() {
        let app = TestApp::new().await;
        for name in ["ann", "bob"] {
            app.admin().call("iam:CreateUser", json!({"UserName": name})).await.ok();
        }
        let refused = app.admin().call("UpdateUser", json!({"UserName": "ann", "NewUserName": "BOB"})).await.error();
        assert_eq!(refused, ("EntityAlreadyExists".to_owned(), "User with name BOB already exists.".to_owned()));
    }

    #[actix_web::test]
    async fn whoever_renames_is_judged_by_both_names() {
        let app = TestApp::new().await;
        let ann = app
            .user_with(json!([{"Effect": "Allow", "Action": "iam:UpdateUser",
                               "Resource": [format!("arn:aws:iam::{ACCOUNT}:user/team/*"), format!("arn:aws:iam::{ACCOUNT}:user/old")]}]))
            .await;
        for name in ["old", "boss"] {
            app.admin().call("iam:CreateUser", json!({"UserName": name})).await.ok();
        }
        for (name, new, code) in [
            ("boss", json!({"NewPath": "/team/"}), "AccessDenied"),
            ("old", json!({"NewUserName": "admin"}), "AccessDenied"),
            ("old", json!({"NewPath": "/team/", "NewUserName": "new"}), ""),
        ] {
            let mut request = new.clone();
            request["UserName"] = name.into();
            assert_eq!(ann.call("UpdateUser", request).await.code(), code, "{name} {new}");
        }
    }
}
