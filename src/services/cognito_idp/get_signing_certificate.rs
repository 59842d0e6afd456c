//! GetSigningCertificate: what the pool's SAML requests are signed by.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::context::Context;
use crate::flows::clients::NoSuchPool;
use crate::flows::saml_certificate;
use crate::kit::id::UserPoolId;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
}

asks_about_pool_in_any_region!(Request);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    certificate: String,
}

pub async fn handle(cx: &Context, pool: Arc<Pool>, _: Request) -> Result<Response, Error> {
    let current = saml_certificate::current(cx, &pool).await?.ok_or_else(|| NoSuchPool(pool.id.clone()))?;
    Ok(Response { certificate: current.certificate })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_lc_rs::rsa::KeyPair;
    use aws_lc_rs::signature::KeyPair as _;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use crate::flows::saml_certificate;
    use crate::store::pool_services::newest_saml_certificate;
    use crate::testing::TestApp;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    #[actix_web::test]
    async fn a_certificate_is_of_the_pools_own_key_lasts_and_is_renewed_each_year() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let get = async || pool.admin("GetSigningCertificate", json!({})).await.ok()["Certificate"].as_str().unwrap().to_owned();
        let first = get().await;
        let der = STANDARD.decode(&first).unwrap();
        assert_eq!(get().await, first);
        let stored = app.app.read(async |tx| newest_saml_certificate(tx, &pool.id).await).await.unwrap().unwrap();
        let key = saml_certificate::key(&app.app, &pool.id, &stored).unwrap();
        let pair = KeyPair::from_pkcs8(key.pkcs8()).unwrap();
        let modulus = pair.public_key().modulus().big_endian_without_leading_zero();
        assert!(der.windows(modulus.len()).any(|window| window == modulus), "the certificate has the key's public half");
        assert!(der.windows(pool.id.as_str().len()).any(|window| window == pool.id.as_str().as_bytes()), "and names the pool");
        app.advance(DAY * 364);
        assert_eq!(get().await, first);
        app.advance(DAY);
        assert_ne!(get().await, first);
        let other = app.pool().await;
        assert_ne!(other.admin("GetSigningCertificate", json!({})).await.ok()["Certificate"], get().await);
    }

    #[actix_web::test]
    async fn of_many_at_once_all_get_the_same() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let get = || async { pool.admin("GetSigningCertificate", json!({})).await.ok()["Certificate"].clone() };
        let (one, other) = futures_util::future::join(get(), get()).await;
        assert_eq!(one, other);
        let missing = app.admin().call("GetSigningCertificate", json!({"UserPoolId": "us-east-1_000000000"})).await;
        assert_eq!(missing.code(), "ResourceNotFoundException");
    }
}
