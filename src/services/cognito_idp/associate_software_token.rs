//! AssociateSoftwareToken: a new TOTP secret, for a signed-in user or during MFA_SETUP.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::access::Holder;
use crate::flows::{sign_in, software_token};
use crate::operation::OfHolder;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    access_token: Option<String>,
    session: Option<String>,
}

impl OfHolder for Request {
    fn access_token(&self) -> Option<&str> {
        self.access_token.as_deref()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    secret_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

pub async fn handle(cx: &Context, holder: Option<Holder>, request: Request) -> Result<Response, Error> {
    match (holder, request.session) {
        (Some(holder), None) => Ok(Response { secret_code: software_token::associate(cx, &holder).await?, session: None }),
        (None, Some(session)) => {
            let (secret_code, session) = sign_in::associate(cx, &session).await?;
            Ok(Response { secret_code, session: Some(session) })
        }
        _ => Err(Error::parameter("Only one of AccessToken and Session must be given")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_pool_without_authenticators_hands_out_no_seed() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let token = pool.user("alice").await.signed_in().await["AccessToken"].clone();
        let none = ("SoftwareTokenMFANotFoundException".to_owned(), "Software Token MFA has not been enabled by the userPool".to_owned());
        assert_eq!(app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.error(), none);
        let verify = json!({"AccessToken": token, "UserCode": "000000"});
        assert_eq!(app.anonymous().call("VerifySoftwareToken", verify).await.error(), none);
    }
}
