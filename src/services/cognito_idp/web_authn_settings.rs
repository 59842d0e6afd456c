//! WebAuthnConfiguration in SetUserPoolMfaConfig.

use super::errors::Error;
use crate::userpools::web_authn::{NoDomain, WebAuthnConfiguration};

impl From<NoDomain> for Error {
    fn from(_: NoDomain) -> Self {
        Self::parameter("RelyingPartyId must be a domain name in small letters, without a scheme or a port.")
    }
}

/// What a pool asks of passkeys after a request. One that says nothing of them leaves them as they are: users' passkeys would be
/// lost with the domain that they were made for.
pub fn after(now: Option<WebAuthnConfiguration>, asked: Option<&WebAuthnConfiguration>) -> Result<Option<WebAuthnConfiguration>, Error> {
    match asked {
        Some(asked) => {
            asked.check()?;
            Ok(Some(asked.clone()))
        }
        None => Ok(now),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{TestApp, TestPool};

    async fn set(pool: &TestPool<'_>, configuration: Value) -> Value {
        pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": configuration})).await.ok()
    }

    #[actix_web::test]
    async fn what_a_pool_asks_of_passkeys_is_kept_and_answered() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let get = async || pool.admin("GetUserPoolMfaConfig", json!({})).await.ok()["WebAuthnConfiguration"].clone();
        assert_eq!(get().await, Value::Null);
        for configuration in [
            json!({"RelyingPartyId": "auth.example.com"}),
            json!({"RelyingPartyId": "localhost", "UserVerification": "required"}),
            json!({"RelyingPartyId": "example.com", "UserVerification": "preferred", "FactorConfiguration": "SINGLE_FACTOR"}),
            json!({"UserVerification": "required", "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}),
            json!({}),
        ] {
            assert_eq!(set(&pool, configuration.clone()).await["WebAuthnConfiguration"], configuration);
            assert_eq!(get().await, configuration);
        }
        // Describing and updating the pool has nothing to do with them.
        set(&pool, json!({"RelyingPartyId": "example.com"})).await;
        pool.admin("UpdateUserPool", json!({})).await.ok();
        assert_eq!(get().await, json!({"RelyingPartyId": "example.com"}));
        let described = pool.admin("DescribeUserPool", json!({})).await.ok();
        assert_eq!(described["UserPool"].get("WebAuthnConfiguration"), None);
    }

    #[actix_web::test]
    async fn what_is_not_said_stays_as_it_is() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let totp = json!({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": true}});
        pool.admin("SetUserPoolMfaConfig", totp.clone()).await.ok();
        let both = set(&pool, json!({"RelyingPartyId": "example.com"})).await;
        assert_eq!((&both["MfaConfiguration"], &both["SoftwareTokenMfaConfiguration"]["Enabled"]), (&json!("ON"), &json!(true)));
        let both = pool.admin("SetUserPoolMfaConfig", totp).await.ok();
        assert_eq!(both["WebAuthnConfiguration"], json!({"RelyingPartyId": "example.com"}));
    }

    #[actix_web::test]
    async fn what_is_no_domain_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        for id in ["https://example.com", "example.com:443", "com", "EXAMPLE.com", "127.0.0.1", " "] {
            let asked = json!({"WebAuthnConfiguration": {"RelyingPartyId": id}});
            assert_eq!(pool.admin("SetUserPoolMfaConfig", asked).await.code(), "InvalidParameterException", "{id}");
        }
        for asked in
            [json!({"RelyingPartyId": "a".repeat(128)}), json!({"UserVerification": "discouraged"}), json!({"FactorConfiguration": "TWO"})]
        {
            let refused = pool.admin("SetUserPoolMfaConfig", json!({"WebAuthnConfiguration": asked})).await;
            assert_eq!(refused.code(), "InvalidParameterException");
        }
        assert_eq!(pool.admin("GetUserPoolMfaConfig", json!({})).await.ok().get("WebAuthnConfiguration"), None);
    }
}
