//! AdminSetUserMFAPreference.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::factor_settings::FactorSettings;
use crate::context::Context;
use crate::flows::second_factors;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    username: String,
    #[serde(flatten)]
    factors: FactorSettings,
}

asks_about_pool!(Request);

#[derive(Serialize)]
pub struct Response {}

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    second_factors::prefer_for(cx, &pool, &request.username, &request.factors.wishes()?, request.factors.passkeys()).await?;
    Ok(Response {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use totp_rs::{Algorithm, Builder};

    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};

    async fn prefer(pool: &TestPool<'_>, name: &str, settings: Value) -> Answer {
        pool.admin("AdminSetUserMFAPreference", json!({"Username": name, "SoftwareTokenMfaSettings": settings})).await
    }

    #[actix_web::test]
    async fn an_administrator_turns_a_users_second_factor_on_and_off() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let totp = json!({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": true}});
        pool.admin("SetUserPoolMfaConfig", totp).await.ok();
        let alice = pool.user("alice").await;
        let on = json!({"Enabled": true, "PreferredMfa": true});
        assert_eq!(prefer(&pool, "alice", on.clone()).await.message(), "User has not verified software token mfa");
        let token = alice.signed_in().await["AccessToken"].clone();
        let secret = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.ok()["SecretCode"].clone();
        let seed = data_encoding::BASE32_NOPAD.decode(secret.as_str().unwrap().as_bytes()).unwrap();
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(seed).build().unwrap();
        let code = totp.generate(app.app.now().seconds().unsigned_abs()).to_string();
        app.anonymous().call("VerifySoftwareToken", json!({"AccessToken": token, "UserCode": code})).await.ok();
        prefer(&pool, "alice", on).await.ok();
        assert_eq!(alice.described().await["PreferredMfaSetting"], "SOFTWARE_TOKEN_MFA");
        assert_eq!(pool.sign_in("alice", PASSWORD).await.ok()["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        prefer(&pool, "alice", json!({"Enabled": false})).await.ok();
        alice.signed_in().await;
    }

    #[actix_web::test]
    async fn what_cannot_be_preferred_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        assert_eq!(
            prefer(&pool, "alice", json!({"Enabled": false, "PreferredMfa": true})).await.message(),
            "Preferred MFA must be enabled"
        );
        for (member, value) in [
            ("SMSMfaSettings", json!({"Enabled": true})),
            ("EmailMfaSettings", json!({"Enabled": true})),
            ("WebAuthnMfaSettings", json!({"Enabled": true})),
        ] {
            let answer = pool.admin("AdminSetUserMFAPreference", json!({"Username": "alice", member: value})).await;
            assert_eq!(answer.code(), "InvalidParameterException", "{member}");
        }
        assert_eq!(prefer(&pool, "nobody", json!({"Enabled": false})).await.code(), "UserNotFoundException");
        assert_eq!(pool.admin("AdminSetUserMFAPreference", json!({"Username": "nobody"})).await.code(), "UserNotFoundException");
        pool.admin("AdminSetUserMFAPreference", json!({"Username": "alice"})).await.ok();
    }
}
