//! SetUserSettings: text messages as a second factor, in the words from before SetUserMFAPreference.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::factor_settings::{FactorSettings, MfaOption};
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::second_factors;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: String,
    #[serde(rename = "MFAOptions")]
    mfa_options: Vec<MfaOption>,
}

carries_access_token!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, holder: Holder, request: Request) -> Result<Response, Error> {
    second_factors::prefer(cx, &holder, &FactorSettings::of_options(&request.mfa_options)?.wishes()?, None).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp};

    #[actix_web::test]
    async fn only_text_messages_to_a_phone_number_are_asked_for_so() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        for (options, code) in [
            (json!([]), ""),
            (json!([{"DeliveryMedium": "EMAIL", "AttributeName": "email"}]), "InvalidParameterException"),
            (json!([{"DeliveryMedium": "SMS", "AttributeName": "email"}]), "InvalidParameterException"),
            // The pool sends no codes by text message as a second factor.
            (json!([{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]), "InvalidParameterException"),
        ] {
            let own = app.anonymous().call("SetUserSettings", json!({"AccessToken": token, "MFAOptions": options})).await;
            let by_admin = pool.admin("AdminSetUserSettings", json!({"Username": "alice", "MFAOptions": options})).await;
            assert_eq!((own.code().as_str(), by_admin.code().as_str()), (code, code), "{options}");
        }
        assert!(pool.sign_in("alice", PASSWORD).await.ok()["AuthenticationResult"].is_object());
        let nobody = pool.admin("AdminSetUserSettings", json!({"Username": "nobody", "MFAOptions": []})).await;
        assert_eq!(nobody.code(), "UserNotFoundException");
        let refused = app.anonymous().call("SetUserSettings", json!({"AccessToken": "x", "MFAOptions": []})).await;
        assert_eq!(refused.message(), "Invalid Access Token");
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:AdminGetUser", "Resource": "*"}])).await;
        let input = json!({"UserPoolId": pool.id, "Username": "alice", "MFAOptions": []});
        assert_eq!(ann.call("AdminSetUserSettings", input).await.code(), "AccessDeniedException");
    }
}
