//! What an account asks of the passwords of its users, as operations find it.

use super::errors::Error;
use crate::context::Context;
use crate::iam::login::PasswordPolicy;
use crate::store::{self, StoreError};

/// The policy that the caller's account has, if it has one of its own.
pub async fn of_account(cx: &Context) -> Result<Option<PasswordPolicy>, StoreError> {
    cx.read(async |tx| store::iam::password_policy(tx, &cx.account_id).await).await
}

/// The account has none of its own.
pub fn none(cx: &Context) -> Error {
    Error::NoSuchEntity(format!("The Password Policy with domain name {} cannot be found.", cx.account_id))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn what_is_not_given_goes_back_to_what_it_is_without_a_policy() {
        let app = TestApp::new().await;
        let get = async || app.admin().call("GetAccountPasswordPolicy", json!({})).await;
        let missing = ("NoSuchEntity".to_owned(), format!("The Password Policy with domain name {ACCOUNT} cannot be found."));
        assert_eq!(get().await.error(), missing);
        assert_eq!(app.admin().call("DeleteAccountPasswordPolicy", json!({})).await.error(), missing);
        let update = async |policy: Value| app.admin().call("UpdateAccountPasswordPolicy", policy).await;
        let whole = json!({"MinimumPasswordLength": 14, "RequireSymbols": true, "RequireNumbers": true, "RequireUppercaseCharacters": true,
                           "RequireLowercaseCharacters": true, "AllowUsersToChangePassword": true, "MaxPasswordAge": 90,
                           "PasswordReusePrevention": 24, "HardExpiry": true});
        update(whole.clone()).await.ok();
        let policy = get().await.ok()["PasswordPolicy"].clone();
        for (name, value) in whole.as_object().unwrap() {
            assert_eq!(policy[name], value.to_string().trim_matches('"'), "{name}");
        }
        assert_eq!(policy["ExpirePasswords"], "true");
        update(json!({})).await.ok();
        let policy = get().await.ok()["PasswordPolicy"].clone();
        assert_eq!(
            (&policy["MinimumPasswordLength"], &policy["ExpirePasswords"], &policy["HardExpiry"]),
            (&json!("6"), &json!("false"), &json!("false"))
        );
        assert_eq!((&policy["MaxPasswordAge"], &policy["PasswordReusePrevention"]), (&Value::Null, &Value::Null));
        for outside in [
            json!({"MinimumPasswordLength": 5}),
            json!({"MinimumPasswordLength": 129}),
            json!({"MaxPasswordAge": 0}),
            json!({"MaxPasswordAge": 1096}),
            json!({"PasswordReusePrevention": 0}),
            json!({"PasswordReusePrevention": 25}),
        ] {
            assert_eq!(update(outside.clone()).await.code(), "ValidationError", "{outside}");
        }
        assert_eq!(app.root_of("111111111111").await.call("GetAccountPasswordPolicy", json!({})).await.code(), "NoSuchEntity");
        app.admin().call("DeleteAccountPasswordPolicy", json!({})).await.ok();
        assert_eq!(get().await.error(), missing);
    }

    #[actix_web::test]
    async fn every_user_sees_the_policy_where_every_user_changes_their_own_password() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])).await;
        let get = async || ann.call("GetAccountPasswordPolicy", json!({})).await.code();
        assert_eq!(get().await, "AccessDenied");
        app.admin().call("UpdateAccountPasswordPolicy", json!({})).await.ok();
        assert_eq!(get().await, "AccessDenied");
        app.admin().call("UpdateAccountPasswordPolicy", json!({"AllowUsersToChangePassword": true})).await.ok();
        assert_eq!(get().await, "");
        assert_eq!(ann.call("DeleteAccountPasswordPolicy", json!({})).await.code(), "AccessDenied");
        let deny = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:Get*", "Resource": "*"}}).to_string();
        app.admin().call("PutUserPolicy", json!({"UserName": "ann", "PolicyName": "q", "PolicyDocument": deny})).await.ok();
        assert_eq!(get().await, "AccessDenied");
    }
}
